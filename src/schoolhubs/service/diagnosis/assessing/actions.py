"""A team begins, answers, begins anew and finishes a self-assessment; a trust answers for many."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from schoolhubs import diagnosis
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.diagnosis.assessing import queries
from schoolhubs.service.diagnosis.assessing.models import (
    LONGEST_LABEL,
    AssessmentAnswer,
    AssessmentState,
    KeptInstrument,
    SelfAssessment,
    TeamMember,
)
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.diagnosis.answers import Answer
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

keeping = diagnosis.answers
BEGUN = "Your school has begun this self-assessment already. Go on with the one that is open."
TAKEN = "Somebody else of the team is called so already. Choose another name; nothing was changed."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer on its way in; no value is “I cannot tell”."""

    item: str
    value: int | None
    note: str = ""


def begin(
    urn: str,
    instrument: Instrument,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SelfAssessment:
    """Begin a self-assessment of a school.

    Raises
    ------
    Conflict
        If one of its kind is open.
    """
    keeping.begin(instrument, urn)  # refuses a survey
    try:
        with transaction.atomic():
            made = _make(urn, instrument, by=by, organisation=organisation, at=at)
            _record("self_assessment.begin", made, by, organisation, at, place)
    except IntegrityError as error:
        raise Conflict(BEGUN) from error
    return made


def answer(
    one: SelfAssessment,
    given: Iterable[Given],
    *,
    label: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SelfAssessment:
    """Keep what one person answered; a later answer takes the place of their earlier one.

    Parameters
    ----------
    label
        What the team knows the person as, if this is their first answer.

    Raises
    ------
    Conflict
        If the self-assessment is no longer open, or the instrument changed.
    DataProblem
        If an answer fits no item or no point; none is kept then.
    """
    with transaction.atomic():
        held = _held(one)
        _keep(held, list(given), label=label, by=by, at=at)
        _record("self_assessment.answer", held, by, organisation, at, place)
    return held


def rename(
    one: SelfAssessment,
    label: str,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> TeamMember:
    """Say what the team knows a person as, before or after their first answer.

    Raises
    ------
    Conflict
        If somebody else is called so, or the self-assessment is no longer open.
    """
    try:
        with transaction.atomic():
            held = _held(one)
            _refuse_settled(held)
            member, _ = TeamMember.objects.update_or_create(
                assessment=held, by=by, defaults={"person": label}
            )
            _record("self_assessment.rename", held, by, organisation, at, place)
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    return member


def finish(
    one: SelfAssessment,
    *,
    on: datetime.date,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SelfAssessment:
    """Close a self-assessment for good: from now on the team sees each other's answers.

    Raises
    ------
    Conflict
        If it is no longer open, or the instrument changed.
    DataProblem
        Naming each item that nobody answered.
    """
    with transaction.atomic():
        held = _held(one)
        _refuse_settled(held)
        keeping.finish(queries.answer_set_of(held), _instrument_now(held), on=on)
        held.state, held.finished_on = AssessmentState.FINISHED, on
        held.finished_at, held.finished_by = at, by
        held.save()
        _record("self_assessment.finish", held, by, organisation, at, place)
    return held


def restart(
    one: SelfAssessment,
    *,
    knowing: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SelfAssessment:
    """Begin anew under a changed instrument; what was answered stays where it was.

    Parameters
    ----------
    knowing
        Fingerprint of the instrument whose changes the person was shown.

    Raises
    ------
    Conflict
        If it is no longer open, has not changed, or changed once more meanwhile.
    """
    with transaction.atomic():
        held = _held(one)
        _refuse_settled(held)
        now = _instrument_now(held)
        anew = keeping.restart(queries.answer_set_of(held), now, knowing=knowing)
        held.state = AssessmentState.RESTARTED
        held.save()
        made = _make(
            held.urn, now, by=by, organisation=organisation, at=at,
            restarted_from=anew.restarted_from, replaces=held,
        )  # fmt: skip
        _record("self_assessment.restart", made, by, organisation, at, place)
    return made


def answer_many(
    instrument: Instrument,
    given: Mapping[str, Sequence[Given]],
    *,
    label: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> tuple[SelfAssessment, ...]:
    """Keep a trust's answers for many schools, as one by one; all are kept, or none.

    Where a school has no open self-assessment of the kind, one is begun.

    Parameters
    ----------
    given
        By URN.

    Raises
    ------
    Conflict
        If the instrument changed since a school began it.
    DataProblem
        With the problems of every school.
    """
    done: dict[str, Any] = {"by": by, "organisation": organisation, "at": at, "place": place}
    with transaction.atomic():
        held = [
            queries.open_one(urn, instrument.instrument_id) or begin(urn, instrument, **done)
            for urn in sorted(given)
        ]
        # Asked of all at once first: a fault of one school is told with those of the others.
        sets = [queries.answer_set_of(each) for each in held]
        said = {urn: [_record_of(each, label) for each in rows] for urn, rows in given.items()}
        keeping.put_many(sets, instrument, said)
        return tuple(answer(each, given[each.urn], label=label, **done) for each in held)


def _make(
    urn: str, instrument: Instrument, *, by: str, organisation: str, at: datetime.datetime,
    restarted_from: str = "", replaces: SelfAssessment | None = None,
) -> SelfAssessment:  # fmt: skip
    kept, _ = KeptInstrument.objects.get_or_create(
        instrument_id=instrument.instrument_id, version=instrument.version,
        fingerprint=instrument.fingerprint,
        defaults={"content": queries.content_of(instrument), "kept_at": at},
    )  # fmt: skip
    return SelfAssessment.objects.create(
        urn=urn, asked=kept, instrument_id=instrument.instrument_id, begun_at=at, begun_by=by,
        organisation=organisation, restarted_from=restarted_from, replaces=replaces,
    )  # fmt: skip


def _held(one: SelfAssessment) -> SelfAssessment:
    """Hold a set, so that nobody finishes it between looking and writing."""
    rows = SelfAssessment.objects.select_for_update(of=("self",)).select_related("asked")
    return rows.get(pk=one.pk)


def _refuse_settled(held: SelfAssessment) -> None:
    if not held.is_open:
        raise Conflict(
            f"This self-assessment is settled: {held.get_state_display()}. It stays as it was, and "
            "nothing of yours was saved."
        )


def _instrument_now(held: SelfAssessment) -> Instrument:
    """Give the instrument as it is now: whether it changed, the pure half tells."""
    return diagnosis.instrument(held.instrument_id)


def _record_of(given: Given, label: str) -> Answer:
    return Answer(person=label, item=given.item, value=given.value, note=given.note)


def _keep(
    held: SelfAssessment, given: Sequence[Given], *, label: str, by: str, at: datetime.datetime
) -> None:
    _refuse_settled(held)
    member = queries.member_of(held, by)
    called = member.person if member else _free(held, label)
    before = queries.answer_set_of(held)
    keeping.put(before, _instrument_now(held), [_record_of(each, called) for each in given])
    member = member or TeamMember.objects.create(assessment=held, by=by, person=called)
    rows = queries.own_answers(held, by)
    for each in given:
        row = rows.get(each.item) or AssessmentAnswer(
            assessment=held, member=member, item=each.item
        )
        if row.pk is None or (row.value, row.note) != (each.value, each.note):
            row.value, row.note, row.answered_at = each.value, each.note, at
            row.save()


def _free(held: SelfAssessment, label: str) -> str:
    """Give a name that nobody of the team has: “Leadership team”, then “Leadership team 2”."""
    taken = set(TeamMember.objects.filter(assessment=held).values_list("person", flat=True))
    numbered = (f"{label[: LONGEST_LABEL - 4]} {n}" for n in range(2, len(taken) + 3))
    return next(each for each in (label[:LONGEST_LABEL], *numbered) if each not in taken)


def _record(
    action: str, one: SelfAssessment, by: str, organisation: str, at: datetime.datetime, place: str
) -> None:
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place,
        subject=f"self-assessment:{one.pk}",
        details={"urn": one.urn, "instrument": f"{one.instrument_id} {one.asked.version}"},
    )  # fmt: skip
