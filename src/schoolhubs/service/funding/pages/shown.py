"""A school's money as its page shows it: milestone by milestone, what it comes to and why."""

import dataclasses
import datetime
from collections.abc import Sequence

from django.db.models import Q

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.awarding.actions import Known, claimed, known_of
from schoolhubs.service.funding.awarding.facts import STOOD, Facts, facts_among
from schoolhubs.service.funding.models import Declaration, KeptAward
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.payees import payee_of
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.reach import is_theirs, sides_of
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records.funding import Award, PaymentMilestone

TAGS = {
    "not_due": ("Not due yet", "govuk-tag--grey"),
    "to_declare": ("To be declared", "govuk-tag--blue"),
    "returned": ("Returned", "govuk-tag--yellow"),
    "changed": ("Changed since checked", "govuk-tag--red"),
    "declared": ("With the office", "govuk-tag--light-blue"),
    "checked": ("Checked", "govuk-tag--turquoise"),
    "held": ("Held back", "govuk-tag--orange"),
    "payable": ("To be paid", "govuk-tag--turquoise"),
    "in_run": ("In a payment run", "govuk-tag--purple"),
    "paid": ("Paid", "govuk-tag--green"),
    "clawed_back": ("To come back", "govuk-tag--red"),
    "lapsed": ("Lapsed", "govuk-tag--orange"),
    "nothing": ("Nothing due", "govuk-tag--grey"),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One milestone of one partnership's side.

    Parameters
    ----------
    award
        As kept; as it stands today where none is kept yet.
    owed_back_pence
        Of agreed clawbacks of it, what has not come back.
    changes
        What changed behind the award since it was checked.
    held_on
        The day since which the office holds back what is due of it; None where it does not.
    """

    milestone: PaymentMilestone
    award: Award
    kept: KeptAward | None
    declaration: Declaration | None
    payments: Sequence[Payment]
    owed_back_pence: int
    on: datetime.date
    changes: Sequence[since.Change] = ()
    held_on: datetime.date | None = None

    @property
    def words(self) -> str:
        """What it is paid for."""
        return wording.milestone(self.milestone.milestone)

    @property
    def is_due(self) -> bool:
        """Its time is over, so that it can be declared."""
        return self.milestone.due_on <= self.on

    @property
    def paid_pence(self) -> int:
        """What was paid for it, what was taken for clawback with it."""
        return sum(each.settles_pence for each in self.payments if each.state == "paid")

    @property
    def state(self) -> str:
        """How far it is, as a name of :data:`TAGS`."""
        if self.owed_back_pence:
            return "clawed_back"
        if since.is_to_check(self.changes):
            return "changed"
        if any(each.state == "in_run" for each in self.payments):
            return "in_run"
        said = self.declaration
        if said is None or said.state == "started":
            if self.award.lines and self.award.lines[-1].code == "carried":
                return "nothing"  # a later milestone was checked, and holds it
            if said is not None and said.returned_reason:
                return "returned"
            return "to_declare" if self.is_due else "not_due"
        if said.state in ("declared", "lapsed"):
            return said.state
        if self.award.amount_pence <= 0 and not self.payments:
            return "nothing"
        if self.payments and self.paid_pence >= self.award.amount_pence:
            return "paid"
        return "held" if self.held_on else "payable"

    @property
    def tag(self) -> dict[str, str]:
        """How far it is, as a tag."""
        text, colour = TAGS[self.state]
        return {"text": text, "classes": colour}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The money of one side of a partnership."""

    facts: Facts
    side: str
    lines: tuple[Line, ...]

    @property
    def partnership(self) -> Partnership:
        """The first year's."""
        return self.facts.partnership

    @property
    def urn(self) -> str:
        """The school of the side."""
        return str(getattr(self.partnership, f"{self.side}_urn"))

    @property
    def payee_id(self) -> str:
        """The number of the school or trust that is paid."""
        return payee_of(self.partnership, self.side).partition(":")[2]

    @property
    def closed(self) -> tuple[Declaration, ...]:
        """Declarations begun for milestones that are none since the partnership was cut short."""
        return self.facts.closed(self.side)

    @property
    def says_nothing_is_paid(self) -> bool:
        """The programme pays this side nothing."""
        return not self.lines

    @property
    def is_quiet(self) -> bool:
        """Nothing is to be done and nothing on its way: what is due is paid."""
        return not self.closed and all(
            each.state in ("paid", "nothing", "not_due") for each in self.lines
        )

    @property
    def total_pence(self) -> int:
        """What all milestones come to as they stand."""
        return sum(each.award.amount_pence for each in self.lines)

    @property
    def paid_pence(self) -> int:
        """What was paid."""
        return sum(each.paid_pence for each in self.lines)


def money_of(actor: Actor, urn: str, *, on: datetime.date) -> list[Money]:
    """Give the money of a school as an actor reads it, the newest partnership first."""
    sides = sides_of(actor, urn)
    wanted = Q(pk__in=[])
    for side in sides:
        wanted |= Q(**{f"{side}_urn": urn})
    # A further year is with the same school, so it is among them.
    rows = list(Partnership.objects.filter(STOOD, wanted).order_by("-starts_on", "-pk"))
    firsts = [each for each in rows if each.extends_id is None]
    found = [
        (facts, side)
        for facts in facts_among(firsts, known=[e for e in rows if e.extends_id])
        for side in sides
        if getattr(facts.partnership, f"{side}_urn") == urn
        and is_theirs(actor, facts.partnership, side)
    ]
    return with_lines(found, on=on)


def with_lines(found: Sequence[tuple[Facts, str]], *, on: datetime.date) -> list[Money]:
    """Give the lines of some sides, in as many queries for many as for one."""
    known = known_of([facts.partnership for facts, _ in found])
    left = queries.outstanding(known.clawbacks) if known.clawbacks else {}
    told = []
    for facts, side in found:
        stands = {line.award.milestone: line.award
                  for line in claimed(facts, side, on=on, known=known)}  # fmt: skip
        lines = tuple(
            _line(facts, side, each, stands[each.milestone], known, left, on)
            for each in facts.milestones(side)
        )
        told.append(Money(facts=facts, side=side, lines=lines))
    return _with_held_back(told)


def _with_held_back(told: list[Money]) -> list[Money]:
    """Say of what is to be paid where the office holds it back; asked only where something is."""
    ids = {e.partnership.pk for e in told for line in e.lines if line.state == "payable"}
    held = queries.held_since(ids) if ids else {}
    if not held:
        return told
    return [
        dataclasses.replace(one, lines=tuple(
            dataclasses.replace(line, held_on=held.get(queries.key_of(line.kept)))
            if line.kept else line
            for line in one.lines
        ))
        for one in told
    ]  # fmt: skip


def _line(
    facts: Facts, side: str, milestone: PaymentMilestone, stands: Award, known: Known,
    left: dict[int, int], on: datetime.date,
) -> Line:  # fmt: skip
    payee, name = payee_of(facts.partnership, side), milestone.milestone
    here = (payee, facts.partnership.pk, name)
    kept = next((e for e in known.awards if (e.payee, e.partnership_id, e.milestone) == here), None)
    return Line(
        milestone=milestone, award=Award.from_dict(kept.record) if kept else stands, kept=kept,
        on=on, changes=since.changes_in(kept, facts.record.days) if kept else (),
        declaration=facts.declarations.get((side, name)),
        payments=[
            each for each in known.payments
            if (each.payee, each.partnership_id, each.award.milestone) == here
        ],
        owed_back_pence=sum(
            left.get(each.pk, 0) for each in known.clawbacks
            if (each.payee, each.partnership_id, each.milestone) == here
        ),
    )  # fmt: skip
