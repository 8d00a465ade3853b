"""Payments made, runs handed over, what a bank confirms, and what is taken back."""

import dataclasses
import datetime
from typing import NamedTuple

from schoolhubs.vocabulary.records.funding.awards import PaymentState, _Written
from schoolhubs.vocabulary.records.funding.rules import PayeeKind


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PaymentItem(_Written):
    """One payment: payee, partnership, period and milestone together are paid once.

    Parameters
    ----------
    reference
        Written on the payment and read back from the confirmation; made from the key alone, so
        that the same payment has the same reference whoever makes it however often.
    milestone
        The award's; what a correction adds to one already paid has the correction's number behind
        a full stop, such as ``first_year.2``.
    amount_pence
        What is to be paid, after anything taken back.
    taken_back_pence
        What was taken off it for a clawback.
    paid_to
        Who is paid in place of a payee that is no more, such as ``school:900002``; blank where
        the payee is.
    """

    reference: str
    payee_kind: PayeeKind
    payee_id: str
    partnership_id: str
    pathway: str
    period: str
    milestone: str
    amount_pence: int
    taken_back_pence: int = 0
    state: PaymentState = PaymentState.PAYABLE
    award_digest: str = ""
    paid_on: datetime.date | None = None
    paid_to: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What may be paid once."""
        return self.payee_id, self.partnership_id, self.period, self.milestone

    @property
    def award_key(self) -> tuple[str, str, str, str]:
        """The award it pays, whose corrections are payments of their own."""
        return (*self.key[:3], self.milestone.partition(".")[0])

    @property
    def gross_pence(self) -> int:
        """What it settles: what is paid, and what was taken off it for a clawback."""
        return self.amount_pence + self.taken_back_pence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunException(_Written):
    """Something in a run that a person must look at before the rest."""

    code: str
    reference: str
    text: str
    stops: bool = True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRun(_Written):
    """A run as prepared: exceptions first, then every payment, in the order of the file.

    ``pay_on`` is the day it is to be paid, ``made_on`` that on which its file was made.
    """

    programme_id: str
    period: str
    items: tuple[PaymentItem, ...]
    exceptions: tuple[RunException, ...] = ()
    pay_on: datetime.date | None = None
    made_on: datetime.date | None = None

    @property
    def total_pence(self) -> int:
        """What the run pays."""
        return sum(item.amount_pence for item in self.items)

    @property
    def may_be_agreed(self) -> bool:
        """There is something to pay, and no exception stops it."""
        return bool(self.items) and not any(each.stops for each in self.exceptions)


class Confirmed(NamedTuple):
    """What whoever pays says became of one payment; ``fault`` is why it was not made."""

    reference: str
    payee_id: str
    amount_pence: int
    is_paid: bool = True
    paid_on: datetime.date | None = None
    fault: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference(_Written):
    """One way in which a confirmation differs from the run it answers.

    ``code`` is ``not_confirmed``, ``not_in_run``, ``other_amount``, ``other_payee`` or ``twice``.
    """

    code: str
    reference: str
    run_pence: int
    confirmed_pence: int
    text: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation(_Written):
    """A run held against its confirmation, to the penny."""

    confirmed: tuple[str, ...]
    differences: tuple[Difference, ...]
    run_pence: int
    confirmed_pence: int
    not_paid: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Every payment is confirmed once with its amount, and nothing else is."""
        told_otherwise = self.differences or self.not_paid
        return not told_otherwise and self.run_pence == self.confirmed_pence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Taken(_Written):
    """What one payment still to come gives towards a clawback."""

    reference: str
    amount_pence: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Clawback(_Written):
    """Money owed back: first from what is still to pay, then as a debt.

    ``taken`` and ``remaining_pence`` add up to ``owed_pence``; ``period`` and ``milestone`` are
    of the award that was paid too much.
    """

    payee_id: str
    owed_pence: int
    why: str
    taken: tuple[Taken, ...] = ()
    partnership_id: str = ""
    period: str = ""
    milestone: str = ""

    @property
    def taken_pence(self) -> int:
        """What comes from payments still to be made."""
        return sum(each.amount_pence for each in self.taken)

    @property
    def remaining_pence(self) -> int:
        """What is left as a debt."""
        return self.owed_pence - self.taken_pence
