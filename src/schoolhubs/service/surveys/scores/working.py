"""Scoring as a job: asked for when a survey is closed, and each hour for any that was missed."""

import datetime

from django.db import transaction
from django.urls import reverse
from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.jobs import actions as jobs
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import UNFINISHED, State, Work
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.models import State as SurveyState
from schoolhubs.service.surveys.models import Survey
from schoolhubs.service.surveys.scores import scoring
from schoolhubs.vocabulary.progress import Progress

SCORE = "survey_score"


def work_out_scores(work: Work, progress: Progress) -> Effect:
    """Score the survey that the order names; the answers stay where they are."""
    survey = Survey.objects.select_related("pooled_with").get(pk=work.order["survey"])
    progress("scoring the answers", 0, 1)
    found = scoring.scored(survey)

    def effect() -> Result:
        scoring.keep(survey, found, at=clock.now())
        told = {"urn": survey.urn, "survey_key": survey.pk}
        return Result(path=reverse("survey-results", kwargs=told))

    return effect


def ask_to_score(
    survey: Survey, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> Work | None:
    """Ask for the scores of a closed survey, unless they are kept or under way already."""
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=survey.pk)
        if queries.scores_of(survey) is not None:
            return None
        same = Work.objects.filter(kind=SCORE, order={"survey": str(survey.pk)})
        if same.filter(state__in=(*UNFINISHED, State.FAILED)).exists():
            return None
        order = {"survey": str(survey.pk)}
        return jobs.ask(SCORE, order, by=by, organisation=organisation, at=at, place=place)


@app.periodic(cron="25 * * * *")
@app.task(name="surveys.score_left", queueing_lock="surveys.score_left", pass_context=False)
def score_left(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Ask for the scores of every survey that was closed and is not scored."""
    closed = Survey.objects.filter(state=SurveyState.CLOSED, keptscores__isnull=True)
    for survey in closed:
        ask_to_score(
            survey, by="schoolhubs", organisation="", at=clock.now(), place="surveys.score_left"
        )


register(Kind(name=SCORE, title="Scoring a survey", work_out=work_out_scores))
