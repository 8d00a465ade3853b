"""Makes what pupils wrote readable for the safeguarding lead, once a day, and notes the reading."""

import datetime

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.surveys.doing.closing import keep_texts, texts_in
from schoolhubs.service.surveys.doing.stuck import one_by_one
from schoolhubs.service.surveys.models import Respondents, SealedText, State, Survey
from schoolhubs.service.surveys.rules import rule
from schoolhubs.service.surveys.sealing import keys


def make_texts_ready(*, at: datetime.datetime) -> int:
    """Make readable what pupils wrote since the day before, for each survey at most once a day.

    All of a day together and shuffled: the safeguarding lead reads it within one school day, and
    nobody learns which moment of the day it came in.

    Returns
    -------
    int
        For how many surveys it was done.
    """
    local = timezone.localtime(at)
    if local.hour < rule("texts_ready_hour"):
        return 0
    due = Survey.objects.filter(
        respondents=Respondents.PUPILS, state=State.OPEN, asks_text=True
    ).exclude(texts_ready_on=timezone.localdate(at))
    return one_by_one(
        due, lambda each: _make_ready(each, on=timezone.localdate(at)),
        at=at, place="surveys.read",
    )  # fmt: skip


def _make_ready(survey: Survey, *, on: datetime.date) -> bool:
    with transaction.atomic():
        held = Survey.objects.select_for_update().get(pk=survey.pk)
        if held.state != State.OPEN or held.texts_ready_on == on:
            return False
        keep_texts(held, texts_in(held, keys.opener(held.pk)))
        SealedText.objects.filter(survey=held).delete()
        held.texts_ready_on = on
        # A later day does not make words of an earlier one any newer.
        held.texts_wait_since = held.texts_wait_since or on
        held.save(update_fields=["texts_ready_on", "texts_wait_since"])
    return True


def note_reading(survey: Survey, *, on: datetime.date) -> None:
    """Note the day on which the safeguarding lead last read what pupils wrote."""
    with transaction.atomic():
        held = Survey.objects.select_for_update().get(pk=survey.pk)
        if held.texts_read_on != on or held.texts_wait_since is not None:
            held.texts_read_on, held.texts_wait_since = on, None
            held.save(update_fields=["texts_read_on", "texts_wait_since"])
