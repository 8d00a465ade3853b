"""``schoolhubs funding reconcile``: a run held against what the bank confirms."""

from pathlib import Path

import click

from schoolhubs import funding
from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.money import in_pounds

PROBLEMS = 3
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--run", "run_path", required=True, type=_FILE, help="The file handed over.")
@click.option(
    "--confirmation", "confirmation_path", required=True, type=_FILE,
    help="What the bank says it paid: reference, payee_id, amount_pounds.",
)  # fmt: skip
@speak.as_json_option
@click.pass_context
def reconcile(ctx: click.Context, run_path: Path, confirmation_path: Path, as_json: bool) -> None:
    """Hold a payment run against its confirmation, to the penny.

    Every payment must be confirmed once, to its payee, with its amount, and nothing else. Exit
    code 3 if anything differs.

    Example: schoolhubs funding reconcile --run run.csv --confirmation confirmation.csv
    """
    paying = funding.paying
    run_text = run_path.read_text(encoding="utf-8", errors="replace")
    run = paying.read_run(run_text, file=run_path.name)
    text = confirmation_path.read_text(encoding="utf-8", errors="replace")
    unpaid = paying.not_paid(text, file=confirmation_path.name)
    found = paying.reconcile(run, paying.read_confirmation(text, file=confirmation_path.name))
    bounced = [Problem(code="not_paid", value=name, file=confirmation_path.name,
                       fault=f"{name} was not paid{': ' if why else ''}{why[:200]}",
                       remedy="It is due again in the next run.")
               for name, why in unpaid.items()]  # fmt: skip
    agrees = found.agrees and not unpaid
    confirmed = [each for each in found.confirmed if each not in unpaid]
    if as_json:
        speak.show_json(
            {
                "agrees": agrees,
                "run_sha256": paying.file_digest(run_text),
                "run_pence": found.run_pence,
                "confirmed_pence": found.confirmed_pence,
                "confirmed": confirmed,
                "problems": [
                    *(each.as_dict() for each in found.differences),
                    *(each.as_dict() for each in bounced),
                ],
            }
        )
    else:
        total, sum_ = in_pounds(found.run_pence), in_pounds(found.confirmed_pence)
        click.echo(f"Run {total}; the file tells of {sum_}; {len(confirmed):,} payments agree.")
        for each in found.differences:
            click.echo(each.text)
        for problem in bounced:
            click.echo(str(problem))
        if agrees:
            click.echo("They agree to the penny.")
    if not agrees:
        ctx.exit(PROBLEMS)
