"""Does a synthetic England look like England? Every published figure it is held against.

The checks are a function of an England in memory; a generator that lacks what makes schools
differ must fail them, which the tests try. One England differs from the next by chance, so what
is asked of a figure is widened by what chance does to it; see :class:`Finding`.
"""

import collections
import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.synthetic.calibration import GROUPS, calibration, profile, read_csv, read_yaml
from schoolhubs.synthetic.england import FULL_SIZE, England
from schoolhubs.synthetic.population.schools import IN_ABSENCE_SERIES
from schoolhubs.vocabulary.calendar import AcademicYear

Numbers = NDArray[np.float64]
# With so many spreads of chance allowed beside the tolerance, all figures of 999 Englands in 1,000
# lie within; with none, about half of all Englands have one figure outside.
CHANCES = 2.5
_CONTEXT = ("fsm_ever_percent", "sen_support_percent", "ehc_plan_percent", "eal_percent")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure of a synthetic England beside the published one.

    Parameters
    ----------
    within
        How far the generator may be off.
    chance
        Spread of the figure from one England of this size to another (standard deviation),
        measured on the Englands of ``data/draws.csv``.
    """

    figure: str
    phase_group: str
    year: str
    measured: float
    published: float
    within: float
    chance: float
    source: str

    @property
    def allowed(self) -> float:
        """How far one England may be off: the generator's tolerance, and the luck of one draw."""
        return self.within + CHANCES * self.chance

    @property
    def is_met(self) -> bool:
        """The measured figure is as near as is asked."""
        return bool(abs(self.measured - self.published) <= self.allowed + 1e-9)

    def __str__(self) -> str:
        """Say it in one line."""
        text = f"{self.figure} {self.phase_group} {self.year}: {self.measured:.3f}"
        return f"{text}, published {self.published:g} (± {self.allowed:.3g})"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Schools:
    """The open schools of one phase group, with their absence in the years up to one."""

    frame: pl.DataFrame
    percent: Numbers
    persistent: Numbers
    enrolments: NDArray[np.int64]


def measure(england: England) -> tuple[Finding, ...]:
    """Measure an England whose years hold 2018/19 or 2022/23 against the published figures.

    Parameters
    ----------
    england
        From ``imagine``; figures of years it does not hold are left out.
    """
    targets = read_yaml("targets.yaml")
    findings: list[Finding] = []
    for name, block in targets.items():
        if name != "regions" and block["year"] in england.panel.years:
            findings += _block(england, block)
    for year in ("2018/19", "2022/23"):
        if year in england.panel.years:
            findings += _regions(england, AcademicYear(year), targets["regions"])
    return tuple(findings)


def failures(england: England) -> tuple[Finding, ...]:
    """Give the figures that are further off than is asked; none where all is well."""
    return tuple(finding for finding in measure(england) if not finding.is_met)


def _block(england: England, block: Mapping[str, Any]) -> Iterator[Finding]:
    year, chances = AcademicYear(block["year"]), _chances(england)
    for group in GROUPS:
        schools = _of_group(england, group, year)
        measured = _measures(schools)
        for name, figure in block["figures"].items():
            if group in figure and name in measured:
                published = float(figure[group])
                within = figure.get("within", abs(published) * figure.get("within_share", 0))
                yield Finding(
                    figure=name,
                    phase_group=group,
                    year=year,
                    measured=measured[name],
                    published=published,
                    within=float(within),
                    chance=chances[name, group, year],
                    source=block["source"],
                )


def _chances(england: England) -> dict[tuple[str, str, str], float]:
    """Give the spread by chance of each figure; the fewer schools, the more of it."""
    draws = read_csv("draws.csv").select("figure", "phase_group", "year", "sd")
    widened = (FULL_SIZE / england.n_open) ** 0.5
    known = {(figure, group, year): sd * widened for figure, group, year, sd in draws.iter_rows()}
    return collections.defaultdict(float, known)


def _of_group(england: England, group: str, year: AcademicYear) -> _Schools:
    schools = england.history.schools
    counted = schools.select(
        (pl.col("group") == group)
        & pl.col("kind").is_in(list(IN_ABSENCE_SERIES))
        & pl.col("gone_on").is_null()
    ).to_series()
    rows = np.flatnonzero(counted.to_numpy())
    until = england.panel.years.index(year) + 1
    # Years without a gap before this one: a lag is a lag of so many years.
    since = until - 1
    while since and england.panel.years[since - 1].plus(1) == england.panel.years[since]:
        since -= 1
    return _Schools(
        frame=schools[rows],
        percent=england.panel.percent[rows, since:until],
        persistent=england.panel.persistent_percent[rows, since:until],
        enrolments=england.panel.enrolments[rows, since:until],
    )


def _measures(schools: _Schools) -> dict[str, float]:
    now, persistent = schools.percent[:, -1], schools.persistent[:, -1]
    p10, p50, p90 = np.percentile(now, [10, 50, 90])
    weights = schools.enrolments[:, -1]
    figures = {
        "absence_mean": now.mean(),
        **{f"{name}_sd": now.std() for name in ("absence", "special")},
        **{f"{name}_p10": p10 for name in ("absence", "special")},
        **{f"{name}_p50": p50 for name in ("absence", "special")},
        **{f"{name}_p90": p90 for name in ("absence", "special")},
        "persistent_mean": persistent.mean(),
        "persistent_sd": persistent.std(),
        "absence_and_persistent_r": np.corrcoef(now, persistent)[0, 1],
        "persistent_pupils": (persistent * weights).sum() / weights.sum(),
        **_memory_figures(schools),
        **_context_figures(schools),
        **_authority_figures(schools),
    }
    for name in ("fsm_ever", "sen_support", "eal"):
        values = schools.frame[f"{name}_percent"].to_numpy()
        figures |= {f"{name}_mean": values.mean(), f"{name}_sd": values.std()}
    roll = schools.frame["n_pupils"].to_numpy()
    figures |= {f"roll_p{q}": np.percentile(roll, q) for q in (5, 50, 95)}
    return {name: float(value) for name, value in figures.items()}


