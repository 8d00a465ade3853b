"""Who may do what: every cell of the reviewed table is tried, and the trying can see."""

import contextlib
import copy
import dataclasses
import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import URLPattern, path, reverse

from addressed import values_in_addresses
from invented import PROGRAMME
from keyed import Program
from peopled import NUMBERS, OTHER, OWN, World, peopled, person_at
from providing import provider
from rights_table import ANONYMOUS, METHODS, PRINCIPALS, ROLELESS, Row, TableFault, addresses, rows
from schoolhubs.service.accounts import actions, rights, sessions
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import OF_PEOPLE, Role
from schoolhubs.service.api.manners import limits
from schoolhubs.service.urls import urlpatterns as urls_of_the_service
from schoolhubs.service.web import errors
from watchful import Leak, WatchfulClient

TABLE = rows()
GUARD = "schoolhubs.service.accounts.middleware.RightsAreChecked"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The database as the cells find it, and a client for each principal."""

    world: World
    clients: dict[str, WatchfulClient]


@pytest.fixture(scope="module")
def tried(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tried]:
    # Roles are believed for as long as the module runs: what is tried here is the guard.
    with (
        django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic(),
        pytest.MonkeyPatch.context() as patched,
    ):  # fmt: skip
        # That somebody was seen is taken back with each cell, and would be written at each again.
        patched.setattr(sessions, "SEEN_EVERY", datetime.timedelta(days=1))
        patched.setattr(errors, "not_permitted", drawn_once(errors.not_permitted))
        patched.setattr(actions, "note_refusal", noted_once(actions.note_refusal))
        # Refusals of a row stand until its end; the limit on how many there are is tried elsewhere.
        usual = limits.limit
        patched.setattr(
            limits, "limit", lambda name: 10**9 if name.startswith("requests_") else usual(name)
        )
        world = peopled()
        clients = {
            ANONYMOUS: WatchfulClient(),
            ROLELESS: world.client(None),
            **{role.value: world.client(role) for role in OF_PEOPLE},
            Role.API_CLIENT.value: Program(world.keys[OWN][1], world.organisations[OWN, "partner"]),
        }
        for client in clients.values():
            client.raise_request_exception = False
        yield Tried(world=world, clients=clients)
        transaction.set_rollback(True)


def drawn_once(draw: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Draw the page of a refusal once for a person at an address: no method changes a word of it.

    All else of a refusal is done each time, and every answer is looked at by who asked.
    """
    drawn: dict[tuple[str, str | None], bytes] = {}

    def remembered(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        at = request.path, request.session.session_key
        if at not in drawn:
            drawn[at] = draw(request).content
        return HttpResponse(drawn[at], status=403)

    return remembered


def noted_once(note: Callable[..., None]) -> Callable[..., None]:
    """Write once that somebody was refused at an address: by other methods it is one more line."""
    noted: set[tuple[str, ...]] = set()

    def remembered(actor: Actor, *, place: str, reason: str, **told: Any) -> None:
        about = actor.by, actor.organisation_key, place, reason
        if about not in noted:
            noted.add(about)
            note(actor, place=place, reason=reason, **told)

    return remembered


def address(world: World, row: Row, pattern: URLPattern) -> str:
    """Fill in an address; a name in it that nobody knows fails, so that a new one is thought of."""
    known = values_in_addresses(world, row.of or OWN)
    return reverse(row.name, kwargs={name: known[name] for name in pattern.pattern.converters})


@contextlib.contextmanager
def taken_back() -> Iterator[None]:
    """Leave the database as it was."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def answer(
    tried: Tried, principal: str, method: str, at: str, *, is_refused: bool = False
) -> int | str:
    """Ask as one principal; session and database stay as they were, a leak is told in words."""
    client = tried.clients[principal]
    cookies = copy.deepcopy(client.cookies)
    with contextlib.nullcontext() if is_refused else taken_back():
        try:
            return client.generic(method, at).status_code
        except Leak as leak:
            return str(leak)
        finally:
            client.cookies = cookies


REFUSALS = frozenset({401, 403, 404, 405})


def faults(tried: Tried, table: list[Row], methods: tuple[str, ...] = METHODS) -> Iterator[str]:
    """Try the cells of some rows; give those that answer otherwise than the table says.

    A refusal writes a line of the audit log and no more, so that what is to be refused is taken
    back with its row; all else is taken back at once: every cell finds the same things stored.
    """
    patterns = dict(addresses())
    for row in table:
        at = address(tried.world, row, patterns[row.name])
        with taken_back():
            for method in methods:
                for principal in PRINCIPALS:
                    wanted = row.expected[method, principal]
                    got = answer(tried, principal, method, at, is_refused=wanted in REFUSALS)
                    if got != wanted:
                        yield f"{method} {row.name} {row.of} as {principal}: {got}, not {wanted}"


def without_a_row() -> set[str]:
    """Give the addresses of which the table says nothing."""
    return {name for name, _ in addresses()} - {row.name for row in TABLE}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.name} {row.of}".strip())
def test_every_cell_of_the_table_answers_as_it_says(tried: Tried, row: Row) -> None:
    assert list(faults(tried, [row])) == []


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert without_a_row() == set()
    assert {row.name for row in TABLE} - {name for name, _ in addresses()} == set()


def test_every_address_is_marked() -> None:
    unmarked = [name for name, entry in addresses() if rights.required(entry.callback) is None]
    assert unmarked == []


def test_what_is_told_apart_by_organisation_is_tried_with_both() -> None:
    """Ids in an address are one's own or another organisation's, unless everybody reads them."""
    sides: dict[str, set[str]] = {}
    for row in TABLE:
        sides.setdefault(row.name, set()).add(row.of)
    # Those who reach these see every organisation: people, and the office's own cases.
    for_all = {"person", "case", "case-agree", "office-letter", "office-letter-try-again"}
    for_all |= {"round", "round-pack", "round-publish", "office-hub", "api-key"}
    for_all |= {"round-what-if", "lapsed-proposal"}
    for_all |= {"target-challenge-case", "objection", "extension", "hub-step-down"}
    for_all |= {"intake", "intake-late", "intake-waiting", "rematch"}
    for_all |= {"declaration-check", "declaration-strike", "sample", "clawback"}
    for_all |= {"clawback-new", "clawback-repaid", "payment-settle", "payment-hold"}
    for_all |= {"money-decision", "money-decision-take-back", "successor-new"}
    for_all |= {each.name for each in TABLE if each.name.startswith("payment-run")}
    for_all |= {"stuck-file"}  # names a kind of file; whose rows are in it goes by who asks
    for name, entry in addresses():
        required = rights.required(entry.callback)
        has_id = set(entry.pattern.converters) - {"programme_id"}
        if required and not required.is_public and has_id and name not in for_all:
            assert sides[name] == {OWN, OTHER}, name


def quiet(request: HttpRequest) -> HttpResponse:
    """Answer, having been given no mark: somebody forgot it."""
    return HttpResponse("hello")


class Forgetful:
    """Addresses of the service, and one whose view says nothing of rights."""

    urlpatterns = (*urls_of_the_service, path("forgotten", quiet, name="forgotten"))


@override_settings(ROOT_URLCONF=Forgetful)
def test_a_new_address_without_a_row_is_found() -> None:
    assert without_a_row() == {"forgotten"}


@override_settings(ROOT_URLCONF=Forgetful)
def test_a_view_that_says_nothing_of_rights_is_reached_by_nobody(tried: Tried) -> None:
    got = {principal: answer(tried, principal, "GET", "/forgotten") for principal in PRINCIPALS}
    nobody = {ANONYMOUS, Role.API_CLIENT.value}
    assert got == {principal: 302 if principal in nobody else 403 for principal in PRINCIPALS}


@override_settings(ROOT_URLCONF=Forgetful)
def test_without_the_guard_it_would_be_reached(tried: Tried) -> None:
    without = [each for each in settings.MIDDLEWARE if each != GUARD]
    with override_settings(MIDDLEWARE=without):
        for client in tried.clients.values():
            client.handler.load_middleware()
        assert answer(tried, ANONYMOUS, "GET", "/forgotten") == 200
        some = [row for row in TABLE if row.name in {"people", "jobs", "queue"}]
        assert any(faults(tried, some, ("GET",)))
    for client in tried.clients.values():
        client.handler.load_middleware()


GUARDED = [
    name
    for name, entry in addresses()
    if (mark := rights.required(entry.callback)) and not mark.is_public
]


@pytest.mark.parametrize("name", GUARDED)
def test_each_guard_taken_away_is_seen(
    tried: Tried, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open one view to everybody, then to everybody signed in: the table must notice either."""
    view = dict(addresses())[name].callback
    ours = [row for row in TABLE if row.name == name]
    was = rights.required(view)
    for weaker in (rights.Rights(is_public=True), rights.Rights(is_for_signed_in=True)):
        if weaker == was:
            continue
        monkeypatch.setattr(view, rights.MARK, weaker)
        assert any(faults(tried, ours, ("GET", "POST"))), f"{name} opened as {weaker}"


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("schoolhubs.service.matching.page.views.refuse_others", "match"),
        ("schoolhubs.service.partnerships.pages.views.refuse_others", "match-accept"),
        ("schoolhubs.service.reporting.views.refuse_others", "authority"),
        ("schoolhubs.service.targets.page.views.refuse_others", "school-target"),
        ("schoolhubs.service.eligibility.applying.views.refuse_others", "application"),
    ],
)
def test_without_the_check_of_ownership_another_schools_page_opens(
    tried: Tried, place: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, lambda *_, **__: None)
    others = [row for row in TABLE if row.name == name and row.of == OTHER]
    assert any(faults(tried, others, ("GET",)))


