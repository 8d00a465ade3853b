"""What was known of a school on a date, and nothing later."""

import datetime

import polars as pl
import pytest

from schoolhubs import schools
from schoolhubs.vocabulary import frames

D = datetime.date
ON = D(2018, 9, 1)


def fact(*tables, on=ON, urn="100002"):
    found = schools.facts(schools.build(tables, on=on), on=on)
    frames.SCHOOL_FACTS.check(found)
    return found.row(by_predicate=pl.col("urn") == urn, named=True)


def link(table, earlier, later, day, kind="Successor"):
    return {"urn": earlier, "link_urn": later, "link_type": kind, "established_on": day}


def inspected(table, *rows):
    return table("performance_ks2", *rows)


def grade(urn, day, overall):
    return {"urn": urn, "inspected_on": day, "overall_grade": overall}


def test_an_inspection_after_the_date_is_not_known(table):
    tables = (
        table("gias_extract", {"urn": "100002"}),
        inspected(table, grade("100002", D(2018, 9, 2), 4)),
    )

    assert fact(*tables)["overall_grade"] is None
    assert fact(*tables, on=D(2018, 9, 2))["overall_grade"] == 4


def test_a_report_not_yet_published_is_not_known(table):
    ofsted = table(
        "ofsted_management_information",
        {
            "urn": "100002",
            "inspected_on": D(2018, 7, 10),
            "published_on": D(2018, 9, 20),
            "overall_grade": 3,
            "previous_inspected_on": D(2014, 1, 1),
            "previous_overall_grade": 2,
        },
    )
    tables = (table("gias_extract", {"urn": "100002"}), ofsted)

    assert fact(*tables)["overall_grade"] == 2
    assert fact(*tables, on=D(2018, 10, 1))["overall_grade"] == 3


def test_a_converted_academy_has_its_predecessors_last_inspection(table):
    tables = (
        table("gias_extract", {"urn": "100002"}),
        table(
            "gias_links",
            link(table, "100000", "100001", D(2012, 9, 1)),
            link(table, "100001", "100002", D(2017, 9, 1)),
        ),
        inspected(table, grade("100000", D(2009, 1, 1), 1), grade("100001", D(2015, 1, 1), 3)),
    )

    found = fact(*tables)

    assert (found["overall_grade"], found["inspection_urn"]) == (3, "100001")
    assert found["is_inspection_of_predecessor"]


def test_its_own_inspection_goes_before_any_predecessors(table):
    tables = (
        table("gias_extract", {"urn": "100002"}),
        table("gias_links", link(table, "100001", "100002", D(2012, 9, 1))),
        inspected(table, grade("100001", D(2011, 1, 1), 4), grade("100002", D(2016, 1, 1), 2)),
    )

    found = fact(*tables)

    assert (found["overall_grade"], found["is_inspection_of_predecessor"]) == (2, False)


def test_merged_predecessors_count_only_where_they_agree(table):
    def tables(first, second):
        return (
            table("gias_extract", {"urn": "100002"}),
            table(
                "gias_links",
                link(table, "100000", "100002", D(2017, 9, 1), "Successor - merged"),
                link(table, "100001", "100002", D(2017, 9, 1), "Successor - merged"),
            ),
            inspected(
                table, grade("100000", D(2014, 1, 1), first), grade("100001", D(2015, 1, 1), second)
            ),
        )

    assert fact(*tables(2, 3))["overall_grade"] is None
    assert fact(*tables(2, 2))["inspected_on"] == D(2015, 1, 1)


def test_of_predecessors_that_disagree_the_one_that_ofsted_names_counts(table):
    links = table(
        "gias_links",
        link(table, "100000", "100002", D(2017, 9, 1), "Successor - merged"),
        link(table, "100001", "100002", D(2017, 9, 1), "Successor - merged"),
    )
    other = inspected(table, grade("100001", D(2015, 1, 1), 4))
    ofsted = table(
        "ofsted_management_information",
        {
            "urn": "100002",
            "inspected_urn": "100000",
            "inspected_on": D(2014, 1, 1),
            "overall_grade": 2,
        },
    )

    found = fact(table("gias_extract", {"urn": "100002"}), links, other, ofsted)

    assert (found["overall_grade"], found["inspection_urn"]) == (2, "100000")


def test_a_rating_without_a_day_counts_from_the_day_of_its_file(table):
    tables = (
        table("gias_extract", {"urn": "100002"}),
        inspected(table, grade("100002", D(2015, 1, 1), 2)),
        table("secondary_ofsted", {"urn": "100002", "overall_grade": 4}, as_at="2020-12-31"),
    )

    assert fact(*tables)["overall_grade"] == 2
    later = fact(*tables, on=D(2021, 1, 1))
    assert (later["overall_grade"], later["inspected_on"]) == (4, None)


