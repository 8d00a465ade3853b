"""``schoolhubs funding budget``: what a programme takes of its money, and what if."""

import datetime
from pathlib import Path
from typing import Any

import click

from schoolhubs import funding, programmes
from schoolhubs.cli import speak
from schoolhubs.cli.funding.given import RECORDS_HELP, programme_option, records_of
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.funding import Afforded, BudgetPart, ProgrammeBudget
from schoolhubs.vocabulary.words import counted


@click.command()
@programme_option
@click.option("--records", "path", help=RECORDS_HELP, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--scenario", "written", multiple=True, metavar="HUBSxDAYS[@POUNDS]",
    help="Hubs, days of each and pounds a day, such as 90x60@250; may be given several times.",
)  # fmt: skip
@speak.on_option
@speak.as_json_option
def budget(
    programme_id: str,
    path: Path | None,
    written: tuple[str, ...],
    on: datetime.datetime,
    as_json: bool,
) -> None:
    """Set a programme's money against what its hubs and partnerships take.

    What the definition plans always stands first; scenarios stand beside it. With records it
    says what is committed, forecast and paid, by pathway, region and hub.

    Example: schoolhubs funding budget --programme rise-hubs-2025 --on 2026-09-01
    --scenario 90x60 --scenario 93x60@250
    """
    programme, day = programmes.load(programme_id), on.date()
    rules, money = programme.as_at(day), programme.money(day)
    budgets = funding.budgets
    scenarios = [budgets.as_planned(rules, money)]
    scenarios += [budgets.read_scenario(each, rules, money) for each in written]
    afforded = [budgets.afford(each, money) for each in scenarios]
    found = _found(path, programme, day) if path else None
    if as_json:
        told: dict[str, Any] = {
            "programme": programme.programme_id,
            "envelope_pence": money.envelope_pence,
            "envelope_years": money.envelope_years,
            "scenarios": [each.as_dict() for each in afforded],
        }
        speak.show_json({**told, **(found.as_dict() if found else {}), "problems": []})
        return
    n_years = money.envelope_years
    a_year = f", {in_pounds(money.envelope_pence // n_years)} a year" if n_years != 1 else ""
    has = f"{in_pounds(money.envelope_pence)} for {counted(n_years, 'year')}{a_year}"
    click.echo(f"{programme.programme_id} has {has}.\n")
    click.echo("\n".join(_scenario(each) for each in afforded))
    if found:
        click.echo("\n".join(_told(found)))


def _found(path: Path, programme: programmes.Programme, on: datetime.date) -> ProgrammeBudget:
    records = records_of(path, programme, on=on)
    return funding.budgets.budget(
        records.records, programme, on=on, declarations=records.declarations,
        payments=records.payments, clawbacks=records.clawbacks, regions=records.regions,
    )  # fmt: skip


def _scenario(each: Afforded) -> str:
    left = in_pounds(abs(each.left_pence))
    outcome = f"leaves {left}" if each.is_affordable else f"is {left} too much"
    cost = f"costs {in_pounds(each.cost_pence)}"
    if each.scenario.n_years != 1:
        cost += f" ({in_pounds(each.cost_a_year_pence)} a year)"
    return f"{each.scenario.name}: {each.working}; {cost} and {outcome}"


def _told(found: ProgrammeBudget) -> list[str]:
    lines = ["", *(f"Note: {note}" for note in found.notes)]
    lines += [f"{'':<24}{'partners':>9}{'committed':>16}{'forecast':>16}{'paid':>16}"]
    lines.append(_part(found.whole, "whole programme"))
    for title, parts in (("pathway", found.by_pathway), ("region", found.by_region),
                         ("hub", found.by_hub)):  # fmt: skip
        lines.append(f"By {title}")
        lines += [_part(each, f"  {each.name}") for each in parts]
    return [*lines, f"Not committed: {in_pounds(found.free_pence)}"]


def _part(each: BudgetPart, name: str) -> str:
    pence = (each.committed_pence, each.forecast_pence, each.paid_pence)
    figures = "".join(f"{in_pounds(one):>16}" for one in pence)
    return f"{name[:24]:<24}{each.n_partnerships:>9,}{figures}"
