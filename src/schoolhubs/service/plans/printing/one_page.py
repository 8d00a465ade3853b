"""What a plan says on one page, in words: read by the page and by the PDF alike."""

import dataclasses
import datetime
import textwrap
from collections.abc import Sequence

from schoolhubs import plans
from schoolhubs.vocabulary.records.plan import ActionPlan, Measured, Objective, PlannedAction
from schoolhubs.vocabulary.root_causes import root_causes
from schoolhubs.vocabulary.words import UNKNOWN, counted

GROUPS = {
    "pupils_with_send": "Pupils with SEND", "parents": "Parents", "pupils": "Pupils",
    "staff": "Staff", "governors": "Governors",
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of a plan goes on the page: letters of one text, objectives, actions, others."""

    letters: int
    objectives: int
    actions: int
    others: int


NOTES = (
    "Intervals hold nine in ten of what chance alone would give.",
    "Evidence on actions like these is weak, and effects are small where there are any.",
)
# How much is told where there is much to tell, most first.
ROOM = (
    Room(letters=400, objectives=8, actions=20, others=8),
    Room(letters=120, objectives=8, actions=14, others=5),
    Room(letters=70, objectives=6, actions=8, others=3),
    Room(letters=40, objectives=4, actions=5, others=2),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of words with a heading; ``left_out`` says what there was no room for."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OnePage:
    """A plan on one page.

    Attributes
    ----------
    title, school_name
        Of the plan, and whose it is.
    state
        Whether it is approved, by whom and when; a draft says that it is one.
    tables
        Objectives, actions, adjustments, consultation.
    notes
        What has to be known about the figures.
    """

    title: str
    school_name: str
    state: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]


def one_page(plan: ActionPlan, *, school_name: str, is_in_force: bool, room: Room) -> OnePage:
    """Put a plan into the words of one page.

    Parameters
    ----------
    is_in_force
        Whether its approval still holds, by ``plans.watching.why_not_in_force``.
    room
        How much of it there is room for.
    """
    return OnePage(
        title=_cut(plan.title, room) or "Action plan",
        school_name=school_name,
        state=_state(plan, is_in_force=is_in_force),
        tables=tuple(
            each
            for each in (_objectives(plan, room), _actions(plan, room), _adjusted(plan, room),
                         _consulted(plan, room))
            if each.rows
        ),
        notes=NOTES,
    )  # fmt: skip


def _state(plan: ActionPlan, *, is_in_force: bool) -> str:
    if plan.approval is None:
        return "Draft: this plan is not approved."
    name = " ".join(plan.approval.approved_by.split())[:80]
    said = f"Approved by {name} on {_day(plan.approval.approved_on)}."
    return said if is_in_force else f"{said} It is not in force any more: see the plan."


def _objectives(plan: ActionPlan, room: Room) -> Table:
    shown = plan.objectives[: room.objectives]
    return Table(
        title="What we want to change",
        heads=("Objective and cause", "Measure, from and to", "Owner and reviews", "Last review"),
        rows=tuple(_objective(plan, each, room) for each in shown),
        left_out=_rest(len(plan.objectives) - len(shown), "objective"),
    )


def _objective(plan: ActionPlan, each: Objective, room: Room) -> tuple[str, ...]:
    measure = plans.facts.stored("measures.yaml")["measures"].get(each.measure)
    cause = root_causes().get(each.root_cause)
    named = f"{measure['title']} ({measure['unit']})" if measure else UNKNOWN
    target = UNKNOWN if each.target is None else f"{round(each.target, 2):g}"
    reviews = sorted(
        (one for one in plan.reviews if one.objective_id == each.objective_id),
        key=lambda one: one.reviewed_on,
    )
    last = f"{_day(reviews[-1].reviewed_on)}: {reviews[-1].rag}" if reviews else "None yet"
    days = ", ".join(map(_day, each.review_on)) or UNKNOWN
    because = f" Cause: {_cut(cause.title, room)}." if cause else ""
    return (
        f"{_cut(each.title, room).rstrip('.')}.{because}",
        f"{named}: from {_figure(each.baseline)} to {target}",
        f"{_cut(each.owner, room) or UNKNOWN}. Reviews: {days}",
        last,
    )


def _actions(plan: ActionPlan, room: Room) -> Table:
    shown = plan.actions[: room.actions]
    return Table(
        title="What we do",
        heads=("Action", "For whom", "Staff hours and cost", "What is known of it"),
        rows=tuple(_action(each, room) for each in shown),
        left_out=_rest(len(plan.actions) - len(shown), "action"),
    )


def _action(each: PlannedAction, room: Room) -> tuple[str, ...]:
    hours = "hours not known" if each.staff_hours is None else f"{each.staff_hours:g} hours"
    cost = "cost not known" if each.cost_pence is None else f"£{each.cost_pence / 100:,.2f}"
    held = plans.library().get(each.library_id)
    strengths = plans.facts.stored("strengths.yaml")["strengths"]
    known = strengths[held.strength]["title"] if held else strengths["untested"]["title"]
    return (_cut(each.title, room), _cut(each.for_whom, room) or UNKNOWN, f"{hours}, {cost}", known)


def _adjusted(plan: ActionPlan, room: Room) -> Table:
    held = [each for screen in plan.screens for each in screen.adjustments]
    shown = held[: room.others]
    return Table(
        title="What we do differently so that nobody is left worse off",
        heads=("For whom", "Adjustment", "Owner"),
        rows=tuple(
            (_cut(each.for_whom, room), _cut(each.what, room), _cut(each.owner, room) or UNKNOWN)
            for each in shown
        ),
        left_out=_rest(len(held) - len(shown), "adjustment"),
    )


def _consulted(plan: ActionPlan, room: Room) -> Table:
    shown = plan.consultations[: room.others]
    return Table(
        title="Whom we asked, and what it changed",
        heads=("Who", "When", "What it changed"),
        rows=tuple(
            (
                GROUPS.get(each.consulted, each.consulted),
                _day(each.held_on) if each.held_on else UNKNOWN,
                _cut(each.changed, room),
            )
            for each in shown
        ),
        left_out=_rest(len(plan.consultations) - len(shown), "consultation"),
    )


def _rest(n: int, noun: str) -> str:
    return f"And {counted(n, noun)} more: see the plan." if n > 0 else ""


def _figure(measured: Measured | None) -> str:
    if measured is None:
        return UNKNOWN.lower()
    if measured.low is None or measured.high is None:
        return f"{round(measured.value, 2):g} (noise not known)"
    value, low, high = (round(each, 2) for each in (measured.value, measured.low, measured.high))
    return f"{value:g} ({low:g} to {high:g})"


def _cut(text: str, room: Room) -> str:
    """Shorten a text to whole words; a word longer than the room is cut.

    >>> _cut("a plain sentence", Room(letters=9, objectives=1, actions=1, others=1))
    'a plain …'
    """
    plain = " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())
    if len(plain) <= room.letters:
        return plain
    short = textwrap.shorten(plain, room.letters, placeholder=" …")
    return f"{plain[: room.letters - 2]} …" if short == "…" else short


def _day(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"


def in_every_room(plan: ActionPlan, *, school_name: str, is_in_force: bool) -> Sequence[OnePage]:
    """Give the page at every length, the longest first."""
    return [
        one_page(plan, school_name=school_name, is_in_force=is_in_force, room=room) for room in ROOM
    ]
