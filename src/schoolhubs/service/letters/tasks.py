"""Sending as a job: asked for with each letter, and once a minute for what was left."""

import contextlib
import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from schoolhubs.service import clock
from schoolhubs.service.letters import actions, kinds
from schoolhubs.service.letters.post import sending
from schoolhubs.service.letters.post.notify import Notify
from schoolhubs.vocabulary.errors import UsageError

log = logging.getLogger("schoolhubs.letters")
# What is due later than this is taken up by the look around, once a minute.
SOON = datetime.timedelta(seconds=60)


@app.task(name="letters.send")
def send() -> None:
    """Send what is due, and come again for what was left."""
    try:
        told = settings.ENVIRONMENT.notify(kinds.kinds())
    except UsageError:
        log.error("letters wait: the settings of GOV.UK Notify are incomplete")
        return
    with clock.one_look():
        sender = sending.Sender(notify=Notify(told), rules=kinds.sending(), clock=clock.now)
        again = sending.send_due(sender)
        wait = again - clock.now() if again is not None else None
    if wait is not None and wait < SOON:
        # The queue goes by the machine's own clock.
        at = timezone.now() + max(wait, datetime.timedelta())
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            send.configure(queueing_lock="letters.send again", schedule_at=at).defer()


@app.periodic(cron="* * * * *")
@app.task(name="letters.look_around", queueing_lock="letters.look_around", pass_context=False)
def look_around(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Send what no job was left for: after a power cut, or when a long wait is over."""
    send()


# Each hour, though days count: a run is dropped where no worker was there for ten minutes.
@app.periodic(cron="23 * * * *")
@app.task(name="letters.forget", queueing_lock="letters.forget", pass_context=False)
def forget(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Erase the addresses of letters that are old enough."""
    at = clock.now()
    before = at - datetime.timedelta(days=kinds.address_days())
    actions.forget(before=before, by="schoolhubs", at=at, place="letters.forget")
