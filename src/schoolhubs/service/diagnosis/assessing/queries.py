"""Self-assessments of schools as records, their instruments, and who may do what with them."""

import dataclasses
from collections.abc import Iterable, Mapping

import pydantic
from django.db.models import Count, QuerySet
from django.http import Http404

from schoolhubs import diagnosis
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis.assessing.models import (
    AssessmentAnswer,
    AssessmentState,
    KeptInstrument,
    SelfAssessment,
    TeamMember,
)
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.vocabulary.records.diagnosis.answers import Answer, AnswerSet
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

# Who answers, always alone; who finishes; who only reads what is finished.
TEAM = (
    Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_SCHOOL_LEADER,
)  # fmt: skip
FINISHERS = (Role.PARTNER_SCHOOL_HEAD,)
LOOK_ON = (Role.PARTNER_SCHOOL_GOVERNOR, Role.PARTNER_TRUST)
_RECORD = pydantic.TypeAdapter(Instrument)


def content_of(instrument: Instrument) -> Mapping[str, object]:
    """Give an instrument as JSON, to be kept."""
    plain = dataclasses.replace(instrument, changes=dict(instrument.changes))
    content: Mapping[str, object] = _RECORD.dump_python(plain, mode="json")
    return content


def as_kept(kept: KeptInstrument) -> Instrument:
    """Give an instrument as it was when somebody began to answer it."""
    return _RECORD.validate_python(kept.content)


def school_now(urn: str) -> School:
    """Give a school of the current register.

    Raises
    ------
    Http404
        If it has none of that number.
    """
    snapshot = current_snapshot()
    one = schools_of(snapshot).filter(urn=urn).first() if snapshot else None
    if one is None:
        raise Http404
    return one


def editions_for(phase: str) -> tuple[Instrument, ...]:
    """Give the self-assessments written for a school of some phase, newest version of each."""
    every = (diagnosis.instrument(name) for name in diagnosis.instruments())
    return tuple(each for each in every if each.kind == "self_assessment" and phase in each.phases)


def assessments_of(urns: Iterable[str]) -> QuerySet[SelfAssessment]:
    """Give the self-assessments of some schools, newest first."""
    return SelfAssessment.objects.filter(urn__in=list(urns)).select_related("asked").order_by("-pk")


def open_one(urn: str, instrument_id: str) -> SelfAssessment | None:
    """Give the one of its kind that a school answers now."""
    return assessments_of([urn]).filter(
        instrument_id=instrument_id, state=AssessmentState.OPEN
    ).first()  # fmt: skip


def assessment(urn: str, assessment_id: int) -> SelfAssessment:
    """Give a self-assessment of a school.

    Raises
    ------
    Http404
        If the school has none of that number.
    """
    found = assessments_of([urn]).filter(pk=assessment_id).first()
    if found is None:
        raise Http404
    return found


def answer_set_of(one: SelfAssessment) -> AnswerSet:
    """Give a self-assessment with every answer as the record that ``diagnosis.answers`` takes."""
    rows = AssessmentAnswer.objects.filter(assessment=one).select_related("member")
    given = [
        Answer(person=row.member.person, item=row.item, value=row.value, note=row.note)
        for row in rows
    ]
    return AnswerSet(
        urn=one.urn, instrument_id=one.instrument_id, version=one.asked.version,
        fingerprint=one.asked.fingerprint, finished_on=one.finished_on,
        restarted_from=one.restarted_from,
        answers=tuple(sorted(given, key=lambda each: (each.person, each.item))),
    )  # fmt: skip


def member_of(one: SelfAssessment, by: str) -> TeamMember | None:
    """Give a person's place among those who answer; None where they have not begun."""
    return TeamMember.objects.filter(assessment=one, by=by).first()


def own_answers(one: SelfAssessment, by: str) -> dict[str, AssessmentAnswer]:
    """Give what one person answered, by item, and nobody else's."""
    rows = AssessmentAnswer.objects.filter(assessment=one, member__by=by)
    return {row.item: row for row in rows}


def n_answered(one: SelfAssessment) -> list[tuple[TeamMember, int]]:
    """Give how many items each of the team has answered; what they answered is not told."""
    members = TeamMember.objects.filter(assessment=one).annotate(n=Count("assessmentanswer"))
    return [(each, each.n) for each in members]


def changed_since(one: SelfAssessment) -> Instrument | None:
    """Give the instrument as it is now, if it changed since an open set was begun."""
    now = diagnosis.instrument(one.instrument_id)
    is_same = (now.version, now.fingerprint) == (one.asked.version, one.asked.fingerprint)
    return now if one.is_open and not is_same else None


def may_answer(actor: Actor, urn: str) -> bool:
    """Tell whether an actor is of the leadership team of a school."""
    return is_own_school(actor, urn, *TEAM)


def may_look(actor: Actor, urn: str) -> bool:
    """Tell whether an actor may look at what a school has finished: team, governors and trust."""
    return is_own_school(actor, urn, *TEAM, *LOOK_ON)
