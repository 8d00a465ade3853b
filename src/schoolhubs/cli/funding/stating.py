"""``schoolhubs funding statement``: what is due in a year, to whom and why."""

import datetime
from pathlib import Path
from typing import Any

import click

from schoolhubs import funding, programmes
from schoolhubs.cli import speak
from schoolhubs.cli.funding.given import RECORDS_HELP, programme_option, records_of, year_of
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.funding import Statement, StatementLine

PROBLEMS = 3


@click.command()
@programme_option
@click.option(
    "--records", "path", required=True, help=RECORDS_HELP,
    type=click.Path(exists=True, path_type=Path),
)  # fmt: skip
@click.option("--period", required=True, metavar="YEAR", help="Academic year, such as 2026/27.")
@click.option(
    "--on", type=speak.DAY, metavar="DATE",
    help="Day it is drawn up; the first day after the year if not given.",
)  # fmt: skip
@speak.as_json_option
@click.pass_context
def statement(
    ctx: click.Context,
    programme_id: str,
    path: Path,
    period: str,
    on: datetime.datetime | None,
    as_json: bool,
) -> None:
    """Say what is due, line by line, in pence, and whether the books balance.

    Each line says why it is what it is and what would change it. The service works its
    statements out with the same code: the same records give the same pence. Exit code 3 if a
    payment was made that no award explains.

    Example: schoolhubs funding statement --programme behaviour-hubs-2021 --records records
    --period 2022/23
    """
    programme = programmes.load(programme_id)
    year, records = year_of(period), records_of(path, programme)
    found = funding.statement(
        records.records, programme, year, declarations=records.declarations,
        payments=records.payments, clawbacks=records.clawbacks, on=on.date() if on else None,
    )  # fmt: skip
    books = funding.books(found, records.payments, records.clawbacks)
    if as_json:
        speak.show_json(
            {
                "programme": found.programme_id,
                "definition_version": found.definition_version,
                "period": found.period,
                "lines": [funding.line_of(line) for line in found.lines],
                "due_pence": found.due_pence,
                "books": books.as_dict(),
                "notes": list(found.notes),
                "assumed": list(found.assumed),
                "problems": [problem.as_dict() for problem in books.problems],
            }
        )
    else:
        click.echo(_told(found, books))
    if books.problems:
        ctx.exit(PROBLEMS)


def _told(found: Statement, books: Any) -> str:
    lines = [f"{found.programme_id}, {found.period}, by definition {found.definition_version}"]
    lines += [f"Note: {note}" for note in found.notes]
    for line in found.lines:
        lines += ["", *_line(line)]
    paid, due = in_pounds(books.paid_pence), in_pounds(books.due_pence)
    under_way, waiting = in_pounds(books.under_way_pence), in_pounds(books.waiting_pence)
    total = f"Awarded {in_pounds(books.awarded_pence)}; paid {paid}; due now {due}; "
    lines += ["", f"{total}in a run {under_way}; waiting {waiting}."]
    away = books.difference_pence
    lines.append(
        "The books balance to the penny."
        if not away and not books.problems
        else f"The books do not balance: payments come to {in_pounds(away)} more than awards."
    )
    lines += [str(problem) for problem in books.problems]
    if found.assumed:
        lines.append(f"Assumed, as nobody published it: {', '.join(found.assumed)}.")
    return "\n".join(lines)


def _line(line: StatementLine) -> list[str]:
    award = line.award
    head = (
        f"{award.payee_kind.replace('_', ' ')} {award.payee_id}, partnership "
        f"{award.partnership_id}, {award.milestone.replace('_', ' ')}, due {award.due_on}: "
        f"{in_pounds(line.awarded_pence)} ({line.state}), due now {in_pounds(line.due_pence)}"
    )
    steps = [f"   {in_pounds(each.amount_pence):>12}  {each.text}" for each in award.lines]
    blocked = [f"   Waits: {each.text}" for each in award.blocked_by]
    return [head, *steps, *blocked, *(f"   {each}" for each in award.would_change)]
