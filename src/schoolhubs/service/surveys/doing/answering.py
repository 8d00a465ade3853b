"""Takes an answer: sealed, in one transaction, with no word of who or when.

Nothing here is told to the audit log or to history. What one person sent counts once, however
often the form is sent.
"""

import dataclasses
import datetime
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from schoolhubs.service.surveys.models import (
    Invitation,
    Route,
    SealedAnswer,
    SealedText,
    State,
    Survey,
)
from schoolhubs.service.surveys.rules import rule
from schoolhubs.service.surveys.sealing import boxes, codes
from schoolhubs.vocabulary.errors import Conflict

NO_CODE = "no survey is open for this code"


class NotLetIn(Conflict):
    """The code is not known, was used, or its survey is not open."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one person sent.

    Parameters
    ----------
    points
        Chosen point by item, 1 the first; items left out are not in it.
    groups
        Label by group column; what was skipped is not in it.
    words
        What they wrote; blank if nothing.
    language
        In which they read the questions.
    """

    points: Mapping[str, int]
    groups: Mapping[str, str]
    words: str = ""
    language: str = "en"

    @property
    def is_blank(self) -> bool:
        """Tell whether every question was left out and nothing was written."""
        return not self.points and not self.words.strip()


def survey_of(code: str, *, on: datetime.date) -> Survey | None:
    """Give the survey that a code lets somebody into on a day; None if none."""
    found = Invitation.objects.select_related("survey").filter(code_hash=codes.code_hash(code))
    for invitation in found:
        if is_open(invitation.survey, on=on):
            return invitation.survey
    return None


def is_open(survey: Survey, *, on: datetime.date) -> bool:
    """Tell whether a survey takes answers on a day."""
    return survey.state == State.OPEN and survey.opens_on <= on <= survey.closes_on


def answer(code: str, answered: Answered, *, form: str, on: datetime.date) -> bool:
    """Take an answer. One that leaves every question out is no answer: nothing of it is kept.

    So a link that is good once stays good, and empty forms fill no number that others hide behind.

    Parameters
    ----------
    form
        What the form carries since it was opened, of :func:`codes.new_form`.

    Returns
    -------
    bool
        False if this form was taken before, or answers nothing; then nothing was changed.

    Raises
    ------
    NotLetIn
        If the code is not known, was used with another form, or its survey is not open.
    """
    hashed = codes.code_hash(code)
    held = Invitation.objects.select_related("survey").filter(code_hash=hashed).first()
    if held is None:
        return _taken_before(form)
    survey = held.survey
    if not is_open(survey, on=on):
        raise NotLetIn(NO_CODE)
    if answered.is_blank:
        return False
    key = codes.key_of_form(form)
    content = {
        "points": dict(answered.points),
        "groups": dict(answered.groups),
        "language": answered.language,
    }
    box = boxes.closed(content, survey.lock, size=rule("answer_box_bytes"))
    rows = [SealedAnswer(key=key, survey=survey, box=box)]
    texts = []
    if survey.asks_text:
        words = boxes.closed(answered.words, survey.lock, size=rule("text_box_bytes"))
        texts = [SealedText(key=key, survey=survey, box=words)]
    try:
        with transaction.atomic():
            if survey.route == Route.ONE_TIME_LINKS:
                used, _ = Invitation.objects.filter(pk=held.pk).delete()
                if not used:  # used this moment, in another window
                    return _taken_before(form)
            if SealedAnswer.objects.filter(pk=key).exists():
                return False
            SealedAnswer.objects.bulk_create(rows, ignore_conflicts=True)
            SealedText.objects.bulk_create(texts, ignore_conflicts=True)
    except IntegrityError:
        # The database refuses what comes after the end: somebody closed the survey this moment.
        if is_open(Survey.objects.get(pk=survey.pk), on=on):
            raise
        raise NotLetIn(NO_CODE) from None
    return True


def taken_before(form: str) -> str | None:
    """Give the questionnaire of the survey that took this very form; None if none did."""
    held = SealedAnswer.objects.select_related("survey").filter(pk=codes.key_of_form(form)).first()
    return held.survey.instrument_id if held else None


def _taken_before(form: str) -> bool:
    """Say that this very form was taken, if it was.

    Raises
    ------
    NotLetIn
        If it was not.
    """
    if taken_before(form) is None:
        raise NotLetIn(NO_CODE)
    return False
