"""Which key reaches what: every cell of the reviewed table is tried, and the trying can see."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from invented import PROGRAMME
from keyed import HERE, Program, every_scope, key_for, proposal
from peopled import NUMBERS, OTHER, OWN, World, peopled
from rights_table import METHODS, Row, rows
from schoolhubs.service.api import interface
from schoolhubs.service.api.keys import actions
from schoolhubs.service.api.manners import asking, limits, saying
from schoolhubs.service.api.models import ApiKey
from watchful import Leak

PLACES = (
    "office", "auditor", "evaluator", "local_authority", "partner", "lead", "partner trust",
    "lead trust",
)  # fmt: skip
CLIENTS = ("anybody", "wrong", "ended", "expired", "no_scope", *PLACES)
TABLE = rows(Path(interface.__file__).with_name("rights.yaml"), CLIENTS)
OF_SOMEBODY = {
    "{urn}", "{reference}", "{acceptance_id}", "{partnership_id}", "{day_id}", "{event_id}",
    "{booking_id}",
}  # fmt: skip
OPERATIONS = "schoolhubs.service.api.operations"
PATHS = {
    entry.name: saying.template_of(f"api/v1/{entry.pattern}") for entry in interface.urlpatterns
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The database as the cells find it, and a program for each kind of client."""

    world: World
    clients: dict[str, Program]


@pytest.fixture(scope="module")
def tried(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tried]:
    usual = limits.limit
    limits.limit = lambda name: 10**9 if name.startswith("requests_") else usual(name)
    with django_db_blocker.unblock(), transaction.atomic():
        world = peopled()
        clients = {"anybody": Program(), **dict(_programs(world))}
        for client in clients.values():
            client.raise_request_exception = False
        yield Tried(world=world, clients=clients)
        transaction.set_rollback(True)
    limits.limit = usual


def _programs(world: World) -> Iterator[tuple[str, Program]]:
    school = world.organisations[OWN, "partner"]
    yield "wrong", Program("hubs_bcdfghjk_nobody-made-this", school)
    key, token = key_for(school, *every_scope(school))
    actions.end_key(key, reason="Lost", at=key.made_at, **HERE)
    yield "ended", Program(token, school)
    key, token = key_for(school, *every_scope(school))
    ApiKey.objects.filter(pk=key.pk).update(expires_on=datetime.date(2026, 1, 1))
    yield "expired", Program(token, school)
    yield "no_scope", Program(key_for(school)[1], school)
    for place in PLACES:
        organisation = world.organisations[OWN, place]
        client = Program(key_for(organisation, *every_scope(organisation))[1], organisation)
        client.own |= {school.key} if place == "partner trust" else set()
        yield place, client


def values(world: World, side: str) -> dict[str, str]:
    """Give what stands in an address, for the things of one side."""
    return {
        "urn": NUMBERS[side]["partner"][0],
        "programme_id": PROGRAMME,
        "reference": world.applications[side].reference,
        "round_id": str(world.round.pk),
        "acceptance_id": str(proposal(world, side).pk),
        "partnership_id": str(world.support_days[side].partnership_id),
        "day_id": str(world.support_days[side].pk),
        "event_id": str(world.bookings[side].event_id),
        "booking_id": str(world.bookings[side].pk),
        "run_id": str(world.money[side].run.pk),
    }


def body(world: World, name: str, side: str) -> tuple[dict[str, Any], str]:
    """Give a change that is well formed, and the tag of what it changes."""
    application, match = world.applications[side], proposal(world, side)
    plan = world.plans[side]
    sent = f'"{application.reference}.{application.version}"'
    day, booking = world.support_days[side], world.bookings[side]
    leader, urn = day.held.get().leader_id, application.urn
    took_place = {"on": str(day.on), "leaders": [leader], "focus": "Corridors", "part": "pm"}
    took_place |= {"evidence": "Six lessons seen", "is_sure": True}
    as_seen = f'"support-day-{day.pk}.{day.version}"'
    as_booked = f'"booking-{booking.pk}.{booking.version}"'
    party = {"schools": [{"urn": urn, "n_people": 2}]}
    return {
        "api-support-days": (took_place, ""),
        "api-support-day-delivery": (took_place, as_seen),
        "api-support-day-answer": ({"agrees": True}, as_seen),
        "api-support-day-cancellation": ({"reason": "A fair"}, as_seen),
        "api-event-check-in": ({"came": [{"urn": "900099", "n_came": 1}]}, ""),
        "api-event-bookings": (party, ""),
        "api-booking": (party, as_booked),
        "api-booking-cancellation": ({"reason": ""}, as_booked),
        "api-applications": ({"programme_id": PROGRAMME, "urn": application.urn}, ""),
        "api-application": ({"answers": {"tried": "More"}}, sent),
        "api-application-declaration": (
            {"declared": True, "register_id": world.snapshot.pk}, sent,
        ),
        "api-application-departure": ({"to": "withdrawn", "reason": "Enough"}, sent),
        "api-plan-approval": ({"approved_by": "The head"}, f'"plan-{plan.pk}.{plan.number}"'),
        "api-acceptance": ({"says": "accepts"}, f'"match-{match.pk}.{match.version}"'),
    }.get(name, ({}, ""))  # fmt: skip


