"""How the API behaves whatever is asked: once each, nobody's change lost, each row seen once."""

import datetime
import itertools
import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django import app

from invented import PROGRAMME, facts, register
from keyed import HERE, Program, every_scope, key_for, program, proposal
from peopled import NUMBERS, OTHER, OWN, World, peopled
from providing import told
from schoolhubs.service.api.keys import actions
from schoolhubs.service.api.manners import limits, repeats
from schoolhubs.service.api.models import ApiKey, CountedRequests, KeptAnswer
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships.lapsing.rules import answer_by
from schoolhubs.service.schools.models import School
from watchful import text_of

pytestmark = pytest.mark.django_db
PARTNER = NUMBERS[OWN]["partner"][0]
SPECIAL = "special-ap-hubs-example"
BEGIN = {"programme_id": SPECIAL, "urn": PARTNER}
LIST = "/api/v1/applications"


@pytest.fixture
def world() -> World:
    return peopled()


@pytest.fixture
def ours(world: World) -> Program:
    return program(world.organisations[OWN, "partner"])


def begun(ours: Program) -> Any:
    """Begin an application; its answer."""
    answer = ours.change(LIST, BEGIN)
    assert answer.status_code == 201, answer.content
    return answer


def code(answer: Any) -> str:
    """Give the kind of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    assert answer.json()["status"] == answer.status_code
    return str(answer.json()["type"].partition("#")[2])


# Once each


def test_the_same_request_again_is_answered_the_same_and_done_once(ours: Program) -> None:
    first = ours.change(LIST, BEGIN, repeat="r-1")
    again = ours.change(LIST, BEGIN, repeat="r-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Application.objects.filter(programme_id=SPECIAL).count() == 1
    assert AuditEntry.objects.filter(action="application.begin").count() == 1


def test_the_same_key_for_another_request_is_refused(ours: Program) -> None:
    ours.change(LIST, BEGIN, repeat="r-1")
    other = ours.change(LIST, {**BEGIN, "programme_id": PROGRAMME}, repeat="r-1")
    assert code(other) == "repeated-otherwise"


def test_a_change_without_an_idempotency_key_is_refused(ours: Program) -> None:
    bare = ours.post(LIST, json.dumps(BEGIN), content_type="application/json")
    assert code(bare) == "repeat-key-missing"
    assert code(ours.change(LIST, BEGIN, repeat="two words")) == "repeat-key-missing"
    assert not Application.objects.filter(programme_id=SPECIAL).exists()


def test_what_was_refused_can_be_mended_under_the_same_key(ours: Program) -> None:
    answer = begun(ours)
    one, tag = answer.headers["Location"], answer.headers["ETag"]
    wrong = ours.change(one, {"answers": {"tried": 7}}, method="PATCH", tag=tag, repeat="r-2")
    assert code(wrong) == "faults"
    assert not KeptAnswer.objects.filter(idempotency_key="r-2").exists()
    right = ours.change(one, {"answers": {"tried": "A"}}, method="PATCH", tag=tag, repeat="r-2")
    assert right.status_code == 200


def test_keys_of_two_programs_may_use_the_same_name(world: World, ours: Program) -> None:
    other = program(world.organisations[OTHER, "partner"])
    ours.change(LIST, BEGIN, repeat="r-1")
    theirs = {**BEGIN, "urn": NUMBERS[OTHER]["partner"][0]}
    assert other.change(LIST, theirs, repeat="r-1").status_code == 201


def test_an_answer_is_kept_for_at_least_a_day(ours: Program) -> None:
    assert limits.limit("kept_hours") >= 24
    ours.change(LIST, BEGIN, repeat="r-1")
    old = datetime.timedelta(hours=limits.limit("kept_hours"), seconds=1)
    with connection.cursor() as cursor:  # the clock cannot be turned, so the row is made older
        kept = KeptAnswer.objects.get()
        cursor.execute("DELETE FROM api_keptanswer")
    kept.pk, kept.at = None, kept.at - old
    kept.save(force_insert=True)
    assert ours.change(LIST, BEGIN, repeat="r-1").status_code == 200  # asked anew: under way


def test_kept_answers_are_erased_though_no_program_asks_again(ours: Program) -> None:
    ours.change(LIST, BEGIN, repeat="r-1")
    kept_for = datetime.timedelta(hours=limits.limit("kept_hours"))
    made_at = KeptAnswer.objects.get().at
    assert repeats.forget(at=made_at + kept_for - datetime.timedelta(seconds=1)) == 0
    assert repeats.forget(at=made_at + kept_for) == 1
    assert not KeptAnswer.objects.exists()


def test_no_job_that_comes_again_can_miss_a_day() -> None:
    """A run is dropped where no worker was there: one a day would be a day lost."""
    start = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
    for each in app.periodic_registry.periodic_tasks.values():
        first = each.croniter.get_next(datetime.datetime, start_time=start)
        second = each.croniter.get_next(datetime.datetime, start_time=first)
        assert second - first <= datetime.timedelta(hours=1), each.task.name
    names = {each.task.name for each in app.periodic_registry.periodic_tasks.values()}
    assert names >= {"api.forget", "letters.forget", "partnerships.turn", "imports.stop_left"}


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=12))
def test_however_often_it_is_asked_each_change_happens_once(
    django_db_setup: None, django_db_blocker: Any, asked: list[tuple[int, bool]]
) -> None:
    """Retries in any order, some with a body they did not have: one effect for each key."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = peopled()
        ours = program(world.organisations[OWN, "partner"])
        one = begun(ours).headers["Location"]
        first: dict[int, tuple[str, bytes]] = {}
        for number, is_altered in asked:
            tag = ours.get(one).headers["ETag"]
            text = f"text {number}{' altered' if is_altered else ''}"
            said = {"answers": {"tried": text}}
            answer = ours.change(one, said, method="PATCH", tag=tag, repeat=f"r-{number}")
            if number not in first:
                assert answer.status_code == 200
                first[number] = text, answer.content
            elif first[number][0] == text:
                assert answer.content == first[number][1]
            else:
                assert code(answer) == "repeated-otherwise"
        n = AuditEntry.objects.filter(action="application.answer").count()
        assert n == len(first)
        transaction.set_rollback(True)


