"""What the commands on money are given: a programme, its records, an academic year."""

import datetime
from pathlib import Path

import click

from schoolhubs import funding, programmes
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem, UsageError
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.words import counted

programme_option = click.option(
    "--programme", "programme_id", required=True, metavar="ID",
    help="A definition that comes with the project, or the path of a folder, with a /.",
)  # fmt: skip


RECORDS_HELP = "Folder or zip of the records, as the service exports them."


def year_of(text: str) -> AcademicYear:
    """Read the period, or say how it is written."""
    try:
        return AcademicYear.parse(text)
    except DataProblem as error:
        raise UsageError(f"--period: {error}") from error


def records_of(
    path: Path, programme: programmes.Programme, *, on: datetime.date | None = None
) -> funding.folder.FundingRecords:
    """Read the records of one programme; records that hold none of it are a problem.

    No payment in them can be later than today; a day put forward, as a demonstration's clock is,
    is given as ``on``.
    """
    today = datetime.date.today()  # noqa: DTZ011 - the reader's own day
    found = funding.folder.read_records(path, until=max(today, on or today))
    found = found.of_programme(programme.programme_id)
    if not found.records:
        fault = f"no partnership is of the programme {programme.programme_id}"
        remedy = "Give the programme whose records these are, or its own records."
        raise DataProblem(
            [Problem(code="other_programme", file="partnerships.csv", fault=fault, remedy=remedy)]
        )
    known = {each.pathway for each in programme.as_at(found.records[0].starts_on).pathways}
    problems = [
        Problem(
            code="unknown_pathway", file="partnerships.csv", value=each.pathway,
            fault=f"partnership {each.partnership_id} is on {each.pathway!r}, which the programme "
            "does not have", remedy=f"Choose among {', '.join(sorted(known))}.",
        )
        for each in found.records
        if each.pathway not in known
    ]  # fmt: skip
    if problems:
        raise DataProblem(problems, outcome="The records were not used.")
    return found


def notes_of(
    found: funding.folder.FundingRecords, on: datetime.date | None = None
) -> tuple[str, ...]:
    """Say what of the records was left unread, and what is later than the day asked for."""
    notes = [f"Not read: {name} is no file of records." for name in found.not_read]
    later = [each for each in found.payments if on and each.paid_on and each.paid_on > on]
    if later:
        sum_ = in_pounds(sum(each.amount_pence for each in later))
        notes.append(
            f"Paid after {on} and counted as paid: {sum_}, in {counted(len(later), 'payment')}."
        )
    return tuple(notes)
