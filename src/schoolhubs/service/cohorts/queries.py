"""Which intake is open, which opens next, and the rules a cohort is matched by."""

import datetime

from django.db.models import QuerySet

from schoolhubs import programmes
from schoolhubs.service.cohorts.models import Intake, LatePermission
from schoolhubs.service.cohorts.proposing import first_day
from schoolhubs.vocabulary.records.rules import RulesAsAt


def intakes(programme_id: str) -> QuerySet[Intake]:
    """Give a programme's intakes in order of time."""
    return Intake.objects.filter(programme_id=programme_id).order_by("starts_on")


def intake_of(programme_id: str, cohort_id: str) -> Intake | None:
    """Give the intake of a cohort; None where nobody made one."""
    return intakes(programme_id).filter(cohort_id=cohort_id).first()


def open_intake(programme_id: str, *, on: datetime.date) -> Intake | None:
    """Give the intake schools apply for on a day: of several, the one that starts first."""
    return intakes(programme_id).filter(
        is_confirmed=True, opens_on__lte=on, closes_on__gt=on
    ).first()  # fmt: skip


def next_intake(programme_id: str, *, on: datetime.date) -> Intake | None:
    """Give the confirmed intake that opens next after a day."""
    ahead = intakes(programme_id).filter(is_confirmed=True, opens_on__gt=on)
    return ahead.order_by("opens_on").first()


def later_intakes(programme_id: str, *, after: datetime.date) -> QuerySet[Intake]:
    """Give the intakes that start after a day, to put an application off to."""
    return intakes(programme_id).filter(starts_on__gt=after)


def may_come_late(intake: Intake, urn: str, *, on: datetime.date) -> bool:
    """Tell whether an officer lets this school apply outside the window on a day."""
    return LatePermission.objects.filter(intake=intake, urn=urn, until_on__gte=on).exists()


def intake_for(programme_id: str, urn: str, *, on: datetime.date) -> Intake | None:
    """Give the intake a school may apply for on a day: the open one, or one it may be late for."""
    if found := open_intake(programme_id, on=on):
        return found
    late = LatePermission.objects.filter(
        intake__programme_id=programme_id, urn=urn, until_on__gte=on
    )
    permission = late.select_related("intake").order_by("intake__starts_on").first()
    return permission.intake if permission else None


def rules_of(programme_id: str, *, cohort_id: str) -> RulesAsAt:
    """Give the rules a cohort is matched by: those in force on the day it starts."""
    intake = intake_of(programme_id, cohort_id)
    starts_on = intake.starts_on if intake else first_day(cohort_id)
    return programmes.load(programme_id).as_at(starts_on)