# Nobody's change is lost


def test_a_change_names_the_version_it_was_made_on(ours: Program) -> None:
    answer = begun(ours)
    one, tag = answer.headers["Location"], answer.headers["ETag"]
    said = {"answers": {"tried": "What we tried"}}
    assert code(ours.change(one, said, method="PATCH")) == "tag-missing"
    kept = ours.change(one, said, method="PATCH", tag=tag)
    assert kept.status_code == 200
    assert kept.headers["ETag"] != tag
    assert code(ours.change(one, said, method="PATCH", tag=tag)) == "stale"
    # Compressed on the way, a tag is weak: it names the same version.
    weak = f"W/{kept.headers['ETag']}"
    assert ours.change(one, said, method="PATCH", tag=weak).status_code == 200


def test_what_was_read_before_is_not_sent_again(ours: Program) -> None:
    for address in ("/api/v1/programmes", "/api/v1/openapi.json", LIST):
        first = ours.get(address)
        known = ours.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (known.status_code, known.content) == (304, b""), address
        other = ours.get(address, headers={"If-None-Match": '"something-else"'})
        assert other.status_code == 200


# An application from beginning to end


def test_an_application_is_filled_in_declared_and_taken_back(ours: Program) -> None:
    answer = begun(ours)
    one = answer.headers["Location"]
    whole = answer.json()
    kinds = {
        "pathways": None, "leaders": ["A Head", "B Deputy", "C Lead"], "yes_no": True,
        "number": 40, "text": "What we tried", "email": "head@school.example",
    }  # fmt: skip
    programme = ours.get(f"/api/v1/programmes/{SPECIAL}").json()
    wished = {"pathways": [programme["pathways"][0]["pathway"]]}
    answer = ours.change(one, {"answers": wished}, method="PATCH", tag=answer.headers["ETag"])
    whole = answer.json()
    asked = [step for step in whole["steps"] if step["kind"] != "pathways"]
    rest = {step["step"]: kinds[step["kind"]] for step in asked}
    early = ours.change(
        f"{one}/declaration", {"declared": True, "register_id": whole["register_id"]},
        tag=answer.headers["ETag"],
    )  # fmt: skip
    assert code(early) == "faults"
    assert early.json()["problems"]
    answer = ours.change(one, {"answers": rest}, method="PATCH", tag=answer.headers["ETag"])
    assert answer.status_code == 200, answer.content
    tag = answer.headers["ETag"]
    wrong = {"declared": True, "register_id": whole["register_id"] + 1}
    assert code(ours.change(f"{one}/declaration", wrong, tag=tag)) == "changed-meanwhile"
    right = {"declared": True, "register_id": whole["register_id"]}
    sent = ours.change(f"{one}/declaration", right, tag=tag)
    assert sent.status_code == 200, sent.content
    assert sent.json()["verdicts"]
    gone = ours.change(
        f"{one}/departure", {"to": "withdrawn", "reason": "We found another way"},
        tag=sent.headers["ETag"],
    )  # fmt: skip
    expected = {"withdrawn"} if sent.json()["state"] != "not_eligible" else set()
    assert gone.status_code == (200 if expected else 409), gone.content
    entry = AuditEntry.objects.filter(action="application.submit").get()
    assert entry.place == f"api POST {one}/declaration"
    assert entry.by.startswith("key:")
    assert entry.organisation == f"school:{PARTNER}"


