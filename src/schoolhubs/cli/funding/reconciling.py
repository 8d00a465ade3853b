"""``schoolhubs funding reconcile``: a run held against what the bank confirms."""

from pathlib import Path

import click

from schoolhubs import funding
from schoolhubs.cli import speak
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
    found = paying.reconcile(run, paying.read_confirmation(text, file=confirmation_path.name))
    if as_json:
        speak.show_json(
            {
                "agrees": found.agrees,
                "run_sha256": paying.file_digest(run_text),
                "run_pence": found.run_pence,
                "confirmed_pence": found.confirmed_pence,
                "confirmed": list(found.confirmed),
                "problems": [each.as_dict() for each in found.differences],
            }
        )
    else:
        total, confirmed = in_pounds(found.run_pence), in_pounds(found.confirmed_pence)
        click.echo(f"Run {total}; confirmed {confirmed}; {len(found.confirmed):,} payments agree.")
        for each in found.differences:
            click.echo(each.text)
        if found.agrees:
            click.echo("They agree to the penny.")
    if not found.agrees:
        ctx.exit(PROBLEMS)
