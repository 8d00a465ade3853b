"""Erases answers and texts whose time is over; scores and the audit log stay."""

import datetime

from django.db import transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.surveys.models import State, Survey, SurveyAnswer, SurveyText
from schoolhubs.service.surveys.rules import rule


def erase_expired(*, on: datetime.date, by: str, at: datetime.datetime, place: str) -> int:
    """Erase the answers of every survey that was closed long enough ago, and texts before them.

    Returns
    -------
    int
        How many surveys had their answers erased.
    """
    texts_until = on - datetime.timedelta(weeks=rule("texts_kept_weeks"))
    for survey in Survey.objects.filter(state=State.CLOSED, closed_on__lte=texts_until):
        SurveyText.objects.filter(survey=survey).delete()
        if survey.texts_wait_since is not None:
            Survey.objects.filter(pk=survey.pk).update(texts_wait_since=None)
    until = on - datetime.timedelta(weeks=rule("answers_kept_weeks"))
    due = Survey.objects.filter(state=State.CLOSED, closed_on__lte=until)
    return sum(_erase(each, by=by, at=at, place=place) for each in due)


def erase(
    survey: Survey, *, reason: str, by: str, organisation: str, at: datetime.datetime, place: str
) -> bool:
    """Erase the answers of one closed survey now, as its school asks; scores stay.

    Returns
    -------
    bool
        False if they were erased before.
    """
    return _erase(survey, by=by, at=at, place=place, organisation=organisation, reason=reason)


def _erase(
    survey: Survey, *, by: str, at: datetime.datetime, place: str, organisation: str = "",
    reason: str = "",
) -> bool:  # fmt: skip
    with transaction.atomic():
        held = Survey.objects.select_for_update().get(pk=survey.pk)
        if held.state != State.CLOSED:
            return False
        held.state = State.ERASED
        held.version += 1
        held.texts_wait_since = None
        held.save(update_fields=["state", "version", "texts_wait_since"])
        SurveyAnswer.objects.filter(survey=held).delete()
        SurveyText.objects.filter(survey=held).delete()
        audit.record(
            by=by, at=at, action="survey.erase", subject=f"survey:{held.pk}", place=place,
            organisation=organisation, reason=reason,
            details={"urn": held.urn, "wave": held.wave},
        )  # fmt: skip
    return True
