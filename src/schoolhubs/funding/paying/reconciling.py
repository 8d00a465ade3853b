"""Holds a bank's confirmation against the run it answers, to the penny."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.money import in_pounds, read_pounds
from schoolhubs.vocabulary.records.funding import Difference, PaymentRun, Reconciliation

NEEDED = ("reference", "payee_id", "amount_pounds")
MOST_ROWS = 100_000
Confirmed = tuple[str, str, int]


def read_confirmation(text: str, *, file: str = "confirmation.csv") -> tuple[Confirmed, ...]:
    r"""Read a confirmation file: reference, payee and pence of each payment it confirms.

    Columns ``reference``, ``payee_id`` and ``amount_pounds``; more are left unread.

    Raises
    ------
    DataProblem
        With every row that cannot be read; then nothing was reconciled.

    Examples
    --------
    >>> read_confirmation("reference,payee_id,amount_pounds\nSH1,900001,3600.00\n")
    (('SH1', '900001', 360000),)
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        fault = f"the header has no column {', '.join(missing)}"
        remedy = f"The first row names {', '.join(NEEDED)}."
        raise DataProblem([Problem(code="missing_column", file=file, row=1, fault=fault,
                                   remedy=remedy)], outcome="Nothing was reconciled.")  # fmt: skip
    found: list[Confirmed] = []
    problems: list[Problem] = []
    for at, row in enumerate(rows, start=2):
        if at > MOST_ROWS:
            fault = f"it has more than {MOST_ROWS:,} rows"
            problems.append(Problem(code="too_long", file=file, row=at, fault=fault))
            break
        reference, payee = (row["reference"] or "").strip(), (row["payee_id"] or "").strip()
        try:
            found.append((reference, payee, read_pounds(row["amount_pounds"] or "")))
        except DataProblem as error:
            one = error.problems[0]
            problems.append(Problem(code=one.code, file=file, row=at, column="amount_pounds",
                                    fault=one.fault, remedy=one.remedy))  # fmt: skip
    if problems:
        raise DataProblem(problems, outcome="Nothing was reconciled.")
    return tuple(found)


def reconcile(run: PaymentRun, confirmed: Sequence[Confirmed]) -> Reconciliation:
    """Hold what a bank confirms against a run.

    Parameters
    ----------
    confirmed
        Reference, payee and pence of each payment, as :func:`read_confirmation` gives them.

    Returns
    -------
    Reconciliation
        ``confirmed`` lists the references that agree in payee and to the penny and are there
        once: those alone become paid. Everything else is a difference.
    """
    differences = tuple(_differences(run, confirmed))
    wrong = {each.reference for each in differences}
    return Reconciliation(
        confirmed=tuple(item.reference for item in run.items if item.reference not in wrong),
        differences=differences,
        run_pence=run.total_pence,
        confirmed_pence=sum(pence for _, _, pence in confirmed),
    )


def _differences(run: PaymentRun, confirmed: Sequence[Confirmed]) -> Iterator[Difference]:
    times = Counter(reference for reference, _, _ in confirmed)
    by_reference = {reference: (payee, pence) for reference, payee, pence in confirmed}
    known = {item.reference for item in run.items}
    for item in run.items:
        name, pence = item.reference, item.amount_pence
        if name not in by_reference:
            text = f"{name}: {in_pounds(pence)} is not confirmed."
            yield Difference(code="not_confirmed", reference=name, run_pence=pence,
                             confirmed_pence=0, text=text)  # fmt: skip
            continue
        payee, paid = by_reference[name]
        if times[name] > 1:
            paid = sum(each for reference, _, each in confirmed if reference == name)
            code, fault = "twice", f"is confirmed {times[name]} times"
        elif payee != item.payee_id:
            code, fault = "other_payee", f"went to {payee or 'nobody named'}, not {item.payee_id}"
        elif paid != pence:
            code, fault = "other_amount", f"is {in_pounds(paid)}, not {in_pounds(pence)}"
        else:
            continue
        yield Difference(code=code, reference=name, run_pence=pence, confirmed_pence=paid,
                         text=f"{name} {fault}.")  # fmt: skip
    for name in dict.fromkeys(reference for reference, _, _ in confirmed if reference not in known):
        paid = sum(each for reference, _, each in confirmed if reference == name)
        text = f"{name or 'A payment without reference'}: {in_pounds(paid)} is not in this run."
        yield Difference(code="not_in_run", reference=name, run_pence=0, confirmed_pence=paid,
                         text=text)  # fmt: skip
