"""Are synthetic pupils and their marks as published ones are? Every figure, as a table."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from schoolhubs.synthetic.calibration import GROUPS, calibration, read_csv, read_yaml
from schoolhubs.synthetic.pupils import marking
from schoolhubs.synthetic.pupils.constants import (
    ELIGIBILITIES,
    FSM,
    NO_MARK,
    NO_NEED,
    NOT_FSM,
    PLAN,
    SUPPORT,
    Numbers,
)
from schoolhubs.synthetic.pupils.marks import MarkMaker
from schoolhubs.synthetic.pupils.tally import N_BANDS, Counts, Tally, school_columns, tally

# Bands of 5 points each: from the third a pupil is persistently absent, in the last severely.
_PERSISTENT, _SEVERE = 2, N_BANDS - 1
# As of checks.CHANCES: so many spreads of chance are allowed beside a tolerance.
CHANCES = 2.5
_NAMES_OF_BANDS = [f"{5 * k}_{5 * k + 5}" for k in range(N_BANDS - 1)] + ["50_plus"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PupilFinding:
    """One figure of synthetic pupils beside the published one.

    Parameters
    ----------
    test
        Number of the acceptance test, T31, T32 or T34.
    of
        Which pupils: phase group, and what else they have in common.
    measured, published, within
        Percent or percentage points, but for ``code`` percent of absence.
    n
        Pupils, spells or schools that the measured figure counts.
    chance
        Spread that the luck of so few pupils or schools gives the measured figure; 0 where it
        is not known.
    """

    test: str
    figure: str
    of: str
    measured: float
    published: float
    within: float
    n: int
    source: str
    chance: float = 0.0

    @property
    def is_met(self) -> bool:
        """The measured figure is as near as is asked."""
        return bool(abs(self.measured - self.published) <= self.within + 1e-9)

    @property
    def is_met_but_for_chance(self) -> bool:
        """It is as near as is asked and as the luck of so few pupils or schools allows."""
        return bool(abs(self.measured - self.published) <= self.within + CHANCES * self.chance)

    def __str__(self) -> str:
        """Say it in one line."""
        text = f"{self.test} {self.figure}, {self.of}: {self.measured:.2f}"
        return f"{text}, published {self.published:.2f} (± {self.within:.2f})"


def measure_pupils(maker: MarkMaker, schools: Iterable[pl.DataFrame]) -> tuple[PupilFinding, ...]:
    """Make the marks of schools part by part, and hold their figures against the published.

    Parameters
    ----------
    maker
        From ``maker_of``.
    schools
        Frames of schools, see ``schools_with_marks``; no more than one part is held at a time.

    Returns
    -------
    A finding for each figure that is published for the profile, met or not.
    """
    counted: Tally | None = None
    for part in schools:
        one = tally(maker.mark(part), maker)
        counted = one if counted is None else counted + one
    if counted is None:
        return ()
    return tuple(findings(counted, maker))


def findings(counted: Tally, maker: MarkMaker) -> Iterator[PupilFinding]:
    """Hold counts against the published figures."""
    profile, targets = maker.constants.profile, read_yaml("pupil_targets.yaml")
    yield from _bands(counted, profile, targets)
    yield from _cells(counted, profile, targets)
    yield from _regions(counted, profile, targets["persistent_by_region"])
    yield from _schools(counted, profile, targets)
    yield from _times(counted, maker, targets)
    yield from _codes(counted, maker, targets["codes"])
    yield _spell_lengths(counted, targets["spells"])


def _share(counts: Counts, first: int, last: int = N_BANDS) -> float:
    """Give the percent of enrolments, by band along the last axis, in some bands."""
    return float(100 * counts[..., first:last].sum() / max(counts.sum(), 1))


def _bands(counted: Tally, profile: str, targets: Mapping[str, Any]) -> Iterator[PupilFinding]:
    """Bands by phase and free meals; persistent and severe absentees by phase."""
    published = read_csv("pupil_bands.csv").filter(profile=profile)
    for g, group in enumerate(GROUPS):
        of = published.filter(phase_group=group)
        for e, eligibility in enumerate(ELIGIBILITIES[:2]):
            mine = counted.bands[g, e]
            asked = of.filter(eligibility=eligibility).select(_NAMES_OF_BANDS).to_numpy()[0]
            for b, name in enumerate(_NAMES_OF_BANDS):
                yield _finding(
                    "T31",
                    f"band {name}",
                    f"{group}, {eligibility}",
                    (_share(mine, b, b + 1), 100 * asked[b] / asked.sum(), mine.sum()),
                    targets["bands"],
                )
        every = of.select(_NAMES_OF_BANDS).sum().to_numpy()[0]
        for name, first in (("persistent", _PERSISTENT), ("severe", _SEVERE)):
            asked_share = 100 * every[first:].sum() / every.sum()
            measured = (_share(counted.bands[g], first), asked_share, counted.bands[g].sum())
            yield _finding("T31", name, group, measured, targets[name])


def _cells(counted: Tally, profile: str, targets: Mapping[str, Any]) -> Iterator[PupilFinding]:
    """Persistent absentees of all phases by year group, by free meals and need, and by sex."""
    for row in read_csv("pupil_year_groups.csv").filter(profile=profile).iter_rows(named=True):
        mine = counted.bands[:, :, :, row["year_group"]]
        figures = (
            _share(mine, _PERSISTENT),
            100 * row["persistent"] / row["enrolments"],
            mine.sum(),
        )
        target = targets["persistent_by_year_group"]
        yield _finding("T31", "persistent", f"year {row['year_group']}", figures, target)
    cells = read_csv("pupil_cells.csv").filter(profile=profile)
    needs = {"none": [NO_NEED], "sen": [SUPPORT, PLAN]}
    for e, eligibility in ((FSM, "fsm"), (NOT_FSM, "not_fsm")):
        for need, places in needs.items():
            of = cells.filter(eligibility=eligibility, need=need).select(
                pl.col("persistent", "enrolments").sum()
            )
            mine = counted.bands[:, e][:, places]
            asked = 100 * of["persistent"].item() / of["enrolments"].item()
            yield _finding(
                "T31",
                "persistent",
                f"{eligibility}, {need}",
                (_share(mine, _PERSISTENT), asked, mine.sum()),
                targets["persistent_by_fsm_and_need"],
            )
    target = targets["persistent_by_sex"]
    for group, asked_of in target["profiles"].get(profile, {}).items():
        for position, sex in enumerate(("boys", "girls")):
            mine = counted.bands[GROUPS.index(group), :, :, :, position]
            figures = (_share(mine, _PERSISTENT), asked_of[sex], mine.sum())
            yield _finding("T31", "persistent", f"{group}, {sex}", figures, target)


def _regions(counted: Tally, profile: str, target: Mapping[str, Any]) -> Iterator[PupilFinding]:
    columns, compact = school_columns(counted), profile[:4] + profile[-2:]
    of = pl.DataFrame({"subregion": counted.subregions, **columns})
    levels = calibration().levels.filter(
        pl.col("year") == compact,
        pl.col("measure") == "persistent_percent",
        pl.col("region") != "England",
    )
    for g, group in enumerate(GROUPS[:2]):
        sums = of.filter(pl.col("group") == g).group_by("subregion").sum()
        found = {row["subregion"]: row for row in sums.iter_rows(named=True)}
        for region, value in levels.filter(phase_group=group).select("region", "value").iter_rows():
            if region in found:
                mine = found[region]
                measured = 100 * mine["persistent"] / mine["enrolments"]
                figures = (measured, value, mine["enrolments"])
                yield _finding("T31", "persistent", f"{group}, {region}", figures, target)


def _schools(counted: Tally, profile: str, targets: Mapping[str, Any]) -> Iterator[PupilFinding]:
    """Schools' share of the variance of pupils; their absence against the absence file's."""
    of = school_columns(counted)
    if profile in targets["between_schools"]["values"]:
        target = targets["between_schools"]
        share, chance = share_between_schools(of)
        figures = (share, target["values"][profile], len(of["group"]))
        found = _finding("T32", "variance between schools", "all phases", figures, target)
        yield dataclasses.replace(found, chance=chance)
    yield from _spread_of_schools(of, profile)
    apart = np.abs(100 * of["missed"] / of["possible"] - of["said_percent"])
    target = targets["school_absence"]
    figures = (float(apart.max()), target["values"][profile], len(apart))
    yield _finding("T32", "furthest from the absence file", "all schools", figures, target)


def _spread_of_schools(of: Mapping[str, Any], profile: str) -> Iterator[PupilFinding]:
    """How schools' rates of the marks are spread, and go with persistent absence."""
    asked = read_yaml("targets.yaml")["absence_2018_19"]
    if asked["year"] != profile:
        return
    for g, group in enumerate(GROUPS[:2]):
        mine = of["group"] == g
        percent = 100 * of["missed"][mine] / of["possible"][mine]
        persistent = 100 * of["persistent"][mine] / of["enrolments"][mine]
        low, middle, high = np.percentile(percent, [10, 50, 90])
        measured = {
            "absence_sd": percent.std(),
            "absence_p10": low,
            "absence_p50": middle,
            "absence_p90": high,
            "absence_and_persistent_r": np.corrcoef(percent, persistent)[0, 1],
        }
        for name, value in measured.items():
            figure = asked["figures"][name]
            within = figure.get("within", figure[group] * figure.get("within_share", 0))
            target = {"within": within, "source": asked["source"]}
            figures = (float(value), figure[group], len(percent))
            yield _finding("T32", name, group, figures, target)


