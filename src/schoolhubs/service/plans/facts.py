"""What a plan rests on and did not write itself: findings of the diagnosis, steps of the audit."""

import dataclasses
import datetime

from django.utils import timezone

from schoolhubs.service import clock
from schoolhubs.service.diagnosis import queries as diagnosis
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.queries import together_of
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.surveys import queries as surveys
from schoolhubs.vocabulary.records.plan import ActionPlan, AuditStep, FindingNamed


def findings_of(urn: str) -> tuple[FindingNamed, ...]:
    """Give the findings of a school's newest confirmed diagnosis; none where it has none."""
    return diagnosis.findings(urn)


def audit_steps_of(urn: str, since: datetime.date) -> tuple[AuditStep, ...]:
    """Give the steps of the audit that a school finished from a day on, the first of each."""
    done = (*diagnosis.audit_steps(urn, since), *surveys.audit_steps(urn, since))
    first: dict[str, AuditStep] = {}
    for each in sorted(done, key=lambda step: (step.finished_on, step.reference)):
        first.setdefault(each.step, each)
    return tuple(first.values())


def partnership_of(plan: Plan) -> Partnership | None:
    """Give the partnership by which a plan goes: its own, or the one that the school is in now.

    A plan may be begun, or copied, before both schools accepted; from then on it is theirs.
    """
    own = plan.partnership
    if own is not None and own.state in HOLDS_A_PLACE:
        return own
    return together_of(plan.urn, on=clock.day()) or own


def counts_from(plan: Plan) -> datetime.date:
    """Give the first day on which a step of the audit counts for a plan.

    The day the partnership was proposed; for a school without one, a year before the plan.
    """
    together = partnership_of(plan)
    if together is not None:
        return timezone.localdate(together.proposed_at)
    begun = timezone.localdate(plan.begun_at)
    return begun.replace(year=begun.year - 1, day=min(begun.day, 28))


def with_facts(record: ActionPlan, plan: Plan) -> ActionPlan:
    """Put pathway, findings and audit steps as they stand now into a plan."""
    together = partnership_of(plan)
    if together is not None:
        record = dataclasses.replace(
            record, programme_id=together.programme_id, pathway=together.pathway,
            cohort_id=together.cohort_id,
        )  # fmt: skip
    return dataclasses.replace(
        record,
        findings=findings_of(plan.urn),
        audit_steps=audit_steps_of(plan.urn, counts_from(plan)),
    )
