"""Scores a closed survey as ``schoolhubs survey score`` does, and keeps that once.

The answers are read here and nowhere else; what is kept has small groups hidden. The release of
each wave is held against those that went out before, so that no later wave tells what an earlier
one hid.
"""

import datetime
from typing import Any

from django.db import connection, transaction

from schoolhubs import diagnosis
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.models import KeptScores, State, Survey
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.diagnosis.surveys import TABLES, SurveyScores
from schoolhubs.vocabulary.records.disclosure import Release

NOBODY = "{urn}, {wave}: nobody answered, so there is nothing to show."
NOT_CLOSED = "The survey is not closed, so it cannot be scored yet."
WENT_OUT = (
    "Scores of another wave of this school went out while these were worked out. Nothing was kept; "
    "try it again."
)
LOCK = 7_203_415  # any number; the school is the second half of the lock


def kept_before(survey: Survey) -> list[KeptScores]:
    """Give what was kept of the same questionnaire of the school."""
    held = KeptScores.objects.filter(
        survey__urn=survey.urn, survey__instrument_id=survey.instrument_id
    )
    return list(held.exclude(survey=survey).select_related("survey").order_by("survey__wave"))


def wave_before(survey: Survey) -> KeptScores | None:
    """Give the scores of the wave before, of the same questionnaire; None if there is none."""
    earlier = [each for each in kept_before(survey) if each.survey.wave < survey.wave]
    return max(earlier, key=lambda each: each.survey.wave, default=None)


def read(kept: KeptScores) -> SurveyScores:
    """Give kept scores as the record that scoring handed over."""
    return SurveyScores.from_dict({**kept.record, "releases": kept.releases})


def scored(survey: Survey) -> SurveyScores:
    """Score a closed survey, held against all that went out of the school before it.

    Raises
    ------
    Conflict
        If it is not closed, or earlier releases give a small group away.
    """
    if survey.state != State.CLOSED or not survey.is_unsealed:
        raise Conflict(NOT_CLOSED)
    answers, asked = queries.answers_frame(survey), queries.instrument_of(survey)
    before = kept_before(survey)
    released = _released(before)
    if answers.is_empty():
        return _of_nobody(survey, released)
    population = queries.population_frame(survey)
    earlier = wave_before(survey)
    return diagnosis.score(
        answers, asked, population=None if population.is_empty() else population,
        earlier=read(earlier).scores if earlier else None, released=released,
    )  # fmt: skip


def _released(before: list[KeptScores]) -> tuple[Release, ...]:
    """Give every release of the chain: the last that was kept holds all those before it."""
    held: list[dict[str, Any]] = max((each.releases for each in before), key=len, default=[])
    return tuple(Release.from_dict(each) for each in held)


def _of_nobody(survey: Survey, released: tuple[Release, ...]) -> SurveyScores:
    return SurveyScores(
        instrument_id=survey.instrument_id, version=survey.instrument_version,
        fingerprint=survey.fingerprint, respondents=survey.respondents,
        warnings=(NOBODY.format(urn=survey.urn, wave=survey.wave),), releases=released,
        **{name: frame.empty() for name, frame in TABLES.items()},
    )  # fmt: skip


def keep(survey: Survey, found: SurveyScores, *, at: datetime.datetime) -> KeptScores:
    """Keep the scores of a survey, once; what was kept of it before stays.

    Raises
    ------
    Conflict
        If scores of another wave went out while these were worked out.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # one survey of a school at a time
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(survey.urn)])
        held = queries.scores_of(survey)
        if held is not None:
            return held
        known = {each.name for each in _released(kept_before(survey))}
        if not known <= {each.name for each in found.releases}:
            raise Conflict(WENT_OUT)
        told = found.as_dict()
        return KeptScores.objects.create(
            survey=survey, releases=told.pop("releases"), record=told, made_at=at
        )
