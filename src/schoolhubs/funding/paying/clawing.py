"""Takes back what is owed: first from what is still to pay, then as a debt."""

import dataclasses
from collections.abc import Iterable

from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.funding import Clawback, PaymentItem, PaymentState, Taken

STILL_TO_PAY = {PaymentState.CHECKED, PaymentState.PAYABLE}


def claw_back(
    payee_id: str,
    owed_pence: int,
    awaiting: Iterable[PaymentItem],
    *,
    why: str,
    partnership_id: str = "",
    period: str = "",
    milestone: str = "",
) -> tuple[Clawback, tuple[PaymentItem, ...]]:
    """Take what a payee owes from its payments still to come, the first first.

    Parameters
    ----------
    owed_pence
        More than nothing.
    awaiting
        Payments of any payee; only this payee's that are not in a run give anything.
    why
        A sentence for the letter.
    partnership_id, period, milestone
        Of the award that was paid too much.

    Returns
    -------
    The clawback, whose parts and remaining debt add up to what is owed, and every payment of
    ``awaiting`` in its order, less what was taken from it. One brought to nothing stays, with
    amount 0, so that it is not paid again.

    Raises
    ------
    UsageError
        If nothing is owed.

    Examples
    --------
    >>> from schoolhubs.vocabulary.records.funding import PayeeKind
    >>> item = PaymentItem(
    ...     reference="SH1", payee_kind=PayeeKind.SCHOOL, payee_id="900001", partnership_id="7",
    ...     pathway="paired", period="2026/27", milestone="term_2", amount_pence=600)
    >>> clawback, items = claw_back("900001", 1000, [item], why="Two days did not take place.")
    >>> clawback.taken_pence, clawback.remaining_pence, items[0].amount_pence
    (600, 400, 0)
    """
    if owed_pence <= 0:
        raise UsageError(f"{owed_pence} pence is owed: a clawback takes back more than nothing.")
    left, taken, after = owed_pence, [], []
    for item in awaiting:
        part = 0
        if item.payee_id == payee_id and item.state in STILL_TO_PAY:
            part = min(left, item.amount_pence)
        if part:
            taken.append(Taken(reference=item.reference, amount_pence=part))
            left -= part
        after.append(
            dataclasses.replace(
                item,
                amount_pence=item.amount_pence - part,
                taken_back_pence=item.taken_back_pence + part,
            )
        )
    clawback = Clawback(
        payee_id=payee_id, owed_pence=owed_pence, why=why, taken=tuple(taken),
        partnership_id=partnership_id, period=period, milestone=milestone,
    )  # fmt: skip
    return clawback, tuple(after)
