"""Whether the books balance: what was paid is what was awarded, and nothing else."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.funding import (
    Clawback,
    PaymentItem,
    PaymentState,
    Statement,
    StatementLine,
)

GONE = {PaymentState.PAID, PaymentState.CLAWED_BACK}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A statement's amounts, held against the payments themselves.

    Parameters
    ----------
    paid_pence
        Paid by the statement's lines, less what was taken back.
    payments_pence
        The same by the payments and clawbacks alone.
    due_pence
        May be paid now; what is owed back counts against it.
    under_way_pence
        In a run.
    waiting_pence
        Awarded, and blocked.
    problems
        Payments that no award explains.
    """

    awarded_pence: int
    paid_pence: int
    payments_pence: int
    due_pence: int
    under_way_pence: int
    waiting_pence: int
    problems: tuple[Problem, ...] = ()

    @property
    def difference_pence(self) -> int:
        """What payments say was paid and awards do not; nought where the books balance."""
        return self.payments_pence - self.paid_pence

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        given = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        del given["problems"]
        return {**given, "difference_pence": self.difference_pence}


def books(
    statement: Statement, payments: Iterable[PaymentItem], clawbacks: Iterable[Clawback] = ()
) -> Books:
    """Hold a statement against the payments and clawbacks of its period.

    Those of other periods may be among them and are left out.
    """
    of_period = [each for each in payments if each.period == statement.period]
    back = sum(each.owed_pence for each in clawbacks if each.period == statement.period)
    awarded = {line.award.key for line in statement.lines}
    sent = [each for each in of_period if each.state in GONE]
    return Books(
        awarded_pence=statement.awarded_pence,
        paid_pence=statement.paid_pence,
        payments_pence=sum(each.gross_pence for each in sent) - back,
        due_pence=statement.due_pence,
        under_way_pence=sum(e.gross_pence for e in of_period if e.state is PaymentState.IN_RUN),
        waiting_pence=sum(
            line.awarded_pence
            for line in statement.lines
            if line.award.blocked_by and not line.paid_pence
        ),
        problems=tuple(_alone(each) for each in of_period if each.award_key not in awarded),
    )


def _alone(payment: PaymentItem) -> Problem:
    return Problem(
        code="payment_without_award",
        file="payments.csv",
        fault=f"{payment.reference} of {in_pounds(payment.gross_pence)} to {payment.payee_id} for "
        f"{payment.milestone} of partnership {payment.partnership_id} has no award",
        remedy="Find the partnership's record, or take the payment back.",
    )


def line_of(line: StatementLine) -> dict[str, Any]:
    """Give a statement's line flat, as the command line prints it."""
    award = line.award
    return {
        "payee_kind": str(award.payee_kind), "payee_id": award.payee_id,
        "partnership_id": award.partnership_id, "pathway": award.pathway, "urn": award.urn,
        "lead_urn": award.lead_urn, "milestone": award.milestone, "period": award.period,
        "due_on": award.due_on.isoformat(), "state": str(line.state),
        "awarded_pence": line.awarded_pence, "paid_pence": line.paid_pence,
        "clawed_back_pence": line.clawed_back_pence, "due_pence": line.due_pence,
        "why": [each.as_dict() for each in award.lines],
        "blocked_by": [each.as_dict() for each in award.blocked_by],
        "would_change": list(award.would_change),
    }  # fmt: skip
