"""Prepares a payment run, exceptions first."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from schoolhubs.funding.paying.references import payment_reference
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.funding import (
    MoneyRules,
    PaymentItem,
    PaymentRun,
    RunException,
    Statement,
    StatementLine,
)


def items_of(statement: Statement) -> tuple[PaymentItem, ...]:
    """Give a payment for each line of a statement of which anything may be paid now.

    What a correction adds to an award that was paid is a payment with the next number.
    """
    return tuple(_item(line) for line in statement.lines if _may_be(line))


def _may_be(line: StatementLine) -> bool:
    return line.due_pence > 0 and not line.award.blocked_by


def _item(line: StatementLine) -> PaymentItem:
    award, n = line.award, line.n_payments
    milestone = f"{award.milestone}.{n + 1}" if n else award.milestone
    return PaymentItem(
        reference=payment_reference(*award.key[:3], milestone),
        payee_kind=award.payee_kind,
        payee_id=award.payee_id,
        partnership_id=award.partnership_id,
        pathway=award.pathway,
        period=award.period,
        milestone=milestone,
        amount_pence=line.due_pence,
        award_digest=award.digest,
    )


def prepare_run(
    programme_id: str,
    period: str,
    items: Iterable[PaymentItem],
    money: MoneyRules,
    *,
    paid: Collection[PaymentItem] = (),
    watched: Collection[str] = (),
) -> PaymentRun:
    """Put payments into a run, with everything a person must look at before the rest.

    Parameters
    ----------
    items
        What is to be paid. One brought to nothing by a clawback is left out.
    money
        Envelope and the amount from which every payment is looked into.
    paid
        Every payment of the programme paid or in another run: none of them is paid again, and
        with them the run stays within the envelope.
    watched
        Payees with an open concern, a debt or a query.

    Returns
    -------
    PaymentRun
        An exception with ``stops`` must be resolved before anybody can agree the run.
    """
    kept = sorted((each for each in items if each.amount_pence), key=lambda each: each.key)
    found = [
        *_twice(kept, paid),
        *_over_envelope(kept, paid, money),
        *_odd(kept, money, watched),
    ]
    return PaymentRun(
        programme_id=programme_id, period=period, items=tuple(kept), exceptions=tuple(found)
    )


def _twice(items: Sequence[PaymentItem], paid: Collection[PaymentItem]) -> Iterator[RunException]:
    gone, here = {each.key for each in paid}, Counter(each.key for each in items)
    for item in items:
        if item.key in gone or here[item.key] > 1:
            before = (
                "was paid before, or is in another run" if item.key in gone else "is here twice"
            )
            text = f"{item.milestone} of {item.period} for {item.payee_id} {before}. Take it out."
            yield RunException(code="twice", reference=item.reference, text=text)


def _over_envelope(
    items: Sequence[PaymentItem], paid: Collection[PaymentItem], money: MoneyRules
) -> Iterator[RunException]:
    together = sum(each.amount_pence for each in (*paid, *items))
    if together > money.envelope_pence:
        text = (
            f"With this run {in_pounds(together)} would be paid, and the programme has "
            f"{in_pounds(money.envelope_pence)}. Take payments of "
            f"{in_pounds(together - money.envelope_pence)} out."
        )
        yield RunException(code="over_envelope", reference="", text=text)


def _odd(
    items: Sequence[PaymentItem], money: MoneyRules, watched: Collection[str]
) -> Iterator[RunException]:
    for item in items:
        if item.amount_pence < 0:
            text = (
                f"Payee {item.payee_id} owes {in_pounds(-item.amount_pence)}. Take it back instead."
            )
            yield RunException(code="owed_back", reference=item.reference, text=text)
        if not item.payee_id:
            text = f"Partnership {item.partnership_id} names no payee. Enter its number."
            yield RunException(code="no_payee", reference=item.reference, text=text)
        if item.payee_id in watched:
            text = f"Payee {item.payee_id} has something open. Read it before you agree."
            yield RunException(code="watched", reference=item.reference, text=text, stops=False)
        if item.taken_back_pence:
            text = f"{in_pounds(item.taken_back_pence)} was taken off for a clawback."
            yield RunException(code="taken_off", reference=item.reference, text=text, stops=False)
        if item.amount_pence >= money.assurance.check_all_from_pence:
            text = f"{in_pounds(item.amount_pence)} is large: every such payment is looked into."
            yield RunException(code="large", reference=item.reference, text=text, stops=False)
