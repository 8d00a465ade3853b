"""A schedule fits everyone where one exists; where none does, the reason is a true one."""

import dataclasses
import datetime
from typing import Any

import pytest

from schoolhubs import delivery
from schoolhubs.delivery.days.ledger import Part
from schoolhubs.delivery.days.scheduling import (
    Given,
    Leader,
    Partner,
    Visit,
    asks,
    broken,
    remedy,
    searching,
    solving,
)  # fmt: skip
from schoolhubs.delivery.days.scheduling.checking import Impossible
from schoolhubs.delivery.days.scheduling.rules import Rule, RuleKind, rules_of
from schoolhubs.delivery.days.school_days import DAY, SchoolDays, usual_year
from schoolhubs.vocabulary.calendar import Term

DATE = datetime.date
MONDAY = DATE(2026, 11, 2)
ADA, BEN = Leader(leader_id="a", name="Ada"), Leader(leader_id="b", name="Ben")


def closed_on(*days: DATE) -> SchoolDays:
    year = dataclasses.replace(usual_year("2026/27"), cannot=dict.fromkeys(days, ""))
    return SchoolDays(name="Closed School", years={"2026/27": year})


def partner(of: str = "p", half_days: int = 2, weeks: int = 1, **changes: Any) -> Partner:
    told = {
        "partner_id": of, "name": f"School {of}", "half_days": half_days, "starts_on": MONDAY,
        "finishes_on": MONDAY + datetime.timedelta(weeks=weeks),
        "days": SchoolDays(name=f"School {of}"), "minutes": 20.0, **changes,
    }  # fmt: skip
    return Partner(**told)


def given(*partners: Partner, leaders: tuple[Leader, ...] = (ADA,), **changes: Any) -> Given:
    told = {"capacity_half_days": 100, "lead": SchoolDays(name="Lead School"), **changes}
    return Given(leaders=leaders, partners=partners, from_on=MONDAY, **told)


def solve(one: Given) -> delivery.days.scheduling.Schedule:
    return delivery.days.schedule(one, time_limit_seconds=10)


def verify(one: Given, found: delivery.days.scheduling.Schedule) -> None:
    """Hold a conflict against the solver again: it is one, and no part of it is."""
    assert found.outcome == "conflict"
    assert found.is_verified
    assert not solving.fits(one, found.conflict)
    for rule in found.conflict:
        assert solving.fits(one, set(found.conflict) - {rule})
    for rule in found.remedies:
        assert solving.fits(one, set(rules_of(one)) - {rule})
    assert not broken(one, found.visits) - {
        Rule(kind, each.partner_id)
        for each in one.partners for kind in (RuleKind.ALL_DAYS, RuleKind.SPREAD)
    }  # fmt: skip


def test_a_year_of_six_partners_and_sixty_days_fits() -> None:
    partners = [
        partner(str(n), half_days=20, starts_on=DATE(2026, 9, 1), finishes_on=DATE(2027, 9, 1),
                minutes=20 + 20 * n)
        for n in range(6)
    ]  # fmt: skip
    one = dataclasses.replace(given(*partners, leaders=(ADA, BEN)), from_on=DATE(2026, 9, 1))
    one = dataclasses.replace(one, capacity_half_days=120)
    found = solve(one)
    assert found.outcome == "fits"
    assert len(found.visits) == 60
    assert not broken(one, found.visits)
    for each in partners:
        terms = {Term.holding(v.on) for v in found.visits if v.partner_id == each.partner_id}
        assert terms == set(Term)


def test_an_odd_half_day_is_planned_as_half_a_day() -> None:
    found = solve(given(partner(half_days=3, weeks=2)))
    assert sorted(each.n_half_days for each in found.visits) == [1, 2]


def test_dates_that_are_hard_to_find_are_found() -> None:
    """One day alone is left on which leader and both schools can."""
    week = [MONDAY + datetime.timedelta(days=n) for n in range(5)]
    ada = dataclasses.replace(ADA, cannot=frozenset(week[:2]), taken=frozenset({(week[2], "pm")}))
    found = solve(given(partner(days=closed_on(week[3])), leaders=(ada,), leader_week=5))
    assert [(each.on, each.part) for each in found.visits] == [(week[4], Part.DAY)]


def test_too_little_capacity_is_the_reason_and_what_would_do_is_told() -> None:
    one = given(partner("p"), partner("q"), capacity_half_days=3)
    found = solve(one)
    verify(one, found)
    assert found.remedies[0] == Rule(RuleKind.CAPACITY)
    assert asks(found.remedies[0], one) == "The leaders of Lead School have 1.5 days left to give."
    assert remedy(found.remedies[0], one).startswith("Give 2 days instead of 1.5 days")
    assert sum(found.short.values()) == 1


