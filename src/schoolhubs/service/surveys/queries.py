"""Surveys of a school, what may be read of them, and what they were scored to."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterator

import polars as pl
from django.db.models import BooleanField, Exists, Func, OuterRef

from schoolhubs import diagnosis, disclosure
from schoolhubs.service.audit.queries import entries_about
from schoolhubs.service.surveys.models import (
    Invitation,
    KeptScores,
    Respondents,
    SealedAnswer,
    State,
    Survey,
    SurveyAnswer,
    SurveyText,
)
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from schoolhubs.vocabulary.records.plan import AuditStep

OVER = (State.CLOSED, State.ERASED)
HIDDEN = "c"
STEPS = {Respondents.PUPILS: "pupil_survey", Respondents.STAFF: "staff_survey"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CodesMade:
    """How often codes of a survey were made, and how many since the last that replaced others.

    Used links are counted too: fewer would tell how many answered.
    """

    n_sets: int
    n_codes: int


class HadEnough(Func):
    """Whether kept scores are of enough people to show a figure, as the gate of plans asks too."""

    function = "survey_had_enough"
    output_field = BooleanField()


def surveys_of(urn: str) -> list[Survey]:
    """Give every survey of a school that was not withdrawn, the newest wave first."""
    return list(Survey.objects.filter(urn=urn).exclude(state=State.WITHDRAWN))


def survey_of_school(urn: str, key: uuid.UUID) -> Survey | None:
    """Give one survey of a school; None if it has none of that key."""
    return Survey.objects.filter(urn=urn, pk=key).first()


def closed_surveys(urn: str) -> list[Survey]:
    """Give the surveys of a school that are over, the newest wave first."""
    return list(Survey.objects.filter(urn=urn, state__in=OVER))


def codes_made(survey: Survey) -> CodesMade:
    """Give how often codes of a survey were made, and how many were not replaced since."""
    told = [
        each.details
        for each in entries_about(f"survey:{survey.pk}")
        if each.action == "survey.invite"
    ]
    n_codes = 0
    for each in told:
        n_codes = int(each["n_codes"]) + (0 if each.get("replaces") else n_codes)
    return CodesMade(n_sets=len(told), n_codes=n_codes)


def due_to_open(on: datetime.date) -> list[Survey]:
    """Give the surveys whose first day has come, and that can be answered: codes were made."""
    due = Survey.objects.filter(state=State.MADE, opens_on__lte=on, closes_on__gte=on)
    return list(due.filter(Exists(Invitation.objects.filter(survey=OuterRef("pk")))))


def due_to_close(on: datetime.date) -> list[Survey]:
    """Give the open surveys whose last day is over."""
    return list(Survey.objects.filter(state=State.OPEN, closes_on__lt=on))


def scores_of(survey: Survey) -> KeptScores | None:
    """Give what a closed survey was scored to; None until it was."""
    return KeptScores.objects.filter(survey=survey).first()


def audit_steps(urn: str, since: datetime.date) -> tuple[AuditStep, ...]:
    """Give the surveys that were closed since a day and told something, as steps of an audit.

    One that too few answered for a figure to be shown is no step, whoever closed it; two of them
    that were pooled are one, on the day the second closed.
    """
    done = Survey.objects.filter(urn=urn, state__in=OVER, closed_on__gte=since)
    done = done.filter(HadEnough("keptscores__record", "least_answers")).order_by(
        "closed_on", "key"
    )
    return tuple(
        AuditStep(step=STEPS[Respondents(each.respondents)], finished_on=each.closed_on,
                  reference=f"survey:{each.pk}")
        for each in done if each.closed_on
    )  # fmt: skip


def instrument_of(survey: Survey, *, language: str = "en") -> Instrument:
    """Give what a survey asks, in the version it was made with."""
    return diagnosis.instrument(survey.instrument_id, survey.instrument_version, language=language)


def least_answers(respondents: str) -> int:
    """Give the number of answers under which nothing is shown."""
    rules = diagnosis.scoring.constants()["disclosure_rules"]["value"]
    return int(disclosure.rules(rules[respondents]).threshold) + 1


def groups_asked(respondents: str) -> tuple[str, ...]:
    """Name the group columns that answers are weighted by, and people are asked for."""
    return tuple(diagnosis.scoring.constants()["weighted_to"]["value"][respondents])


def labels_of(group: str) -> tuple[str, ...]:
    """Give the labels that a group column may hold."""
    return tuple(diagnosis.scoring.constants()["groups"]["value"][group])


def n_answers(survey: Survey) -> int:
    """Count those who answered a question; never to be shown as it stands while a survey is open.

    An open survey's boxes are counted: blank forms are not taken, but who only wrote counts too.
    """
    if survey.state == State.OPEN:
        return SealedAnswer.objects.filter(survey=survey).count()
    return SurveyAnswer.objects.filter(survey=survey).exclude(points={}).count()


def is_poolable(survey: Survey) -> bool:
    """Tell whether of a closed survey nothing could be shown, and it is pooled with no other.

    Once scored, its scores say so: where groups are small, more may be hidden than the number says.
    """
    n, others = n_answers(survey), Survey.objects.filter(pooled_with=survey)
    if survey.state != State.CLOSED or not n or others.exists():
        return False
    kept = scores_of(survey)
    if kept is None:
        return n < survey.least_answers
    return all(each["value_mark"] == HIDDEN for each in kept.record["scores"])


def waves_of(survey: Survey) -> tuple[Survey, ...]:
    """Give the surveys that are scored as one: the earlier one that it is pooled with, and it."""
    return (survey.pooled_with, survey) if survey.pooled_with else (survey,)


def answers_frame(survey: Survey) -> pl.DataFrame:
    """Give the answers of a closed survey, as ``diagnosis.read_answers`` gives those of a file.

    ``frames.ANSWERS`` and a column for each item, in an order that says nothing; with those of an
    earlier wave where the two are pooled, under a wave of both names. For scoring alone: answers
    of people are never shown or sent.
    """
    items = [each.name for each in instrument_of(survey).items]
    waves = waves_of(survey)
    wave = "+".join(each.wave for each in waves)
    held = SurveyAnswer.objects.filter(survey__in=waves).order_by("key")
    rows = [dict(_row(each, survey, wave, items)) for each in held]
    kinds = dict.fromkeys(("urn", "wave", "language", *survey.groups), pl.String)
    found = pl.DataFrame(rows, schema={**kinds, **dict.fromkeys(items, pl.Int64)})
    found = found.filter(~pl.all_horizontal(pl.col(items).is_null()))
    return frames.ANSWERS.fill(found).with_columns(found[name] for name in items)


def _row(
    answer: SurveyAnswer, survey: Survey, wave: str, items: list[str]
) -> Iterator[tuple[str, str | int | None]]:
    yield from (("urn", survey.urn), ("wave", wave), ("language", answer.language))
    yield from ((name, answer.groups.get(name)) for name in survey.groups)
    yield from ((name, answer.points.get(name)) for name in items)


def population_frame(survey: Survey) -> pl.DataFrame:
    """Give who was asked, as frames.SURVEY_POPULATION; empty where the school did not say."""
    kinds = {**dict.fromkeys(survey.groups, pl.String), "n_asked": pl.Int64}
    rows = [{name: each.get(name) for name in kinds} for each in survey.asked]
    found = pl.DataFrame(rows, schema=kinds).with_columns(urn=pl.lit(survey.urn))
    return frames.SURVEY_POPULATION.fill(found)


def texts_of(survey: Survey) -> tuple[str, ...]:
    """Give what people wrote, where it may be read by those who see results; else nothing.

    Staff: once the survey is closed, enough answered, and as many of them wrote: behind answers
    without words nobody who wrote is hidden. Pupils: never; what they write is for the
    safeguarding lead alone, see :func:`texts_for_safeguarding`.
    """
    is_of_staff = survey.respondents == Respondents.STAFF
    if not is_of_staff or survey.state not in OVER or n_answers(survey) < survey.least_answers:
        return ()
    written = _texts(survey)
    return written if len(written) >= survey.least_answers else ()


def texts_for_safeguarding(survey: Survey, reader: str) -> tuple[str, ...]:
    """Give what pupils wrote and was made readable, to the named safeguarding lead alone.

    Parameters
    ----------
    reader
        Subject of the person who asks.
    """
    is_lead = bool(reader) and reader == survey.safeguarding_lead
    if survey.respondents != Respondents.PUPILS or not is_lead:
        return ()
    return _texts(survey)


def _texts(survey: Survey) -> tuple[str, ...]:
    held = SurveyText.objects.filter(survey=survey).order_by("key")
    return tuple(held.values_list("words", flat=True))
