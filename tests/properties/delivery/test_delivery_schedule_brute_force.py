"""Whether dates exist, and the reason where none do, is as by trying every schedule there is."""

import contextlib
import dataclasses
import datetime
import itertools
from collections import Counter
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from schoolhubs import delivery
from schoolhubs.delivery.days.ledger import Part
from schoolhubs.delivery.days.scheduling import Given, Leader, Partner, Visit, broken
from schoolhubs.delivery.days.scheduling.checking import Impossible
from schoolhubs.delivery.days.scheduling.rules import RuleKind
from schoolhubs.delivery.days.school_days import SchoolDays, SchoolYear, usual_year

MONDAY = datetime.date(2026, 11, 2)
# Two school days before the weekend and one after it: small enough to try everything.
DAYS = [MONDAY + datetime.timedelta(days=n) for n in (3, 4, 7)]
HALVES = [(on, half) for on in DAYS for half in Part.DAY.halves]
some_days = st.frozensets(st.sampled_from(DAYS), max_size=2)


def school(name: str, cannot: frozenset[datetime.date]) -> SchoolDays:
    usual = usual_year("2026/27")
    year = SchoolYear(
        year=usual.year, half_terms=usual.half_terms, cannot=dict.fromkeys(cannot, "")
    )
    return SchoolDays(name=name, years={"2026/27": year})


@st.composite
def small(draw: st.DrawFn) -> Given:
    leaders = tuple(
        Leader(
            leader_id=of, name=of, cannot=draw(some_days),
            taken=frozenset({(DAYS[0], "am")} if draw(st.booleans()) else ()),
            most_minutes=draw(st.sampled_from([None, 30.0])),
        )
        for of in draw(st.sampled_from(["a", "ab"]))
    )  # fmt: skip
    partners = tuple(
        Partner(
            partner_id=of, name=of, half_days=draw(st.integers(1, 3)), starts_on=DAYS[0],
            finishes_on=DAYS[-1] + datetime.timedelta(days=1), days=school(of, draw(some_days)),
            minutes=draw(st.sampled_from([None, 20.0, 90.0])),
            held=dict.fromkeys(draw(st.frozensets(st.sampled_from(HALVES), max_size=3)), 1),
        )
        for of in draw(st.sampled_from(["p", "pq"]))
    )  # fmt: skip
    return Given(
        lead=school("lead", draw(some_days)), leaders=leaders, partners=partners,
        from_on=DAYS[0], capacity_half_days=draw(st.integers(1, 6)),
        leader_week=draw(st.integers(1, 4)), partner_week=draw(st.integers(1, 3)),
    )  # fmt: skip


def every_schedule(one: Given) -> Iterator[tuple[Visit, ...]]:
    """Give every choice of visits, on the three days, that gives each partner its half-days."""
    per_partner = []
    for partner in one.partners:
        visits = [
            Visit(on=on, part=part, partner_id=partner.partner_id, leader_id=leader.leader_id)
            for on in DAYS for part in Part for leader in one.leaders
        ]  # fmt: skip
        choices = (
            some
            for n in range(1, partner.half_days + 1)
            for some in itertools.combinations(visits, n)
        )
        per_partner.append(
            [some for some in choices if sum(v.n_half_days for v in some) == partner.half_days]
        )
    for chosen in itertools.product(*per_partner):
        yield tuple(visit for some in chosen for visit in some)


def is_good(one: Given, visits: tuple[Visit, ...]) -> bool:
    try:
        return not broken(one, visits)
    except Impossible:
        return False


@settings(max_examples=25, deadline=None)
@given(one=small())
def test_dates_are_found_if_and_only_if_there_are_any(one: Given) -> None:
    found = delivery.days.schedule(one, time_limit_seconds=10)
    exists = any(is_good(one, visits) for visits in every_schedule(one))
    assert found.outcome == ("fits" if exists else "conflict")


def every_possible(one: Given, days: list[datetime.date]) -> Iterator[tuple[Visit, ...]]:
    """Give every way to send leaders out on some days, however few or many visits that gives."""
    choices = [
        [None, *(Visit(on=on, part=part, partner_id=partner.partner_id, leader_id=leader.leader_id)
                 for partner in one.partners for part in Part)]
        for on in days for leader in one.leaders
    ]  # fmt: skip
    for chosen in itertools.product(*choices):
        yield tuple(each for each in chosen if each is not None)


def is_no_more_than_asked(one: Given, visits: tuple[Visit, ...]) -> bool:
    placed = Counter(v.partner_id for v in visits for _ in v.part.halves)
    return all(placed[each.partner_id] <= each.half_days for each in one.partners)


@settings(max_examples=25, deadline=None)
@given(one=small())
def test_a_reason_is_one_and_each_part_of_it_is_needed(one: Given) -> None:
    days = DAYS[1:]
    partners = tuple(dataclasses.replace(each, starts_on=days[0]) for each in one.partners)
    one = dataclasses.replace(one, partners=partners, from_on=days[0])
    found = delivery.days.schedule(one, time_limit_seconds=10)
    tried = {}
    for visits in every_possible(one, days):
        with contextlib.suppress(Impossible):
            tried[visits] = broken(one, visits)
    breaks = set(tried.values())
    assert found.outcome == ("fits" if frozenset() in breaks else "conflict")
    if found.outcome == "fits":
        return
    reason = set(found.conflict)
    assert found.is_verified
    assert all(each & reason for each in breaks), "its rules can all be kept"
    for rule in reason:
        assert any(each & reason == {rule} for each in breaks), "without it nothing fits either"
    assert set(found.remedies) == {rule for rule in reason if frozenset({rule}) in breaks}
    loose = {RuleKind.ALL_DAYS, RuleKind.SPREAD}
    most = max(
        sum(v.n_half_days for v in visits) for visits, faults in tried.items()
        if all(rule.kind in loose for rule in faults) and is_no_more_than_asked(one, visits)
    )  # fmt: skip
    assert sum(v.n_half_days for v in found.visits) == most
