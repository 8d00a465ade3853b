"""The panel of one phase as arrays: schools down, years across."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model.scale import Numbers, log_odds
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.school.history import SchoolPanel

SHARES = (
    "fsm_ever_percent",
    "fsm_percent",
    "sen_support_percent",
    "ehc_plan_percent",
    "eal_percent",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PhaseArrays:
    """All schools of a phase. Missing is NaN.

    Parameters
    ----------
    urns, la_codes, regions
        Shape (n,); blank where not known.
    years
        Academic years back to back, length t.
    place, rolls
        Shape (n, t): log-odds of absence less that of the national figure, and enrolments.
    is_own
        Shape (n, t): the figure was published under this URN.
    shares
        Each of ``SHARES``, shape (n,), 0-1.
    census_roll
        Shape (n,): pupils by the school census, for schools without enrolments.
    """

    urns: NDArray[np.str_]
    la_codes: NDArray[np.str_]
    regions: NDArray[np.str_]
    years: tuple[str, ...]
    place: Numbers
    rolls: Numbers
    is_own: NDArray[np.bool_]
    shares: Mapping[str, Numbers]
    census_roll: Numbers


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of n schools before a year.

    ``place`` and ``rolls`` have shape (n, lags), the year before first. ``roll`` is the newest
    of them, or the census's; ``rows`` says which rows of the phase these schools are.
    """

    rows: NDArray[np.int64]
    place: Numbers
    rolls: Numbers
    roll: Numbers
    shares: Mapping[str, Numbers]
    regions: NDArray[np.str_]

    @property
    def n_years(self) -> NDArray[np.int64]:
        """Earlier years each school has a figure of."""
        found: NDArray[np.int64] = np.isfinite(self.place).sum(axis=1)
        return found


def lay_out(
    panel: SchoolPanel, phase: str, national: Mapping[str, float], held: Constants
) -> PhaseArrays:
    """Lay out one phase; years without a national figure are left out."""
    rows = panel.years.filter((pl.col("phase") == phase) & pl.col("year").is_in(list(national)))
    of_phase = panel.context.filter(pl.col("phase") == phase).select("urn")
    urns = pl.concat([rows.select("urn"), of_phase]).unique().sort("urn")
    years = _back_to_back(sorted(national))
    at = {urn: index for index, urn in enumerate(urns["urn"].to_list())}
    i = rows["urn"].replace_strict(at, return_dtype=pl.Int64).to_numpy()
    j = (
        rows["year"]
        .replace_strict({year: index for index, year in enumerate(years)}, return_dtype=pl.Int64)
        .to_numpy()
    )
    shape = (urns.height, len(years))
    place, rolls, own = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, bool)
    percent = log_odds(rows["sess_overall_percent"].to_numpy(), held)
    level = log_odds(np.array([national.get(year, np.nan) for year in years]), held)
    place[i, j] = percent - level[j]
    rolls[i, j] = rows["enrolments"].cast(pl.Float64).to_numpy()
    own[i, j] = rows["is_own"].to_numpy()
    context = urns.join(panel.context, on="urn", how="left", maintain_order="left")
    last = rows.sort("year").unique("urn", keep="last").select("urn", la="la_code", area="region")
    context = context.join(last, on="urn", how="left", maintain_order="left")
    return PhaseArrays(
        urns=urns["urn"].to_numpy().astype(str),
        la_codes=_text(context, "la_code", "la"),
        regions=_text(context, "region", "area"),
        years=years,
        place=place,
        rolls=rolls,
        is_own=own,
        shares={name: context[name].to_numpy().astype(float) / 100 for name in SHARES},
        census_roll=context["n_pupils"].to_numpy().astype(float),
    )


def _back_to_back(years: Sequence[str]) -> tuple[str, ...]:
    if not years:
        return ()
    first, last = AcademicYear(years[0]).first, AcademicYear(years[-1]).first
    return tuple(AcademicYear(years[0]).plus(k) for k in range(last - first + 1))


def _text(frame: pl.DataFrame, *names: str) -> NDArray[np.str_]:
    return frame.select(pl.coalesce(*names).fill_null("")).to_series().to_numpy().astype(str)


def history_before(held: PhaseArrays, year: str, rows: NDArray[np.int64], lags: int) -> History:
    """Take what was known of some schools before a year: nothing of the year itself or later.

    >>> nothing = np.full((1, 2), np.nan)
    >>> arrays = PhaseArrays(urns=np.array(["100001"]), la_codes=np.array([""]),
    ...     regions=np.array([""]), years=("2015/16", "2016/17"), place=np.array([[0.1, 0.2]]),
    ...     rolls=nothing, is_own=nothing > 0, shares={}, census_roll=np.array([90.0]))
    >>> history_before(arrays, "2017/18", np.array([0]), 3).place.tolist()
    [[0.2, 0.1, nan]]
    """
    first = AcademicYear(held.years[0]).first if held.years else 0
    columns = [AcademicYear(year).first - first - lag for lag in range(1, lags + 1)]
    place = np.full((len(rows), lags), np.nan)
    rolls = np.full((len(rows), lags), np.nan)
    for lag, column in enumerate(columns):
        if 0 <= column < len(held.years):
            place[:, lag], rolls[:, lag] = held.place[rows, column], held.rolls[rows, column]
    roll = held.census_roll[rows].copy()
    for lag in reversed(range(lags)):
        roll = np.where(np.isfinite(rolls[:, lag]), rolls[:, lag], roll)
    return History(
        rows=rows,
        place=place,
        rolls=rolls,
        roll=roll,
        shares={name: share[rows] for name, share in held.shares.items()},
        regions=held.regions[rows],
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One training year of a phase: what was known before, and what came.

    ``now`` is the place of each school in the year; ``level`` the log-odds of the national figure;
    ``la_codes`` the authorities, blank where not known.
    """

    at: History
    now: Numbers
    level: float
    la_codes: NDArray[np.str_]

    def only(self, rows: NDArray[np.bool_]) -> "Lesson":
        """Take some of its schools."""
        picked = {
            name: getattr(self.at, name)[rows]
            for name in ("rows", "place", "rolls", "roll", "regions")
        }
        shares = {name: share[rows] for name, share in self.at.shares.items()}
        return Lesson(
            at=History(shares=shares, **picked),
            now=self.now[rows],
            level=self.level,
            la_codes=self.la_codes[rows],
        )

    def without_last(self) -> "Lesson":
        """Hide the year before: what is known of schools two years ahead."""
        place, rolls = self.at.place.copy(), self.at.rolls.copy()
        place[:, 0], rolls[:, 0] = np.nan, np.nan
        roll = self.at.roll
        for lag in reversed(range(rolls.shape[1])):
            roll = np.where(np.isfinite(rolls[:, lag]), rolls[:, lag], roll)
        return dataclasses.replace(
            self, at=dataclasses.replace(self.at, place=place, rolls=rolls, roll=roll)
        )
