"""Every form is sent at least fifty mutations: no fault of ours, and nothing changed or lost."""

import contextlib
import datetime
import random
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test.utils import override_settings
from django.urls import path, reverse

from addressed import values_in_addresses
from delivering import together
from invented import AT
from mutated_forms import FORMS, URN, Form
from mutating import FEWEST, SEED, Allowed, Untouched, always, asked, encoded, faults, mutations
from peopled import NUMBERS, OTHER, OWN, World, peopled
from providing import provider, school, somebody
from rights_table import ANONYMOUS, PRINCIPALS, addresses, rows
from schoolhubs.service.accounts import sessions
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.targets.challenges import views as challenge_views
from schoolhubs.service.targets.challenges.disputable import Thing
from schoolhubs.service.urls import urlpatterns as urls_of_the_service
from watchful import WatchfulClient

TABLE = [row for row in rows() if row.of in {"", OWN}]
# How many mutations each form was sent, for the last test to tell.
SENT: dict[str, int] = {}
ANSWERED = {200, 302, 400, 409}


# Programs fill in no forms: what they send is tried with the API's own description.
PEOPLE = tuple(each for each in PRINCIPALS if each != Role.API_CLIENT)


def _takes(method: str, principals: tuple[str, ...] = PEOPLE) -> dict[str, list[str]]:
    """Name the addresses that take a method, with the people who may send it."""
    found: dict[str, list[str]] = {}
    for row in TABLE:
        may = [each for each in principals if row.expected[method, each] in ANSWERED]
        may = [each for each in may if each != ANONYMOUS or row.expected[method, each] != 302]
        if may:
            found.setdefault(row.name, may)
    return found


POSTED = set(_takes("POST"))
# Pages that are there only while two schools work together, which their cases arrange first.
ONLY_WHILE_TOGETHER = frozenset({"training-sign-up", "training-declare"})
READ = {name: may for name, may in _takes("GET").items() if name not in {"metrics", "brochure"}}


class _FormFields(HTMLParser):
    """Reads the fields of a page's forms that are sent by one method, with their values."""

    def __init__(self, method: str = "get") -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._method, self._inside = method, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self._inside = (told.get("method") or "get").lower() == self._method
        if self._inside and tag in {"input", "select", "textarea"} and told.get("name"):
            self.fields[str(told["name"])] = told.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    head = somebody(
        (school(URN), ["partner_school_head"]), (school("900020"), ["partner_school_head"]),
        subject=f"{OWN}-{Role.PARTNER_SCHOOL_HEAD.value}",
    )  # fmt: skip
    with (
        django_db_blocker.unblock(), provider(head, role_seconds=3_600), transaction.atomic(),
        pytest.MonkeyPatch.context() as patched,
    ):  # fmt: skip
        # That somebody was seen is taken back with each form, and would be written at each again.
        patched.setattr(sessions, "SEEN_EVERY", datetime.timedelta(days=1))
        yield peopled()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _something_to_dispute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer a share of pupils to dispute: the stored fit is none that a model can be read of."""
    share = Thing(kind="context", name="eal_percent", value=10.0, words="EAL: 10.0 %")
    monkeypatch.setattr(challenge_views, "things_of", lambda *_: [share])


def client_of(world: World, principal: str) -> WatchfulClient:
    client = WatchfulClient() if principal == ANONYMOUS else world.client(Role(principal))
    client.raise_request_exception = False
    return client


def address_of(world: World, name: str, changes: dict[str, Any]) -> str:
    known = {**values_in_addresses(world, OWN), **changes}
    return reverse(
        name, kwargs={each: known[each] for each in dict(addresses())[name].pattern.converters}
    )


def drawn(name: str, good: Any) -> list[Any]:
    """Give the mutations of a form, the same ones every time."""
    return mutations(good, rng=random.Random(SEED + zlib.crc32(name.encode())))


def tried(world: World, name: str, form: Form) -> tuple[int, list[str]]:
    """Send a form its good answer and its mutations; give how many, and what was wrong."""
    with transaction.atomic():
        try:
            changes = form.prepare(world)
            client, at = client_of(world, form.role.value), address_of(world, name, changes)
            wrong = [*_good(client, at, form)]
            shown = _shown(client, at) - set(form.good)
            before = Untouched(), asked(form.allowed.guards)
            sent = [*drawn(name, form.good), *always(form.good, sorted(shown))]
            for mutation in sent:
                wrong += faults(client, "POST", at, mutation, form.allowed, before)
            return len(sent), wrong
        finally:
            transaction.set_rollback(True)


def _shown(client: WatchfulClient, at: str) -> set[str]:
    """Name the fields that stand on the page of a form, whether or not a good answer has them."""
    read, shown = _FormFields("post"), client.get(at)
    if shown.headers.get("Content-Type", "").startswith("text/html"):
        read.feed(shown.content.decode())
    return set(read.fields) - {"csrfmiddlewaretoken"}


def _good(client: WatchfulClient, at: str, form: Form) -> Iterator[str]:
    """Tell if the good answer is not taken: then the mutations would try nothing."""
    if form.is_taken:
        with transaction.atomic():
            status = client.generic(
                "POST", at, encoded(form.good), content_type="application/x-www-form-urlencoded"
            ).status_code
            transaction.set_rollback(True)
        if status != 302:
            yield f"{at}: the good answer got {status}"


def test_every_form_has_a_case_and_every_case_a_form() -> None:
    assert POSTED - set(FORMS) == set(), "add these to tests/mutated_forms.py"
    assert set(FORMS) - POSTED == ONLY_WHILE_TOGETHER


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_takes_whatever_is_sent(world: World, name: str) -> None:
    n, wrong = tried(world, name, FORMS[name])
    SENT[name] = n
    assert n >= FEWEST
    assert wrong == []


# The pages with a form of their own that is sent by GET: searches and filters.
NARROWED = frozenset(
    {
        "plan-library",
        "budget",
        "stuck",
        "certificate-check",
        "resources",
        "audit",
        "eligibility",
        "hubs",
        "objections",
        "office-hubs",
        "office-letters",
        "people",
        "programme-changes",
        "queue",
        "round",
        "target-challenges",
    }
)


def narrowing(world: World, name: str) -> tuple[WatchfulClient, str, dict[str, str]]:
    """Open a page; give who opened it, its address, and the fields of its forms sent by GET."""
    first = ("office_administrator", "partner_school_head", ANONYMOUS)
    who = next((each for each in first if each in READ[name]), READ[name][0])
    client, at, read = client_of(world, who), address_of(world, name, {}), _FormFields()
    shown = client.get(at)
    if shown.headers.get("Content-Type", "").startswith("text/html"):
        read.feed(shown.content.decode())
    return client, at, read.fields


@contextlib.contextmanager
def partnerships_running() -> Iterator[None]:
    """Let each side's school have a partnership whose tasks are long overdue: some are stuck."""
    with transaction.atomic():
        for side in (OWN, OTHER):
            schools = (NUMBERS[side][kind][0] for kind in ("partner", "lead"))
            together(*schools, cohort_id="2025-26-autumn", starts_on=AT.date())
        yield
        transaction.set_rollback(True)


