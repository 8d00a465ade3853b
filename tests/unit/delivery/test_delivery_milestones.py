"""Milestones: by when, done by what, moved by a rest, and against the days of the stream."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolhubs import delivery, programmes
from schoolhubs.delivery.milestones import Due, Standing
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent
from schoolhubs.vocabulary.records.delivery.milestones import DoneWhen, Paused, Shown

FIRST, AFTER = datetime.date(2026, 9, 1), datetime.date(2027, 9, 1)
AS_AT = programmes.load("rise-hubs-2025").as_at(FIRST)
RULES = AS_AT.milestones
assert RULES


def day(month: int, of_month: int) -> datetime.date:
    return datetime.date(2026 if month >= 9 else 2027, month, of_month)


def dues(
    *shown: Shown, on: datetime.date, pathway: str = "enhanced", pauses: tuple[Paused, ...] = ()
) -> dict[str, Due]:
    assert RULES
    found = delivery.milestones.due(
        RULES, pathway=pathway, starts_on=FIRST, finishes_on=AFTER, shown=shown, on=on,
        pauses=pauses, lead_days=10,
    )  # fmt: skip
    assert len({each.key for each in found}) == len(found)
    return {each.key: each for each in found}


def spent(kind: DoneWhen, on: datetime.date, half_days: int = 0) -> Shown:
    return Shown(kind=kind, on=on, evidence=f"{kind}:1", half_days=half_days)


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (day(9, 7), Standing.AHEAD),
        (day(9, 8), Standing.SOON),
        (day(9, 15), Standing.SOON),
        (day(9, 16), Standing.OVERDUE),
    ],
)
def test_a_milestone_is_told_of_a_week_ahead_and_overdue_the_day_after(
    on: datetime.date, standing: Standing
) -> None:
    assert dues(on=on)["agreement/1"].standing is standing


def test_what_a_ledger_shows_is_done_with_its_day_and_evidence() -> None:
    one = dues(spent(DoneWhen.AGREEMENT, day(9, 20)), on=day(10, 1))["agreement/1"]
    assert (one.standing, one.done_on, one.evidence) == (Standing.DONE, day(9, 20), "agreement:1")


def test_an_open_day_counts_for_the_term_it_lies_in() -> None:
    found = dues(spent(DoneWhen.OPEN_DAY, day(2, 3)), on=day(5, 1), pathway="regional")
    standings = [found[f"open_day/{term}"].standing for term in (1, 2, 3)]
    assert standings == [Standing.OVERDUE, Standing.DONE, Standing.AHEAD]


@pytest.mark.parametrize(("half_days", "is_done"), [(6, False), (7, True), (8, True)])
def test_support_days_go_in_step_with_the_terms(half_days: int, is_done: bool) -> None:
    """Ten days are twenty half-days: seven by the first term's end."""
    found = dues(spent(DoneWhen.SUPPORT_DAYS, day(11, 2), half_days), on=day(12, 1))
    first = found["support_days/1"]
    assert (first.asked, first.so_far, not first.is_left) == (7, half_days, is_done)
    assert [found[f"support_days/{term}"].asked for term in (1, 2, 3)] == [7, 13, 20]


def test_a_rest_stops_the_clock_and_moves_what_came_after_it() -> None:
    rest = Paused(from_on=day(9, 10))
    held = dues(on=day(9, 30), pauses=(rest,))["agreement/1"]
    assert held.standing is Standing.RESTS
    over = Paused(from_on=day(9, 10), until_on=day(9, 30))
    moved = dues(on=day(10, 3), pauses=(over,))["agreement/1"]
    assert (moved.due_on, moved.standing) == (day(10, 5), Standing.SOON)
    late = Paused(from_on=day(10, 1), until_on=day(10, 30))
    assert dues(on=day(11, 1), pauses=(late,))["agreement/1"].due_on == day(9, 15)


def test_a_rest_lets_an_open_day_of_the_next_term_count_for_the_one_it_took() -> None:
    rest = Paused(from_on=day(12, 1), until_on=day(1, 20))
    visit = spent(DoneWhen.OPEN_DAY, day(2, 3))
    found = dues(visit, on=day(2, 4), pathway="regional", pauses=(rest,))
    assert found["open_day/1"].standing is Standing.DONE


