"""Which milestone a declaration is for, and what takes its place where that is none any more."""

import datetime
from collections.abc import Collection, Iterable

from schoolhubs.service.funding.awarding import ledger
from schoolhubs.service.funding.awarding.facts import Facts, facts_of
from schoolhubs.service.funding.models import Declaration, DeclarationState, DeclaredDay
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.web.pages import day as in_words
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.funding import PaymentMilestone

Typed = tuple[datetime.date, int, str, str, str, datetime.datetime, str]
NO_SUCH = "No money falls due to this side of the partnership then. Nothing was saved."
CUT_SHORT = "The partnership was cut short, so nothing is declared for this any more."
TAKES_OVER = " What was typed for it is kept, and “{now}” takes it over. Nothing was changed."

NOT_MISSED = (
    "No support day of {day} stands as missed, so there is nothing to excuse. Where one fell "
    "through, the hub or you say so first on the page of that day. Nothing was saved."
)
LEFT = (
    "Of {day} {left} can be excused, not {asked}: what stands as missed then, no more than a day, "
    "less what is declared as excused already. Nothing was saved."
)
MOST_ON_A_DAY = 2


def milestone_of(partnership_id: int, side: str, name: str) -> tuple[Facts, PaymentMilestone]:
    """Give what a side's milestone of a name is, with the facts of the partnership.

    Raises
    ------
    Conflict
        If the side is paid nothing then, or the partnership was cut short before it.
    """
    facts = facts_of([partnership_id]).get(partnership_id)
    due = facts.milestones(side) if facts else ()
    for each in due:
        if facts is not None and each.milestone == name:
            return facts, each
    if facts is not None and (side, name) in facts.declarations:
        raise Conflict(cut_short(facts, side))
    raise Conflict(NO_SUCH)


def successor(facts: Facts, side: str) -> PaymentMilestone | None:
    """Give the milestone that takes over what was typed for one that is none any more."""
    return next(reversed(facts.milestones(side)), None)


def cut_short(facts: Facts, side: str) -> str:
    """Say that a milestone is none any more, and which one takes over what was typed."""
    now = successor(facts, side)
    return CUT_SHORT + (TAKES_OVER.format(now=wording.milestone(now.milestone)) if now else "")


def refuse_cut_short(held: Declaration) -> None:
    """Refuse where the milestone is none any more: the last takes over what was typed for it."""
    milestone_of(held.partnership_id, held.side, held.milestone)


def refuse_what_was_not_missed(
    facts: Facts, side: str, *, on: datetime.date, half_days: int
) -> None:
    """Refuse to excuse more of a day than the ledger holds as missed, or any of it twice.

    Raises
    ------
    Conflict
        If nothing of that day stands as missed, or less of it than is asked.
    """
    held = ledger.missed_of([each.pk for each in facts.years])
    missed = sum(each.half_days for days in held.values() for each in days if each.on == on)
    if not missed:
        raise Conflict(NOT_MISSED.format(day=in_words(on)))
    excused = sum(
        day.half_days
        for (own, _), each in facts.declarations.items()
        for day in each.days.all()
        if own == side and day.on == on and day.excused_because and day.struck_at is None
    )
    left = max(min(missed, MOST_ON_A_DAY) - excused, 0)
    if half_days > left:
        said = wording.days(left) if left else "nothing more"
        raise Conflict(LEFT.format(day=in_words(on), left=said, asked=wording.days(half_days)))


def take_over(made: Declaration, facts: Facts, milestone: PaymentMilestone) -> int:
    """Copy what was typed for milestones that lapsed, or are none any more, into a new declaration.

    The last milestone settles those that are none any more. What was checked counts already, what
    was struck out does not, and what another declaration took over before stays there.

    Returns
    -------
    int
        Days that were taken over.
    """
    others = [
        each
        for (side, _), each in sorted(facts.declarations.items())
        if side == made.side and each.pk != made.pk
    ]
    closed = facts.closed(made.side) if milestone == successor(facts, made.side) else ()
    closed = tuple(each for each in closed if each.state != DeclarationState.CHECKED)
    for each in closed:
        made.travel_pence += each.travel_pence
        made.backfill_pence += each.backfill_pence
        made.plan_pence += each.plan_pence
    made.save()
    lapsed = [each for each in others if each.state == DeclarationState.LAPSED]
    sources = [each for each in lapsed if each not in closed]
    return copy_days([*closed, *sources], made, others, before=milestone.due_on)


def held_by(declarations: Iterable[Declaration]) -> set[Typed]:
    """Give the days typed by hand that declarations hold; what lapsed holds none for itself."""
    return {
        typed(day)
        for each in declarations
        if each.state != DeclarationState.LAPSED
        for day in each.days.all()
    }


def typed(day: DeclaredDay) -> Typed:
    """Give what tells a day typed by hand from every other; a copy has the same."""
    return day.on, day.half_days, day.what, day.who, day.evidence, day.added_at, day.added_by


def copy_days(
    sources: Iterable[Declaration], made: Declaration, others: Collection[Declaration],
    *, before: datetime.date,
) -> int:  # fmt: skip
    """Copy the days typed in some declarations into one that is being written, each once.

    Returns
    -------
    int
        Days that were copied.
    """
    given = list(sources)
    held = held_by([made, *(each for each in others if each not in (made, *given))])
    found = {
        typed(day): day
        for each in given
        for day in each.days.all()
        if day.struck_at is None and day.on < before
    }
    taken = [day for key, day in found.items() if key not in held]
    DeclaredDay.objects.bulk_create(
        DeclaredDay(
            declaration=made, on=day.on, half_days=day.half_days, what=day.what, who=day.who,
            evidence=day.evidence, excused_because=day.excused_because, added_at=day.added_at,
            added_by=day.added_by,
        )
        for day in taken
    )  # fmt: skip
    return len(taken)