def test_every_page_that_is_narrowed_has_a_case(world: World) -> None:
    with partnerships_running():
        found = {name for name in READ if narrowing(world, name)[2]}
    assert found == NARROWED, "name it in NARROWED"


@pytest.mark.parametrize("name", sorted(NARROWED))
def test_a_page_that_is_narrowed_takes_whatever_is_asked(world: World, name: str) -> None:
    with partnerships_running():
        client, at, fields = narrowing(world, name)
        drawn_whole = drawn(name, {**fields, "page": "1", "as": ""})
        sent = [each for each in drawn_whole if each.is_address]
        SENT[f"GET {name}"] = len(sent)
        assert len(sent) >= FEWEST
        before = Untouched(), asked(())
        wrong = [
            said for each in sent for said in faults(client, "GET", at, each, Allowed(), before)
        ]
    assert wrong == []


# --- the negative control: a form with every fault there is ------------------------------------


@allow(public=True)
def careless(request: HttpRequest) -> HttpResponse:
    """Believe whatever is sent."""
    reason = request.POST.get("reason", "")
    if reason == "":
        return HttpResponse("<h1>Try again</h1><p>Once</p><p>more</p>")
    if "<" in reason:
        return HttpResponse(f"<h1>There is a problem</h1>{reason}")
    if "{{" in reason:
        return HttpResponse(f"<h1>There is a problem</h1>{31337 * 1021}")
    if request.POST.get("state"):
        renamed = {"programme_id": "zq", "version": F("version") + 1}
        Application.objects.filter(reference__startswith="TEST").update(**renamed)
    if reason.startswith("//"):
        return HttpResponseRedirect(reason)
    number = int(request.POST.get("number", "1"))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES ('zq', 'zq')")
    return HttpResponse("<h1>There is a problem</h1>", status=409 if number < 2 else 200)


class Careless:
    """Addresses of the service, and one that believes whatever is sent."""

    urlpatterns = (*urls_of_the_service, path("careless", careless, name="careless"))


@override_settings(ROOT_URLCONF=Careless)
def test_a_careless_form_is_found_out(world: World) -> None:
    allowed = Allowed(
        keeps={"reason": "A good reason"},
        guards=("SELECT programme_id FROM eligibility_application ORDER BY 1",),
    )
    client, before = client_of(world, ANONYMOUS), (Untouched(), asked(allowed.guards))
    good = {"reason": "A good reason", "number": "1"}
    wrong = [
        said
        for each in drawn("careless", good)
        for said in faults(client, "POST", "/careless", each, allowed, before)
    ]
    for kind in (
        "answered 500", "as markup", "as a template", "led out of the service",
        "changed django_content_type", "changed what no form may", "lost what was typed as reason",
        "said nothing of a problem",
    ):  # fmt: skip
        assert any(kind in each for each in wrong), kind


def test_the_same_mutations_are_drawn_again() -> None:
    good = {"reason": "x", "version": "1"}
    assert drawn("case", good) == drawn("case", good)
    assert drawn("case", good) != drawn("person", good)


def test_the_number_of_mutations_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nforms: {len(SENT)} sent {sum(SENT.values()):,} mutations")
    assert all(n >= FEWEST for n in SENT.values())
