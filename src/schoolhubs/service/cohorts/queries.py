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


def later_intakes(application: "Application", *, on: datetime.date) -> QuerySet[Intake]:
    """Give the intakes that an application can be put off to on a day.

    They start later than the one applied for, and have not closed: an application put off to a
    closed one would never come back.
    """
    now = intake_of(application.programme_id, application.cohort_id)
    after = now.starts_on if now else first_day(application.cohort_id)
    return intakes(application.programme_id).filter(starts_on__gt=after, closes_on__gt=on)


def may_come_late(intake: Intake, urn: str, *, on: datetime.date) -> bool:
    """Tell whether an officer lets this school apply outside the window on a day."""
    return LatePermission.objects.filter(intake=intake, urn=urn, until_on__gte=on).exists()


def intake_for(programme_id: str, urn: str, *, on: datetime.date) -> Intake | None:
    """Give the intake a school may apply for on a day: one it may be late for, or the open one.

    Leave to come late is looked for first: it was given for that intake, whatever is open beside.
    """
    late = LatePermission.objects.filter(
        intake__programme_id=programme_id, urn=urn, until_on__gte=on
    )
    permission = late.select_related("intake").order_by("intake__starts_on").first()
    return permission.intake if permission else open_intake(programme_id, on=on)


def open_to(programme_id: str, urn: str, *, on: datetime.date) -> Intake:
    """Give the intake that a school may apply for on a day.

    Raises
    ------
    Conflict
        Saying when the next opens.
    """
    if found := intake_for(programme_id, urn, on=on):
        return found
    raise Conflict(closed(programme_id, on=on))


def closed(programme_id: str, *, on: datetime.date) -> str:
    """Say that applications are closed, and when the next intake opens."""
    return f"Applications are closed. {when_next(programme_id, on=on)}"


def intake_to_send(application: "Application", *, on: datetime.date) -> Intake | None:
    """Give the intake that a draft goes to if it is sent on a day.

    The one it was begun for, while that is open or the school may be late for it; else the one
    that the school may apply for now.
    """
    ours = intake_of(application.programme_id, application.cohort_id)
    if ours and (ours.is_open(on) or may_come_late(ours, application.urn, on=on)):
        return ours
    return intake_for(application.programme_id, application.urn, on=on)


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


def later(application: "Application", cohort_id: str, *, on: datetime.date) -> Intake:
    """Give the intake that an application is put off to on a day.

    Raises
    ------
    Conflict
        If it is none of those that start later and have not closed.
    """
    if found := later_intakes(application, on=on).filter(cohort_id=cohort_id).first():
        return found
    raise Conflict(
        "Choose an intake that starts later than the one applied for, and has not closed."
    )


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
