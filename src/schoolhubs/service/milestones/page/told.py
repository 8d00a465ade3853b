"""What the pages show of the terms: tasks by term, totals by role, what is owed next."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence

from schoolhubs import delivery
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.delivery import queries as support
from schoolhubs.service.milestones.page.leading import address_of
from schoolhubs.service.milestones.standing.together import Together
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages.seen import side_of
from schoolhubs.service.training import queries as training
from schoolhubs.vocabulary.records.delivery import DayKind

SUPPORT = (DayKind.SUPPORT_DAY, DayKind.COACHING)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One milestone as an actor sees it: whose it is, and where it is done."""

    due: delivery.milestones.Due
    whose: tuple[str, ...]
    is_mine: bool
    address: str

    @property
    def so_far(self) -> str:
        """What is agreed of what is asked, for what is counted in half-days; else blank."""
        return f"{self.due.so_far} of {self.due.asked} half-days agreed" if self.due.asked else ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TermTasks:
    """A term with its tasks."""

    term: delivery.milestones.terms.TermOf
    tasks: tuple[Task, ...]

    @property
    def n_done(self) -> int:
        """How many are done."""
        return sum(not each.due.is_left for each in self.tasks)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RoleTotals:
    """A role's total of each term."""

    role: Role
    totals: tuple[delivery.milestones.TermTotal, ...]


def terms_seen(actor: Actor, found: Together) -> tuple[TermTasks, ...]:
    """Give the tasks of each term as an actor sees them."""
    terms = sorted({each.term for each in found.dues}, key=lambda term: term.number)
    tasks = [_task(actor, found, each) for each in found.dues]
    return tuple(
        TermTasks(term=term, tasks=tuple(each for each in tasks if each.due.term == term))
        for term in terms
    )


def _task(actor: Actor, found: Together, due: delivery.milestones.Due) -> Task:
    roles = [Role(each) for each in due.milestone.roles]
    is_open = due.is_left and not found.is_resting and found.partnership.state != "finished"
    kind = due.milestone.done_when
    return Task(
        due=due, whose=tuple(each.meaning.title for each in roles),
        is_mine=is_mine(actor, found, due),
        address=address_of(actor, found.partnership, kind) if is_open else "",
    )  # fmt: skip


def is_mine(actor: Actor, found: Together, due: delivery.milestones.Due) -> bool:
    """Tell whether a milestone is an actor's to do: by role, and for its own side."""
    side = side_of(actor, found.partnership)
    of_side: Sequence[Role] = LEADS if side == "lead" else (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
    mine = {each.value for each in of_side if side and actor.holds(each)}
    return bool(mine & set(due.milestone.roles))


def role_totals(found: Together) -> tuple[RoleTotals, ...]:
    """Give the totals of every role that has a task, in the order of the roles."""
    roles = {role for due in found.dues for role in due.milestone.roles}
    pathway = found.rules.pathway(found.partnership.pathway)
    return tuple(
        RoleTotals(
            role=role,
            totals=delivery.milestones.term_totals(
                found.milestones, pathway, found.dues, role.value
            ),
        )
        for role in Role
        if role.value in roles
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfTrust:
    """What stands beside the terms of a trust: executive support, and training of its leaders."""

    executive: delivery.days.ledger.Ledger | None
    training: delivery.training.Tally | None
    n_leaders: int


def of_trust(partnership: Partnership, *, on: datetime.date) -> OfTrust | None:
    """Give what a trust's page shows beside its terms; None for schools."""
    if not partnership.is_of_trusts:
        return None
    held = support.days_in(partnership)
    found = training.trained([partnership], on=on).get(partnership.pk)
    return OfTrust(
        executive=support.executive_ledger_of(partnership, held),
        training=found.tally if found else None,
        n_leaders=len(found.there(on)) if found else 0,
    )


def next_due(found: Together) -> delivery.milestones.Due | None:
    """Give what comes next: the first that is not done; None once all is."""
    return next((each for each in found.dues if each.is_left), None)


def half_days_left(found: Together) -> int:
    """Give the half-days of the lead that are promised and not agreed yet; never below nothing."""
    promised = 2 * found.rules.pathway(found.partnership.pathway).lead_days_per_partner
    spent = sum(_lead_half_days(found))
    return max(round(promised) - spent, 0)


def _lead_half_days(found: Together) -> Iterator[int]:
    for each in found.days:
        if each.is_agreed and each.kind in SUPPORT:
            yield each.lead_half_days
