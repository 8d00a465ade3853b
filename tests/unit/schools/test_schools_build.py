"""The register as at a date, on a handful of schools."""

import datetime

import polars as pl
import pytest

from schoolhubs import schools
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem

D = datetime.date
ON = D(2018, 9, 1)


def built(*tables, on=ON):
    return schools.build(tables, on=on)


def row(register, urn="100001"):
    return register.schools.row(by_predicate=pl.col("urn") == urn, named=True)


@pytest.mark.parametrize(
    ("changes", "is_open", "status"),
    [
        ({}, True, "Open"),
        ({"opened_on": D(2018, 9, 1)}, True, "Open"),
        ({"opened_on": D(2018, 9, 2)}, False, "Not yet open"),
        ({"status": "Closed", "closed_on": D(2018, 8, 31)}, False, "Closed"),
        ({"status": "Closed", "closed_on": D(2018, 9, 1)}, True, "Open"),
        (
            {"status": "Open, but proposed to close", "closed_on": D(2022, 8, 31)},
            True,
            "Open, but proposed to close",
        ),
        ({"status": "Proposed to open"}, False, "Not yet open"),
    ],
)
def test_open_is_judged_on_the_date(table, changes, is_open, status):
    found = row(built(table("gias_extract", {"urn": "100001"} | changes)))

    assert (found["is_open"], found["status"]) == (is_open, status)


@pytest.mark.parametrize(
    ("listed_on", "on", "is_open", "status"),
    [
        # The list was made after the day the school was to open, and still only proposes it.
        ("2018-09-02", D(2018, 9, 3), False, "Not yet open"),
        # A list no later than that day cannot know: it is taken to open as planned.
        ("2018-09-01", D(2018, 9, 3), True, "Open"),
        ("2018-08-31", D(2018, 8, 31), False, "Not yet open"),
    ],
)
def test_a_proposed_school_is_not_open_on_a_day_its_own_list_denies(
    table, listed_on, on, is_open, status
):
    planned = {"urn": "100001", "status": "Proposed to open", "opened_on": D(2018, 9, 1)}
    tables = [table("gias_extract", planned, as_at=listed_on)]

    found = row(built(*tables, on=on))
    seen = row(schools.as_seen(built(*tables, on=D(2018, 8, 1)), on=on))

    assert (found["is_open"], found["status"]) == (is_open, status)
    assert (seen["is_open"], seen["status"]) == (is_open, status)


def test_a_school_known_from_its_figures_is_there_and_says_so(table):
    register = built(
        table("gias_list", {"urn": "100002"}, as_at="2022-04-25"),
        table("ees_absence", {"urn": "100001"}),
        table(
            "gias_links", {"urn": "100001", "link_urn": "100002", "established_on": D(2019, 1, 1)}
        ),
    )

    found = row(register)

    assert found["is_open"]
    assert found["status"] == "Open (inferred from figures of 2017/18)"
    assert found["closed_on"] == D(2019, 1, 1)
    assert found["phase"] == "primary"
    assert found["region"] == "North East"


def test_a_school_without_a_place_stands_at_its_successors_and_is_flagged(table):
    register = built(
        table("gias_list", {"urn": "100003"}),
        table("ees_absence", {"urn": "100001"}, {"urn": "100002"}),
        table(
            "gias_links",
            {"urn": "100001", "link_urn": "100002", "established_on": D(2019, 1, 1)},
            {"urn": "100002", "link_urn": "100003", "established_on": D(2020, 1, 1)},
        ),
    )

    first, last = row(register), row(register, "100003")

    assert first["is_placed_at_successor"]
    assert not last["is_placed_at_successor"]
    assert (first["lat"], first["lon"]) == (last["lat"], last["lon"])
    assert first["successor_urns"] == ["100002", "100003"]
    assert last["predecessor_urns"] is None  # both changes came after the date


def test_grid_and_degrees_are_filled_from_one_another(table):
    register = built(
        table("gias_extract", {"urn": "100001", "easting": 533498.0, "northing": 181201.0}),
        table("performance_ks2", {"urn": "100002", "lat": 51.513458, "lon": -0.075918}),
    )

    by_grid, by_globe = row(register), row(register, "100002")

    assert by_grid["lat"] == pytest.approx(51.5139, abs=2e-4)
    assert by_grid["lon"] == pytest.approx(-0.0775, abs=2e-4)
    assert by_globe["easting"] == pytest.approx(533_610, abs=40)
    assert (by_grid["location_source"], by_globe["location_source"]) == (
        "gias_extract",
        "performance_ks2",
    )


