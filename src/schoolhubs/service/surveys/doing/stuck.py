"""What is done to many surveys is done to each by itself: one that is broken stops no other.

The answers of a survey whose key is gone, as after a restore without the data folder, can be opened
by nobody. That is told to the log, to the metrics, to those who set the survey up, and to the
safeguarding lead whom pupils may be writing to.
"""

import datetime
import logging
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from schoolhubs.service.eligibility.doing.telling import school_name
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.models import State, Survey
from schoolhubs.service.surveys.sealing import keys

log = logging.getLogger("schoolhubs.surveys")
BY = "schoolhubs"


def one_by_one(
    surveys: Iterable[Survey], do: Callable[[Survey], object], *, at: datetime.datetime, place: str
) -> int:
    """Do the same to each of some surveys; tell of those it cannot be done to, and go on.

    Returns
    -------
    int
        For how many it was done: ``do`` gave something true.
    """
    done = 0
    for survey in surveys:
        try:
            done += bool(do(survey))
        except Exception as error:  # whatever one survey holds, the next is not to wait for it
            told = (type(error), error, error.__traceback__)
            log.error("a survey is stuck: %s", survey.pk, exc_info=told)
            tell(survey, at=at, place=place)
    return done


def unreadable() -> list[Survey]:
    """Give the surveys that are not over and whose answers nobody could open."""
    under_way = Survey.objects.filter(state__in=(State.MADE, State.OPEN))
    return [each for each in under_way if not keys.is_readable(each.pk)]


def tell(survey: Survey, *, at: datetime.datetime, place: str) -> None:
    """Write to the school that a survey is stuck, once a week for as long as it is."""
    with transaction.atomic():
        letters.write(_drafts(survey, timezone.localdate(at)), by=BY, at=at, place=place)


def _drafts(survey: Survey, on: datetime.date) -> Iterator[Draft]:
    year, week, _ = on.isocalendar()
    facts = {
        "school": school_name(survey.urn),
        "survey": queries.instrument_of(survey).title,
        "month": datetime.date.fromisoformat(f"{survey.wave}-01").strftime("%B %Y"),
    }
    told = {"urn": survey.urn, "survey_key": survey.pk}
    paths = {"survey_stuck": reverse("survey", kwargs=told)}
    if survey.asks_text and survey.safeguarding_lead:
        paths["survey_words_stuck"] = reverse("survey-words", kwargs=told)
    for kind, path in paths.items():
        yield Draft(
            kind=kind, about=f"survey:{survey.pk}/stuck/{year}-W{week:02}",
            organisation_key=f"school:{survey.urn}", facts=facts, path=path,
        )  # fmt: skip
