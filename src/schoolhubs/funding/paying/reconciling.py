"""Holds a bank's confirmation against the run it answers, to the penny."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from schoolhubs.funding.paying.references import payment_reference
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.money import in_pounds, plain, read_pounds
from schoolhubs.vocabulary.records.funding import (
    Difference,
    PayeeKind,
    PaymentItem,
    PaymentRun,
    Reconciliation,
)

NEEDED = ("reference", "payee_id", "amount_pounds")
# The service hands over no partnership, and closes its file with a line that says what went before.
OF_THE_SERVICE, END = ("reference", "payee_kind", "payee_id", "milestone", "amount_pounds"), "end"
OF_A_RUN = ("payee_kind", "partnership_id", "pathway", "period", "milestone")
OUTCOMES = {"paid": True, "": True, "not_paid": False}
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
    rows, problems = _rows(text, NEEDED, file)
    if not problems and any(row["reference"] == END for row in rows):
        fault = "this is the file that was handed over, not what became of it"
        remedy = "Take the file in which whoever pays says what was paid."
        problems = [Problem(code="own_file", file=file, fault=fault, remedy=remedy)]
    if problems:
        raise DataProblem(problems, outcome="Nothing was reconciled.")
    return tuple((row["reference"], row["payee_id"], row["amount_pence"]) for row in rows)


def not_paid(text: str, *, file: str = "confirmation.csv") -> dict[str, str]:
    r"""Give the references that a confirmation says were not paid, each with the fault it tells.

    Column ``outcome`` holds ``paid`` (as where nothing is said) or ``not_paid``.

    Raises
    ------
    DataProblem
        With every row whose outcome is neither.

    Examples
    --------
    >>> not_paid("reference,payee_id,amount_pounds,outcome,fault\nS,9,1.00,not_paid,No account\n")
    {'S': 'No account'}
    """
    found: dict[str, str] = {}
    problems = []
    for at, row in enumerate(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))), start=2):
        outcome = (row.get("outcome") or "").strip()
        if outcome not in OUTCOMES:
            fault = f"{outcome[:40]!r} stands where paid or not_paid was expected"
            told = Problem(
                code="confirmation_outcome", file=file, row=at, column="outcome", fault=fault,
                remedy="Correct the row.",
            )  # fmt: skip
            problems.append(told)
        elif not OUTCOMES[outcome]:
            found[(row.get("reference") or "").strip()] = (row.get("fault") or "").strip()
    if problems:
        raise DataProblem(problems, outcome="Nothing was reconciled.")
    return found


def read_run(text: str, *, file: str = "run.csv") -> PaymentRun:
    """Read back a file that was handed over, as :func:`run_file` or the service wrote it.

    Raises
    ------
    DataProblem
        If it cannot be read, or was changed: a reference is not the one that its payment has, or
        the last line's digest not that of the lines before it.
    """
    if text.rpartition("\n" + END + ",")[1]:
        return _of_the_service(text, file)
    rows, problems = _rows(text, (*NEEDED, *OF_A_RUN), file)
    items = []
    for at, row in enumerate(rows, start=2):
        key = (row["payee_id"], row["partnership_id"], row["period"], row["milestone"])
        if not problems and row["reference"] != payment_reference(*key):
            fault = f"{row['reference'][:20]!r} is not the reference of this payment"
            remedy = "Take the file that was handed over, unchanged."
            problems.append(Problem(code="changed", file=file, row=at, fault=fault, remedy=remedy))
        elif row["payee_kind"] not in tuple(PayeeKind):
            fault = f"{row['payee_kind'][:20]!r} is no kind of payee"
            remedy = f"Choose one of {', '.join(PayeeKind)}."
            problems.append(Problem(code="unknown", file=file, row=at, fault=fault, remedy=remedy))
        else:
            given = {name: row[name] for name in ("reference", *OF_A_RUN, "amount_pence")}
            kind = PayeeKind(given.pop("payee_kind"))
            items.append(PaymentItem(**given, payee_kind=kind, payee_id=row["payee_id"]))
    if problems:
        raise DataProblem(problems, outcome="Nothing was reconciled.")
    period = items[0].period if items else ""
    return PaymentRun(programme_id="", period=period, items=tuple(items))


def _of_the_service(text: str, file: str) -> PaymentRun:
    """Read a file of the service: its last line counts, sums and signs the lines before."""
    before, _, last = text.rpartition("\n" + END + ",")
    before += "\n"
    rows, problems = _rows(before, OF_THE_SERVICE, file)
    counted, _, digest, _, pounds, *_ = [*last.strip().split(","), *[""] * 5]
    total = plain(sum(row["amount_pence"] for row in rows))
    said = (counted, digest, pounds)
    is_whole = said == (str(len(rows)), hashlib.sha256(before.encode()).hexdigest(), total)
    known = all(row["payee_kind"] in tuple(PayeeKind) for row in rows)
    if not problems and not (is_whole and known):
        fault = "the last line does not agree with the lines before it"
        remedy = "Take the file that was handed over, unchanged."
        at = before.count("\n") + 1
        problems.append(Problem(code="changed", file=file, row=at, fault=fault, remedy=remedy))
    if problems:
        raise DataProblem(problems, outcome="Nothing was reconciled.")
    items = [
        PaymentItem(
            reference=row["reference"], payee_kind=PayeeKind(row["payee_kind"]),
            payee_id=row["payee_id"], partnership_id="", pathway="", period="",
            milestone=row["milestone"], amount_pence=row["amount_pence"],
        )
        for row in rows
    ]  # fmt: skip
    return PaymentRun(programme_id="", period="", items=tuple(items))


def _rows(
    text: str, needed: Sequence[str], file: str
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Read the columns needed, the amount in pence, with every fault."""
    read = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in needed if name not in (read.fieldnames or ())]
    if missing:
        fault = f"the header has no column {', '.join(missing)}"
        remedy = f"The first row names {', '.join(needed)}."
        return [], [Problem(code="missing_column", file=file, row=1, fault=fault, remedy=remedy)]
    found: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for at, cells in enumerate(read, start=2):
        if at > MOST_ROWS + 1:
            problems.append(Problem(code="too_long", file=file, row=at,
                                    fault=f"it has more than {MOST_ROWS:,} rows"))  # fmt: skip
            break
        row: dict[str, Any] = {name: (cells[name] or "").strip() for name in needed}
        try:
            row["amount_pence"] = read_pounds(row["amount_pounds"])
            found.append(row)
        except DataProblem as error:
            one = error.problems[0]
            problems.append(Problem(code=one.code, file=file, row=at, column="amount_pounds",
                                    fault=one.fault, remedy=one.remedy))  # fmt: skip
    return found, problems


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
