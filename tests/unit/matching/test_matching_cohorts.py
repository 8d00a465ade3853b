"""Places come and go with the partnerships of earlier cohorts."""

import datetime as dt

APRIL, SEPTEMBER, JANUARY = dt.date(2021, 4, 1), dt.date(2021, 9, 1), dt.date(2022, 1, 1)
NEXT_APRIL = dt.date(2022, 4, 1)
JOURNEYS = {f"20000{n}": [10 + n] for n in range(1, 10)}


def cohort(given, urns, on, held):
    """Match some partners on a day, with the partnerships held so far; one year each."""
    there = given.but(partners=given.partners.filter(given.partners["urn"].is_in(urns)), on=on)
    result = there.running(*held).match()
    assert there.running(*held).verify(result) == ()
    until = on.replace(year=on.year + 1)
    new = [(urn, lead, "core", on, until) for urn, lead in result.matches[:, :2].iter_rows()]
    return result, [*held, *new]


def test_three_overlapping_cohorts_share_the_places_of_one_lead(small_round) -> None:
    given = small_round(JOURNEYS, places=4)
    first, held = cohort(given, ["200001", "200002"], APRIL, [])
    assert first.hubs.row(0)[2:] == (4, 0, 4, 2)

    second, held = cohort(given, ["200003", "200004", "200005"], SEPTEMBER, held)
    assert second.hubs.row(0)[2:] == (4, 2, 2, 2)
    assert second.unmatched["urn"].to_list() == ["200005"]

    third, _ = cohort(given, ["200006"], JANUARY, held)
    assert third.matches.height == 0
    assert third.unmatched["reason"].to_list() == [
        "every core place open to it within 240 minutes is held by an earlier partnership"
    ]

    later, _ = cohort(given, ["200006", "200007", "200008"], NEXT_APRIL, held)
    assert later.hubs.row(0)[2:] == (4, 2, 2, 2), "the first cohort gave its two places back"


def test_a_place_is_free_on_the_first_day_after_the_last(small_round) -> None:
    given = small_round({"200001": [10]})
    held = ("200009", "100001", "core", APRIL, NEXT_APRIL)
    day_before = NEXT_APRIL - dt.timedelta(days=1)
    assert given.but(on=day_before).running(held).match().matches.height == 0
    assert given.but(on=NEXT_APRIL).running(held).match().matches.height == 1
    before_its_term = given.but(on=APRIL - dt.timedelta(days=1))
    assert before_its_term.running(held).match().matches.height == 1


def test_a_partnership_that_starts_later_in_the_term_has_its_place_already(small_round) -> None:
    given = small_round({"200001": [10], "200002": [20]}, places=2)
    november, january = dt.date(2021, 11, 1), dt.date(2022, 1, 1)
    this_term = given.but(on=SEPTEMBER).running(("200001", "100001", "core", november, None))
    result = this_term.match()
    assert result.hubs.row(0)[2:] == (2, 1, 1, 1)
    assert result.already_placed["urn"].to_list() == ["200001"]
    assert this_term.verify(result) == ()
    next_term = given.but(on=SEPTEMBER).running(("200001", "100001", "core", january, None))
    assert next_term.match().matches.height == 2
    assert {fault.code for fault in this_term.verify(next_term.match())} >= {"above_capacity"}


def test_a_partner_in_a_running_partnership_is_placed_already(small_round) -> None:
    given = small_round({"200001": [10, 20], "200002": [30, 40]})
    held = ("200001", "100002", "core", APRIL, None)
    result = given.but(on=SEPTEMBER).running(held).match()
    assert result.already_placed.select("urn", "lead_urn").rows() == [("200001", "100002")]
    assert result.matches["urn"].to_list() == ["200002"]
    assert result.unmatched.height == 0


def test_a_pin_to_the_lead_it_is_with_is_kept_by_the_partnership(small_round) -> None:
    given = small_round({"200001": [10]}).but(on=SEPTEMBER)
    given = given.running(("200001", "100001", "core", APRIL, None))
    given = given.ordering(("pin", "200001", "100001"))
    result = given.match()
    assert (result.matches.height, result.already_placed.height) == (0, 1)
    assert given.verify(result) == ()


def test_more_partnerships_than_places_leave_no_place_and_no_debt(small_round) -> None:
    given = small_round({"200001": [10]}).but(on=SEPTEMBER)
    held = [(f"20009{n}", "100001", "core", APRIL, None) for n in range(3)]
    assert given.running(*held).match().hubs.row(0)[2:] == (1, 3, 0, 0)


def test_a_partnership_on_a_pathway_no_longer_offered_is_shown(small_round) -> None:
    given = small_round({"200001": [10]}).but(on=SEPTEMBER)
    result = given.running(("200009", "100001", "extended", APRIL, None)).match()
    assert result.hubs.rows() == [
        ("100001", "core", 1, 0, 1, 1),
        ("100001", "extended", 0, 1, 0, 0),
    ]
