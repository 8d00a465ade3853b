"""Which intake is open, which opens next, and the rules a cohort is matched by."""

import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from schoolhubs import programmes
from schoolhubs.service.cohorts.models import Intake, LatePermission
from schoolhubs.service.cohorts.proposing import cohort_of, first_day
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.rules import RulesAsAt

if TYPE_CHECKING:
    from schoolhubs.service.eligibility.models import Application


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


def open_to(programme_id: str, urn: str, *, on: datetime.date) -> Intake:
    """Give the intake that a school may apply for on a day.

    Raises
    ------
    Conflict
        Saying when the next opens.
    """
    if found := intake_for(programme_id, urn, on=on):
        return found
    raise Conflict(f"Applications are closed. {when_next(programme_id, on=on)}")


def when_next(programme_id: str, *, on: datetime.date) -> str:
    """Say when schools can apply next."""
    if ahead := next_intake(programme_id, on=on):
        return (
            f"The next intake, for a start in the {ahead.title.lower()}, opens on "
            f"{day(ahead.opens_on)}."
        )
    rules = programmes.load(programme_id).as_at(on)
    if rules.is_over:
        return "The programme is over, so there will be no other intake."
    return "The day on which the next intake opens is not settled yet."


def later(application: "Application", cohort_id: str) -> Intake:
    """Give the intake that an application is put off to.

    Raises
    ------
    Conflict
        If it is none of those that start later.
    """
    now = intake_of(application.programme_id, application.cohort_id)
    after = now.starts_on if now else first_day(application.cohort_id)
    ahead = later_intakes(application.programme_id, after=after)
    if found := ahead.filter(cohort_id=cohort_id).first():
        return found
    raise Conflict("Choose an intake that starts later than the one applied for.")


def rules_of(
    programme_id: str, *, cohort_id: str, register_on: datetime.date | None = None
) -> RulesAsAt:
    """Give the rules a cohort is matched by: those in force on the day it starts.

    A round that is run late, on a register of a later day of the same term, is run as at that day.
    """
    intake = intake_of(programme_id, cohort_id)
    on = intake.starts_on if intake else first_day(cohort_id)
    if register_on and register_on > on and cohort_of(register_on) == cohort_id:
        on = register_on
    return programmes.load(programme_id).as_at(on)


def cohort_to_match(programme_id: str, *, on: datetime.date) -> str | None:
    """Name the cohort that a round of a day is for: the one that is open, else the last to close.

    None where the office has confirmed no intake.
    """
    if found := open_intake(programme_id, on=on):
        return found.cohort_id
    closed = intakes(programme_id).filter(is_confirmed=True, closes_on__lte=on)
    last = closed.order_by("closes_on").last()
    return last.cohort_id if last else None


def rules_to_match(
    programme_id: str, *, register_on: datetime.date, on: datetime.date, cohort_id: str = ""
) -> RulesAsAt:
    """Give the rules of a round: of the cohort named, or of the one a round of the day is for.

    Parameters
    ----------
    register_on
        Day of the school register; it stands for the cohort where no intake was made.
    on
        The day the round is asked for.
    """
    if cohort := cohort_id or cohort_to_match(programme_id, on=on):
        return rules_of(programme_id, cohort_id=cohort, register_on=register_on)
    return programmes.load(programme_id).as_at(register_on)
