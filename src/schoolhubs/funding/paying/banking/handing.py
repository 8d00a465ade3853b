"""The file of a run: a row a payment, and a last line that counts, sums and signs them.

There is one layout. The service hands it over, the command reads it back.
"""

import csv
import datetime
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.money import plain, read_pounds
from schoolhubs.vocabulary.records.funding import PayeeKind, PaymentItem, PaymentRun
from schoolhubs.vocabulary.tables import csv_line

HEADS = (
    "reference",
    "payee_kind",
    "payee_id",
    "payee_name",
    "milestone",
    "amount_pounds",
    "pay_on",
)
END = "end"
UNCHANGED = "Take the file that was handed over, unchanged."
NOT_USED = "Nothing was reconciled."


def run_file(run: PaymentRun, names: Mapping[str, str] | None = None) -> str:
    r"""Write a run as the CSV that is handed over: the same run gives the same bytes.

    The last line says how many payments there are, the SHA-256 of every line before it, the day
    the file was made, and what they come to. A payment of nothing is not sent.

    Parameters
    ----------
    names
        What payees are called, by ``payee_id``.

    Examples
    --------
    >>> run = PaymentRun(programme_id="p", period="", items=(), pay_on=datetime.date(2027, 7, 20))
    >>> print(run_file(run).splitlines()[0])
    reference,payee_kind,payee_id,payee_name,milestone,amount_pounds,pay_on
    """
    called, pay_on = names or {}, _written(run.pay_on)
    sent = [each for each in run.items if each.amount_pence]
    lines = [csv_line(HEADS)]
    for each in sent:
        told = (called.get(each.payee_id, ""), each.milestone, plain(each.amount_pence), pay_on)
        lines.append(csv_line([each.reference, str(each.payee_kind), each.payee_id, *told]))
    total = plain(sum(each.amount_pence for each in sent))
    last = (str(len(sent)), "", file_digest("".join(lines)), _written(run.made_on), total, pay_on)
    return "".join([*lines, csv_line([END, *last])])


def file_digest(text: str) -> str:
    """Give the SHA-256 that goes with a file, of its bytes in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_run(text: str, *, file: str = "run.csv") -> PaymentRun:
    """Read back a file that was handed over.

    Raises
    ------
    DataProblem
        If it cannot be read, names a reference twice, or was changed: its last line does not
        agree with the lines before it.
    """
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    problems = list(_faults(text, rows, file))
    items = [] if problems else [_item(row) for row in rows[1:-1]]
    counted = Counter(each.reference for each in items)
    problems += [
        Problem(
            code="twice", file=file, value=name, remedy="Ask whoever handed it over.",
            fault=f"{name} stands {n} times in the run",
        )
        for name, n in counted.items()
        if n > 1
    ]  # fmt: skip
    if problems:
        raise DataProblem(problems, outcome=NOT_USED)
    _, _, _, _, made_on, _, pay_on = rows[-1]
    return PaymentRun(
        programme_id="", period="", items=tuple(items), made_on=_day(made_on), pay_on=_day(pay_on)
    )


def _faults(text: str, rows: Sequence[Sequence[str]], file: str) -> Iterator[Problem]:
    missing = [name for name in HEADS if not rows or name not in rows[0]]
    if missing:
        fault = f"the header has no column {', '.join(missing)}"
        remedy = f"The first row names {', '.join(HEADS)}. {UNCHANGED}"
        yield Problem(code="missing_column", file=file, row=1, fault=fault, remedy=remedy)
    elif not _is_whole(text, rows):
        fault = "the last line does not agree with the lines before it"
        yield Problem(code="changed", file=file, row=len(rows), fault=fault, remedy=UNCHANGED)


def _is_whole(text: str, rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a file is as it was made, by what its last line says."""
    before, last = rows[1:-1], [*rows[-1], *[""] * len(HEADS)]
    lines = text.splitlines(keepends=True)
    try:
        total = plain(sum(_item(each).amount_pence for each in before))
        _day(last[4]), _day(last[6])
    except (DataProblem, ValueError, IndexError):
        return False
    said = (last[0], last[1], last[3], last[5])
    return said == (END, str(len(before)), file_digest("".join(lines[:-1])), total)


def _item(row: Sequence[str]) -> PaymentItem:
    reference, kind, payee_id, _, milestone, pounds, _ = row
    return PaymentItem(
        reference=reference, payee_kind=PayeeKind(kind), payee_id=payee_id, partnership_id="",
        pathway="", period="", milestone=milestone, amount_pence=read_pounds(pounds),
    )  # fmt: skip


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _written(on: datetime.date | None) -> str:
    return "" if on is None else on.isoformat()