def test_answers_at_fault_are_told_in_the_words_of_the_page_and_none_is_kept(ours: Program) -> None:
    answer = begun(ours)
    one, tag = answer.headers["Location"], answer.headers["ETag"]
    said = {"answers": {"tried": "", "leaders": ["A", "", "C"], "nonsense": 1, "travel": 5}}
    refused = ours.change(one, said, method="PATCH", tag=tag)
    found = {each["where"]: each["fault"] for each in refused.json()["problems"]}
    assert found["body.answers.leaders.second"] == "Enter the name and role of the second leader"
    assert found["body.answers.tried"].startswith("Write what you have tried")
    assert set(found) >= {"body.answers.nonsense", "body.answers.travel"}
    assert ours.get(one).json()["answers"] == {}


def test_both_schools_accept_a_match(world: World, ours: Program) -> None:
    match = proposal(world)
    one = f"/api/v1/acceptances/{match.pk}"
    tag = ours.get(one).headers["ETag"]
    assert ours.get(one).json()["answer_by"] == answer_by(match).isoformat()
    vague = ours.change(one, {"says": "objects"}, tag=tag)
    assert code(vague) == "faults"
    ours_said = ours.change(one, {"says": "accepts"}, tag=tag)
    assert ours_said.json()["partner_says"] == "accepts", ours_said.content
    lead = program(world.organisations[OWN, "lead"])
    stale = lead.change(one, {"says": "accepts"}, tag=tag)
    assert code(stale) == "stale"
    both = lead.change(one, {"says": "accepts"}, tag=ours_said.headers["ETag"])
    assert both.json()["state"] == "agreed", both.content
    assert both.json()["answer_by"] is None, "nothing is left to answer"
    stranger = program(world.organisations[OTHER, "partner"])
    assert stranger.get(one).status_code == 404


# Each row is seen once


def walk(client: Program, address: str, between: Any = lambda: None) -> list[str]:
    """Read a list to its end, page by page."""
    seen, cursor = [], ""
    while True:
        said = client.get(address, {"limit": 3, "cursor": cursor}).json()
        seen += [each["urn"] for each in said["items"]]
        cursor = said["next_cursor"]
        if not cursor:
            return seen
        between()


def test_a_list_is_walked_while_rows_are_added_and_each_is_seen_once() -> None:
    snapshot = register(*(facts(f"9{n:05d}") for n in range(0, 40, 2)))
    numbers = itertools.count(1, 2)

    def add() -> None:
        from schoolhubs.service.schools.actions import school_row

        School.objects.bulk_create([school_row(snapshot, facts(f"9{next(numbers):05d}"))])

    seen = walk(Program(), "/api/v1/schools", add)
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)
    assert {f"9{n:05d}" for n in range(0, 40, 2)} <= set(seen)


def test_pages_by_number_would_show_a_row_twice() -> None:
    """The control: what the test above would see were a page to begin at a number."""
    snapshot = register(*(facts(f"9{n:05d}") for n in range(10, 30)))
    rows = School.objects.filter(snapshot=snapshot).order_by("urn")
    first = [each.urn for each in rows[:3]]
    from schoolhubs.service.schools.actions import school_row

    School.objects.bulk_create([school_row(snapshot, facts("900001"))])
    assert set(first) & {each.urn for each in rows[3:6]}


