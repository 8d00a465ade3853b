"""Targets on the real panel, told by fits that never saw the authorities (T1 to T5)."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from benchmarks.targets import FINANCE, INPUTS, further_out, laid_out, nearest, regression
from schoolhubs import files, schools, targets
from schoolhubs.targets.model.record import TargetModel
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.school.history import SchoolPanel

pytestmark = pytest.mark.real_data
YEAR, BEFORE = "2017/18", "2016/17"


@pytest.fixture(scope="module")
def real(shared_data: Any) -> SchoolPanel:
    years = [f"{first}{(first + 1) % 100:02d}" for first in range(2006, 2018)]
    names = [f"absence/ees_absence_3term_{year}.csv.gz" for year in years]
    names += [
        "census/england_census_201819.csv.gz",
        "gias/gias_mainstream_state_schools_england_20220425_derived.csv.gz",
        "gias/links_edubasealldata20250422.csv.gz",
    ]
    tables = [files.read(shared_data.path(name)) for name in names]
    return schools.panel(schools.build(tables, on=datetime.date(2019, 9, 1)))


def half(number: int) -> pl.Expr:
    """Pick the authorities of one half."""
    return pl.col("la_code").cast(pl.Int64) % 2 == number


@pytest.fixture(scope="module")
def unseen(real: SchoolPanel) -> pl.DataFrame:
    """Each half of the authorities told by a fit to the other, with and without its history."""
    new = dataclasses.replace(real, years=real.years.filter(pl.col("year") == YEAR))
    now = real.years.filter(pl.col("is_own") & (pl.col("year") == YEAR))
    told = []
    for number in (0, 1):
        others = real.years.drop_nulls("la_code").filter(~half(number))
        taught = targets.fit(dataclasses.replace(real, years=others), until=BEFORE)
        urns = tuple(now.filter(half(number))["urn"].to_list())
        alone = targets.expect(taught, new, year=YEAR, urns=urns)
        told.append(
            targets.expect(taught, real, year=YEAR, urns=urns).join(
                alone.select("urn", alone="expected_percent"), on="urn"
            )
        )
    level = real.national.filter(pl.col("year") == YEAR).select(
        "phase", then="sess_overall_percent"
    )
    return (
        pl.concat(told)
        .join(now.select("urn", came="sess_overall_percent"), on="urn")
        .join(level, on="phase")
        .with_columns(rebased=pl.col("came") - pl.col("then") + pl.col("national_percent"))
    )


MAINSTREAM = ("primary", "secondary")


@pytest.fixture(scope="module")
def audit(real: SchoolPanel) -> Any:
    """All authorities, each half told a year ahead by a fit to the other."""
    return targets.fit(real, until=YEAR, is_audited=True).audit


@pytest.mark.parametrize(
    ("phase", "least", "most"), [("primary", 0.20, 0.615), ("secondary", 0.30, 0.85)]
)
def test_context_alone_reaches_what_was_published(
    unseen: pl.DataFrame, phase: str, least: float, most: float
) -> None:
    is_settled = (pl.col("context_part") == "full") & (pl.col("n_years") >= 3)
    rows = unseen.filter((pl.col("phase") == phase) & is_settled)
    error = rows["alone"] - rows["rebased"]
    r_squared = 1 - (error**2).mean() / rows["came"].var(ddof=0)  # type: ignore[operator]
    assert least <= r_squared < 0.55, "above 0.55 without history something leaks"
    assert error.abs().mean() <= most  # type: ignore[operator]


def halves(
    real: SchoolPanel, unseen: pl.DataFrame, phase: str, tell: Callable[..., Any]
) -> pl.DataFrame:
    """Set what another way tells of each half, taught by the other half, beside ours."""
    before, now = (laid_out(real, AcademicYear(year), phase) for year in (BEFORE, YEAR))
    rows = now.join(
        unseen.select("urn", "expected_percent", "alone", "came", "rebased"), on="urn"
    ).drop_nulls(["y1", "y2", "y3", "alone", *INPUTS, *FINANCE])
    parts = []
    for number in (0, 1):
        mine = rows.filter(half(number))
        theirs = pl.Series(tell(before.filter(~half(number)), mine))
        parts.append(mine.with_columns(theirs=theirs))
    return pl.concat(parts)


@pytest.mark.parametrize("phase", MAINSTREAM)
def test_context_alone_beats_the_twenty_nearest_beyond_chance(
    real: SchoolPanel, unseen: pl.DataFrame, phase: str
) -> None:
    rows = halves(real, unseen, phase, nearest)
    ours, theirs = ((rows[name] - rows["rebased"]).abs() for name in ("alone", "theirs"))
    low, _ = further_out(ours.to_numpy(), theirs.to_numpy(), rows["la_code"].to_numpy().astype(str))
    assert low > 0


@pytest.mark.parametrize(("phase", "most"), [("primary", 0.415), ("secondary", 0.49)])
def test_one_year_ahead_it_is_nearer_than_three_years_regression_and_last_year(
    real: SchoolPanel, unseen: pl.DataFrame, phase: str, most: float
) -> None:
    rows = halves(real, unseen, phase, regression("y1", "y2", "y3"))
    for actual in ("rebased", "came"):
        ours, theirs, raw = (
            (rows[name] - rows[actual]).abs().mean()
            for name in ("expected_percent", "theirs", "y1")
        )
        # As forecast primary schools come out level with it that year: see the explanation.
        level = 0.001 if (phase, actual) == ("primary", "came") else 0.0
        assert ours < theirs + level  # type: ignore[operator]
        assert ours < raw  # type: ignore[operator]
        if actual == "rebased":
            assert ours <= most  # type: ignore[operator]


@pytest.mark.parametrize("phase", MAINSTREAM)
def test_the_interval_covers_overall_and_in_every_group(audit: Any, phase: str) -> None:
    groups = audit["phases"][phase]
    assert 0.77 <= groups["all"]["coverage"] <= 0.83
    large = {name: row for name, row in groups.items() if row.get("n_schools", 0) >= 200}
    assert len(large) > 20
    outside = {
        name: row["coverage"] for name, row in large.items() if not 0.74 <= row["coverage"] <= 0.86
    }
    assert not outside


@pytest.mark.parametrize("phase", MAINSTREAM)
def test_the_chance_stated_is_the_real_share_and_alike_in_all_groups(
    audit: Any, phase: str
) -> None:
    row, summary = audit["phases"][phase]["all"], audit["summary"][phase]
    assert 0.3 <= row["chance_unaided"] <= 0.6
    assert abs(row["chance_unaided"] - row["met_unaided"]) <= 0.05
    assert summary["gap_in_chance_unaided"] <= 0.10


@pytest.mark.parametrize("phase", MAINSTREAM)
def test_more_free_school_meals_hardly_ever_ask_for_more(audit: Any, phase: str) -> None:
    found = audit["more_fsm"][phase]
    assert found["mean_change"] < 0
    assert found["n_ask_grows"] <= 0.02 * found["n_schools"]
    assert found["most_it_grows"] <= 0.15


def test_a_model_of_the_real_panel_is_small(real: SchoolPanel) -> None:
    model: TargetModel = targets.fit(real, until=BEFORE)
    assert set(model.phases) == {"primary", "secondary", "special"}
    assert len(model.as_json()) < 300_000
    assert max(model.context_years) > BEFORE, "context of 2018/19: the card has to say so"
