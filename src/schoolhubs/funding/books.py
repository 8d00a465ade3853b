"""Whether the books balance: what was paid is what was awarded, once, and nothing else."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
        May be paid now.
    owed_back_pence
        Was paid above what is awarded by now, and nobody took it back yet; not taken off what is
        due.
    under_way_pence
        In a run.
    waiting_pence
        Awarded, and blocked.
    problems
        Money that no award explains: paid twice, above the award, or to nobody's award.
    """

    awarded_pence: int
    paid_pence: int
    payments_pence: int
    due_pence: int
    owed_back_pence: int
    under_way_pence: int
    waiting_pence: int
    problems: tuple[Problem, ...] = ()

    @property
    def difference_pence(self) -> int:
        """What payments say was paid and awards do not; nought where the books balance."""
        return self.payments_pence - self.paid_pence

    @property
    def balance(self) -> bool:
        """Tell whether every penny that went is explained, and none is owed back."""
        return not self.problems and not self.difference_pence and not self.owed_back_pence

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        given = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        del given["problems"]
        return {**given, "difference_pence": self.difference_pence, "balance": self.balance}


def books(
    statement: Statement, payments: Iterable[PaymentItem], clawbacks: Iterable[Clawback] = ()
) -> Books:
    """Hold a statement against the payments and clawbacks of its period.

    Those of other periods may be among them and are left out. What went for each award is added
    up from the payments alone, so that a line that is wrong is found.
    """
    of_period = [each for each in payments if each.period == statement.period]
    back_of_period = [each for each in clawbacks if each.period == statement.period]
    sent = [each for each in of_period if each.state in GONE]
    due = [line.due_pence for line in statement.lines]
    return Books(
        awarded_pence=statement.awarded_pence,
        paid_pence=statement.paid_pence,
        payments_pence=sum(each.gross_pence for each in sent)
        - sum(each.owed_pence for each in back_of_period),
        due_pence=sum(each for each in due if each > 0),
        owed_back_pence=-sum(each for each in due if each < 0),
        under_way_pence=sum(e.gross_pence for e in of_period if e.state is PaymentState.IN_RUN),
        waiting_pence=sum(
            line.awarded_pence
            for line in statement.lines
            if line.award.blocked_by and not line.paid_pence
        ),
        problems=tuple(_problems(statement, of_period, back_of_period)),
    )


def _problems(
    statement: Statement, payments: Sequence[PaymentItem], clawbacks: Sequence[Clawback]
) -> Iterator[Problem]:
    awarded = {line.award.key for line in statement.lines}
    for each in payments:
        if each.award_key not in awarded:
            yield _alone(each)
    for key, n in Counter(each.key for each in payments).items():
        if n > 1:
            yield _twice([each for each in payments if each.key == key])
    went: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for each in payments:
        went[each.award_key] += each.gross_pence if each.state in GONE else 0
    for back in clawbacks:
        went[back.payee_id, back.partnership_id, back.period, back.milestone] -= back.owed_pence
    for line in statement.lines:
        # What waits may come to less than nothing as things stand: nothing went for it yet.
        above = max(went[line.award.key] - max(line.awarded_pence, 0), -line.due_pence)
        if above > 0:
            yield _above(line, above)


def _alone(payment: PaymentItem) -> Problem:
    return Problem(
        code="payment_without_award",
        file="payments.csv",
        fault=f"{payment.reference} of {in_pounds(payment.gross_pence)} to {payment.payee_id} for "
        f"{payment.milestone} of partnership {payment.partnership_id} has no award",
        remedy="Find the partnership's record, or take the payment back.",
    )


def _twice(payments: Sequence[PaymentItem]) -> Problem:
    one, *others = payments
    names = ", ".join(each.reference for each in payments)
    return Problem(
        code="paid_twice",
        file="payments.csv",
        fault=f"{names}: {one.milestone} of {one.period} of partnership {one.partnership_id} "
        f"stands {len(payments)} times for {one.payee_id}",
        remedy=f"Take {in_pounds(sum(each.gross_pence for each in others))} back.",
    )


def _above(line: StatementLine, above: int) -> Problem:
    award = line.award
    return Problem(
        code="paid_above_award",
        file="payments.csv",
        fault=f"{award.payee_id} was paid {in_pounds(above)} more than it is awarded, found at "
        f"{award.milestone} of partnership {award.partnership_id}",
        remedy="Take it back: a clawback of the award, agreed by two people.",
    )
