"""The school register of the real files, as at September 2018."""

import datetime
from pathlib import Path

import polars as pl
import pytest

from schoolhubs import files, schools
from schoolhubs.schools.roster.chains import ancestors, edges

pytestmark = pytest.mark.real_data

ON = datetime.date(2018, 9, 1)
FOLDERS = ("absence", "gias", "census", "performance", "ofsted")


@pytest.fixture(scope="module")
def register(shared_data):
    paths = files.find([shared_data.path(folder) for folder in FOLDERS])
    tables = [table for table in map(files.read, paths) if table.gives]
    return schools.build(tables, on=ON)


@pytest.fixture(scope="module")
def facts(register):
    return schools.facts(register, on=ON)


def test_about_as_many_state_schools_are_open_as_england_had(register):
    is_open = register.schools.filter("is_open", "is_state_funded")
    by_phase = dict(is_open["phase"].value_counts().rows())

    # Schools, pupils and their characteristics, January 2019: 16,769 primary, 3,448 secondary.
    assert by_phase["primary"] == pytest.approx(16_769, rel=0.02)
    secondary = ("secondary", "all_through", "middle_deemed_secondary")
    assert sum(by_phase[phase] for phase in secondary) == pytest.approx(3_448, rel=0.04)
    assert 21_500 < is_open.height < 22_300


def test_the_figures_in_the_docs_are_those_of_the_register(register):
    page = Path(__file__).parents[3] / "docs" / "explanation" / "school-register.md"
    text = " ".join(page.read_text(encoding="utf-8").split())
    at_successor = register.schools.filter("is_open", "is_placed_at_successor").height

    for n in (register.schools.height, register.n_open, register.absence.height):
        assert f"{n:,}" in text
    assert f"{at_successor:,} open schools stand at a successor's place" in text


def test_absence_joins_as_the_readme_says(register):
    years = register.absence.filter(pl.col("series") == "census")

    assert years.height == 263_402 - 7_753 - 2 - 2  # averages, blank URNs, URNs twice in a year
    assert register.absence.height == 276_213
    newest = years.filter(pl.col("year") == "2017/18")
    found = newest.join(register.schools.filter("is_open"), on="urn", how="semi").height
    assert found / newest.height > 0.95  # the rest converted or closed during the year


def test_chains_on_the_real_links_are_long_and_end(register):
    family = ancestors(edges(register.links))

    assert family["steps"].max() >= 3
    assert family.filter(pl.col("urn") == pl.col("relative")).is_empty()
    assert family.filter(pl.col("urn") == "136271").select("relative", "steps").rows() == [
        ("124810", 1)
    ]


def test_a_school_missing_from_the_2022_list_stands_at_its_successors_place(register):
    moved = register.schools.filter("is_open", "is_placed_at_successor")

    assert 100 < moved.height < 400
    assert moved["lat"].null_count() == 0
    assert moved["status"].str.contains("inferred").all()


def test_places_are_in_england_and_few_are_missing(register):
    state = register.schools.filter("is_open", "is_state_funded")

    assert state["lat"].null_count() < 80
    assert state["lat"].drop_nulls().is_between(49.8, 55.9).all()
    assert state["lon"].drop_nulls().is_between(-6.5, 1.8).all()
    assert state["region"].n_unique() <= 10


def test_figures_later_than_the_date_are_labelled(register):
    state = register.schools.filter("is_open", "is_state_funded", pl.col("n_pupils").is_not_null())

    assert state.filter(pl.col("context_year") == "2018/19").height / state.height > 0.97
    later = register.quality.filter(pl.col("reason").str.contains("labelled as later"))
    marked = register.schools.filter("is_context_later")
    assert later["n_rows"].sum() == marked.height > 20_000
    assert set(marked["context_year"]) == {"2018/19", "2020/21", "2022/23", "2024/25"}
    unmarked = register.schools.filter(~pl.col("is_context_later"))
    assert set(unmarked["context_year"]) == {None, "2016/17", "2017/18"}
    assert unmarked.filter(pl.col("context_year").is_null())["n_pupils"].null_count() == (
        register.schools["context_year"].null_count()
    )


def test_no_fact_is_later_than_the_date(facts):
    assert facts["inspected_on"].drop_nulls().max() <= ON
    assert facts["absence_year"].drop_nulls().max() == "2017/18"
    assert facts.filter(pl.col("inspection_source").str.contains("2020-12-31")).is_empty()
    assert facts.filter(pl.col("inspection_framework") != "overall_grades").is_empty()


def test_the_mean_never_spans_the_break_in_the_series(facts):
    old = facts.filter(pl.col("absence_year") == "2012/13", pl.col("absence_series") == "census")

    assert old.height > 0
    assert old["n_absence_years"].max() == 1


def test_phase_figures_are_the_published_national_ones(facts):
    known = facts.filter("is_open", pl.col("absence_year") == "2017/18")
    published = dict(
        known.filter(pl.col("phase").is_in(["primary", "secondary", "special"]))
        .group_by("phase")
        .agg(pl.col("absence_phase_percent").drop_nulls().mode().first())
        .rows()
    )

    assert published == {"primary": 4.2, "secondary": 5.5, "special": 10.2}


def test_performance_tables_of_2012_13_stay_beside_the_census_series(register):
    both = register.absence.filter(
        (pl.col("year") == "2012/13") & (pl.col("urn") == "136271")
    ).sort("series")

    assert both.select("series", "half_terms").rows() == [
        ("census", 6),
        ("performance_tables", 5),
    ]


def test_the_search_download_gives_trusts_and_pupils(register):
    known = register.schools.filter(pl.col("trust_id").is_not_null(), "is_open")

    assert known.height > 80
    assert set(known["la_code"].unique()) <= {"850", "936"}
