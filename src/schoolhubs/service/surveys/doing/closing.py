"""Closes a survey: its answers are opened once, and written anew in the order of random keys.

Whatever a database remembers of the order in which answers came, such as the place of a row, the
number of its transaction or what is left of deleted rows, belongs to closed boxes whose key is
destroyed. The opened answers are all written by one transaction, under keys drawn for them then.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.surveys.doing.changing import change
from schoolhubs.service.surveys.models import (
    Invitation,
    Respondents,
    SealedAnswer,
    SealedText,
    State,
    Survey,
    SurveyAnswer,
    SurveyText,
)
from schoolhubs.service.surveys.sealing import boxes, keys

Row = TypeVar("Row", SurveyAnswer, SurveyText)


def close(
    survey: Survey, *, version: int, by: str, organisation: str, at: datetime.datetime, place: str
) -> Survey:
    """Close a survey for good, and open and shuffle what was answered.

    Answers that are being sent are waited for; one that comes later is refused.

    Raises
    ------
    Conflict
        If it changed meanwhile, was closed before, or its key is gone.
    """
    opener = keys.opener(survey.pk)
    with transaction.atomic():
        told = {"state": State.CLOSED, "closed_on": timezone.localdate(at)}
        closed = change(survey, version=version, of={State.OPEN}, **told)
        unseal(closed, opener)
        closed.is_unsealed = True
        if closed.asks_text and closed.respondents == Respondents.PUPILS:
            # The last words became readable with the rest, and wait for the safeguarding lead.
            closed.texts_ready_on = timezone.localdate(at)
            closed.texts_wait_since = closed.texts_wait_since or closed.texts_ready_on
        closed.save(update_fields=["is_unsealed", "texts_ready_on", "texts_wait_since"])
        SealedAnswer.objects.filter(survey=closed).delete()
        SealedText.objects.filter(survey=closed).delete()
        Invitation.objects.filter(survey=closed).delete()
        audit.record(
            by=by, organisation=organisation, at=at, action="survey.close",
            subject=f"survey:{closed.pk}", place=place,
            details={"urn": closed.urn, "wave": closed.wave},
        )  # fmt: skip
        transaction.on_commit(lambda: keys.destroy(closed.pk))
    return closed


def unseal(survey: Survey, opener: bytes) -> None:
    """Write what the boxes hold under new random keys, in the order of the keys."""
    opened = [boxes.opened(box, opener) for box in _boxes(SealedAnswer, survey)]
    answers = [
        SurveyAnswer(
            survey=survey, language=each["language"], groups=each["groups"], points=each["points"]
        )
        for each in opened
    ]
    SurveyAnswer.objects.bulk_create(in_key_order(answers), batch_size=500)
    # What was made readable already is written anew among the rest, so that nothing parts them.
    words = [each.words for each in SurveyText.objects.filter(survey=survey)]
    SurveyText.objects.filter(survey=survey).delete()
    keep_texts(survey, [*words, *texts_in(survey, opener)])


def texts_in(survey: Survey, opener: bytes) -> list[str]:
    """Give what was written and is still in boxes, blanks left out."""
    return [words for box in _boxes(SealedText, survey) if (words := boxes.opened(box, opener))]


def keep_texts(survey: Survey, words: Iterable[str]) -> None:
    """Keep words, each under a random key of its own, in the order of the keys."""
    rows = [SurveyText(survey=survey, words=each) for each in words]
    SurveyText.objects.bulk_create(in_key_order(rows), batch_size=500)


def in_key_order(rows: list[Row]) -> list[Row]:
    """Draw a new key for each row, and put the rows in the order of their keys."""
    for row in rows:
        row.key = uuid.uuid4()
    return sorted(rows, key=lambda row: row.key)


def destroy_left_keys() -> None:
    """Remove the keys of surveys that are over: a power cut may have come before it was done."""
    for key in keys.kept():
        over = {State.CLOSED, State.WITHDRAWN, State.ERASED}
        if Survey.objects.filter(pk=key, state__in=over).exists():
            keys.destroy(key)


def _boxes(kind: type[SealedAnswer] | type[SealedText], survey: Survey) -> Iterable[bytes]:
    held = kind._default_manager.filter(survey=survey)
    return [bytes(each) for each in held.values_list("box", flat=True)]
