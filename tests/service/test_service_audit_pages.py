"""The audit log's page: what it finds, how it says it, and whether the record is whole."""

import ast
import csv
import datetime
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

import schoolhubs.service
from invented import AT
from providing import provider
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit import queries
from schoolhubs.service.audit.actions import record
from schoolhubs.service.audit.page import words
from schoolhubs.service.audit.tasks import CHECK
from schoolhubs.service.eligibility import states
from schoolhubs.service.jobs import doing, kinds
from schoolhubs.service.jobs.models import Work
from signing import signed_in
from watchful import WatchfulClient

SERVICE = Path(schoolhubs.service.__file__).parent
NAME = re.compile(r"[a-z_]+\.[a-z_-]+|sign_in|sign_out")
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def known_roles() -> Iterator[None]:
    with provider(role_seconds=3_600):
        yield


def auditor(subject: str = "ada") -> WatchfulClient:
    return signed_in(Role.AUDITOR, kind="auditor", subject=subject)


def entry(n: int = 0, **told: Any) -> None:
    said: dict[str, Any] = {
        "by": "ada", "at": AT + n * DAY, "action": "round.run", "subject": f"round:{n}",
        "place": "test", **told,
    }  # fmt: skip
    with transaction.atomic():
        record(**said)


def found(**asked: Any) -> list[str]:
    return [row.subject for row in queries.found(**asked)]


@pytest.mark.django_db
def test_entries_are_found_by_what_who_which_and_when() -> None:
    auditor("ada")
    entry(1)
    entry(2, action="round.publish", by="ben")
    entry(3, action="application.submit", subject="application:AB-CDEF-GHJK")
    assert found(thing="round") == ["round:2", "round:1"]
    assert found(subject="AB-CDEF-GHJK") == ["application:AB-CDEF-GHJK"]
    assert found(subject="round:1") == ["round:1"]
    assert found(by="ben") == ["round:2"]
    assert found(by="Ada") == ["application:AB-CDEF-GHJK", "round:1"]
    assert found(since=AT + 2 * DAY, until=AT + 3 * DAY) == ["round:2"]
    assert found(before=2) == ["round:1"]


@pytest.mark.django_db
def test_the_page_says_what_was_done_in_words_and_who_by_name() -> None:
    client = auditor("ada")
    entry(1, action="round.publish", reason="Agreed at the board")
    text = client.get("/audit").content.decode()
    assert "Published a round" in text
    assert "Agreed at the board" in text
    assert "round.publish" not in text


@pytest.mark.django_db
def test_a_long_log_is_read_page_by_page_and_nothing_twice() -> None:
    client = auditor()
    n = queries.ON_A_PAGE * 2 + 3
    for each in range(n):
        entry(each)
    seen, address = [], "/audit?thing=round"
    while address:
        page = client.get(address)
        assert page.status_code == 200
        shown = page.content.decode()
        seen += [each for each in range(n) if f">round:{each}<" in shown]
        older = shown.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        address = "/audit" + older.replace("&amp;", "&") if 'rel="next"' in shown else ""
    assert sorted(seen) == list(range(n))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "words_said"),
    [
        ("since=31/2/2026", "The first day must be a real date"),
        ("since=2/1/2026&until=1/1/2026", "The last day must be the first day or later"),
        ("thing=nothing", "Select what the entries are about"),
        ("before=0", "The page must be the number of an entry"),
        ("subject=" + "x" * 121, "120 characters or fewer"),
    ],
)
def test_what_is_not_understood_is_said_and_kept(asked: str, words_said: str) -> None:
    page = auditor().get(f"/audit?{asked}")
    text = page.content.decode()
    assert page.status_code == 200
    assert "There is a problem" in text
    assert words_said in text


