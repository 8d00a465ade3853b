"""Reads what whoever pays says became of a run: one reader, for the page and the command."""

import csv
import datetime
import io
from collections.abc import Iterator, Mapping, Sequence

from schoolhubs.funding.paying.banking.handing import END, HEADS
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.money import read_pounds
from schoolhubs.vocabulary.records.funding import Confirmed
from schoolhubs.vocabulary.tables import other_separator

NEEDED = ("reference", "payee_id", "amount_pounds")
OPTIONAL = ("outcome", "paid_on", "fault")
OUTCOMES = {"paid": True, "": True, "not_paid": False}
LONGEST_FAULT = 200
LONGEST_VALUE = 40
MOST_ROWS = 100_000
NOT_TAKEN = "Nothing of the file was taken."
MEND = "Correct the row and send the file again."


def read_confirmation(
    content: bytes | str,
    *,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    file: str = "",
) -> tuple[Confirmed, ...]:
    r"""Read a confirmation: reference, payee_id, amount_pounds, and where given what became of it.

    ``outcome`` is ``paid`` (as where nothing is said) or ``not_paid``, ``paid_on`` a day, ``fault``
    why it was not paid; more columns are left unread. Beside what was not paid the amount may be
    anything, or nothing.

    Parameters
    ----------
    since, until
        The day on which the run's file was made, and today: nothing was paid before or after.

    Raises
    ------
    DataProblem
        With every row that cannot be read: where, what stands there, what was expected. Nothing
        is taken then.

    Examples
    --------
    >>> head = "reference,payee_id,amount_pounds,outcome,paid_on,fault\n"
    >>> one, two = read_confirmation(head + "SH1,900001,36.00,,2027-07-20,\nSH2,9,,not_paid,,No\n")
    >>> one.amount_pence, one.is_paid, one.paid_on.isoformat()
    (3600, True, '2027-07-20')
    >>> two.is_paid, two.fault
    (False, 'No')
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        read = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        rows, heads = [dict(each) for each in read], tuple(read.fieldnames or ())
    except (UnicodeDecodeError, csv.Error) as error:
        remedy = "Save it as CSV UTF-8 and send it again."
        problem = Problem(
            code="not_text", file=file, fault="the file is not text in UTF-8", remedy=remedy
        )
        raise DataProblem([problem], outcome=NOT_TAKEN) from error
    problems = list(_of_the_whole(heads, rows, file))
    told = [] if problems else [_read(n, row, since, until, file)
                                for n, row in enumerate(rows, start=2)]  # fmt: skip
    problems += [each for each in told if isinstance(each, Problem)]
    if problems:
        raise DataProblem(problems, outcome=NOT_TAKEN)
    return tuple(each for each in told if isinstance(each, Confirmed))


def _of_the_whole(
    heads: Sequence[str], rows: Sequence[Mapping[str, str]], file: str
) -> Iterator[Problem]:
    missing = [name for name in NEEDED if name not in heads]
    if missing:
        fault = f"the header has no column {', '.join(missing)}"
        remedy = f"The first row names {', '.join(NEEDED)}."
        if len(heads) == 1 and (mark := other_separator(heads[0])):
            fault = f"its cells are separated by {mark}, not commas"
            remedy = "Save it again as CSV UTF-8, with commas between its cells."
        yield Problem(code="missing_column", file=file, row=1, fault=fault, remedy=remedy)
        return
    if heads == HEADS or any(row["reference"] == END for row in rows):
        fault = "this is the file that was handed over, not what became of it"
        remedy = "Take the file in which whoever pays says what was paid."
        yield Problem(code="own_file", file=file, fault=fault, remedy=remedy)
    elif not rows:
        remedy = "Give a row for each payment, and send it again."
        yield Problem(code="empty", file=file, fault="it has no row", remedy=remedy)
    elif len(rows) > MOST_ROWS:
        fault = f"it has more than {MOST_ROWS:,} rows"
        yield Problem(code="too_long", file=file, fault=fault, remedy="Send it in parts.")


def _read(
    at: int, row: Mapping[str, str], since: datetime.date | None, until: datetime.date | None,
    file: str,
) -> Confirmed | Problem:  # fmt: skip
    """Read one row, or name the first thing in it that cannot be."""
    cells = {name: (row.get(name) or "").strip() for name in (*NEEDED, *OPTIONAL)}
    if cells["outcome"] not in OUTCOMES:
        return _fault(at, "outcome", cells, "paid or not_paid was expected", file)
    is_paid = OUTCOMES[cells["outcome"]]
    try:
        amount = read_pounds(cells["amount_pounds"]) if is_paid else 0
    except DataProblem as error:
        fault = error.problems[0].fault
        return Problem(code=error.problems[0].code, file=file, row=at, column="amount_pounds",
                       fault=f"row {at}, column amount_pounds: {fault}", remedy=MEND)  # fmt: skip
    try:
        on = datetime.date.fromisoformat(cells["paid_on"]) if cells["paid_on"] else None
    except ValueError:
        return _fault(at, "paid_on", cells, "a day, such as 2027-07-20, was expected", file)
    if is_paid and on and since and on < since:
        return _fault(at, "paid_on", cells, f"its file was made on {since}, so a day from "
                      "then on was expected", file)  # fmt: skip
    if is_paid and on and until and on > until:
        return _fault(at, "paid_on", cells, f"today is {until}, so no later day was expected", file)
    return Confirmed(
        reference=cells["reference"], payee_id=cells["payee_id"], amount_pence=amount,
        is_paid=is_paid, paid_on=on, fault=cells["fault"][:LONGEST_FAULT],
    )  # fmt: skip


def _fault(at: int, column: str, cells: Mapping[str, str], expected: str, file: str) -> Problem:
    stands = cells[column][:LONGEST_VALUE]
    return Problem(
        code=f"confirmation_{column}", file=file, row=at, column=column, value=stands, remedy=MEND,
        fault=f"row {at}, column {column}: {stands} stands there, where {expected}",
    )  # fmt: skip