def share_between_schools(of: Mapping[str, Any]) -> tuple[float, float]:
    """Give schools' percent of the variance of pupils' rates, and its spread by chance.

    One-way analysis of variance, chance taken off. The spread is the jackknife's: how far the
    share moves when one school after another is left out.
    """
    n, rate = of["enrolments"], of["rate"]
    sums = np.array([np.ones(len(n)), n, n**2, rate, of["rate_squared"], rate**2 / n])
    total = sums.sum(axis=1, keepdims=True)
    without = _share_between(total - sums)
    spread = (len(n) - 1) / len(n) * ((without - without.mean()) ** 2).sum()
    return float(_share_between(total)[0]), float(spread**0.5)


def _share_between(sums: Numbers) -> Numbers:
    """Give the percent of each column: counts, pupils, their squares, rates, squares, means."""
    k, n, n_squared, rate, rate_squared, of_means = sums
    within = (rate_squared - of_means) / (n - k)
    usual = (n - n_squared / n) / (k - 1)
    between = ((of_means - rate**2 / n) / (k - 1) - within) / usual
    return np.asarray(100 * between / (between + within))


def _times(counted: Tally, maker: MarkMaker, targets: Mapping[str, Any]) -> Iterator[PupilFinding]:
    """Terms and the peak on the level of the daily series, and Friday's gap."""
    if maker.constants.profile != "2022/23":
        return
    absent = counted.letters[..., np.unique(maker.spells.letter)].sum(axis=-1)
    possible = counted.letters.sum(axis=-1) - counted.letters[..., NO_MARK]
    by_week = absent.sum(axis=(0, 2)), possible.sum(axis=(0, 2))
    level = targets["terms"]["overall"] / (by_week[0].sum() / by_week[1].sum())
    term = np.array(maker.laid.term)
    for name, asked in targets["terms"]["values"].items():
        missed, of = (counts[term == name].sum() for counts in by_week)
        figures = (level * missed / of, asked, int(of))
        yield _finding("T34", "term, level of the daily series", name, figures, targets["terms"])
    last = int(np.flatnonzero(maker.laid.half_term == targets["peak"]["half_term"])[-1])
    figures = (
        level * by_week[0][last] / by_week[1][last],
        targets["peak"]["published"],
        int(by_week[1][last]),
    )
    yield _finding(
        "T34", "week, level of the daily series", "last of autumn", figures, targets["peak"]
    )
    gaps = read_yaml("pupils.yaml")["weekdays"]["friday_gap_percent"]
    for g, group in enumerate(GROUPS[:2]):
        rates = 100 * absent[g].sum(axis=0) / possible[g].sum(axis=0)
        figures = (rates[9] - rates[4], gaps[group], int(possible[g].sum()))
        yield _finding("T34", "Friday gap", group, figures, targets["friday_gap"])