@pytest.mark.django_db
def test_the_table_to_take_away_holds_every_entry_found_and_runs_nothing() -> None:
    client = auditor()
    for each in range(queries.ON_A_PAGE + 5):
        entry(each, reason="=1+1")
    answer = client.get("/audit?thing=round&as=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert len(rows) == queries.ON_A_PAGE + 5
    assert {row["reason"] for row in rows} == {"'=1+1"}
    assert rows[0]["number"] > rows[1]["number"]


@pytest.mark.django_db
def test_the_last_day_counts_whole_on_the_clocks_of_england() -> None:
    client = auditor()
    late = datetime.datetime(2026, 7, 1, 22, 30, tzinfo=datetime.UTC)  # 11:30pm in England
    entry(1, at=late)
    entry(2, at=late + datetime.timedelta(hours=1))  # the next day there
    text = client.get("/audit?since=2026-07-01&until=1/7/2026").content.decode()
    assert "round:1" in text
    assert "round:2" not in text


def checked() -> str:
    """Ask for the check as an auditor does, do it, and give what the page then says."""
    client = auditor("checker")
    assert client.post("/audit/check").status_code == 302
    doing.do(Work.objects.get(kind=CHECK).pk, clock=timezone.now)
    return str(client.get("/audit").content.decode())


@pytest.mark.django_db
def test_a_whole_record_is_said_to_be_whole() -> None:
    entry(1)
    text = checked()
    assert "Whole" in text
    assert "none was changed, and none is missing" in text


@pytest.mark.django_db
def test_a_changed_record_is_said_to_be_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    # The database refuses the change itself; so the reading of one row is bent instead.
    entry(1)
    real = queries.AuditEntry.as_record

    def bent(row: Any) -> Any:
        said = real(row)
        return type(said)(**{**{f: getattr(said, f) for f in said.__slots__}, "reason": "other"})

    monkeypatch.setattr(queries.AuditEntry, "as_record", bent)
    text = checked()
    assert "Broken" in text
    assert "entry 1 was changed after it was written" in text


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["failed", "set_aside"])
def test_a_check_that_stopped_is_not_said_to_be_under_way(state: str) -> None:
    client = auditor()
    client.post("/audit/check")
    Work.objects.filter(kind=CHECK).update(state=state, finished_at=AT, fault="The disk is full.")
    text = client.get("/audit").content.decode()
    assert "stopped before its end: The disk is full." in text
    assert "is being checked" not in text


@pytest.mark.django_db
def test_a_check_under_way_is_not_asked_for_twice() -> None:
    client = auditor()
    client.post("/audit/check")
    client.post("/audit/check")
    assert Work.objects.filter(kind=CHECK).count() == 1


@pytest.mark.django_db
def test_the_page_asks_the_database_little(django_assert_max_num_queries: Any) -> None:
    client = auditor()
    for each in range(60):
        entry(each)
    with django_assert_max_num_queries(15):
        client.get("/audit")


def recorded() -> Iterator[str]:
    """Give every action that the code records, as far as it is written out."""
    for path in SERVICE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and "record" in ast.unparse(call.func):
                given = [
                    *call.args,
                    *(each.value for each in call.keywords if each.arg == "action"),
                ]
                for one in given:
                    for part in ast.walk(one):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            yield part.value


def nameless(known: set[str]) -> set[str]:
    """Give the actions that have no words, and things of no name."""
    made = {each for each in recorded() if NAME.fullmatch(each)}
    asked = {f"{kind}.{what}" for kind in kinds.KINDS for what in ("ask", "try-again", "set-aside")}
    moves = {f"application.{to}" for _, to, by in states.moves() if by == "school"}
    return (made | asked | (moves - {"application.submitted"})) - known


def test_every_action_has_words() -> None:
    assert nameless(set(words.actions())) == set(), "say them in audit/page/words.yaml"
    assert {each.partition(".")[0] for each in words.actions()} == set(words.things())


def test_an_action_without_words_would_be_seen() -> None:
    assert "round.publish" in nameless(set(words.actions()) - {"round.publish"})