def _memory_figures(schools: _Schools) -> dict[str, float]:
    """How alike years are, and what happens to the worst tenth when nothing is done."""
    percent = schools.percent
    now = percent[:, -1]
    lags = range(1, percent.shape[1])
    figures = {f"lag_{k}_r": np.corrcoef(now, percent[:, -1 - k])[0, 1] for k in lags}
    if percent.shape[1] < 2:
        return figures
    before, change = percent[:, -2], now - percent[:, -2]
    worst = before >= np.quantile(before, 0.9)
    roll = schools.enrolments[:, -1]
    small, large = np.quantile(roll, [0.2, 0.8])
    return {
        **figures,
        "change_sd": change.std(),
        "worst_tenth_falls_more": change[~worst].mean() - change[worst].mean(),
        "smallest_fifth_change_sd": change[roll <= small].std(),
        "largest_fifth_change_sd": change[roll >= large].std(),
    }


def _context_figures(schools: _Schools) -> dict[str, float]:
    columns = [schools.frame[name].to_numpy() for name in _CONTEXT]
    columns.append(np.log(schools.frame["n_pupils"].to_numpy()))
    inputs = np.column_stack([np.ones(schools.frame.height), *columns])
    absence = schools.percent[:, -1]
    slopes, *_ = np.linalg.lstsq(inputs, absence, rcond=None)
    rest = absence - inputs @ slopes
    slope = slopes[1]
    return {
        "context_r_squared": 1 - rest.var() / absence.var(),
        "fsm_slope": slope,
        "fsm_slope_secondary": slope,
        **_shares_of_r_squared(schools),
    }


def _shares_of_r_squared(schools: _Schools) -> dict[str, float]:
    """Part R squared among five groups of inputs: the mean gain over all orders (Shapley)."""
    column = {name: schools.frame[name].to_numpy() for name in _CONTEXT}
    fsm, eal = column["fsm_ever_percent"], column["eal_percent"]
    region = schools.frame["region"].to_dummies(drop_first=True).to_numpy().astype(float)
    groups = {
        "fsm": [fsm, fsm**2],
        "sen": [column["sen_support_percent"], column["ehc_plan_percent"]],
        "eal": [eal, eal**2],
        "size": [np.log(schools.frame["n_pupils"].to_numpy())],
        "region": list(region.T),
    }
    names = list(groups)
    of = np.repeat(names, [len(groups[name]) for name in names])
    inputs = np.column_stack([x for name in names for x in groups[name]])
    together = np.corrcoef(np.column_stack([inputs, schools.percent[:, -1]]).T)
    explained = {
        chosen: _r_squared(together, np.flatnonzero(np.isin(of, chosen)))
        for k in range(len(names) + 1)
        for chosen in itertools.combinations(names, k)
    }
    shares = dict.fromkeys(names, 0.0)
    for order in itertools.permutations(names):
        for position, name in enumerate(order):
            before = tuple(n for n in names if n in order[:position])
            after = tuple(n for n in names if n in order[: position + 1])
            shares[name] += explained[after] - explained[before]
    n_orders = math.factorial(len(names))
    return {f"share_of_{name}": share / n_orders for name, share in shares.items()}


def _r_squared(together: Numbers, chosen: NDArray[np.int64]) -> float:
    """Give what the chosen inputs explain of the last variable of a correlation matrix."""
    with_outcome = together[chosen, -1]
    slopes = np.linalg.solve(together[np.ix_(chosen, chosen)], with_outcome)
    return float(with_outcome @ slopes)


def _authority_figures(schools: _Schools) -> dict[str, float]:
    area = schools.frame["area"].to_numpy()
    rates = []
    for position in (-1, -2):
        if schools.percent.shape[1] >= -position:
            weight = schools.enrolments[:, position].astype(float)
            persistent = np.bincount(area, weight * schools.persistent[:, position])
            rates.append(persistent / np.maximum(np.bincount(area, weight), 1e-9))
    held = np.bincount(area) > 0
    figures = {"authority_persistent_sd": rates[0][held].std()}
    if len(rates) == 2:
        figures["authority_r"] = np.corrcoef(rates[0][held], rates[1][held])[0, 1]
    return figures


def _regions(england: England, year: AcademicYear, target: Mapping[str, Any]) -> Iterator[Finding]:
    """Persistent absence of pupils by region and phase, and London's place among them."""
    levels, chances = calibration().levels, _chances(england)
    compact = profile(year).replace("/", "")[:4] + profile(year)[-2:]
    for group in ("primary", "secondary"):
        schools = _of_group(england, group, year)
        weight = schools.enrolments[:, -1]
        counted = schools.frame.select("subregion").with_columns(
            weight=weight, persistent=weight * schools.persistent[:, -1]
        )
        sums = counted.group_by("subregion").sum()
        measured = dict(zip(sums["subregion"], sums["persistent"] / sums["weight"], strict=True))
        published = levels.filter(
            (pl.col("year") == compact)
            & (pl.col("phase_group") == group)
            & (pl.col("measure") == "persistent_percent")
            & (pl.col("region") != "England")
        )
        for row in published.iter_rows(named=True):
            yield Finding(
                figure=f"persistent_pupils, {row['region']}",
                phase_group=group,
                year=year,
                measured=float(measured.get(row["region"], np.nan)),
                published=row["value"],
                within=float(target["within"]),
                chance=chances[f"persistent_pupils, {row['region']}", group, year],
                source=target["source"],
            )