def test_stuck_is_what_is_overdue_for_longer_than_may_pass() -> None:
    assert RULES
    for on, names in ((day(9, 22), set()), (day(9, 23), {"agreement/1"})):
        found = tuple(dues(on=on).values())
        assert {each.key for each in delivery.milestones.stuck(RULES, found, on)} == names


def test_each_role_sees_its_terms_against_the_days_of_the_stream() -> None:
    assert RULES
    found = tuple(dues(on=FIRST).values())
    pathway = AS_AT.pathway("enhanced")
    lead = delivery.milestones.term_totals(RULES, pathway, found, "lead_school")
    assert [each.term.number for each in lead] == [1, 2, 3]
    by_hand = sum(
        each.milestone.expected_minutes
        for each in found
        if each.term.number == 1 and "lead_school" in each.milestone.roles
    )
    assert (lead[0].minutes, lead[0].high_days) == (by_hand, 3.3)
    head = delivery.milestones.term_totals(RULES, pathway, found, "partner_school_head")
    assert all((each.low_days, each.high_days) == (3.3, 5.0) for each in head)
    nobody = delivery.milestones.term_totals(RULES, pathway, found, "auditor")
    assert [each.minutes for each in nobody] == [0, 0, 0]


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_no_stream_asks_more_of_a_head_over_its_terms_than_it_says(programme_id: str) -> None:
    """The definition's own minutes, summed over its terms, stay within its own days."""
    programme = programmes.load(programme_id)
    rules = programme.as_at(programme.began_on)
    assert rules.milestones
    for pathway in rules.pathways:
        found = delivery.milestones.due(
            rules.milestones, pathway=pathway.pathway, starts_on=FIRST, finishes_on=AFTER,
            shown=(), on=FIRST, lead_days=pathway.lead_days_per_partner,
        )  # fmt: skip
        role = "partner_trust" if pathway.partner_kind == "trust" else "partner_school_head"
        totals = delivery.milestones.term_totals(rules.milestones, pathway, found, role)
        assert totals
        assert sum(each.days for each in totals) <= pathway.days_per_partner[1], pathway.name


def test_a_completion_names_what_was_done_what_is_left_and_the_days() -> None:
    found = tuple(dues(spent(DoneWhen.PLAN, day(11, 1)), on=day(8, 1)).values())
    days = [
        DaySpent(kind=DayKind.SUPPORT_DAY, on=day(10, 1), partner_half_days=2, lead_half_days=2,
                 evidence="support_day:1"),
        DaySpent(kind=DayKind.SUPPORT_DAY, on=day(10, 8), partner_half_days=2, lead_half_days=2,
                 evidence="support_day:2", is_agreed=False),
    ]  # fmt: skip
    made = delivery.milestones.completed(found, days)
    assert made.done == {"plan/1": "plan:1"}
    assert len(made.left) == len(found) - 1
    assert (made.half_days, made.lead_half_days) == ({"support_day": 2}, 2)
    assert made.as_dict()["left"] == list(made.left)


@given(
    st.dates(datetime.date(2024, 1, 1), datetime.date(2028, 1, 1)),
    st.integers(1, 900),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=3),
)
def test_every_milestone_falls_within_its_partnership_but_for_its_rests(
    starts_on: datetime.date, n_days: int, rests: list[tuple[int, int]]
) -> None:
    assert RULES
    a_day = datetime.timedelta(days=1)
    pauses = [
        Paused(from_on=starts_on + at * a_day, until_on=starts_on + (at + long) * a_day)
        for at, long in rests
    ]
    finishes_on = starts_on + n_days * a_day
    found = delivery.milestones.due(
        RULES, pathway="enhanced", starts_on=starts_on, finishes_on=finishes_on, shown=(),
        on=finishes_on + 1_000 * a_day, pauses=pauses, lead_days=10,
    )  # fmt: skip
    rested = sum(long for _, long in rests)
    for each in found:
        assert starts_on <= each.due_on < finishes_on + rested * a_day
        assert each.standing is Standing.OVERDUE
