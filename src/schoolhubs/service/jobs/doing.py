"""Does a piece of work: claim it, work it out, make its effect once, clear away.

The claim is a short transaction of its own, so that a try that a power cut ends is counted and
work that always ends so is parked. The effect and "done" are one transaction: whoever comes second
finds it done. An advisory lock, which PostgreSQL lets go with the process that held it, keeps two
workers from working out the same piece at the same time.
"""

import contextlib
import datetime
import logging
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import connection, transaction

from schoolhubs.service.history import naming
from schoolhubs.service.jobs import faults, kinds
from schoolhubs.service.jobs.models import Product, State, Work
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.progress import Progress

log = logging.getLogger("schoolhubs.jobs")
Clock = Callable[[], datetime.datetime]
WORK_LOCK = 7_203_412  # any number; the work's own is the second half of the lock
TELL_EVERY = datetime.timedelta(seconds=0.5)


class TryAgain(Exception):
    """The try failed in a way that another may not."""


def do(work_id: int, *, clock: Clock) -> None:
    """Do a piece of work to its end; finished or in another worker's hands, it is left alone.

    Raises
    ------
    TryAgain
        If it failed by a fault of ours or of the machine, and has tries left.
    """
    with _alone(work_id) as is_alone:
        if not is_alone:
            log.info("in other hands", extra={"job_id": work_id})
            return
        work = _claim(work_id, clock)
        kind = kinds.KINDS.get(work.kind)
        if work.state == State.RUNNING:
            with _named(work):
                _attempt(work, kind, clock)
            work.refresh_from_db()
        if work.state == State.DONE and kind:
            kind.afterwards(work)
            faults.at(f"{work.kind}.cleared")


def _named(work: Work) -> contextlib.AbstractContextManager[None]:
    """Say of every change that it is made for whoever asked for the work."""
    return naming.changes(
        by=work.asked_by, organisation=work.organisation, place=work.place, job=str(work.pk)
    )


def _claim(work_id: int, clock: Clock) -> Work:
    """Count a try, or park work that has had them all without living to say why."""
    with transaction.atomic():
        work = Work.objects.select_for_update().get(pk=work_id)
        if work.is_finished:
            return work
        if work.attempt >= settings.ENVIRONMENT.most_attempts:
            words = f"It was cut off {work.attempt} times. " + (
                work.fault or "It may be too large."
            )
            _park(work, words, clock)
            return work
        work.state, work.attempt, work.seen_at = State.RUNNING, work.attempt + 1, clock()
        work.stage, work.n_done, work.n_total = "", 0, 0
        work.save()
    faults.at(f"{work.kind}.claimed")
    return work


def _attempt(work: Work, kind: kinds.Kind | None, clock: Clock) -> None:
    """Work it out and make its effect; what fails is parked, or left for another try."""
    try:
        if kind is None:
            raise SchoolhubsError(f"This version knows no work called {work.kind}.")
        effect = kind.work_out(work, _teller(work, clock))
        faults.at(f"{work.kind}.worked-out")
        _make(work, effect, clock)
        faults.at(f"{work.kind}.made")
    except SchoolhubsError as error:
        # Told in words, by a rule: another try would be told the same.
        _stop(work, str(error), clock, is_final=True)
    except Exception as error:
        is_final = work.attempt >= settings.ENVIRONMENT.most_attempts
        log.exception("a try failed", extra={"job": work.kind, "job_id": work.pk})
        # Never its message, which may quote what is in a file.
        words = f"A fault of ours stopped it ({type(error).__name__})."
        _stop(work, words, clock, is_final=is_final)
        if not is_final:
            raise TryAgain(words) from None


def _make(work: Work, effect: kinds.Effect, clock: Clock) -> None:
    """Make the effect and say that it is done, both or neither."""
    with transaction.atomic():
        held = Work.objects.select_for_update().get(pk=work.pk)
        if held.is_finished:
            return
        result = effect()
        if result.product:
            product = result.product
            Product.objects.create(
                work=held, name=product.name, content_type=product.content_type,
                content=product.content,
            )  # fmt: skip
        held.state, held.finished_at, held.fault = State.DONE, clock(), ""
        held.result, held.result_path = dict(result.facts), result.path
        held.save()
        faults.at(f"{work.kind}.before-commit")


def _stop(work: Work, words: str, clock: Clock, *, is_final: bool) -> None:
    with transaction.atomic():
        held = Work.objects.select_for_update().get(pk=work.pk)
        if held.is_finished:
            return
        if is_final:
            _park(held, words, clock)
            return
        held.state, held.fault = State.WAITING, words
        held.save(update_fields=["state", "fault"])


def _park(work: Work, words: str, clock: Clock) -> None:
    work.state, work.fault, work.finished_at = State.FAILED, words, clock()
    work.save(update_fields=["state", "fault", "finished_at"])
    log.error("parked", extra={"job": work.kind, "job_id": work.pk})


def _teller(work: Work, clock: Clock) -> Progress:
    """Write progress down, at each new stage and else twice a second at most."""
    told_stage, told_at = "", clock()

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal told_stage, told_at
        now, is_new = clock(), stage != told_stage
        if is_new or done >= total or now - told_at >= TELL_EVERY:
            told_stage, told_at = stage, now
            Work.objects.filter(pk=work.pk).update(
                stage=stage[:80], n_done=max(done, 0), n_total=max(total, 0), seen_at=now
            )
        if is_new:
            faults.at(f"{work.kind}.{stage}")

    return tell


@contextlib.contextmanager
def _alone(work_id: int) -> Iterator[bool]:
    """Hold the work's lock while inside; tell whether it was to be had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [WORK_LOCK, work_id])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [WORK_LOCK, work_id])
