"""Sends what is due, each letter once, in the order written for each organisation.

A letter is claimed in a transaction of its own before it leaves, so that a power cut at any moment
leaves it marked as one that may be out; whoever comes next asks Notify by our reference before it
sends such a letter again. Only the first unfinished letter of an organisation is ever under way.
"""

import concurrent.futures
import contextlib
import dataclasses
import datetime
import logging
import time
from collections.abc import Callable, Iterator, Sequence

from django.db import connection, transaction

from schoolhubs.service.environment import NotifySettings
from schoolhubs.service.jobs import faults
from schoolhubs.service.letters import kinds
from schoolhubs.service.letters.models import Letter, State
from schoolhubs.service.letters.post.notify import (
    Notify,
    NotNow,
    NotThere,
    Outcome,
    Refused,
    Taken,
    Unknown,
)

log = logging.getLogger("schoolhubs.letters")
Clock = Callable[[], datetime.datetime]
SENDER_LOCK = 7_203_413  # any number, the same in every process: one sender at a time
FIRSTS = """
SELECT id FROM (
    SELECT DISTINCT ON (organisation) id, not_before FROM letters_letter
    WHERE state IN ('waiting', 'sending') ORDER BY organisation, id
) AS firsts
WHERE not_before <= %s ORDER BY id LIMIT %s
"""
NEXT = """
SELECT min(not_before) FROM (
    SELECT DISTINCT ON (organisation) not_before FROM letters_letter
    WHERE state IN ('waiting', 'sending') ORDER BY organisation, id
) AS firsts
"""
ADVICE = {
    400: "Check the address and the template of this kind of letter, then try again.",
    403: "Check the key of GOV.UK Notify in the settings, then try again.",
    0: "Set its template in SCHOOLHUBS_NOTIFY_TEMPLATES, then try again.",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What sending takes: Notify, the rules it is used by, and the clock.

    ``asks_first`` is only ever off in the test that shows what the asking is for.
    """

    notify: Notify
    rules: kinds.Sending
    clock: Clock
    asks_first: bool = True

    @property
    def told(self) -> NotifySettings:
        """The settings of Notify."""
        return self.notify.told

    def seconds(self, n_waits: float) -> datetime.timedelta:
        """Give a time told in multiples of the wait for an answer."""
        return datetime.timedelta(seconds=n_waits * self.told.seconds)


def send_due(sender: Sender) -> datetime.datetime | None:
    """Send what is due, until nothing is or the slice is over.

    Returns
    -------
    datetime or None
        When to come again; None where no letter is left to send.
    """
    with _alone() as is_alone:
        if not is_alone:
            return sender.clock() + sender.seconds(sender.rules.first_wait)
        over = sender.clock() + sender.seconds(sender.rules.slice)
        while sender.clock() < over:
            claimed = _claim(sender)
            if not claimed:
                break
            if not _send(sender, claimed):
                # Notify took none of these: more of them would fare no better just now.
                return sender.clock() + sender.seconds(1)
        with connection.cursor() as cursor:
            cursor.execute(NEXT)
            found: datetime.datetime | None = cursor.fetchone()[0]
        return found


def _claim(sender: Sender) -> list[tuple[Letter, bool]]:
    """Mark the next letters as ones that may be out; tell of each whether it was one before."""
    at = sender.clock()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(FIRSTS, [at, sender.rules.n_at_once])
            numbers = [number for (number,) in cursor.fetchall()]
        letters = list(Letter.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))
        claimed = [(each, each.may_be_out) for each in letters]
        for each in letters:
            each.state, each.may_be_out, each.n_tries = State.SENDING, True, each.n_tries + 1
            each.not_before = at + sender.seconds(sender.rules.settle)
        Letter.objects.bulk_update(letters, ["state", "may_be_out", "n_tries", "not_before"])
    if claimed:
        faults.at("letters.claimed")
    return claimed


def _send(sender: Sender, claimed: Sequence[tuple[Letter, bool]]) -> int:
    """Hand letters to Notify, all at once but paced; give how many it took."""
    n_taken = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(claimed)) as threads:
        under_way = {}
        for letter, may_be_out in claimed:
            under_way[threads.submit(_hand_in, sender, letter, may_be_out)] = letter
            time.sleep(sender.rules.seconds_apart)
        for done in concurrent.futures.as_completed(under_way):
            faults.at("letters.answered")
            letter, (outcome, is_out) = under_way[done], done.result()
            _keep(sender, letter, outcome, may_be_out=is_out)
            n_taken += isinstance(outcome, Taken)
    return n_taken


def _hand_in(sender: Sender, letter: Letter, may_be_out: bool) -> tuple[Outcome, bool]:
    """Send one letter, having asked first where it may be out; the database is not touched here.

    Returns
    -------
    tuple
        What Notify said, and whether it may have the letter all the same.
    """
    if may_be_out and sender.asks_first:
        said = sender.notify.ask(str(letter.reference))
        if not isinstance(said, NotThere):
            return said, True
    outcome = sender.notify.send(
        kind=letter.kind, to=letter.to, facts=facts_of(letter, sender.told),
        reference=str(letter.reference),
    )  # fmt: skip
    return outcome, isinstance(outcome, Taken | Unknown)


def facts_of(letter: Letter, told: NotifySettings) -> dict[str, str]:
    """Give every fact a letter tells: its own, its link, and whom to write to."""
    return {**letter.facts, "link": told.address + letter.path, "contact": told.contact}


def _keep(sender: Sender, letter: Letter, outcome: Outcome, *, may_be_out: bool) -> None:
    at = sender.clock()
    # Only as long as the claim is ours still.
    held = Letter.objects.filter(pk=letter.pk, state=State.SENDING, n_tries=letter.n_tries)
    match outcome:
        case Taken(notify_id=notify_id):
            held.update(state=State.SENT, sent_at=at, notify_id=notify_id, fault="")
            faults.at("letters.kept")
            return
        case Refused(status=status, errors=errors):
            fault = _in_words(status, errors)
            held.update(state=State.FAILED, may_be_out=False, fault=fault)
            log.error("a letter was refused", extra={"status": status, "job_id": letter.pk})
            return
        case NotNow(seconds=seconds):
            fault = "GOV.UK Notify took no more letters for the moment."
            wait = max(sender.seconds(sender.rules.wait(letter.n_tries)), _timed(seconds))
        case Unknown(what=what):
            fault = f"GOV.UK Notify gave no answer ({what}). It is asked before another try."
            shortest = sender.seconds(sender.rules.settle)
            wait = max(sender.seconds(sender.rules.wait(letter.n_tries)), shortest)
    if letter.n_tries >= sender.rules.most_tries:
        words = f"{fault} It was tried {letter.n_tries} times. Try again once Notify works."
        held.update(state=State.FAILED, may_be_out=may_be_out, fault=words)
        return
    held.update(state=State.WAITING, may_be_out=may_be_out, fault=fault, not_before=at + wait)


def _timed(seconds: float | None) -> datetime.timedelta:
    return datetime.timedelta(seconds=seconds or 0)


def _in_words(status: int, errors: Sequence[str]) -> str:
    said = f" ({', '.join(errors)})" if errors else ""
    advice = ADVICE.get(status, ADVICE[400])
    return (
        f"GOV.UK Notify refused it with status {status}{said}. {advice}"
        if status
        else (f"It was not sent{said}. {advice}")
    )


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    """Hold the senders' lock while inside; tell whether it was to be had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SENDER_LOCK])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SENDER_LOCK])
