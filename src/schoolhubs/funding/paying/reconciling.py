"""Holds what whoever pays says against the run that it answers, to the penny."""

from collections import Counter
from collections.abc import Iterator, Sequence

from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.funding import (
    Confirmed,
    Difference,
    PaymentItem,
    PaymentRun,
    Reconciliation,
)


def reconcile(run: PaymentRun, confirmed: Sequence[Confirmed]) -> Reconciliation:
    """Hold what is confirmed against a run.

    Parameters
    ----------
    confirmed
        As :func:`read_confirmation` gives it. What was not paid is known by reference and payee
        alone: banks write nought beside it, or nothing.

    Returns
    -------
    Reconciliation
        ``confirmed`` lists the references that agree in payee and to the penny and are there
        once: those alone become paid. ``not_paid`` lists those that were not made. Everything
        else is a difference.
    """
    differences = tuple(_differences(run, confirmed))
    wrong = {each.reference for each in differences}
    failed = {each.reference for each in confirmed if not each.is_paid}
    right = [item.reference for item in run.items if item.reference not in wrong]
    return Reconciliation(
        confirmed=tuple(name for name in right if name not in failed),
        not_paid=tuple(name for name in right if name in failed),
        differences=differences,
        run_pence=run.total_pence,
        confirmed_pence=sum(each.amount_pence for each in confirmed if each.is_paid),
    )


def _differences(run: PaymentRun, confirmed: Sequence[Confirmed]) -> Iterator[Difference]:
    rows: dict[str, list[Confirmed]] = {}
    for each in confirmed:
        rows.setdefault(each.reference, []).append(each)
    times = Counter(item.reference for item in run.items)
    for item in run.items:
        told = _wrong(item, rows.get(item.reference, []), times[item.reference])
        if told is not None:
            yield told
    for name, said in rows.items():
        if name not in times:
            paid = sum(each.amount_pence for each in said)
            text = f"{name or 'A payment without reference'}: {in_pounds(paid)} is not in this run."
            yield Difference(code="not_in_run", reference=name, run_pence=0, confirmed_pence=paid,
                             text=text)  # fmt: skip


def _wrong(item: PaymentItem, said: Sequence[Confirmed], times: int) -> Difference | None:
    """Name the way in which what is said of a payment is not as it was to be; None if it is."""
    name, pence = item.reference, item.amount_pence
    paid = sum(each.amount_pence for each in said if each.is_paid)
    if not said:
        code, text = "not_confirmed", f"{name}: {in_pounds(pence)} is not confirmed."
    elif len(said) > 1:
        code, text = "twice", f"{name} is confirmed {len(said)} times."
    elif times > 1:
        code, text = "twice", f"{name} stands {times} times in the run."
    elif said[0].payee_id != item.payee_id:
        to = said[0].payee_id or "nobody named"
        code, text = "other_payee", f"{name} went to {to}, not {item.payee_id}."
    elif said[0].is_paid and paid != pence:
        code, text = "other_amount", f"{name} is {in_pounds(paid)}, not {in_pounds(pence)}."
    else:
        return None
    return Difference(code=code, reference=name, run_pence=pence, confirmed_pence=paid, text=text)