def test_roles_of_the_other_side_reach_their_own_things_alone(tried: Tried) -> None:
    """The same from the other side: what is `other` above is theirs, and the reverse."""
    world = tried.world
    sent = {side: f"/applications/{PROGRAMME}/{NUMBERS[side]['partner'][0]}" for side in NUMBERS}
    client = world.client(Role.PARTNER_SCHOOL_HEAD, OTHER)
    assert client.get(sent[OTHER]).status_code == 200
    assert client.get(sent[OWN]).status_code == 404


def test_a_cell_left_open_or_said_twice_is_found(tmp_path: Any, monkeypatch: Any) -> None:
    for said, wrong in (
        ("home: {GET: {anonymous: 200}, others: {everyone: 405}}", "nothing is said of no_role"),
        ("home: {GET: {everyone: 200}}", "nothing is said of POST"),
        ("home: {GET: {all: 200}, others: {everyone: 405}}", "no role and no group"),
        ("home: {GET: {a: 200, b: 403, everyone: 200}, others: {everyone: 405}}", "said twice"),
    ):
        table = tmp_path / "rights.yaml"
        table.write_text(f"groups: {{a: [auditor], b: [auditor]}}\naddresses:\n  {said}\n")
        monkeypatch.setattr("rights_table.TABLE", table)
        with pytest.raises(TableFault, match=re.escape(wrong)):
            rows()


def test_somebody_without_an_organisation_is_led_to_choose_one(tried: Tried) -> None:
    nobody = person_at(tried.world.organisations[OWN, "partner"], [], "newcomer")
    client = WatchfulClient()
    client.act_as(nobody, None)
    assert client.get("/jobs").headers["Location"] == "/organisations"


def test_the_number_of_cells_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    n = sum(len(row.expected) for row in TABLE)
    with capsys.disabled():
        print(f"\nrights: {len(TABLE)} rows, {n:,} cells, {len(PRINCIPALS)} principals")
    assert n == len(TABLE) * len(METHODS) * len(PRINCIPALS)