def test_a_rating_without_a_day_is_the_last_inspection_if_the_grades_agree(table):
    tables = (
        table("gias_extract", {"urn": "100002"}),
        inspected(table, grade("100002", D(2015, 1, 1), 2)),
        table("secondary_ofsted", {"urn": "100002", "overall_grade": 2}, as_at="2020-12-31"),
    )

    assert fact(*tables, on=D(2021, 1, 1))["inspected_on"] == D(2015, 1, 1)


def test_frameworks_follow_the_day(table):
    def on_day(day, **judged):
        ofsted = table(
            "ofsted_management_information", {"urn": "100002", "inspected_on": day} | judged
        )
        return fact(table("gias_extract", {"urn": "100002"}), ofsted, on=D(2026, 6, 1))

    assert on_day(D(2024, 8, 31), overall_grade=2)["inspection_framework"] == "overall_grades"
    assert on_day(D(2024, 9, 10), behaviour_grade=2)["inspection_framework"] == "no_overall_grade"
    card = on_day(D(2025, 11, 10), attendance_and_behaviour="Strong standard")
    assert card["inspection_framework"] == "report_card"
    assert card["attendance_and_behaviour"] == "Strong standard"
    assert card["overall_grade"] is None


def test_inspected_in_the_present_trust_yes_no_or_unknown(table):
    def asked(joined_on):
        return fact(
            table("gias_extract", {"urn": "100002"}),
            table(
                "gias_trust_membership",
                {"urn": "100002", "trust_id": "2001", "joined_on": joined_on, "left_on": None},
            ),
            inspected(table, grade("100002", D(2016, 1, 1), 2)),
        )["was_inspected_in_trust"]

    assert asked(D(2015, 1, 1)) is True
    assert asked(D(2017, 1, 1)) is False
    assert asked(None) is None


PRESENT = {"urn": "100002", "trust_id": "2001", "joined_on": D(2017, 9, 1), "left_on": None}


def of_predecessor(table, *stays, establishment_type=None):
    """Tell of an inspection in 2015 of 100001, which 100002 of trust 2001 grew out of."""
    earlier = {"urn": "100001", "establishment_type": establishment_type, "status": "Closed"}
    listed = [earlier] if establishment_type else []
    found = fact(
        table("gias_extract", {"urn": "100002", "establishment_type": "Academy"}, *listed),
        table(
            "gias_links",
            link(table, "100001", "100002", D(2017, 9, 1), "Successor - amalgamated"),
        ),
        table("gias_trust_membership", PRESENT, *({"urn": "100001"} | stay for stay in stays)),
        inspected(table, grade("100001", D(2015, 1, 1), 3)),
    )
    assert found["inspection_urn"] == "100001"
    return found["was_inspected_in_trust"]


def test_an_inspection_of_the_maintained_predecessor_was_not_in_the_trust(table):
    assert of_predecessor(table, establishment_type="Community school") is False


@pytest.mark.parametrize("establishment_type", ["Academy sponsor led", None])
def test_a_predecessor_that_may_have_been_in_the_trust_cannot_be_told(table, establishment_type):
    # An amalgamated academy, closed since, that no list has in a trust was in one all the same.
    assert of_predecessor(table, establishment_type=establishment_type) is None


def test_a_predecessor_in_this_or_another_trust_on_the_day_is_told(table):
    def asked(trust_id, joined_on, left_on):
        stay = {"trust_id": trust_id, "joined_on": joined_on, "left_on": left_on}
        return of_predecessor(table, stay, establishment_type="Academy sponsor led")

    assert asked("2001", D(2012, 9, 1), D(2017, 9, 1)) is True
    assert asked("2002", D(2012, 9, 1), D(2017, 9, 1)) is False
    assert asked("2001", D(2015, 9, 1), D(2017, 9, 1)) is False  # it joined after the inspection
    assert asked("2002", D(2012, 9, 1), D(2014, 9, 1)) is None  # where it went is in no list
    assert asked("A Trust", D(2012, 9, 1), D(2017, 9, 1)) is None  # a name, where 2001 is a number


