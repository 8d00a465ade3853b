"""Begins, saves, approves and ends plans; every save is a version, and two edits are merged."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from schoolhubs import plans
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.facts import partnership_of, with_facts
from schoolhubs.service.plans.models import (
    ActionScreen,
    Approval,
    Kind,
    Plan,
    PlanState,
    PlanVersion,
)
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem
from schoolhubs.vocabulary.records.plan import ActionPlan, PlannedAction

ENDED = "This plan has ended, and nothing of it changes any more. Nothing was saved."
APPROVED = "This plan is approved already. Nothing was saved."
ONE_AT_A_TIME = "The school has a plan already. Nothing was saved; look at that one."
CHANGED = (
    "Somebody else changed the plan while you had it open. Nothing was saved; look at what it says "
    "now."
)


class Clashed(Conflict):
    """Two people changed the same place: somebody has to choose, place by place.

    Attributes
    ----------
    merged
        Both edits, with each place that clashes.
    against
        The number of the version that stands.
    """

    def __init__(self, merged: plans.editing.Merged, against: int) -> None:
        self.merged, self.against = merged, against
        super().__init__("Somebody else changed the same place of the plan.")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who does it, for whom, when, on which page; ``name`` as a plan names people."""

    by: str
    organisation: str
    at: datetime.datetime
    place: str
    name: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of an edit; ``is_merged`` where somebody else saved meanwhile."""

    version: PlanVersion
    is_merged: bool


def begin(urn: str, first: ActionPlan, *, who: Who, partnership: Partnership | None = None) -> Plan:
    """Begin a school's plan with a first version, such as a blank one or a copy.

    Raises
    ------
    Conflict
        If the school has a plan that has not ended.
    """
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                urn=urn, partnership=partnership, begun_at=who.at, begun_by=who.by,
                organisation=who.organisation, **Plan.from_record(first),
            )  # fmt: skip
            named = dataclasses.replace(first, plan_id=f"plan-{plan.pk}", urn=urn)
            _keep(plan, _authored(named, plan, who), who, parent=None, told="Began the plan")
            _tell("plan.begin", plan, who)
    except IntegrityError as error:
        raise Conflict(ONE_AT_A_TIME) from error
    return plan


def save(
    plan: Plan,
    edited: ActionPlan,
    *,
    base: int,
    told: str,
    who: Who,
    kind: Kind = Kind.EDIT,
    reviewed: str = "",
    chosen: Mapping[str, str] | None = None,
    against: int = 0,
) -> Saved:
    """Save an edit as a new version, merged with what others saved meanwhile.

    Parameters
    ----------
    edited
        The plan as it was at ``base``, with the edit.
    base
        The version that the editor had open.
    told
        What was changed, in words.
    reviewed
        The action whose screen ``who`` has reviewed.
    chosen, against
        What was chosen where edits clashed, and the version that the choice was made against.

    Raises
    ------
    Clashed
        If both changed the same place and nothing, or not all, was chosen; nothing is saved.
    Conflict
        If the plan has ended, or there never was such a version.
    """
    with transaction.atomic():
        held = _held(plan)
        before = queries.version_of(held, base)
        if before is None:
            raise Conflict(CHANGED)
        stands = queries.newest(held).record
        new, is_merged = edited, base != held.number
        if is_merged:
            merged = plans.editing.merge(before.record, edited, stands)
            if against == held.number:
                merged = plans.editing.settle(merged, chosen or {})
            if merged.clashes:
                raise Clashed(merged, held.number)
            new = merged.plan
        if kind == Kind.EDIT and new != stands:
            new = _authored(new, held, who)
        if new == stands:
            return Saved(version=queries.newest(held), is_merged=is_merged)
        version = _keep(held, new, who, parent=base, told=told, kind=kind, reviewed=reviewed)
        _tell(f"plan.{kind.value}", held, who, told=told)
    plan.refresh_from_db()
    return Saved(version=version, is_merged=is_merged)


def approve(plan: Plan, *, number: int, on: datetime.date, who: Who) -> Approval:
    """Approve the version a person looked at, through ``plans.approve`` alone.

    Raises
    ------
    DataProblem
        With everything that stands in the way; nothing is approved.
    Conflict
        If the plan was changed meanwhile, or has ended.
    """
    with transaction.atomic():
        held = _held(plan)
        if held.number != number:
            raise Conflict(CHANGED)
        if held.state == PlanState.APPROVED:
            raise Conflict(APPROVED)
        record = dataclasses.replace(queries.newest(held).record, approval=None)
        record = with_facts(record, held)
        rules = queries.rules_of(record, on)
        if rules is None:
            raise DataProblem(plans.check(record, rules=None), outcome="Nothing was approved.")
        approved = plans.approve(
            record, rules=rules, findings=queries.findings_by_id(record), by=who.name, on=on,
            audit_steps=record.audit_steps,
        )  # fmt: skip
        version = queries.newest(held)
        if record != version.record:
            told = "Findings and audit as they stood when the plan was approved"
            version = _keep(held, record, who, parent=number, told=told, kind=Kind.FACTS)
        assert approved.approval is not None
        row = Approval.objects.create(
            plan=held, version=version, digest=approved.approval.digest, approved_on=on,
            approved_at=who.at, approved_by=who.by, name=who.name,
            organisation=who.organisation, definition_version=rules.definition_version,
            audit=record.as_dict()["audit_steps"],
        )  # fmt: skip
        held.state = PlanState.APPROVED
        held.save()
        _tell("plan.approve", held, who, digest=row.digest)
    row.refresh_from_db()  # the seal is the database's own
    plan.refresh_from_db()
    return row


def end(plan: Plan, *, reason: str, who: Who) -> None:
    """End a plan, so that another can be begun.

    Raises
    ------
    Conflict
        If it has ended already.
    """
    with transaction.atomic():
        held = _held(plan)
        held.state, held.ended_at, held.why_ended = PlanState.ENDED, who.at, reason
        held.save()
        _tell("plan.end", held, who, reason=reason)
    plan.refresh_from_db()


def _held(plan: Plan) -> Plan:
    held = (
        Plan.objects.select_for_update(of=("self",)).select_related("partnership").get(pk=plan.pk)
    )
    if held.state == PlanState.ENDED:
        raise Conflict(ENDED)
    return held


def _authored(record: ActionPlan, plan: Plan, who: Who) -> ActionPlan:
    """Put the editor among the authors, and what the plan rests on as it stands."""
    authors = record.authors if who.name in record.authors else (*record.authors, who.name)
    return with_facts(dataclasses.replace(record, authors=authors, approval=None), plan)


def _keep(
    plan: Plan,
    record: ActionPlan,
    who: Who,
    *,
    parent: int | None,
    told: str,
    kind: Kind = Kind.EDIT,
    reviewed: str = "",
) -> PlanVersion:
    """Write a version with what its screens ask, then let the plan go on to it."""
    before = queries.newest(plan) if plan.number else None
    version = PlanVersion.objects.create(
        plan=plan, number=plan.number + 1, parent=parent, kind=kind, told=told[:200],
        content=dataclasses.replace(record, approval=None).as_dict(), digest=record.digest,
        made_at=who.at, made_by=who.by, organisation=who.organisation,
    )  # fmt: skip
    rows = _screens(version, record, before, {reviewed: who.by} if reviewed else {})
    ActionScreen.objects.bulk_create(rows)
    plan.number = version.number
    for name, value in Plan.from_record(record).items():
        setattr(plan, name, value)
    plan.partnership = partnership_of(plan)
    is_approved = plan.approvals.filter(digest=record.digest).exists()
    is_open = any(each.open_because for each in rows)
    if not is_approved:
        plan.state = PlanState.DRAFT
    else:
        plan.state = PlanState.REOPENED if is_open else PlanState.APPROVED
    plan.save()
    return version


def _screens(
    version: PlanVersion,
    record: ActionPlan,
    before: PlanVersion | None,
    reviewed: Mapping[str, str],
) -> list[ActionScreen]:
    done = {each.action_id: each for each in record.screens}
    earlier = {each.action_id: each for each in before.screens.all()} if before else {}
    was = {each.action_id: each for each in before.record.screens} if before else {}
    rows = []
    for action in record.actions:
        name, screen = action.action_id, done.get(action.action_id)
        by = reviewed.get(name, "")
        if not by and screen and screen.reviewer and name in earlier and name in was:
            stood = dataclasses.replace(was[name], reopenings=screen.reopenings)
            by = earlier[name].reviewed_by if screen == stood else ""
        rows.append(_screen(version, action, record, by))
    return rows


def _screen(
    version: PlanVersion, action: PlannedAction, record: ActionPlan, by: str
) -> ActionScreen:
    done = next((each for each in record.screens if each.action_id == action.action_id), None)
    asked = plans.screen(action, done)
    why: tuple[Problem, ...] = tuple(plans.facts.why_open(action, done, record.authors))
    return ActionScreen(
        version=version, action_id=action.action_id, action_version=action.version,
        screened_version=done.screened_version if done else "",
        changes_sanction=plans.facts.changes_sanction(action, done),
        reads_as_sanction=bool(asked.contradicts),
        asked=[each.question for each in asked.questions],
        stops=[each.rule for each in asked.stops],
        open_because=[each.code for each in why], reviewed_by=by,
    )  # fmt: skip


def _tell(action: str, plan: Plan, who: Who, *, reason: str = "", **details: Any) -> None:
    audit.record(
        by=who.by, organisation=who.organisation, at=who.at, action=action,
        subject=f"plan:{plan.urn}", place=who.place, reason=reason,
        details={"plan": plan.pk, "number": plan.number, **details},
    )  # fmt: skip
