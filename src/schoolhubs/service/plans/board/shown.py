"""What the board shows of each action: owner, day, evidence, measure, and its screen."""

import dataclasses
import datetime
from collections.abc import Mapping

from schoolhubs.plans import facts, library
from schoolhubs.service.plans.models import ActionScreen, Card, CardState
from schoolhubs.service.plans.writing.measured import measures
from schoolhubs.vocabulary.records.plan import ActionPlan, Objective, PlannedAction


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """One action on the board.

    Parameters
    ----------
    owner, due_on
        Of the card, else of the objective: its owner, and its next review.
    evidence
        How much is known of it, in the words of the library.
    measure
        What it should move; blank where its objective has none yet.
    is_late
        Its day has gone and it is neither done nor stopped.
    version
        Of the card; 0 where it was never moved.
    """

    action: PlannedAction
    objective: Objective | None
    state: CardState
    owner: str
    own_owner: str
    due_on: datetime.date | None
    own_due_on: datetime.date | None
    evidence: str
    measure: str
    is_screened: bool
    is_late: bool
    version: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the board."""

    state: CardState
    cards: tuple[CardShown, ...]


def board(
    plan: ActionPlan,
    cards: Mapping[str, Card],
    screens: Mapping[str, ActionScreen],
    *,
    on: datetime.date,
) -> tuple[Column, ...]:
    """Put every action into the column where it stands; within one, the earliest day first."""
    shown = [
        card_of(each, plan, cards.get(each.action_id), screens.get(each.action_id), on=on)
        for each in plan.actions
    ]
    shown.sort(key=lambda each: each.due_on or datetime.date.max)
    return tuple(
        Column(state=state, cards=tuple(each for each in shown if each.state == state))
        for state in CardState
    )


def card_of(
    action: PlannedAction,
    plan: ActionPlan,
    card: Card | None,
    screen: ActionScreen | None,
    *,
    on: datetime.date,
) -> CardShown:
    """Tell of one action what its card shows."""
    held = {each.objective_id: each for each in plan.objectives}
    serves = held.get(action.objective_id)
    state = CardState(card.state) if card else CardState.TO_DO
    ahead = [each for each in serves.review_on if each >= on] if serves else []
    due_on = card.due_on if card and card.due_on else min(ahead, default=None)
    taken = library().get(action.library_id)
    strength = taken.strength if taken else facts.strengths()[-1]
    known = measures()
    return CardShown(
        action=action, objective=serves, state=state,
        owner=(card.owner if card else "") or (serves.owner if serves else ""),
        own_owner=card.owner if card else "", due_on=due_on,
        own_due_on=card.due_on if card else None,
        evidence=facts.stored("strengths.yaml")["strengths"][strength]["title"],
        measure=known[serves.measure]["title"] if serves and serves.measure in known else "",
        is_screened=screen is not None and not screen.open_because,
        is_late=due_on is not None and due_on < on
        and state not in {CardState.DONE, CardState.STOPPED},
        version=card.version if card else 0,
    )  # fmt: skip
