"""``schoolhubs funding reconcile``: a run held against what the bank confirms."""

import datetime
from pathlib import Path

import click

from schoolhubs import funding
from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.funding import Confirmed, Reconciliation

PROBLEMS = 3
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--run", "run_path", required=True, type=_FILE, help="The file handed over.")
@click.option(
    "--confirmation", "confirmation_path", required=True, type=_FILE,
    help="What the bank says it paid: reference, payee_id, amount_pounds.",
)  # fmt: skip
@click.option(
    "--on", type=speak.DAY, metavar="DATE",
    help="A day after today up to which it may have been paid, for a demonstration.",
)  # fmt: skip
@speak.as_json_option
@click.pass_context
def reconcile(
    ctx: click.Context,
    run_path: Path,
    confirmation_path: Path,
    on: datetime.datetime | None,
    as_json: bool,
) -> None:
    """Hold a payment run against its confirmation, to the penny.

    Every payment must be confirmed once, to its payee, with its amount, from the day its file was
    made to today, and nothing else. Both files are read as the service reads them. Exit code 3 if
    anything differs.

    Example: schoolhubs funding reconcile --run run.csv --confirmation confirmation.csv
    """
    paying = funding.paying
    run_text = run_path.read_text(encoding="utf-8", errors="replace")
    run = paying.read_run(run_text, file=run_path.name)
    today = datetime.date.today()  # noqa: DTZ011 - the reader's own day
    said = paying.read_confirmation(
        confirmation_path.read_bytes(), since=run.made_on, file=confirmation_path.name,
        until=max(today, on.date() if on else today),
    )  # fmt: skip
    found = paying.reconcile(run, said)
    bounced = _bounced(found, said, confirmation_path.name)
    if as_json:
        speak.show_json(
            {
                "agrees": found.agrees,
                "run_sha256": paying.file_digest(run_text),
                "run_pence": found.run_pence,
                "confirmed_pence": found.confirmed_pence,
                "confirmed": list(found.confirmed),
                "problems": [
                    *(each.as_dict() for each in found.differences),
                    *(each.as_dict() for each in bounced),
                ],
            }
        )
    else:
        total, sum_ = in_pounds(found.run_pence), in_pounds(found.confirmed_pence)
        n = len(found.confirmed)
        click.echo(f"Run {total}; the file tells of {sum_} paid; {n:,} payments agree.")
        for each in found.differences:
            click.echo(each.text)
        for problem in bounced:
            click.echo(str(problem))
        if found.agrees:
            click.echo("They agree to the penny.")
    if not found.agrees:
        ctx.exit(PROBLEMS)


def _bounced(found: Reconciliation, said: tuple[Confirmed, ...], file: str) -> list[Problem]:
    """Name the payments that were not made, each with why."""
    why = {each.reference: each.fault for each in said}
    return [
        Problem(
            code="not_paid", value=name, file=file, remedy="It is due again in the next run.",
            fault=f"{name} was not paid{f': {why[name]}' if why[name] else ''}",
        )
        for name in found.not_paid
    ]  # fmt: skip
