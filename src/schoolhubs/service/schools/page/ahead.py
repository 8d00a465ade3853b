"""The next date of a school in a programme: from its partnership, its application, or an intake."""

import dataclasses
import datetime
from collections.abc import Iterator

from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.eligibility.models import OUT, Application
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.schools.page.known import Known
from schoolhubs.vocabulary.calendar import term_finishes_on


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NextDate:
    """A day and what happens then; None where there is none, and ``words`` say why."""

    on: datetime.date | None
    words: str


def next_date(known: Known, *, on: datetime.date, shows_draft: bool) -> NextDate:
    """Give the next date of a school in one programme, as seen on a day.

    A partnership counts before an application, and an application before the intakes.

    Parameters
    ----------
    shows_draft
        An application that is not sent is the school's own affair: others see the intakes.
    """
    application = known.application
    if application and application.state == "draft" and not shows_draft:
        application = None
    if known.partnership and known.partnership.is_live:
        return _of_partnership(known.partnership, on)
    if application and application.state == "deferred":
        return _of_deferral(known.intake(application.deferred_to), on)
    if application and application.state not in {*OUT, "draft"}:
        return _of_intake(known.intake(application.cohort_id), on)
    return _of_applying(known, application, on)


def _of_partnership(found: Partnership, on: datetime.date) -> NextDate:
    """Give the start, then each term's start, then the last day."""
    what = "the partnership" if found.year == 1 else "the further year of the partnership"
    if found.state not in HOLDS_A_PLACE:
        if found.starts_on > on:
            return NextDate(on=found.starts_on, words=f"{what} starts, if both schools say yes")
        return NextDate(on=None, words="both schools have yet to say yes to the proposal")
    if found.starts_on > on:
        return NextDate(on=found.starts_on, words=f"{what} starts")
    next_term = term_finishes_on(on)
    if next_term < found.finishes_on:
        return NextDate(on=next_term, words=f"the next term of {what} starts")
    if found.last_on >= on:
        return NextDate(on=found.last_on, words=f"the last day of {what}")
    return NextDate(on=None, words=f"the last day of {what} has passed")


def _of_deferral(intake: Intake | None, on: datetime.date) -> NextDate:
    """Give the day on which an application that was put off comes back."""
    if intake is None or intake.opens_on <= on:
        words = "the application was put off and is not back yet; the programme office sees to it"
        return NextDate(on=None, words=words)
    opens = "opens" if intake.is_confirmed else "is planned to open"
    words = f"the intake of the {intake.title.lower()} {opens}, and the application comes back"
    return NextDate(on=intake.opens_on, words=words)


def _of_intake(intake: Intake | None, on: datetime.date) -> NextDate:
    """Give the day on which the partnerships of an application's intake start."""
    if intake is None:
        return NextDate(on=None, words="the day on which the intake starts is not settled yet")
    title = f"the intake of the {intake.title.lower()}"
    if intake.starts_on <= on:
        return NextDate(on=None, words=f"partnerships of {title} have started already")
    return NextDate(on=intake.starts_on, words=f"partnerships of {title} start")


def _of_applying(known: Known, application: Application | None, on: datetime.date) -> NextDate:
    """Give the last day to send or begin an application; else the day on which one can be again."""
    if known.rules.is_over:
        return NextDate(on=None, words="the programme is over")
    is_draft = application is not None and application.state == "draft"
    for intake in _to_send(known, application, on):
        if last_on := known.last_day(intake, on=on):
            does = "send the application" if is_draft else "apply"
            words = f"the last day to {does} for the intake of the {intake.title.lower()}"
            return NextDate(on=last_on, words=words)
    ahead = [each for each in known.intakes if each.is_confirmed and each.opens_on > on]
    if not ahead:
        return NextDate(on=None, words="the day on which the next intake opens is not settled yet")
    first = min(ahead, key=lambda each: each.opens_on)
    words = f"the intake of the {first.title.lower()} opens, and schools can apply"
    return NextDate(on=first.opens_on, words=words)


def _to_send(known: Known, application: Application | None, on: datetime.date) -> Iterator[Intake]:
    """Give the intake that an application was begun for, then the one that can be applied for."""
    begun_for = known.intake(application.cohort_id) if application else None
    if application and application.state == "draft" and begun_for:
        yield begun_for
    if found := known.can_apply_for(on=on):
        yield found