def test_the_newest_full_year_finished_by_the_date(table):
    tables = (
        table("gias_extract", {"urn": "100002"}),
        table(
            "ees_absence",
            {"urn": "100002", "year": "2016/17", "sess_overall_percent": 4.0},
            {"urn": "100002", "year": "2017/18", "sess_overall_percent": 6.0},
            {"urn": "100002", "year": "2018/19", "sess_overall_percent": 9.0},
        ),
    )

    assert fact(*tables)["absence_year"] == "2017/18"
    assert fact(*tables, on=D(2018, 8, 31))["absence_year"] == "2016/17"


def test_the_mean_is_of_up_to_three_years_back_to_back_of_one_number_of_half_terms(table):
    def mean(*rows):
        years = (
            {"urn": "100002", "sess_overall_percent": p, "year": y, "half_terms": h}
            for y, h, p in rows
        )
        found = fact(table("gias_extract", {"urn": "100002"}), table("ees_absence", *years))
        return found["absence_mean_percent"], found["n_absence_years"]

    four = [("2014/15", 6, 9.0), ("2015/16", 6, 1.0), ("2016/17", 6, 2.0), ("2017/18", 6, 3.0)]
    assert mean(*four) == (2.0, 3)
    assert mean(("2015/16", 6, 9.0), ("2017/18", 6, 3.0)) == (3.0, 1)
    assert mean(("2016/17", 5, 9.0), ("2017/18", 6, 3.0)) == (3.0, 1)


def test_absence_of_the_predecessor_is_named_and_of_several_joined(table):
    lists = table("gias_extract", {"urn": "100002", "opened_on": D(2018, 9, 1)})
    links = table(
        "gias_links",
        link(table, "100000", "100002", D(2018, 9, 1), "Successor - amalgamated"),
        link(table, "100001", "100002", D(2018, 9, 1), "Successor - amalgamated"),
    )
    one = table("ees_absence", {"urn": "100001"})
    two = table(
        "ees_absence",
        {"urn": "100000", "enrolments": 300, "sess_possible": 30000, "sess_overall": 900},
        {"urn": "100001"},
    )

    assert fact(lists, links, one)["absence_urn"] == "100001"
    joined = fact(lists, links, two)
    assert joined["absence_urn"] == "100000; 100001"
    assert joined["absence_percent"] == 3.5
    assert joined["enrolments"] == 400


def test_what_one_of_two_merged_predecessors_withholds_is_not_known_of_both(table):
    lists = table("gias_extract", {"urn": "100002", "opened_on": D(2018, 9, 1)})
    links = table(
        "gias_links",
        link(table, "100000", "100002", D(2018, 9, 1), "Successor - amalgamated"),
        link(table, "100001", "100002", D(2018, 9, 1), "Successor - amalgamated"),
    )

    def joined(*rows):
        absence = ({"urn": f"{100000 + n}"} | row for n, row in enumerate(rows))
        found = fact(lists, links, table("ees_absence", *absence))
        names = ("absence_percent", "persistent_absence_percent", "enrolments")
        return tuple(found[name] for name in names)

    no_persistent = {"enrolments_pa_10_exact": None, "enrolments_pa_10_exact_percent": None}
    counts = ("enrolments", "sess_possible", "sess_overall", "enrolments_pa_10_exact")
    percent_only = dict.fromkeys(counts)
    assert joined({}, {}) == (5.0, 10.0, 200)
    assert joined({}, no_persistent) == (5.0, None, 200)
    assert joined(no_persistent, no_persistent) == (5.0, None, 200)
    assert joined(percent_only, percent_only) == (5.0, 10.0, None)
    assert joined({}, percent_only | {"sess_overall_percent": None}) == (None, 10.0, None)


def test_phase_figures_are_of_the_same_year_and_series(table):
    found = fact(
        table("gias_extract", {"urn": "100002", "phase_name": "Middle deemed secondary"}),
        table(
            "ees_absence",
            {"urn": "100002", "school_type": "State-funded secondary"},
            {
                "urn": None,
                "level": "national",
                "school_type": "State-funded secondary",
                "sess_overall_percent": 5.5,
                "enrolments_pa_10_exact_percent": 13.9,
            },
        ),
    )

    assert found["absence_phase_percent"] == 5.5
    assert found["persistent_absence_phase_percent"] == 13.9


def test_a_withheld_figure_keeps_its_symbol(table):
    found = fact(
        table("gias_extract", {"urn": "100002"}),
        table(
            "performance_absence",
            {
                "urn": "100002",
                "level": "school",
                "sess_overall_percent": 4.0,
                "enrolments_pa_10_exact_percent": None,
                "enrolments_pa_10_exact_percent_mark": "SUPP",
            },
            year="2017/18",
        ),
    )

    assert found["persistent_absence_percent"] is None
    assert found["persistent_absence_mark"] == "SUPP"
