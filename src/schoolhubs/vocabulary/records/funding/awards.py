"""What a partner declares, what it is awarded, and what is due to whom, in pence."""

import dataclasses
import datetime
import enum
from typing import Any, Self

from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent
from schoolhubs.vocabulary.records.funding.rules import PayeeKind
from schoolhubs.vocabulary.records.plan import written


class PaymentState(enum.StrEnum):
    """How far a payment is; the moves between them stand in ``funding/paying/states.yaml``."""

    STARTED = "started"
    DECLARED = "declared"
    CHECKED = "checked"
    PAYABLE = "payable"
    IN_RUN = "in_run"
    PAID = "paid"
    CLAWED_BACK = "clawed_back"
    LAPSED = "lapsed"


class _Written:
    """Records that are stored as plain values and read back."""

    __slots__ = ()

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return written.as_dict(self)

    @classmethod
    def from_dict(cls, given: object) -> Self:
        """Build it from plain values.

        Raises
        ------
        DataProblem
            With every fault.
        """
        return written.from_dict(cls, given, what=cls.__name__.lower())

    @property
    def digest(self) -> str:
        """Twelve letters that change with its values."""
        return written.digest(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredDay(_Written):
    """Part of a day that no ledger holds, as a partner declares it.

    ``is_excused`` is a day that could not take place through no fault of the partner, such as one
    the lead missed: it counts as taken part in where the definition says so.
    """

    on: datetime.date
    half_days: int
    what: str
    evidence: str
    is_excused: bool = False

    @property
    def as_spent(self) -> DaySpent:
        """The day as a ledger would hold it."""
        return DaySpent(
            kind=DayKind.DECLARED, on=self.on, partner_half_days=self.half_days,
            evidence=self.evidence,
        )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UseOfGrant(_Written):
    """What part of a grant went on: ``travel``, ``backfill`` or ``plan``."""

    use: str
    amount_pence: int
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(_Written):
    """What a side declares of its commitment beside what the ledgers hold by themselves.

    ``milestone`` is the one it was made for; blank where one declaration serves for all. A lead
    declares that the days which the ledgers hold of it are right.

    Examples
    --------
    >>> declaration = Declaration(
    ...     declaration_id="1", partnership_id="7", state=PaymentState.CHECKED,
    ...     days=(DeclaredDay(on=datetime.date(2027, 1, 11), half_days=1, what="Staff meeting",
    ...                       evidence="minutes"),))
    >>> declaration.half_days, Declaration.from_dict(declaration.as_dict()) == declaration
    (1, True)
    """

    declaration_id: str
    partnership_id: str
    state: PaymentState = PaymentState.STARTED
    version: int = 1
    milestone: str = ""
    days: tuple[DeclaredDay, ...] = ()
    use: tuple[UseOfGrant, ...] = ()
    is_lead: bool = False

    @property
    def half_days(self) -> int:
        """Half-days declared, excused ones among them."""
        return sum(day.half_days for day in self.days)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMilestone(_Written):
    """A moment at which money falls due.

    Parameters
    ----------
    milestone
        ``first_year``, ``end``, ``term_1`` …, ``extension`` or ``withdrawal``.
    due_on
        First day on which it may be paid.
    terms
        Whole terms over by then.
    earned_parts, of_parts
        What part of the full grant has been earned by then, all earlier milestones with it.
    """

    milestone: str
    due_on: datetime.date
    terms: int
    earned_parts: int
    of_parts: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AwardLine(_Written):
    """One step of the working: what it adds or takes, and why."""

    code: str
    text: str
    amount_pence: int
    why: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Blocked(_Written):
    """Why an award cannot be paid yet, and what to do."""

    code: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Award(_Written):
    """What one payee earns at one milestone of one partnership; its lines add up to the amount.

    A negative amount was paid before and is owed back.

    Parameters
    ----------
    payee_id
        URN of the school or lead, or number of the trust.
    period
        Academic year in which it falls due, such as ``2026/27``.
    counted_half_days, expected_half_days
        Half-days taken part in by then, and those expected by then.
    blocked_by
        Empty where it may be paid.
    would_change
        What would make it another amount, in sentences.
    derived_from
        Ids of the declaration and of every day counted.
    """

    programme_id: str
    cohort_id: str
    definition_version: str
    partnership_id: str
    pathway: str
    urn: str
    lead_urn: str
    payee_kind: PayeeKind
    payee_id: str
    milestone: str
    period: str
    due_on: datetime.date
    amount_pence: int
    lines: tuple[AwardLine, ...]
    counted_half_days: int = 0
    expected_half_days: float = 0.0
    blocked_by: tuple[Blocked, ...] = ()
    would_change: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What may be paid once: payee, partnership, period and milestone."""
        return self.payee_id, self.partnership_id, self.period, self.milestone

    @property
    def is_payable(self) -> bool:
        """Nothing stands in the way, and it is more than nothing."""
        return not self.blocked_by and self.amount_pence > 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine(_Written):
    """One award of a statement with what was paid for it and what is still due (or owed back).

    ``due_pence`` is what may be paid now: nothing while the award is blocked. ``n_payments`` is
    how many payments were made for it or are under way: a correction's has the next number, so
    that a statement drawn up before can never pay a second time. ``paid_to`` are those who were
    paid in place of the payee, and ``paid_to_pence`` is what of ``paid_pence`` they were.
    """

    award: Award
    state: PaymentState
    awarded_pence: int
    paid_pence: int
    clawed_back_pence: int
    due_pence: int
    n_payments: int = 0
    paid_to: tuple[str, ...] = ()
    paid_to_pence: int = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Statement(_Written):
    """What is due under a programme in a period, line by line.

    ``notes`` are sentences that every answer carries, such as that partners are paid nothing.
    """

    programme_id: str
    definition_version: str
    period: str
    lines: tuple[StatementLine, ...]
    notes: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def awarded_pence(self) -> int:
        """Everything awarded in the period."""
        return sum(line.awarded_pence for line in self.lines)

    @property
    def paid_pence(self) -> int:
        """What was paid, less what was taken back."""
        return sum(line.paid_pence - line.clawed_back_pence for line in self.lines)

    @property
    def due_pence(self) -> int:
        """What may be paid now."""
        return sum(line.due_pence for line in self.lines)