def test_a_cursor_leads_on_in_its_own_list_alone(ours: Program) -> None:
    said = ours.get("/api/v1/schools", {"limit": 1}).json()
    cursor = said["next_cursor"]
    assert code(ours.get("/api/v1/schools", {"cursor": cursor, "region": "London"})) == "not-found"
    assert code(ours.get("/api/v1/schools", {"cursor": cursor[:-2] + "xx"})) == "not-found"
    page = ours.get("/api/v1/schools", {"limit": 1, "cursor": cursor})
    assert page.json()["items"][0]["urn"] != said["items"][0]["urn"]
    assert 'rel="next"' in page.headers["Link"]


# Keys, as at today


def test_of_a_key_only_a_digest_is_kept(world: World) -> None:
    key, token = key_for(world.organisations[OWN, "partner"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(k)::text FROM api_apikey k")
        held = " ".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT to_jsonb(e)::text FROM audit_auditentry e")
        held += " ".join(row[0] for row in cursor.fetchall())
    _, _, secret = token.split("_", 2)  # which may hold more of these
    assert len(secret) > 40
    assert secret not in held
    assert key.prefix in held


def test_an_ended_or_expired_key_opens_nothing(world: World) -> None:
    for spoil in ("ended", "expired"):
        key, token = key_for(world.organisations[OWN, "partner"], "read:applications")
        client = Program(token, world.organisations[OWN, "partner"])
        assert client.get(LIST).status_code == 200
        if spoil == "ended":
            actions.end_key(key, reason="Lost", at=key.made_at, **HERE)
        else:
            ApiKey.objects.filter(pk=key.pk).update(expires_on=datetime.date(2026, 1, 1))
        assert code(client.get(LIST)) == "key-refused"
        # Not even what is public: a program should notice.
        assert code(client.get("/api/v1/programmes")) == "key-refused"


def test_a_key_holds_what_its_organisation_holds_today(world: World) -> None:
    lead = world.organisations[OWN, "lead"]
    client = program(lead, "read:hubs", "read:matches")
    address = f"/api/v1/matches/{PROGRAMME}/{PARTNER}"
    assert client.get(address).status_code == 200
    from schoolhubs.service.network.models import Hub

    Hub.objects.filter(lead_urn=lead.urn).update(finished_on=datetime.date(2026, 1, 1))
    assert client.get(address).status_code == 404  # it leads no hub any more
    lead.is_open = False
    lead.save()
    assert code(client.get(address)) == "not-permitted"


def test_what_a_key_may_not_have_leaves_a_trace(world: World, ours: Program) -> None:
    theirs = world.applications[OTHER].reference
    assert ours.get(f"{LIST}/{theirs}").status_code == 404
    entry = AuditEntry.objects.filter(action="access.refused").get()
    assert entry.by.startswith("key:")
    assert entry.reason == "of another organisation"


def test_a_session_opens_nothing(world: World) -> None:
    from providing import provider
    from schoolhubs.service.accounts.roles import Role

    with provider(role_seconds=3_600):
        client = world.client(Role.OFFICE_ADMINISTRATOR)
        assert code(client.get(LIST)) == "key-missing"
        assert code(client.get("/api/v1/rounds")) == "key-missing"


# How often, and in what format


def test_too_many_requests_are_told_when_to_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = limits.limit
    few = {"requests_without_key": 2, "requests_with_key": 4, "window_seconds": 3_600}
    monkeypatch.setattr(limits, "limit", lambda name: few.get(name) or usual(name))
    anybody = Program()
    assert [anybody.get("/api/v1/programmes").status_code for _ in range(3)] == [200, 200, 429]
    refused = anybody.get("/api/v1/programmes")
    assert 1 <= int(refused.headers["Retry-After"]) <= 3_600
    assert code(refused) == "too-many"
    # A key has its own, also from the same address; a wrong key counts against the address.
    ours = program(world.organisations[OWN, "partner"])
    assert [ours.get("/api/v1/programmes").status_code for _ in range(5)] == [200] * 4 + [429]
    assert Program("hubs_abcdefgh_wrong").get("/api/v1/programmes").status_code == 429
    assert "127.0.0.1" not in " ".join(CountedRequests.objects.values_list("who", flat=True))


def test_behind_a_proxy_the_caller_is_counted_and_nobody_can_pass_for_another() -> None:
    with override_settings(ENVIRONMENT=told("http://127.0.0.1:1", n_proxies=1)):
        for forwarded in ("203.0.113.5", "198.51.100.1, 203.0.113.5"):
            Program().get("/api/v1/programmes", headers={"X-Forwarded-For": forwarded})
        Program().get("/api/v1/programmes", headers={"X-Forwarded-For": "203.0.113.6"})
    assert sorted(CountedRequests.objects.values_list("n", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("method", "address", "said", "headers", "expected"),
    [
        ("GET", "/api/v1/nowhere", "", {}, "not-found"),
        ("GET", "/api/v1/schools/12", "", {}, "not-found"),
        ("DELETE", "/api/v1/schools", "", {}, "method-not-there"),
        ("GET", "/api/v1/schools", "", {"Accept": "image/png"}, "format-not-offered"),
        ("GET", "/api/v1/schools?limit=0", "", {}, "faults"),
        ("GET", "/api/v1/schools?nam=x", "", {}, "faults"),
        ("GET", "/api/v1/schools?region=%00", "", {}, "faults"),
        ("POST", LIST, "{", {}, "unreadable"),
        ("POST", LIST, "[1]", {}, "unreadable"),
        ("POST", LIST, '{"urn": NaN}', {}, "unreadable"),
        ("POST", LIST, '{"urn": "\\ud800"}', {}, "faults"),
        ("POST", LIST, '{"urn": "900001"}', {}, "faults"),
        ("POST", LIST, "x" * 100_001, {}, "too-large"),
        ("POST", LIST, "a=b", {"Content-Type": "text/plain"}, "format-not-taken"),
    ],
)  # fmt: skip
def test_every_refusal_is_a_problem_in_words(
    ours: Program, method: str, address: str, said: str, headers: dict[str, str], expected: str
) -> None:
    kind = headers.pop("Content-Type", "application/json")
    headers["Idempotency-Key"] = "r-1"
    answer = ours.generic(method, address, said, content_type=kind, headers=headers)
    assert code(answer) == expected, answer.content
    told_ = answer.json()
    assert told_["remedy"].endswith(".")
    assert told_["request_id"] == answer.headers["X-Request-ID"]
    assert "'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if expected == "faults":
        assert all(each["fault"] and each["remedy"] for each in told_["problems"])
    if expected == "method-not-there":
        assert answer.headers["Allow"] == "GET, HEAD"


def test_a_fault_of_ours_is_a_problem_too(ours: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "schoolhubs.service.api.operations.schools.queries.current_snapshot", lambda: 1 / 0
    )
    ours.raise_request_exception = False
    answer = ours.get("/api/v1/schools")
    assert answer.status_code == 500
    assert code(answer) == "fault-of-ours"
    assert "division" not in text_of(answer)


def test_head_answers_as_get_without_the_content(ours: Program) -> None:
    whole, head = ours.get("/api/v1/schools"), ours.head("/api/v1/schools")
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_csv_runs_no_formula_and_ends_its_lines_as_rfc_4180_has_it() -> None:
    register(facts("900001", school_name='=HYPERLINK("x")'), facts("900002", school_name="A, B"))
    said = Program().get("/api/v1/schools", headers={"Accept": "text/csv"})
    lines = said.content.decode().split("\r\n")
    assert lines[0].startswith("urn,name,phase")
    assert "'=HYPERLINK" in lines[1]
    assert '"A, B"' in lines[2]
    assert lines[3] == ""


def test_every_scope_is_one_that_an_operation_needs(world: World) -> None:
    from schoolhubs.service.api import interface
    from schoolhubs.service.api.keys.scopes import scopes

    asked = {
        name
        for path in {path for path, _ in interface._built()[1]}
        for manners in interface.manners_of(path).values()
        for name in (manners.scope, manners.extra_scope)
        if name
    }
    assert asked == set(scopes())
    assert every_scope(world.organisations[OWN, "evaluator"]) == ()
