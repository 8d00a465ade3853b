"""``schoolhubs funding statement``: what is due in a year, to whom and why."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from schoolhubs import funding, programmes
from schoolhubs.cli import speak
from schoolhubs.cli.funding.given import (
    RECORDS_HELP,
    notes_of,
    programme_option,
    records_of,
    year_of,
)
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
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
    statements out with the same code: the same records give the same pence. Exit code 3 if the
    books do not balance: a payment that no award explains, one made twice, or money owed back.

    Example: schoolhubs funding statement --programme behaviour-hubs-2021 --records records
    --period 2022/23
    """
    programme = programmes.load(programme_id)
    year, day = year_of(period), on.date() if on else None
    records = records_of(path, programme, on=day)
    found = funding.statement(
        records.records, programme, year, declarations=records.declarations,
        payments=records.payments, clawbacks=records.clawbacks, on=day,
    )  # fmt: skip
    found = dataclasses.replace(found, notes=(*found.notes, *notes_of(records, day)))
    books = funding.books(found, records.payments, records.clawbacks)
    problems = (*books.problems, *_nothing_of(found, records.records))
    if as_json:
        speak.show_json(
            {
                "programme": found.programme_id,
                "definition_version": found.definition_version,
                "period": found.period,
                "lines": [funding.line_of(line) for line in found.lines],
                "due_pence": books.due_pence,
                "books": books.as_dict(),
                "notes": list(found.notes),
                "assumed": list(found.assumed),
                "problems": [problem.as_dict() for problem in problems],
            }
        )
    else:
        click.echo(_told(found, books, problems))
    if problems:
        ctx.exit(PROBLEMS)


def _nothing_of(found: Statement, records: Sequence[DeliveryRecord]) -> Iterator[Problem]:
    """Say that a period is of none of the records, where it is."""
    last_on = max(each.finishes_on for each in records) - datetime.timedelta(days=1)
    first, last = (
        AcademicYear.holding(on) for on in (min(each.starts_on for each in records), last_on)
    )
    if not found.lines and not first <= found.period <= last:
        fault = f"no partnership of these records is in {found.period}"
        years = first if first == last else f"{first} to {last}"
        yield Problem(code="other_period", file="partnerships.csv", value=found.period,
                      fault=fault, remedy=f"Give a --period of theirs: {years}.")  # fmt: skip


def _told(found: Statement, books: Any, problems: Sequence[Problem]) -> str:
    lines = [f"{found.programme_id}, {found.period}, by definition {found.definition_version}"]
    lines += [f"Note: {note}" for note in found.notes]
    for line in found.lines:
        lines += ["", *_line(line)]
    paid, due = in_pounds(books.paid_pence), in_pounds(books.due_pence)
    owed = f"owed back {in_pounds(books.owed_back_pence)}; " if books.owed_back_pence else ""
    under_way, waiting = in_pounds(books.under_way_pence), in_pounds(books.waiting_pence)
    total = f"Awarded {in_pounds(books.awarded_pence)}; paid {paid}; due now {due}; {owed}"
    lines += ["", f"{total}in a run {under_way}; waiting {waiting}."]
    lines.append(_balance(found, books))
    lines += [str(problem) for problem in problems]
    if found.assumed:
        lines.append(f"Assumed, as nobody published it: {', '.join(found.assumed)}.")
    return "\n".join(lines)


def _balance(found: Statement, books: Any) -> str:
    if books.balance:
        nothing = f"Nothing was awarded or paid in {found.period}: there are no books to balance."
        return "The books balance to the penny." if found.lines else nothing
    away = books.difference_pence
    more = f" Payments come to {in_pounds(away)} more than awards say." if away else ""
    return f"The books do not balance.{more}"


def _line(line: StatementLine) -> list[str]:
    award, how_far = line.award, funding.line_of(line)["stands"]
    head = (
        f"{award.payee_kind.replace('_', ' ')} {award.payee_id}, partnership "
        f"{award.partnership_id}, {award.milestone.replace('_', ' ')}, due {award.due_on}: "
        f"{in_pounds(line.awarded_pence)} ({how_far}), due now {in_pounds(line.due_pence)}"
    )
    steps = [f"   {in_pounds(each.amount_pence):>12}  {each.text}" for each in award.lines]
    if line.paid_to:
        to = " and ".join(each.replace(":", " ") for each in line.paid_to)
        steps.append(f"   Of it {in_pounds(line.paid_to_pence)} was paid to {to} in its place")
    blocked = [f"   Waits: {each.text}" for each in award.blocked_by]
    return [head, *steps, *blocked, *(f"   {each}" for each in award.would_change)]