def _codes(counted: Tally, maker: MarkMaker, target: Mapping[str, Any]) -> Iterator[PupilFinding]:
    """Give what the largest codes of absence are of all of it, phases weighted as they are."""
    mix = marking.absence_mix(maker.constants.profile, maker.laid)
    letters = np.unique(maker.spells.letter)
    by_group = counted.letters.sum(axis=(1, 2))
    absent = by_group[:, letters].sum(axis=1)
    weight = {group: absent[g] / absent.sum() for g, group in enumerate(GROUPS)}
    weighted = mix.with_columns(
        pl.col("share") * pl.col("phase_group").replace_strict(weight, return_dtype=pl.Float64)
    )
    asked = weighted.group_by("code").agg(pl.col("share").sum()).sort("share", descending=True)
    for code, share in asked.head(target["largest"]).iter_rows():
        (letter,) = marking.letters(maker.laid, [code])
        measured = 100 * by_group[:, letter].sum() / absent.sum()
        figures = (measured, 100 * share, int(absent.sum()))
        within = {"within": 100 * share * target["within_share"], "source": target["source"]}
        yield _finding("T34", "code, of absence", code, figures, within)


def _spell_lengths(counted: Tally, target: Mapping[str, Any]) -> PupilFinding:
    spells = counted.spells.sum(axis=0)
    inside = spells[target["fewest"] : target["most"] + 1].sum()
    figures = (100 * inside / spells.sum(), target["published"], int(spells.sum()))
    return _finding("T34", "spells of 2 to 4 sessions", "all phases", figures, target)


def _finding(
    test: str, figure: str, of: str, figures: tuple[float, float, int], target: Mapping[str, Any]
) -> PupilFinding:
    measured, published, n = figures
    chance = 0.0
    if test == "T31":
        alike = float(read_yaml("pupil_targets.yaml")["design_effect"]["value"])
        chance = (published * (100 - published) / max(n, 1) * alike) ** 0.5
    return PupilFinding(
        test=test,
        figure=figure,
        of=of,
        measured=float(measured),
        published=float(published),
        within=float(target["within"]),
        n=int(n),
        source=target["source"],
        chance=float(chance),
    )
