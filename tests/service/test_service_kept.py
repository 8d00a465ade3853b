"""Pages that are kept drawn: the same for whoever may see them, and never behind the database."""

import datetime
import functools
import queue
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import _does_token_match
from django.shortcuts import render
from django.test import Client, RequestFactory

from invented import AT, ON, PROGRAMME, facts, register
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.eligibility.office import views as office
from schoolhubs.service.kept import pages as kept
from schoolhubs.service.kept.stamps import Stamp, is_settled, stamp_of
from schoolhubs.service.matching.models import HubLoad, PublishedRound, Round
from schoolhubs.service.network import views as hubs
from schoolhubs.service.network.models import Hub
from schoolhubs.service.schools import views as schools
from schoolhubs.service.schools.models import CurrentRegister
from signing import signed_in

SCHOOL = "900001"
PAGES = (f"/schools/{SCHOOL}", f"/programmes/{PROGRAMME}/hubs", "/office/applications")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count what is under way elsewhere on the server as nothing of ours."""
    for page in (schools, office):
        monkeypatch.setattr(page, "is_settled", lambda _: True)


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch, settled: None) -> None:
    """See no change: what the pages would be without their stamps."""
    stopped = Stamp(newest=(0,), before=0, is_alone=True)
    for page in (schools, office):
        monkeypatch.setattr(page, "stamp_of", lambda *_: stopped)


def publish(urn: str) -> None:
    """Publish a round of one hub."""
    current = CurrentRegister.objects.get().snapshot
    round_ = Round.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", definition_version="1", on=ON,
        snapshot=current, made_at=AT, made_by="test", is_synthetic=True, summary={},
        record={"travel": {"band_share": 0.8}}, pack=b"",
    )  # fmt: skip
    HubLoad.objects.create(
        round=round_, lead_urn=urn, pathway="regional", name=f"Hub {urn}", phase="primary",
        region="South West", n_places=5, n_running=0, n_matched=0, record={},
    )  # fmt: skip
    PublishedRound.objects.filter(programme_id=PROGRAMME).delete()
    PublishedRound.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", round=round_, published_at=AT,
        published_by="test", reason="test",
    )  # fmt: skip


def apply(reference: str, urn: str = SCHOOL) -> Application:
    return Application.objects.create(
        reference=reference, programme_id=PROGRAMME, cohort_id="2025-26-spring", urn=urn,
        state="submitted", pathways=["regional"], begun_at=AT, begun_by="head", submitted_at=AT,
        submitted_by="head", snapshot=CurrentRegister.objects.get().snapshot, applied_on=ON,
        answers={},
    )  # fmt: skip


@pytest.fixture
def england(db: None) -> None:
    register(facts(SCHOOL), facts("900010"), facts("900011"), leads=("900010",))
    publish("900010")
    apply("RISE-AAAA-0001")


def words(client: Client, path: str) -> str:
    """Give a page as it is, but for the numbers that no two answers share."""
    answer = client.get(path)
    assert answer.status_code == 200
    text = re.sub(r'(nonce|data-warn|data-over)="[^"]*"', "", answer.content.decode())
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return " ".join(text.split()).replace("> <", "><")


def officers() -> list[Any]:
    """Give clients of those who may see every page of these, each with a name of their own."""
    office = (Role.OFFICE_READ, Role.OFFICE_CASEWORKER)
    clients = [signed_in(role, subject=f"s-{role}") for role in office]
    return [*clients, signed_in(Role.AUDITOR, kind="auditor", subject="auditor")]


def whole(request: HttpRequest, template: str, told: Any, **_: Any) -> HttpResponse:
    """Draw a page at once, as every page is that is not kept."""
    return render(request, template, told())


@pytest.mark.usefixtures("england", "settled")
@pytest.mark.parametrize("path", PAGES)
def test_a_page_kept_is_the_page_drawn(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clients = [*officers(), *([Client(), Client()] if "office" not in path else [])]
    for _ in range(2):
        kept_ones = [words(each, path) for each in clients]  # kept from the first on
    for views in (schools, hubs, office):
        monkeypatch.setattr(views, "render_kept", whole)
    assert kept_ones == [words(each, path) for each in clients]


@pytest.mark.usefixtures("england", "settled")
def test_what_one_person_did_is_told_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    drawn = kept.render_to_string

    def watched(template: str, context: dict[str, Any]) -> str:
        told.append(context)
        return str(drawn(template, context))

    monkeypatch.setattr(kept, "render_to_string", watched)
    Client().get(PAGES[0])
    (content,) = (each for each in told if each.get("frame") == "web/parts.html")
    assert content["said_once"]() == []


@pytest.mark.usefixtures("england", "settled")
def test_what_no_two_answers_share_is_each_answers_own() -> None:
    nonces, tokens = set(), set()
    for client in [each for each in officers() for _ in range(2)]:
        answer = client.get(PAGES[2])
        text = answer.content.decode()
        (nonce,) = set(re.findall(r'nonce="([^"]*)"', text))
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', text))
        assert _does_token_match(token, client.cookies[settings.CSRF_COOKIE_NAME].value)
        (over,) = re.findall(r'data-over="(\d+)"', text)
        assert 3_400 < int(over) <= 3_600
        assert not re.search(r"kept-[0-9a-f]{32}-", text)
        nonces.add(nonce)
        tokens.add(token)
    assert (len(nonces), len(tokens)) == (6, 6)


@pytest.mark.usefixtures("england", "settled")
def test_the_layout_kept_for_one_person_is_not_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    clients = officers()
    names = [f"s-{Role.OFFICE_READ}", f"s-{Role.OFFICE_CASEWORKER}", "auditor"]

    def acting() -> list[str]:
        texts = [words(each, PAGES[2]) for each in clients]
        return [re.findall(r'hubs-acting-for">([^,]*), for', each)[0] for each in texts]

    assert acting() == names
    name_of = kept._name
    monkeypatch.setattr(  # told apart by nothing, everybody would be the first
        kept, "_name", lambda template, of: name_of(template, of if template != "layout" else ())
    )
    assert acting() == names[:1] * 3


@pytest.mark.usefixtures("england", "settled")
def test_a_page_kept_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = kept._drawn
    monkeypatch.setattr(kept, "_drawn", lambda *a: drawn.append(a[1]) or draw(*a))
    for _ in range(2):
        for path in PAGES[:2]:
            Client().get(path)
        signed_in(Role.OFFICE_READ).get(PAGES[2])
    assert drawn == ["schools/school.html", "network/hubs.html", "eligibility/queue.html"]


def lead_a_hub() -> None:
    Hub.objects.create(
        programme_id=PROGRAMME, lead_urn=SCHOOL, started_on=datetime.date(2025, 9, 1)
    )


def decide_in_plain_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE eligibility_application SET state = 'undecided', version = version + 1"
        )


CHANGES = (
    (PAGES[0], lead_a_hub),
    (PAGES[0], lambda: register(facts(SCHOOL, region="London"))),
    (PAGES[0], lambda: PublishedRound.objects.all().delete()),
    (PAGES[1], lambda: publish("900011")),
    (PAGES[2], lambda: apply("RISE-AAAA-0002", "900010")),
    (PAGES[2], lambda: Application.objects.update(state="undecided", version=F("version") + 1)),
    (PAGES[2], decide_in_plain_sql),
    (PAGES[2], lambda: register(facts(SCHOOL, region="London"))),
)


@pytest.mark.usefixtures("england", "settled")
@pytest.mark.parametrize(("path", "change"), CHANGES)
def test_a_change_is_seen_at_once(path: str, change: Any) -> None:
    client = signed_in(Role.OFFICE_READ) if "office" in path else Client()
    before = words(client, path)
    change()
    assert words(client, path) != before


@pytest.mark.usefixtures("england", "blind")
@pytest.mark.parametrize(("path", "change"), [each for each in CHANGES if each[0] != PAGES[1]])
def test_without_its_stamp_a_page_falls_behind(path: str, change: Any) -> None:
    client = signed_in(Role.OFFICE_READ) if "office" in path else Client()
    before = words(client, path)
    change()
    assert words(client, path) == before


class Slow(threading.Thread):
    """A change of its own connection, told step by step."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: queue.Queue[Callable[[], object] | None] = queue.Queue()
        self.start()

    def run(self) -> None:
        try:
            with transaction.atomic():
                while step := self.steps.get(timeout=30):
                    step()
                    self.steps.task_done()
        finally:
            connection.close()
            self.steps.task_done()

    def do(self, step: Callable[[], object] | None) -> None:
        """Have a step done; None commits."""
        self.steps.put(step)
        self.steps.join()


