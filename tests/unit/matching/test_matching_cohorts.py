"""Places come and go with the partnerships of earlier cohorts."""

import datetime as dt

import polars as pl
import pytest

from schoolhubs import matching
from schoolhubs.vocabulary.errors import DataProblem

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
        "every core place open to it within 240 minutes is held by a partnership declared already"
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


# --- cohorts declared ahead: a match needs its place in every term it lasts --------------------

YEAR = {"core": 3}
OCTOBER = dt.date(2026, 10, 1)


def day(year: int, month: int) -> dt.date:
    return dt.date(year, month, 1)


def test_a_place_promised_from_a_later_term_is_not_given_away(small_round) -> None:
    given = small_round({"200001": [10]}, duration_terms=YEAR).but(on=OCTOBER)
    promised = given.running(("200009", "100001", "core", day(2027, 1), None))
    result = promised.match()
    assert result.hubs.row(0)[2:] == (1, 1, 0, 0)
    assert result.unmatched["reason"].to_list() == [
        "every core place open to it within 240 minutes is held by a partnership declared already"
    ]
    assert promised.verify(result) == ()
    found = {problem.code for problem in promised.verify(given.match())}
    assert found >= {"above_capacity", "hub_disagrees"}, "one place, and in January two partners"


def test_a_promise_from_after_the_match_has_ended_takes_no_place(small_round) -> None:
    given = small_round({"200001": [10]}, duration_terms=YEAR).but(on=OCTOBER)
    for month, n_matched in ((4, 0), (9, 1)):
        promised = given.running(("200009", "100001", "core", day(2027, month), None))
        result = promised.match()
        assert result.matches.height == n_matched
        assert promised.verify(result) == ()


def test_the_fullest_term_of_the_match_says_how_many_places_are_free(small_round) -> None:
    journeys = {f"20000{n}": [10 + n] for n in range(1, 5)}
    given = small_round(journeys, places=3, duration_terms=YEAR).but(on=OCTOBER)
    planned = given.running(
        ("200011", "100001", "core", day(2026, 4), day(2027, 1)),
        ("200012", "100001", "core", day(2027, 1), day(2027, 4)),
        ("200013", "100001", "core", day(2027, 1), day(2027, 4)),
        ("200014", "100001", "core", day(2027, 4), day(2027, 9)),
    )
    result = planned.match()
    assert result.hubs.row(0)[2:] == (3, 2, 1, 1), "one, two and one: two at most"
    assert planned.verify(result) == ()


def test_a_partner_promised_within_the_terms_is_not_matched_a_second_time(small_round) -> None:
    given = small_round({"200001": [10, 20]}, duration_terms=YEAR).but(on=OCTOBER)
    promised = given.running(("200001", "100002", "core", day(2027, 1), None))
    result = promised.match()
    assert result.already_placed.select("urn", "lead_urn").rows() == [("200001", "100002")]
    assert result.matches.height == 0
    assert promised.verify(result) == ()
    assert "runs_already" in {problem.code for problem in promised.verify(given.match())}
    later = given.running(("200001", "100002", "core", day(2027, 9), None))
    assert later.match().matches["urn"].to_list() == ["200001"]
    assert later.verify(later.match()) == ()
    assert "not_running" in {problem.code for problem in later.verify(result)}


def test_a_shorter_pathway_ends_before_a_promise_begins(small_round) -> None:
    given = small_round({"200001": [10], "200002": [20]}, duration_terms={"core": 1, "extended": 3},
        places={("100001", "core"): 1, ("100001", "extended"): 1},
        partner={"200002": {"pathways": ["extended", "core"]}},
    ).but(on=OCTOBER)  # fmt: skip
    promised = given.running(
        ("200001", "100001", "core", day(2027, 1), None),
        ("200002", "100001", "extended", day(2027, 1), None),
    )
    result = promised.match()
    assert result.matches.select("urn", "pathway").rows() == [("200001", "core")]
    assert result.already_placed["urn"].to_list() == ["200002"]
    assert promised.verify(result) == ()