def test_a_conflict_of_calendars_names_both_schools() -> None:
    days = [MONDAY + datetime.timedelta(days=n) for n in range(5)]
    one = given(partner(days=closed_on(*days[:3])), lead=closed_on(*days[3:]))
    found = solve(one)
    verify(one, found)
    assert {each.kind for each in found.conflict} >= {RuleKind.LEAD_DAYS, RuleKind.PARTNER_DAYS}
    assert found.short == {"p": 2}


def test_a_leader_who_may_not_drive_so_far_is_the_reason() -> None:
    one = given(
        partner(minutes=90.0), leaders=(dataclasses.replace(ADA, most_minutes=45),)
    )  # fmt: skip
    found = solve(one)
    verify(one, found)
    assert Rule(RuleKind.LEADER_JOURNEY, "a") in found.remedies
    assert asks(Rule(RuleKind.LEADER_JOURNEY, "a"), one) == "Ada drives at most 45 minutes one way."


def test_a_half_day_far_away_is_the_reason() -> None:
    one = given(partner(half_days=1, minutes=90.0))
    found = solve(one)
    verify(one, found)
    assert Rule(RuleKind.HALF_DAYS_NEAR, "p") in found.remedies


def test_one_leader_for_too_many_in_a_week() -> None:
    one = given(partner("p"), partner("q"), partner("r"))
    found = solve(one)
    verify(one, found)
    assert Rule(RuleKind.LEADER_WEEK, "a") in found.remedies
    assert solve(given(*one.partners, leaders=(ADA, BEN))).outcome == "fits"


def test_dates_that_another_partner_can_take_are_not_searched_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tuesday = MONDAY + datetime.timedelta(days=1)
    other = partner("z", days=closed_on(MONDAY, tuesday))  # cannot take what the others may have
    one = given(*(partner(of) for of in "pqrst"), other, leader_week=12)
    asked: list[Any] = []
    monkeypatch.setattr(solving, "search", lambda *told: asked.append(told) or search(*told))
    search = searching.search
    found = solve(one)
    verify(one, found)
    assert sum(each.kind is RuleKind.ALL_DAYS for each in found.conflict) == 6
    n_asked = len(asked)
    asked.clear()
    monkeypatch.setattr(solving, "_likewise", lambda *_: ())
    each_alone = solve(one)
    verify(one, each_alone)
    assert (each_alone.conflict, each_alone.remedies) == (found.conflict, found.remedies)
    assert n_asked <= len(asked) - 3


def test_a_school_that_fits_nowhere_is_the_reason_whoever_else_there_is() -> None:
    """The reason is of one school, though leaders are short of days for all of them as well."""
    shut = closed_on(*(MONDAY + datetime.timedelta(days=n) for n in range(5)))
    others = [partner(of) for of in ("p", "q", "r")]
    one = given(*others, partner("s", days=shut), leaders=(ADA,))
    found = solve(one)
    verify(one, found)
    assert {each.of for each in found.conflict} == {"s"}
    assert not found.remedies, "whichever of its rules is loosened, leaders are short of days"


def test_a_week_that_has_room_but_no_days_is_seen_to_have_none() -> None:
    """Four schools share three days of one leader: no pair of them shows it, the days do."""
    week = [MONDAY + n * DAY for n in range(5)]
    opens = {"p": (0, 1), "q": (1, 2), "r": (0, 2), "s": (0, 1), "t": (3, 4)}
    partners = [
        partner(of, days=closed_on(*(week[n] for n in range(5) if n not in days)))
        for of, days in opens.items()
    ]  # fmt: skip
    one = given(*partners, leader_week=10)
    found = solve(one)
    verify(one, found)
    assert sum(each.n_half_days for each in found.visits) == 8
    ben = dataclasses.replace(BEN, cannot=frozenset(week) - {week[2]})
    assert solve(given(*partners, leaders=(ADA, ben), leader_week=10)).outcome == "fits"


def test_how_far_a_search_is_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    delivery.days.schedule(given(partner()), progress=lambda *each: told.append(each))
    assert told[-1] == ("looking for dates that suit everyone", 2, 2)
    delivery.days.schedule(given(partner(), capacity_half_days=0),
                           progress=lambda *each: told.append(each))  # fmt: skip
    assert told[-1] == ("placing as many as fit", 3, 3)


def test_what_is_held_already_counts_in_the_week() -> None:
    one = given(partner(held={(MONDAY, "am"): 1, (MONDAY, "pm"): 1}, weeks=1))
    found = solve(one)
    verify(one, found)
    assert Rule(RuleKind.PARTNER_WEEK, "p") in found.conflict


