"""Applications are cleaned before they are decided, and every one of them is decided."""

import datetime
import itertools
from collections.abc import Callable

import polars as pl
import pytest

from schoolhubs import programmes, selection
from schoolhubs.runs.parts import decisions, leads, partners, told
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, SchoolhubsError
from schoolhubs.vocabulary.records.rules import RulesAsAt

Facts = Callable[..., pl.DataFrame]
RULES = programmes.load("behaviour-hubs-2021").as_at(datetime.date(2022, 10, 1))
ANSWERS = {"leadership_capacity": "yes", "ready_to_change": "yes", "n_senior_leaders": "3"}


def applied(*rows: tuple[str, str | None], rules: RulesAsAt = RULES) -> pl.DataFrame:
    """Give applications of schools for pathways, one a day, with every answer as asked."""
    schema = {"urn": pl.String(), "pathway": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        *(pl.lit(answer).alias(name) for name, answer in ANSWERS.items()),
        pl.date(2022, 9, pl.int_range(1, pl.len() + 1)).alias("applied_on"),
        pl.lit(None, dtype=pl.String).alias("programme_id"),
    )


def decided(applications: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    cleaned = decisions.applicants(applications, facts, RULES)
    return decisions.decide(cleaned, facts, RULES, [], answers_assumed=False)


@pytest.mark.parametrize("written", ["Core", "CORE", " core "])
def test_a_pathway_is_known_whatever_its_capitals_and_spaces(facts: Facts, written: str) -> None:
    found = decided(applied(("900001", written)), facts({}))
    assert found.select("pathway", "asked_for", "asked_rank", "verdict").rows() == [
        ("core", "core", 1, "yes")
    ]


def test_a_school_that_asks_for_two_pathways_is_decided_on_both_in_its_order(facts: Facts) -> None:
    wishes = applied(("900001", "extended"), ("900001", "core"), ("900002", "core"))
    found = decided(wishes, facts({}, {}))
    assert found.select("urn", "pathway", "asked_for", "asked_rank").rows() == [
        ("900001", "core", "extended, core", 2),
        ("900001", "extended", "extended, core", 1),
        ("900002", "core", "core", 1),
    ]


@pytest.mark.parametrize("order", [["extended", "core"], ["core", "extended"]])
def test_a_partner_wishes_its_pathways_in_the_order_it_asked(
    facts: Facts, order: list[str]
) -> None:
    schools = facts({})
    found = decided(applied(*(("900001", pathway) for pathway in order)), schools)
    led = leads.leading(frames.LEADS.empty(), schools, RULES)
    need = selection.need_points(schools, RULES.need)
    placed = partners.partners(found, schools, need, RULES, led)
    assert placed["pathways"].to_list() == [order]


def test_shuffled_applications_give_the_same_wishes_and_answers(facts: Facts) -> None:
    wishes = applied(*(("900001", name) for name in ("extended", None, "core"))).with_columns(
        leadership_capacity=pl.Series(["no", "yes", "yes"])
    )
    days = {
        "by day": wishes,
        "of one day": wishes.with_columns(applied_on=pl.lit(RULES.on)),
        "without a day": wishes.with_columns(applied_on=pl.lit(None, pl.Date)),
    }
    schools = facts({})
    for said, given in days.items():
        found = [
            decided(given[list(order)], schools)
            for order in itertools.permutations(range(given.height))
        ]
        assert all(each.equals(found[0]) for each in found), said
        order = "extended, core" if said == "by day" else "core, extended"
        assert set(found[0]["asked_for"]) == {order}


def test_a_school_that_names_no_pathway_is_decided_on_every_one(facts: Facts) -> None:
    found = decided(applied(("900001", None)), facts({}))
    assert found["pathway"].to_list() == ["core", "extended", "multi_school"]
    assert found["asked_for"].to_list() == [None] * 3


def test_one_pathway_named_and_one_row_left_blank_is_any_with_a_wish(facts: Facts) -> None:
    found = decided(applied(("900001", "extended"), ("900001", None)), facts({}))
    assert found["pathway"].to_list() == ["core", "extended", "multi_school"]
    assert found["asked_rank"].to_list() == [None, 1, None]


def test_the_same_pathway_in_other_capitals_is_a_second_application(facts: Facts) -> None:
    with pytest.raises(DataProblem, match="a second application for the pathway core"):
        decided(applied(("900001", "core"), ("900001", "Core")), facts({}))


def test_an_unknown_pathway_stops_the_round(facts: Facts) -> None:
    with pytest.raises(DataProblem, match="pathway is 'golden'"):
        decided(applied(("900001", "golden")), facts({}))


def test_every_applicant_is_decided_even_one_no_register_knows(facts: Facts) -> None:
    found = decided(applied(("900001", "core"), ("900099", "core")), facts({}))
    assert set(found["urn"]) == {"900001", "900099"}


def test_schools_that_are_undecided_are_counted_by_pathway(facts: Facts) -> None:
    schools = facts({}, {"inspection_framework": None, "overall_grade": None})
    found = decided(applied(("900001", "core"), ("900002", "core")), schools)
    led = leads.leading(frames.LEADS.empty(), schools, RULES)
    need = selection.need_points(schools, RULES.need)
    placed = partners.partners(found, schools, need, RULES, led)
    said = list(partners.notes(found, placed, need, RULES))
    assert said[0] == "Undecided, for want of a fact or an answer: 1 school on Core support."
    assert not any("Undecided" in note for note in partners.notes(found[:1], placed, need, RULES))


def test_an_applicant_lost_on_the_way_is_a_fault_of_ours(facts: Facts) -> None:
    elsewhere = applied(("900001", "core"), ("900002", "core")).with_columns(
        programme_id=pl.Series([None, "rise-hubs-2025"])
    )
    with pytest.raises(SchoolhubsError, match=r"1 applicant was left without .* as 900002"):
        decisions.decide(elsewhere, facts({}, {}), RULES, [], answers_assumed=False)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2020-06-01", []),  # a rehearsal says so itself
        ("2021-07-01", []),
        ("2023-06-30", []),
        ("2023-10-01", ["Trusts started for the last time in the term from 2023-04-01."]),
        (
            "2024-04-01",
            [
                (
                    "No cohort was to start in the term from 2024-04-01: the 9 published cohorts "
                    "began between 2021-04-01 and 2024-01-01."
                ),
                "Trusts started for the last time in the term from 2023-04-01.",
            ],
        ),
        (
            "2026-01-29",
            [
                (
                    "Behaviour Hubs 2021 to 2025 was over on 2026-01-29: 2025-04-01 was the first "
                    "day after it. Its last rules are tried on that later day."
                )
            ],
        ),
    ],
)
def test_a_round_at_a_time_when_none_was_held_says_so(day: str, said: list[str]) -> None:
    rules = programmes.load("behaviour-hubs-2021").as_at(datetime.date.fromisoformat(day))
    assert list(told.out_of_time(rules)) == said


def test_what_is_left_aside_is_counted_in_words() -> None:
    late = applied(("900001", "core")).with_columns(
        applied_on=pl.lit(RULES.on + datetime.timedelta(days=1))
    )
    (said,) = told.left_aside(late, RULES)
    assert said == "1 application was made after the day of the round and waits for the next."