def test_a_promise_to_a_school_that_leads_only_from_then_on_stands(small_round) -> None:
    given = small_round({"200001": [10]}, duration_terms=YEAR).but(on=OCTOBER)
    promised = given.running(("200001", "166666", "core", day(2027, 1), None))
    result = promised.match()
    assert result.already_placed["lead_urn"].to_list() == ["166666"]
    assert promised.verify(result) == ()


# --- lists that cannot be true ----------------------------------------------------------------


def refused(given) -> list[tuple[str, str]]:
    with pytest.raises(DataProblem) as caught:
        given.match()
    return [(problem.code, problem.fault) for problem in caught.value.problems]


def test_a_partner_with_two_leads_on_one_day_is_refused(small_round) -> None:
    given = small_round({"200001": [10, 20], "200002": [10, 20]}, duration_terms=YEAR)
    given = given.but(on=OCTOBER)
    twice = given.running(
        ("200001", "100001", "core", day(2026, 4), day(2027, 1)),
        ("200001", "100002", "core", day(2026, 12), None),
    )
    fault = "200001 is in two partnerships on one day, with 100001 and 100002"
    assert refused(twice) == [("placed_twice", fault)]
    assert "placed_twice" in {problem.code for problem in twice.verify(given.match())}
    in_turn = given.running(
        ("200001", "100001", "core", day(2026, 4), day(2027, 1)),
        ("200001", "100002", "core", day(2027, 1), None),
    )
    assert in_turn.verify(in_turn.match()) == ()
    over = given.running(
        ("200001", "100001", "core", day(2026, 1), day(2026, 9)),
        ("200001", "100002", "core", day(2026, 4), day(2026, 9)),
    )
    assert over.match().matches.height == 2, "what is over is nobody's concern"


def test_a_lead_that_is_somebodys_partner_is_refused(small_round) -> None:
    given = small_round({"200001": [10, 20]}).but(on=OCTOBER)
    both = given.running(("100001", "100002", "core", day(2026, 9), None))
    fault = "100001 leads here and is a partner of 100002; a lead is nobody's partner"
    assert refused(both) == [("lead_in_partnership", fault)]
    assert "lead_in_partnership" in {problem.code for problem in both.verify(given.match())}
    over = given.running(("100001", "100002", "core", day(2025, 9), day(2026, 9)))
    assert over.match().matches.height == 1


def test_matches_that_start_later_need_their_places_from_then(small_round) -> None:
    given = small_round({"200001": [10]}, duration_terms=YEAR).but(on=OCTOBER)
    later = {"starts_on": day(2027, 1)}
    ends = given.running(("200009", "100001", "core", day(2026, 9), day(2027, 1)))
    promised = given.running(("200009", "100001", "core", day(2027, 9), None))
    for held, n_on_the_day, n_later in ((ends, 0, 1), (promised, 1, 0)):
        assert held.match().matches.height == n_on_the_day
        result = matching.solve(*held.tables, **held.dated, **later).result
        assert result.matches.height == n_later
        assert matching.verify(result, *held.tables, **held.dated, **later) == ()
        assert held.verify(result), "by the terms from the round's day it is another answer"


def test_a_school_that_runs_when_the_round_is_made_is_kept_out_though_it_ends_before(
    small_round,
) -> None:
    given = small_round({"200001": [10, 20]}, duration_terms=YEAR).but(on=OCTOBER)
    given = given.running(("200001", "100001", "core", day(2026, 9), day(2027, 1)))
    later = {"starts_on": day(2027, 1)}
    result = matching.solve(*given.tables, **given.dated, **later).result
    assert result.already_placed["urn"].to_list() == ["200001"]
    assert matching.verify(result, *given.tables, **given.dated, **later) == ()


def test_places_said_to_be_open_are_what_is_matched_by(small_round) -> None:
    given = small_round({"200001": [10], "200002": [20]}, places=2)
    told = given.but(capacity=given.capacity.with_columns(n_open=pl.lit(1, dtype=pl.Int64)))
    result = told.match()
    assert result.hubs.row(0)[2:] == (2, 1, 1, 1)
    assert told.verify(result) == ()
    assert "above_capacity" in {problem.code for problem in told.verify(given.match())}
