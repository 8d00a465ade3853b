"""What an action might do to disabled pupils and other protected groups, and who was asked."""

import dataclasses
import datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A reasonable adjustment (Equality Act 2010, section 20)."""

    for_whom: str
    what: str
    owner: str = ""
    started_on: datetime.date | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ScreenAnswer:
    """The answer to one question of a screen.

    Parameters
    ----------
    question
        A question that ``plans.screen`` asks of the action.
    answer
        ``no_disadvantage``, ``adjusted`` (an adjustment is recorded) or ``justified`` (a fair
        means to a fair end, by evidence; never of direct discrimination). Of ``consequence``,
        which every screen asks, ``some`` or ``none``; a reviewer who confirms a ``none`` that the
        action's words contradict adds ``consequence_confirmed``, ``none`` and a reason.
    reason
        Why, in words.
    """

    question: str
    answer: str = ""
    reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """Why a screen that was done must be done again."""

    reopened_on: datetime.date
    why: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The screen of one action.

    Parameters
    ----------
    screened_version
        :attr:`PlannedAction.version` of what was looked at; a changed action opens the screen.
    evidence
        What was looked at: figures, research, records.
    consulted
        Who was asked about this action.
    reviewer, reviewed_on
        Who looked again, never an author of the plan, and when.
    reopenings
        Each opens the screen until a later review.
    """

    action_id: str
    screened_version: str = ""
    answers: tuple[ScreenAnswer, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    evidence: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    reviewer: str = ""
    reviewed_on: datetime.date | None = None
    reopenings: tuple[Reopening, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """Who was asked about a plan, what they said and what it changed.

    Parameters
    ----------
    consulted
        ``pupils_with_send``, ``parents``, ``pupils``, ``staff`` or ``governors``.
    changed
        What it changed; where nothing, why.
    """

    consulted: str
    how: str = ""
    held_on: datetime.date | None = None
    said: str = ""
    changed: str = ""