def answer(tried: Tried, client: str, method: str, row: Row) -> int | str:
    """Ask as one client; the database stays as it was, a leak is told in words."""
    side = row.of or OWN
    with transaction.atomic():
        try:
            at = PATHS[row.name].format(**values(tried.world, side))
            at += f"?programme_id={PROGRAMME}" if row.name == "api-hubs" else ""
            said, tag = body(tried.world, row.name, side)
            return tried.clients[client].change(at, said, method=method, tag=tag).status_code
        except Leak as leak:
            return str(leak)
        finally:
            transaction.set_rollback(True)


def faults(tried: Tried, table: list[Row], methods: tuple[str, ...] = METHODS) -> Iterator[str]:
    """Try the cells of some rows; give those that answer otherwise than the table says."""
    for row in table:
        for method in methods:
            for client in CLIENTS:
                got, wanted = answer(tried, client, method, row), row.expected[method, client]
                if got != wanted:
                    yield f"{method} {row.name} {row.of} as {client}: {got}, not {wanted}"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.name} {row.of}".strip())
def test_every_cell_answers_as_it_says(tried: Tried, row: Row) -> None:
    assert list(faults(tried, [row])) == []


def test_every_operation_of_the_document_has_a_row() -> None:
    named = {row.name for row in TABLE}
    paths = {PATHS[name] for name in named}
    assert set(interface.document()["paths"]) == paths
    assert named == set(PATHS)


def test_what_belongs_to_somebody_is_tried_with_both_sides() -> None:
    sides: dict[str, set[str]] = {}
    for row in TABLE:
        sides.setdefault(row.name, set()).add(row.of)
    for name, path in PATHS.items():
        needs_key = any(each.scope for each in interface.manners_of(path).values())
        if needs_key and OF_SOMEBODY & set(path.split("/")):
            assert sides[name] == {OWN, OTHER}, name


NEEDS_KEY = [
    name
    for name, path in PATHS.items()
    if any(each.scope for each in interface.manners_of(path).values())
]


@pytest.mark.parametrize("name", NEEDS_KEY)
def test_each_scope_taken_away_is_seen(
    tried: Tried, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let one operation go by without a scope: the table must notice."""
    usual = interface.manners_of
    entry = next(each for each in interface.urlpatterns if each.name == name)

    def opened(template: str) -> Any:
        found = usual(template)
        if template != PATHS[name]:
            return found
        return {
            method: dataclasses.replace(each, scope="", extra_scope=each.scope)
            for method, each in found.items()
        }

    cells = dict(zip(entry.callback.__wrapped__.__code__.co_freevars,
                     entry.callback.__wrapped__.__closure__, strict=True))  # fmt: skip
    monkeypatch.setattr(cells["manners_of"], "cell_contents", opened)
    ours = [row for row in TABLE if row.name == name]
    assert any(faults(tried, ours, ("GET", "POST")))


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("schoolhubs.service.api.operations.matches.refuse_others", "api-match"),
        ("schoolhubs.service.api.operations.targets.refuse_others", "api-target"),
        ("schoolhubs.service.api.operations.diagnosing.surveys.refuse_others", "api-surveys"),
        ("schoolhubs.service.api.operations.writing.applications.refuse_others", "api-application"),
        ("schoolhubs.service.api.operations.writing.acceptances.refuse_others", "api-acceptance"),
        ("schoolhubs.service.delivery.reach.refuse_others", "api-support-days"),
        (f"{OPERATIONS}.delivering.support_days.refuse_others", "api-support-day"),
        (f"{OPERATIONS}.visiting.events.refuse_others", "api-event"),
        (f"{OPERATIONS}.visiting.bookings.refuse_others", "api-booking"),
        (f"{OPERATIONS}.standing.training.refuse_others", "api-school-training"),
        ("schoolhubs.service.milestones.page.views.refuse_others", "api-tasks"),
    ],
)
def test_without_the_check_of_ownership_anothers_things_are_told(
    tried: Tried, place: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, lambda *_, **__: None)
    others = [row for row in TABLE if row.name == name and row.of == OTHER]
    assert any(faults(tried, others, ("GET",)))


def test_a_key_that_was_never_checked_is_seen(
    tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking.queries, "key_of", lambda *_, **__: ApiKey.objects.first())
    some = [row for row in TABLE if row.name == "api-applications"]
    assert any("as wrong" in fault for fault in faults(tried, some, ("GET",)))


def test_the_number_of_cells_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    n = sum(len(row.expected) for row in TABLE)
    with capsys.disabled():
        print(f"\napi rights: {len(TABLE)} rows, {n:,} cells, {len(CLIENTS)} kinds of client")
    assert n == len(TABLE) * len(METHODS) * len(CLIENTS)