def a_hub(urn: str) -> Callable[[], object]:
    return functools.partial(
        Hub.objects.create, programme_id=PROGRAMME, lead_urn=urn, started_on=ON
    )


def numbered() -> None:
    """Let the database number this change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("is_later_one_numbered_first", [False, True])
def test_a_change_under_way_leaves_its_stamp_unsettled(is_later_one_numbered_first: bool) -> None:
    """An earlier event may come to light after a later one: nothing is kept until it has."""
    earlier, later = Slow(), Slow()
    for each in (later, earlier) if is_later_one_numbered_first else (earlier, later):
        each.do(numbered)
    earlier.do(a_hub("900001"))
    later.do(a_hub("900002"))
    later.do(None)
    others_were = others_are_under_way()
    for _ in range(20):
        during = stamp_of(Hub)
        assert not is_settled(during)
        if during.is_alone:
            break  # until then another test's change came and went between two looks
    others_are = others_are_under_way()
    # A single look at what is under way is fooled where the later one was numbered first.
    if is_later_one_numbered_first:
        assert during.is_alone or others_were or others_are
    earlier.do(None)
    assert during.newest == stamp_of(Hub).newest, "the earlier one came to light under its stamp"
    assert Hub.objects.count() == 2
    assert not is_settled(during), "what was under way when it was read may be over by now"


def others_are_under_way() -> bool:
    """Tell whether other tests change something on this server at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) > 1 FROM pg_locks WHERE locktype = 'transactionid'"
            " AND mode = 'ExclusiveLock'"
        )
        (found,) = cursor.fetchone()
    return bool(found)


@pytest.mark.django_db
def test_what_is_unsettled_is_not_kept() -> None:
    request = RequestFactory().get("/")
    for name in ("Old", "New"):
        answer = kept.render_kept(
            request,
            "schools/school.html",
            functools.partial(dict, school={"name": name, "urn": SCHOOL}),
            of=("same",),
            may_keep=lambda: False,
        )
        assert f"{name} " in answer.content.decode()
