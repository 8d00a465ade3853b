"""Work: its effect once, its faults told, parked after enough tries, seen by its askers alone."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.jobs import actions, doing, kinds, queries, resuming
from schoolhubs.service.jobs.models import Product, State, Work
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.progress import Progress
from signing import signed_in

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
WHO: dict[str, Any] = {"by": "ada", "organisation": "office:office-ada", "at": AT, "place": "tests"}
Made = list[int]


@pytest.fixture
def known() -> Iterator[Callable[[kinds.Kind], None]]:
    """Make kinds of work known for one test."""
    before = dict(kinds.KINDS)
    yield kinds.register
    kinds.KINDS.clear()
    kinds.KINDS.update(before)


def counting(made: Made, fault: Exception | None = None) -> kinds.Kind:
    """Give a kind whose effect is an audit entry, and which counts how often it was worked out."""

    def work_out(work: Work, progress: Progress) -> kinds.Effect:
        made.append(work.pk)
        progress("counting", 1, 3)
        if fault:
            raise fault
        return lambda: kinds.Result(
            path="/jobs", product=Product(name="a.txt", content_type="text/plain", content=b"abc")
        )

    return kinds.Kind(name="count", title="Counting", work_out=work_out)


def do(work: Work) -> Work:
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    return work


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        return int(cursor.fetchone()[0])


def test_done_work_is_not_done_again(known: Callable[[kinds.Kind], None]) -> None:
    made: Made = []
    known(counting(made))
    work = actions.ask("count", {"n": 1}, **WHO)
    assert queued() == 1
    for _ in range(3):
        work = do(work)
    assert made == [work.pk]
    assert (work.state, work.attempt, work.stage) == (State.DONE, 1, "counting")
    assert bytes(Product.objects.get(work=work).content) == b"abc"
    assert AuditEntry.objects.filter(action="count.ask").count() == 1


def test_work_asked_for_in_a_transaction_that_fails_is_not_queued() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        actions.ask("count", {}, **WHO)
        raise ZeroDivisionError
    assert (queued(), Work.objects.count()) == (0, 0)


def test_a_rule_stops_work_at_once_and_in_words(known: Callable[[kinds.Kind], None]) -> None:
    made: Made = []
    known(counting(made, Conflict("The register changed.")))
    work = do(actions.ask("count", {}, **WHO))
    assert (work.state, work.fault, work.attempt) == (State.FAILED, "The register changed.", 1)


def test_a_fault_of_ours_is_tried_again_then_parked_and_never_quotes(
    known: Callable[[kinds.Kind], None],
) -> None:
    made: Made = []
    known(counting(made, ValueError("a name somebody typed")))
    work = actions.ask("count", {}, **WHO)
    most = settings.ENVIRONMENT.most_attempts
    for n in range(1, most):
        with pytest.raises(doing.TryAgain):
            do(work)
        work.refresh_from_db()
        assert (work.state, work.attempt) == (State.WAITING, n)
    work = do(work)
    assert (work.state, work.attempt, len(made)) == (State.FAILED, most, most)
    assert "ValueError" in work.fault
    assert "typed" not in work.fault
    do(work)
    assert len(made) == most  # parked work is left alone


def test_parked_work_is_shown_and_taken_up_again(known: Callable[[kinds.Kind], None]) -> None:
    made: Made = []
    known(counting(made, Conflict("The register changed.")))
    work = do(actions.ask("count", {}, **WHO))
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    page = office.get(f"/jobs/{work.pk}").content.decode()
    assert "The register changed." in page
    assert "http-equiv" not in page  # finished: nothing left to renew
    before = queued()
    assert office.post(f"/jobs/{work.pk}/try-again").status_code == 302
    work.refresh_from_db()
    assert (work.state, work.attempt) == (State.WAITING, 0)
    assert queued() == before + 1
    office.post(f"/jobs/{work.pk}/try-again")  # a second press changes nothing
    assert queued() == before + 1


def test_work_that_stopped_is_set_aside_and_waits_for_nobody(
    known: Callable[[kinds.Kind], None],
) -> None:
    known(counting([], Conflict("The register changed.")))
    work = do(actions.ask("count", {}, **WHO))
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    assert "1 job has stopped" in office.get("/work").content.decode()
    before = queued()
    assert office.post(f"/jobs/{work.pk}/set-aside").status_code == 302
    office.post(f"/jobs/{work.pk}/set-aside")  # a second press changes nothing
    office.post(f"/jobs/{work.pk}/try-again")  # nor does a page of before
    work.refresh_from_db()
    assert (work.state, queued()) == (State.SET_ASIDE, before)
    assert AuditEntry.objects.filter(action="count.set-aside").count() == 1
    assert "has stopped" not in office.get("/work").content.decode()
    page = office.get(f"/jobs/{work.pk}").content.decode()
    assert "The register changed." in page, "why it stopped is kept"
    assert "Try again" not in page
    with pytest.raises(Conflict, match="not stopped any more"):
        actions.set_aside(work, **WHO)


def test_the_page_says_how_far_it_is_and_gives_the_file() -> None:
    work = Work.objects.create(
        kind="round", asked_at=AT, asked_by="ada", place="tests", state=State.RUNNING,
        stage="travel", n_done=20, n_total=80,
    )  # fmt: skip
    office = signed_in(Role.OFFICE_READ)
    page = office.get(f"/jobs/{work.pk}").content.decode()
    assert "Travel: 20 of 80" in page
    assert 'value="20" max="80"' in page
    assert "Running a round" in office.get("/jobs").content.decode()
    assert office.get(f"/jobs/{work.pk}/file").status_code == 404
    work.state, work.finished_at = State.DONE, AT
    work.save()
    Product.objects.create(work=work, name="a b.txt", content_type="text/plain", content=b"abc")
    answer = office.get(f"/jobs/{work.pk}/file")
    assert answer.content == b"abc"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a b.txt"'


@pytest.mark.parametrize("role", [Role.PARTNER_SCHOOL_HEAD, Role.AUDITOR, Role.EVALUATOR])
def test_work_is_for_the_office_alone(role: Role) -> None:
    work = actions.ask("count", {}, **WHO)
    kind = role.meaning.kind.value
    other = signed_in(role, kind="evaluator" if kind == "school" else kind, subject="other")
    assert other.get("/jobs").status_code == 403
    assert other.get(f"/jobs/{work.pk}").status_code == 403
    assert signed_in(Role.OFFICE_READ).get(f"/jobs/{work.pk}").status_code == 200


def test_work_that_fell_out_of_the_queue_is_put_back() -> None:
    work = actions.ask("count", {}, **WHO)
    assert resuming.queue_lost() == 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert resuming.queue_lost() == 1
    assert queued() == 1
    Work.objects.filter(pk=work.pk).update(state=State.DONE, finished_at=AT)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert resuming.queue_lost() == 0


def test_the_database_refuses_work_that_failed_without_words() -> None:
    work = actions.ask("count", {}, **WHO)
    with pytest.raises(IntegrityError), transaction.atomic():
        Work.objects.filter(pk=work.pk).update(state=State.FAILED, finished_at=AT)


def test_the_queue_says_how_much_and_how_old() -> None:
    actions.ask("count", {}, **WHO)
    assert queries.by_state() == {
        "waiting": 1, "running": 0, "done": 0, "failed": 0, "set_aside": 0
    }  # fmt: skip
    assert queries.queue_age_seconds(at=AT + datetime.timedelta(minutes=2)) == 120.0