@pytest.mark.parametrize(
    ("establishment_type", "phase_name", "phase", "is_state_funded"),
    [
        ("Community school", "Middle deemed primary", "middle_deemed_primary", True),
        ("Academy converter", "All-through", "all_through", True),
        ("Community special school", "Not applicable", "special", True),
        ("Non-maintained special school", "Not applicable", "special", False),
        ("Pupil referral unit", "Not applicable", "alternative_provision", True),
        ("Free schools alternative provision", "Not applicable", "alternative_provision", True),
        ("Other independent school", "Not applicable", "other", False),
        ("Free schools 16 to 19", "16 plus", "sixteen_plus", True),
    ],
)
def test_phase_and_funding_come_from_the_type(
    table, establishment_type, phase_name, phase, is_state_funded
):
    changes = {"establishment_type": establishment_type, "phase_name": phase_name}

    found = row(built(table("gias_extract", {"urn": "100001"} | changes)))

    assert (found["phase"], found["is_state_funded"]) == (phase, is_state_funded)


def test_the_trust_is_that_of_the_date(table):
    lists = (
        table("gias_extract", {"urn": "100001"}),
        table(
            "gias_trust_membership",
            {
                "urn": "100001",
                "trust_id": "2001",
                "joined_on": D(2015, 1, 1),
                "left_on": D(2018, 1, 1),
            },
            {"urn": "100001", "trust_id": "2002", "joined_on": D(2018, 1, 1), "left_on": None},
        ),
    )

    trusts = [row(built(*lists, on=on))["trust_id"] for on in (D(2014, 1, 1), D(2017, 1, 1), ON)]

    assert trusts == [None, "2001", "2002"]


def test_a_charitable_trust_of_a_foundation_school_is_no_academy_trust(table):
    register = built(
        table(
            "gias_extract",
            {"urn": "100001", "trust_id": "1", "trust_flag": "Supported by a trust"},
            {"urn": "100002", "trust_id": "2", "trust_flag": "Supported by a multi-academy trust"},
        )
    )

    assert row(register)["trust_id"] is None
    assert row(register, "100002")["trust_id"] == "2"


def test_context_of_the_nearest_year_before_the_date_and_a_later_one_only_for_want(table):
    def census(year, pupils, *urns):
        rows = (
            {"urn": u, "n_pupils": pupils, "fsm_ever_percent": 9.0, "eal_percent": 1.0}
            for u in urns
        )
        return table("performance_census", *rows, year=year, name=f"{year[:4]}.csv")

    register = built(
        table("gias_extract", {"urn": "100001"}, {"urn": "100002"}),
        census("2015/16", 100, "100001"),
        census("2016/17", 200, "100001"),
        census("2018/19", 300, "100001", "100002"),
    )

    first, second = row(register), row(register, "100002")

    assert (first["n_pupils"], first["context_year"]) == (200, "2016/17")
    assert (second["n_pupils"], second["context_year"]) == (300, "2018/19")
    assert register.quality.filter(
        (pl.col("source_file") == "2018.csv") & pl.col("reason").str.contains("later")
    )["n_rows"].to_list() == [1]


@pytest.mark.parametrize(
    ("on", "is_later"),
    [("2018-03-01", True), ("2018-08-31", True), ("2018-09-01", False), ("2019-01-01", False)],
)
def test_context_of_a_year_that_ends_after_the_date_is_marked(table, on, is_later):
    census = table("performance_census", {"urn": "100001", "n_pupils": 200}, year="2017/18")

    register = schools.build(
        [table("gias_extract", {"urn": "100001"}, {"urn": "100002"}), census],
        on=datetime.date.fromisoformat(on),
    )

    assert row(register)["is_context_later"] is is_later
    assert row(register, "100002")["is_context_later"] is False  # it has no figures at all
    assert schools.facts(register, on=register.on)["is_context_later"].to_list() == [
        is_later,
        False,
    ]


def test_context_of_a_year_that_nobody_states_is_marked(table):
    census = table("performance_census", {"urn": "100001", "n_pupils": 200})

    register = built(table("gias_extract", {"urn": "100001"}), census)

    assert (row(register)["context_year"], row(register)["is_context_later"]) == (None, True)


def test_series_are_never_mixed(table):
    register = built(
        table("gias_extract", {"urn": "100001"}),
        table("ees_absence", {"urn": "100001", "year": "2012/13"}),
        table(
            "performance_absence",
            {"urn": "100001", "level": "school", "sess_overall_percent": 4.0},
            year="2012/13",
            half_terms=5,
        ),
    )

    found = register.absence.select("series", "half_terms", "sess_overall_percent").rows()

    assert found == [("census", 6, 5.0), ("performance_tables", 5, 4.0)]