def test_nobody_comes_in_a_half_in_which_somebody_comes_already() -> None:
    """Ben has Monday morning there already: Ada comes in the afternoon, or on another day."""
    held = {(MONDAY, "am"): 1}
    afternoon = given(
        partner(held=held, half_days=1, finishes_on=MONDAY + DAY), partner_week=4
    )  # fmt: skip
    assert [(each.on, each.part) for each in solve(afternoon).visits] == [(MONDAY, Part.PM)]
    all_day = dataclasses.replace(afternoon, partners=(partner(held=held, weeks=1),))
    assert [each.on > MONDAY for each in solve(all_day).visits] == [True]
    full = partner(held={**held, (MONDAY, "pm"): 1}, finishes_on=MONDAY + DAY)
    nowhere = given(full, leaders=(ADA, BEN), partner_week=4)
    found = solve(nowhere)
    verify(nowhere, found)
    assert (found.visits, found.short) == ((), {"p": 2})


def test_a_second_visit_in_one_half_is_no_schedule() -> None:
    one = given(partner(held={(MONDAY, "am"): 1}, half_days=1), partner_week=4)
    morning = Visit(on=MONDAY, part=Part.AM, partner_id="p", leader_id="a")
    with pytest.raises(Impossible, match="already"):
        broken(one, [morning])
    assert not broken(one, [dataclasses.replace(morning, part=Part.PM)])


def test_dates_of_each_week_stand_where_there_was_no_time_for_all_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As where the solver does not know of all weeks together, and does of each alone."""
    one, asked = given(partner(half_days=4, weeks=2), partner("q", half_days=4, weeks=2)), []
    dated = searching._dated

    def too_slow_for_all(some: Any, *rest: Any) -> Any:
        asked.append({each.cell[0] for each in some})
        return None if len(asked[-1]) > 1 else dated(some, *rest)

    monkeypatch.setattr(searching, "_dated", too_slow_for_all)
    found = solve(one)
    assert any(len(weeks) > 1 for weeks in asked), "all weeks together were not asked for"
    assert found.outcome == "fits"
    assert sum(each.n_half_days for each in found.visits) == 8
    assert not broken(one, found.visits)


def test_every_rule_has_words_for_what_it_asks_and_what_loosens_it() -> None:
    one = given(partner())
    for rule in rules_of(one):
        assert asks(rule, one).endswith(".")
        assert remedy(rule, one).endswith(".")


def test_two_places_at_once_is_no_schedule() -> None:
    one = given(partner("p"), partner("q"))
    visits = [
        Visit(on=MONDAY, part=Part.AM, partner_id=of, leader_id="a") for of in ("p", "q")
    ]  # fmt: skip
    with pytest.raises(Impossible):
        broken(one, visits)


def test_a_schedule_that_breaks_a_rule_is_seen() -> None:
    """The control of the checker: each rule is found broken by a schedule that breaks it."""
    far = partner(half_days=4, minutes=90.0, days=closed_on(MONDAY))
    ada = dataclasses.replace(ADA, cannot=frozenset({MONDAY}), most_minutes=45)
    one = given(far, leaders=(ada,), capacity_half_days=1, leader_week=1, partner_week=1,
                lead=closed_on(MONDAY))  # fmt: skip
    visits = [
        Visit(on=MONDAY, part=Part.DAY, partner_id="p", leader_id="a"),
        Visit(on=MONDAY + datetime.timedelta(days=1), part=Part.AM, partner_id="p", leader_id="a"),
    ]
    every = {each for each in rules_of(one) if each.kind is not RuleKind.SPREAD}
    assert broken(one, visits) >= every


def test_each_school_year_has_its_own_capacity() -> None:
    over_two = Partner(
        partner_id="1", name="Ash School", half_days=8, starts_on=datetime.date(2027, 6, 7),
        finishes_on=datetime.date(2028, 4, 1), days=SchoolDays(name="Ash School"),
    )  # fmt: skip
    given = Given(
        lead=SchoolDays(name="Lead"), leaders=(Leader(leader_id="1", name="Ada"),),
        partners=(over_two,), from_on=datetime.date(2027, 6, 7), capacity_half_days=8,
        capacity_by_year={"2026/27": 0, "2027/28": 8},
    )  # fmt: skip
    found = delivery.days.schedule(given)
    assert found.outcome is solving.Outcome.FITS, "the new year brings its own days"
    assert all(each.on >= datetime.date(2027, 9, 1) for each in found.visits)
    tight = dataclasses.replace(given, capacity_by_year={"2026/27": 0, "2027/28": 4})
    short = delivery.days.schedule(tight)
    assert short.outcome is solving.Outcome.CONFLICT
    assert Rule(RuleKind.CAPACITY, "2027/28") in short.conflict
    assert asks(Rule(RuleKind.CAPACITY, "2027/28"), tight).endswith("left to give in 2027/28.")
