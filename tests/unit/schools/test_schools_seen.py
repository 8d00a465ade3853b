"""A register seen as on another day agrees with one that was built for that day."""

import datetime

import pytest

from schoolhubs import schools
from schoolhubs.vocabulary import frames

D = datetime.date
BUILT, EARLIER = D(2022, 10, 1), D(2018, 9, 1)


@pytest.fixture
def tables(table):
    """Give lists of schools that opened, closed, converted and changed trust between two days."""
    return (
        table(
            "gias_extract",
            {"urn": "100001", "status": "Closed", "closed_on": D(2019, 8, 31)},
            {"urn": "100002", "opened_on": D(2019, 9, 1)},
            {"urn": "100003", "status": "Closed"},
            {"urn": "100004", "opened_on": D(2001, 9, 1)},
            {"urn": "100005", "status": "Closed", "opened_on": D(2001, 9, 1)},
        ),
        table(
            "gias_links",
            {"urn": "100001", "link_urn": "100002", "established_on": D(2019, 9, 1)},
        ),
        table(
            "gias_trust_membership",
            {"urn": "100004", "trust_id": "2001", "joined_on": D(2015, 9, 1)}
            | {"left_on": D(2020, 9, 1)},
            {"urn": "100004", "trust_id": "2003", "joined_on": D(2020, 9, 1), "left_on": None},
            {"urn": "100004", "trust_id": "2002", "joined_on": D(2020, 9, 1), "left_on": None},
        ),
    )


@pytest.mark.parametrize(("own", "asked"), [(BUILT, EARLIER), (EARLIER, BUILT), (BUILT, BUILT)])
def test_a_register_seen_on_a_day_is_the_register_of_that_day(tables, own, asked):
    seen = schools.as_seen(schools.build(tables, on=own), on=asked)
    built = schools.build(tables, on=asked)

    frames.SCHOOLS.check(seen.schools)
    assert seen.on == asked
    assert seen.schools.equals(built.schools)


def test_status_and_predecessors_go_with_the_day(tables):
    seen = schools.as_seen(schools.build(tables, on=BUILT), on=EARLIER).schools

    told = seen.select("urn", "is_open", "status", "predecessor_urns", "trust_id").rows()
    assert told == [
        ("100001", True, "Open", None, None),
        ("100002", False, "Not yet open", None, None),
        ("100003", False, "Closed", None, None),
        ("100004", True, "Open", None, "2001"),
        ("100005", False, "Closed", None, None),
    ]


def test_of_two_trusts_joined_on_one_day_the_lower_number_counts_on_every_day(tables):
    built = schools.build(tables, on=BUILT)

    for register in (built, schools.as_seen(built, on=D(2021, 1, 1))):
        assert register.schools["trust_id"].drop_nulls().to_list() == ["2002"]


def test_figures_are_later_until_the_day_after_their_year(table):
    census = table("performance_census", {"urn": "100001", "n_pupils": 200}, year="2018/19")
    register = schools.build((table("gias_list", {"urn": "100001"}), census), on=BUILT)

    for on, is_later in ((D(2019, 8, 31), True), (D(2019, 9, 1), False)):
        assert schools.as_seen(register, on=on).schools["is_context_later"].item() is is_later
