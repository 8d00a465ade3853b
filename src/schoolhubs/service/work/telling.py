"""Letters on what falls due: a review of a plan, words of pupils that wait. Each once."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.urls import reverse

from schoolhubs.service.eligibility.doing.telling import school_name
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.plans.reviewing.queries import next_due
from schoolhubs.service.surveys.models import Survey
from schoolhubs.service.surveys.results import labels
from schoolhubs.service.surveys.results.asked import next_school_day, overdue
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.soon.planned import in_force
from schoolhubs.service.work.soon.rules import ahead

BY = "schoolhubs"


def tell_due(*, on: datetime.date, at: datetime.datetime, place: str) -> int:
    """Write to schools of what falls due on a day; of each occasion once, however often it runs.

    Returns
    -------
    int
        How many letters were written.
    """
    with transaction.atomic():
        drafts = [*_reviews(on), *_words(on)]
        return letters.write(drafts, by=BY, at=at, place=place)


def _reviews(on: datetime.date) -> Iterator[Draft]:
    for version in in_force().select_related("plan").order_by("plan_id"):
        due = next_due(version.record, on=on)
        if due.on is None or due.on - ahead("review_days") > on:
            continue
        urn = version.plan.urn
        yield Draft(
            kind="review_due", about=f"plan:{version.plan_id}/review/{due.on}",
            organisation_key=f"school:{urn}",
            facts={
                "school": school_name(urn), "plan": version.record.title, "due": day(due.on),
            },
            path=reverse("plan-reviews", kwargs={"urn": urn}),
        )  # fmt: skip


def _words(on: datetime.date) -> Iterator[Draft]:
    """Draft for every survey whose words are readable and not read, whether or not anybody wrote.

    A letter that were written only where somebody wrote would keep a day on which they did.
    """
    for survey in Survey.objects.filter(texts_wait_since__isnull=False):
        assert survey.texts_wait_since is not None
        told = {"urn": survey.urn, "survey_key": survey.pk}
        kinds = {"pupil_words": reverse("survey-words", kwargs=told)}
        if overdue(survey, on=on):
            kinds["pupil_words_overdue"] = reverse("survey", kwargs=told)
        facts = {
            "school": school_name(survey.urn), "month": labels.month(survey.wave),
            "due": day(next_school_day(survey.texts_wait_since)),
        }  # fmt: skip
        for kind, path in kinds.items():
            yield Draft(
                kind=kind, about=f"survey:{survey.pk}/words/{survey.texts_wait_since}",
                organisation_key=f"school:{survey.urn}", facts=facts, path=path,
            )  # fmt: skip
