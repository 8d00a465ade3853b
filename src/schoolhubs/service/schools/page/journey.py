"""A school's way through one programme as a line of milestones: where it is, what comes next."""

import dataclasses
import datetime
import enum
from collections.abc import Iterator

from django.utils import timezone

from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.calendar import Term, term_finishes_on

# States of an application that come after each milestone was reached.
SENT = ("submitted", "eligible", "undecided", "not_eligible", "waiting", "matched", "agreed",
        "running", "finished", "deferred")  # fmt: skip
PROPOSED = ("matched", "agreed", "running", "finished")
MAY_JOIN = ("eligible", "waiting", *PROPOSED)
STOPPED = {
    "withdrawn": "The application was withdrawn",
    "not_eligible": "The school may not join",
    "deferred": "The application was put off to a later intake",
}


class Reached(enum.StrEnum):
    """Whether a milestone lies behind, is under way, comes next on a known day, or later."""

    DONE = "Done"
    NOW = "Now"
    NEXT = "Next"
    LATER = "Later"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One point of the line; ``on`` is None where the day is not known."""

    words: str
    reached: Reached
    on: datetime.date | None = None


def journey(
    application: Application | None, partnership: Partnership | None, *, on: datetime.date
) -> tuple[Milestone, ...]:
    """Draw the line of one school in one programme as at a day.

    The first milestone that is not done is under way, or comes next where its day lies ahead.
    A line that was cut short ends with what cut it.

    Parameters
    ----------
    application
        The newest; None before one was begun.
    partnership
        The one that lives or lived longest ago; None before a hub was proposed.

    Examples
    --------
    >>> begun = Application(state="draft", begun_at=datetime.datetime(2026, 9, 7))
    >>> [each.words for each in journey(begun, None, on=datetime.date(2026, 9, 8))][:2]
    ['Application', 'Check by the rules']
    """
    if application is None:
        return ()
    points = list(_points(application, partnership, on))
    if cut := STOPPED.get(application.state):
        # What cut the line short stands for the milestone that it was cut short at.
        done = [_milestone(each, Reached.DONE) for each in points if each[2]]
        return (*done, Milestone(words=cut, reached=Reached.NOW))
    n_done = next((n for n, point in enumerate(points) if not point[2]), len(points))
    return tuple(
        _milestone(point, _reached(point, n - n_done, on)) for n, point in enumerate(points)
    )


_Point = tuple[str, datetime.date | None, bool]


def _reached(point: _Point, ahead: int, on: datetime.date) -> Reached:
    """Tell how far a milestone is, ``ahead`` of the first that is not done."""
    if ahead:
        return Reached.DONE if ahead < 0 else Reached.LATER
    return Reached.NEXT if point[1] and point[1] > on else Reached.NOW


def _milestone(point: _Point, reached: Reached) -> Milestone:
    return Milestone(words=point[0], on=point[1], reached=reached)


def _points(
    application: Application, partnership: Partnership | None, on: datetime.date
) -> Iterator[_Point]:
    """Give each milestone with its day and whether it was reached."""
    state = application.state
    yield "Application", application.applied_on, state in SENT
    yield "Check by the rules", None, state in (*MAY_JOIN, "not_eligible")
    proposed = timezone.localdate(partnership.proposed_at) if partnership else None
    yield "Proposal of a hub", proposed, state in PROPOSED
    yield "Answers of both schools", _agreed_on(partnership), _is_agreed(partnership)
    if partnership is None:
        yield "First term of support", None, False
        yield "End of support", None, False
        return
    for n, (first, after) in enumerate(_terms(partnership), 1):
        words = f"Term {n} of support: {Term.holding(first).value}"
        yield words, first, _is_over(partnership, after, on)
    last = partnership.finishes_on
    yield "End of support", partnership.last_on, _is_over(partnership, last, on)


def _is_over(partnership: Partnership, after: datetime.date, on: datetime.date) -> bool:
    """Tell whether a stretch of a partnership that went ahead lies behind."""
    return partnership.state == "finished" or (_is_agreed(partnership) and after <= on)


def _is_agreed(partnership: Partnership | None) -> bool:
    return partnership is not None and partnership.state in {"agreed", "running", "finished"}


def _agreed_on(partnership: Partnership | None) -> datetime.date | None:
    if partnership is None or not _is_agreed(partnership):
        return None
    answered = [at for at in (partnership.partner_at, partnership.lead_at) if at]
    return timezone.localdate(max(answered)) if answered else None


def _terms(partnership: Partnership) -> Iterator[tuple[datetime.date, datetime.date]]:
    """Give the first day of each term of a partnership, and the first day after it."""
    first = partnership.starts_on
    while first < partnership.finishes_on:
        after = term_finishes_on(first)
        yield first, after
        first = after
