"""Targets on the real panel, told by fits that never saw the authorities (T1 to T5)."""

import dataclasses
import datetime
from typing import Any

import polars as pl
import pytest

from schoolhubs import files, schools, targets
from schoolhubs.targets.model.record import TargetModel
from schoolhubs.vocabulary.records.school.history import SchoolPanel

pytestmark = pytest.mark.real_data
YEAR, BEFORE = "2017/18", "2016/17"


@pytest.fixture(scope="module")
def real(shared_data: Any) -> SchoolPanel:
    years = ("201213", "201314", "201415", "201516", "201617", "201718")
    names = [f"absence/ees_absence_3term_{year}.csv.gz" for year in years]
    names += [
        "census/england_census_201819.csv.gz",
        "gias/gias_mainstream_state_schools_england_20220425_derived.csv.gz",
        "gias/links_edubasealldata20250422.csv.gz",
    ]
    tables = [files.read(shared_data.path(name)) for name in names]
    return schools.panel(schools.build(tables, on=datetime.date(2019, 9, 1)))


@pytest.fixture(scope="module")
def unseen(real: SchoolPanel) -> pl.DataFrame:
    """Every third authority, told by a fit to the others, with and without its history."""
    held = pl.col("la_code").cast(pl.Int64) % 3 == 0
    taught = targets.fit(
        dataclasses.replace(real, years=real.years.drop_nulls("la_code").filter(~held)),
        until=BEFORE,
    )
    now = real.years.filter(pl.col("is_own") & (pl.col("year") == YEAR) & held)
    urns = tuple(now["urn"].to_list())
    new = dataclasses.replace(real, years=real.years.filter(pl.col("year") == YEAR))
    alone = targets.expect(taught, new, year=YEAR, urns=urns)
    level = real.national.filter(pl.col("year") == YEAR).select(
        "phase", then="sess_overall_percent"
    )
    return (
        targets.expect(taught, real, year=YEAR, urns=urns)
        .join(alone.select("urn", alone="expected_percent"), on="urn")
        .join(now.select("urn", came="sess_overall_percent"), on="urn")
        .join(level, on="phase")
        .with_columns(rebased=pl.col("came") - pl.col("then") + pl.col("national_percent"))
    )


@pytest.mark.parametrize(
    ("phase", "least", "most"), [("primary", 0.2, 0.62), ("secondary", 0.28, 0.9)]
)
def test_context_alone_reaches_what_was_published(
    unseen: pl.DataFrame, phase: str, least: float, most: float
) -> None:
    rows = unseen.filter((pl.col("phase") == phase) & (pl.col("context_part") == "full"))
    error = rows["alone"] - rows["rebased"]
    r_squared = 1 - (error**2).mean() / rows["came"].var(ddof=0)  # type: ignore[operator]
    assert least <= r_squared < 0.55, "above 0.55 without history something leaks"
    assert error.abs().mean() <= most  # type: ignore[operator]


@pytest.mark.parametrize(("phase", "most"), [("primary", 0.42), ("secondary", 0.52)])
def test_one_year_ahead_it_is_nearer_than_last_year(
    unseen: pl.DataFrame, phase: str, most: float
) -> None:
    rows = unseen.filter(pl.col("phase") == phase).drop_nulls("last_year_percent")
    ours = (rows["expected_percent"] - rows["rebased"]).abs().mean()
    raw = (rows["last_year_percent"] - rows["rebased"]).abs().mean()
    assert ours < raw  # type: ignore[operator]
    assert ours <= most  # type: ignore[operator]


@pytest.mark.parametrize("phase", ["primary", "secondary"])
def test_the_interval_covers_and_the_chance_is_the_real_share(
    unseen: pl.DataFrame, phase: str
) -> None:
    rows = unseen.filter(pl.col("phase") == phase)
    held = rows["came"].is_between(rows["low_percent"], rows["high_percent"]).mean()
    assert 0.77 <= held <= 0.85  # type: ignore[operator]
    stated = rows["chance_unaided"].mean()
    met = (rows["rebased"] <= rows["target_percent"]).mean()
    assert 0.3 <= stated <= 0.6  # type: ignore[operator]
    assert abs(stated - met) <= 0.05  # type: ignore[operator]


def test_a_model_of_the_real_panel_is_small(real: SchoolPanel) -> None:
    model: TargetModel = targets.fit(real, until=BEFORE)
    assert set(model.phases) == {"primary", "secondary", "special"}
    assert len(model.as_json()) < 300_000