def test_a_urn_under_two_establishment_numbers_is_one_row_with_its_counts_added(table):
    register = built(
        table("gias_extract", {"urn": "100001"}),
        table(
            "ees_absence",
            {"urn": "100001", "enrolments": 300, "sess_possible": 30000, "sess_overall": 900},
            {"urn": "100001", "laestab": "3922000"},
        ),
    )

    found = register.absence.row(0, named=True)

    assert register.absence.height == 1
    assert (found["enrolments"], found["sess_overall_percent"]) == (400, 3.5)


COUNTS = ("enrolments", "sess_possible", "sess_overall", "enrolments_pa_10_exact")
PERCENT = ("sess_overall_percent", "enrolments_pa_10_exact_percent")
WITHHELD = dict.fromkeys((*COUNTS, *PERCENT))


def test_a_withheld_count_of_a_urn_under_two_numbers_is_missing_and_not_zero(table):
    for one, other in ((WITHHELD, WITHHELD), ({}, WITHHELD)):
        register = built(
            table("gias_extract", {"urn": "100001"}),
            table("ees_absence", {"urn": "100001"} | one, {"urn": "100001"} | other),
        )

        found = register.absence.row(0, named=True)

        assert {name: found[name] for name in WITHHELD} == WITHHELD


def test_two_files_that_contradict_each_other_are_refused(table):
    with pytest.raises(DataProblem, match="different absence for 2017/18"):
        built(
            table("gias_extract", {"urn": "100001"}),
            table("ees_absence", {"urn": "100001"}, name="one.csv"),
            table("ees_absence", {"urn": "100001", "sess_overall_percent": 6.0}, name="two.csv"),
        )


def test_a_file_given_twice_counts_once(table):
    absence = table("ees_absence", {"urn": "100001"})

    register = built(table("gias_extract", {"urn": "100001"}), absence, absence)

    assert register.absence.height == 1
    assert len(register.sources) == 2


def test_phase_figures_are_published_ones_and_computed_only_where_there_are_none(table):
    register = built(
        table("gias_extract", {"urn": "100001"}),
        table(
            "ees_absence",
            {"urn": "100001", "sess_possible": 10000, "sess_overall": 500},
            {"urn": "100002", "sess_possible": 30000, "sess_overall": 2700},
            {"urn": None, "level": "national", "sess_overall_percent": 4.2, "year": "2016/17"},
            {"urn": "100001", "year": "2016/17"},
        ),
    )

    found = register.phase_figures.select("year", "sess_overall_percent", "how").rows()

    assert found == [
        ("2016/17", 4.2, "published"),
        ("2017/18", 8.0, "computed from 2 schools, weighted by sessions"),
    ]


def test_a_computed_phase_figure_counts_only_the_schools_that_have_it(table):
    def computed(*rows):
        absence = ({"urn": f"{100001 + n}"} | row for n, row in enumerate(rows))
        register = built(table("gias_extract", {"urn": "100001"}), table("ees_absence", *absence))
        names = ("n_schools", "sess_overall_percent", "enrolments_pa_10_exact_percent", "how")
        return register.phase_figures.select(*names).rows()

    one = "computed from 1 schools, weighted by sessions"
    assert computed({}, WITHHELD) == [(1, 5.0, 10.0, one)]
    pupils_only = {"enrolments_pa_10_exact": None, "enrolments_pa_10_exact_percent": None}
    said = "computed from 2 schools, weighted by sessions; persistent absence of 1"
    assert computed({}, pupils_only) == [(2, 5.0, 10.0, said)]
    no_pupils = {"enrolments": None, "enrolments_pa_10_exact_percent": None}
    assert computed(no_pupils) == [(1, 5.0, None, f"{one}; persistent absence of 0")]
    assert computed(WITHHELD) == []


def test_without_a_list_of_schools_there_is_no_register(table):
    with pytest.raises(DataProblem, match="none of the files lists schools"):
        built(table("ees_absence", {"urn": "100001"}))


def test_the_quality_report_says_what_joined_and_what_did_not(table):
    register = built(
        table("gias_extract", {"urn": "100001"}),
        table("ees_absence", {"urn": "100001"}, {"urn": "100002"}, {"urn": "100003"}),
    )

    text = register.quality_text

    assert "absence, joined: 1 the URN is in a list of establishments" in text
    assert "absence, inferred: 2 the URN is in no list" in text
    assert "schools, joined: 3 open on 2018-09-01" in text


def test_the_frames_keep_their_contracts(table):
    register = built(
        table("gias_extract", {"urn": "100001"}), table("ees_absence", {"urn": "100001"})
    )

    for name in ("schools", "absence", "inspections", "links", "trusts"):
        getattr(frames, name.upper()).check(getattr(register, name))
