"""A leader has done a module: recorded by whoever taught, or declared and then settled."""

import datetime
import os

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs import delivery, programmes
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import refuse_while_resting
from schoolhubs.service.training import queries, telling
from schoolhubs.service.training.models import (
    STANDS,
    CompletionState,
    ModuleCompletion,
    SchoolLeader,
    TrainingSession,
)
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.training import TrainingModule

N_DRAWN = 16
DONE = "This leader’s completion of the module is held already. Nothing was saved."
SETTLED = "This was settled already, or changed meanwhile. Nothing was changed."
OUTSIDE = "The school’s partnership did not run on that day. Nothing was saved."
NO_SUCH_MODULE = "The programme has no such module for this school. Nothing was saved."


def taught(
    session: TrainingSession, leader: SchoolLeader, *, by: str, at: datetime.datetime, place: str
) -> int:
    """Keep that a leader completed a session's module, in the transaction that records it.

    Returns
    -------
    int
        1; 0 where the leader had a completion already, which is confirmed if it was declared, or
        where no partnership of the school in that programme ran on the day.
    """
    held = _standing(leader, session.programme_id, session.module)
    if held is not None:
        if held.state == CompletionState.DECLARED:
            _settle(held, CompletionState.CONFIRMED, by=by, at=at)
            letters.write(telling.certificate(held), by=by, at=at, place=place)
        return 0
    on = timezone.localdate(session.starts_at)
    partnership = queries.running_of(leader.urn, session.programme_id, on)
    module = _module(partnership, session.module, on)
    if partnership is None or module is None:
        return 0
    made = _made(partnership, leader, module, on, by=by, at=at)
    made.session = session
    try:
        with transaction.atomic():
            _settle(made, CompletionState.CONFIRMED, by=by, at=at)
    except IntegrityError:
        # The school declared it at this very moment: what it declared is confirmed.
        return taught(session, leader, by=by, at=at, place=place)
    letters.write(telling.certificate(made), by=by, at=at, place=place)
    return 1


def declare(
    partnership: Partnership,
    leader: SchoolLeader,
    module: str,
    *,
    completed_on: datetime.date,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> ModuleCompletion:
    """Declare that a leader has done a module; it counts once whoever teaches has confirmed it.

    Raises
    ------
    Conflict
        If a completion is held already, the school has no such module, the day lies outside of
        the partnership, or that rests.
    """
    if not queries.runs_on(partnership, completed_on):
        raise Conflict(OUTSIDE)
    found = _module(partnership, module, completed_on)
    if found is None:
        raise Conflict(NO_SUCH_MODULE)
    try:
        with transaction.atomic():
            refuse_while_resting(partnership.pk)
            made = _made(partnership, leader, found, completed_on, by=by, at=at)
            made.save()
            letters.write(telling.declared(made), by=by, at=at, place=place)
            _record("training.declare", made, by, organisation, at, place)
    except IntegrityError as error:
        raise Conflict(DONE) from error
    return made


def settle(
    completion: ModuleCompletion,
    *,
    confirms: bool,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> ModuleCompletion:
    """Confirm what a school declared, or say why not.

    Raises
    ------
    Conflict
        If it is settled, or changed meanwhile.
    """
    with transaction.atomic():
        rows = ModuleCompletion.objects.select_for_update(of=("self",)).select_related(
            "leader", "partnership"
        )
        held = rows.get(pk=completion.pk)
        if held.version != version or held.state != CompletionState.DECLARED:
            raise Conflict(SETTLED)
        state = CompletionState.CONFIRMED if confirms else CompletionState.REFUSED
        held.settled_reason = "" if confirms else reason
        _settle(held, state, by=by, at=at)
        drafts = telling.certificate(held) if confirms else telling.refused(held)
        letters.write(drafts, by=by, at=at, place=place)
        action = "training.confirm" if confirms else "training.refuse"
        _record(action, held, by, organisation, at, place, held.settled_reason)
    return held


def strike(
    completion: ModuleCompletion,
    *,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> ModuleCompletion:
    """Strike out for the office what was confirmed wrongly; its certificate stands no more.

    The half-days of it count no more, and the leader can complete the module anew.

    Raises
    ------
    Conflict
        If it is not confirmed, or changed meanwhile.
    """
    with transaction.atomic():
        rows = ModuleCompletion.objects.select_for_update(of=("self",)).select_related(
            "leader", "partnership"
        )
        held = rows.get(pk=completion.pk)
        if held.version != version or held.state != CompletionState.CONFIRMED:
            raise Conflict(SETTLED)
        held.settled_reason = reason
        _settle(held, CompletionState.STRUCK, by=by, at=at)
        letters.write(telling.struck(held), by=by, at=at, place=place)
        _record("training.strike", held, by, organisation, at, place, reason)
    return held


def _standing(leader: SchoolLeader, programme_id: str, module: str) -> ModuleCompletion | None:
    rows = ModuleCompletion.objects.select_for_update(of=("self",)).select_related(
        "leader", "partnership"
    )
    return rows.filter(
        leader=leader, programme_id=programme_id, module=module, state__in=STANDS
    ).first()


def _module(
    partnership: Partnership | None, module: str, on: datetime.date
) -> TrainingModule | None:
    rules = queries.rules_of(partnership.programme_id, on) if partnership else None
    return rules.module(module) if rules else None


def _made(
    partnership: Partnership, leader: SchoolLeader, module: TrainingModule, on: datetime.date, *,
    by: str, at: datetime.datetime,
) -> ModuleCompletion:  # fmt: skip
    version = programmes.load(partnership.programme_id).definition_version
    return ModuleCompletion(
        leader=leader, partnership=partnership, programme_id=partnership.programme_id,
        module=module.module, title=module.title, half_days=module.half_days,
        definition_version=version, completed_on=on, state=CompletionState.DECLARED, made_at=at,
        made_by=by,
    )  # fmt: skip


def _settle(
    held: ModuleCompletion, state: CompletionState, *, by: str, at: datetime.datetime
) -> None:
    if held.pk is not None:
        held.version += 1
    held.state, held.settled_at, held.settled_by = state, at, by
    if state == CompletionState.CONFIRMED:
        held.number = delivery.training.numbers.made(os.urandom(N_DRAWN))
        held.earned_by = held.leader.name
    held.save()


def _record(
    action: str, one: ModuleCompletion, by: str, organisation: str, at: datetime.datetime,
    place: str, reason: str = "",
) -> None:  # fmt: skip
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=f"completion:{one.pk}",
        details={"urn": one.leader.urn, "leader": one.leader_id, "module": one.module},
    )  # fmt: skip
