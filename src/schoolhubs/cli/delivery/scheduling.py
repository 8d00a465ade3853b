"""``schoolhubs delivery schedule``: dates that suit both schools, or why there are none."""

import datetime
import json
import math
from pathlib import Path
from typing import Any

import click
import polars as pl

from schoolhubs import delivery as stage
from schoolhubs.cli import speak
from schoolhubs.cli.delivery.given import read_given
from schoolhubs.vocabulary.errors import Problem, UsageError
from schoolhubs.vocabulary.tables import csv_text, write_text

PROBLEMS, NOT_KNOWN = 3, "not_known"
LONGEST_SECONDS, LARGEST_SEED = 3600, 2**31 - 1
COLUMNS = {"partner": pl.String, "on": pl.Date, "part": pl.String, "leader": pl.String}


@click.command()
@click.option("--programme", "programme_id", required=True, help="Programme id.")
@click.option(
    "--given",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="JSON: lead, leaders and partners; see docs/how-to/plan-support-days.md.",
)
@click.option(
    "--on", type=speak.DAY, required=True, metavar="DATE",
    help="First day on which days may be planned.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="CSV of the dates.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--time-limit", type=float, default=20.0, show_default=True, help="Seconds a search.")
@speak.as_json_option
@click.pass_context
def schedule(
    ctx: click.Context, programme_id: str, given: Path, on: datetime.datetime, out: Path | None,
    seed: int, time_limit: float, as_json: bool,
) -> None:  # fmt: skip
    """Find dates that suit both schools of every partner, or say why there are none.

    Exit code 3 where not every day gets a date: then it gives as many as fit.

    Example: schoolhubs delivery schedule --programme rise-hubs-2025 --given hub.json
    --on 2026-11-23
    """
    _check_options(given, out, seed, time_limit)
    asked = read_given(given, programme_id, on.date())
    found = stage.days.schedule(asked, seed=seed, time_limit_seconds=time_limit)
    rows = [(e.partner_id, e.on, e.part.value, e.leader_id) for e in found.visits]
    table = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    if out:
        write_text(out, csv_text(table))
    problems = list(_problems(found, asked, time_limit))
    if as_json:
        speak.show_json(_told(found, asked, table, problems))
    else:
        for partner, day, part, leader in rows:
            click.echo(f"{day} {part:<3} {partner} {leader}")
        for line in _why(found, asked, problems):
            speak.say(line)
    if problems:
        ctx.exit(PROBLEMS)


def _check_options(given: Path, out: Path | None, seed: int, time_limit: float) -> None:
    if out and out.resolve() == given.resolve():
        raise UsageError(
            f"--out is {out}, the file of --given, which would be lost. Name another file."
        )
    if not (math.isfinite(time_limit) and 0 < time_limit <= LONGEST_SECONDS):
        raise UsageError(
            f"--time-limit is {time_limit:g}: give seconds above 0, {LONGEST_SECONDS:,} at most."
        )
    if not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"--seed is {seed}: give a whole number from 0 to {LARGEST_SEED}.")


def _problems(
    found: stage.days.scheduling.Schedule, asked: stage.days.scheduling.Given, time_limit: float
) -> list[Problem]:
    if found.outcome == NOT_KNOWN:
        fault = f"within {time_limit:g} seconds it was not known whether every day gets a date"
        remedy = "Give more seconds with --time-limit."
        return [Problem(code="not_known", fault=fault, remedy=remedy)]
    in_days = stage.days.ledger.in_days
    return [
        Problem(
            code="no_date", value=of,
            fault=f"{of}: no date for {in_days(n)} of {in_days(asked.partner(of).half_days)}",
        )
        for of, n in found.short.items()
    ]  # fmt: skip


def _told(
    found: stage.days.scheduling.Schedule,
    asked: stage.days.scheduling.Given,
    table: pl.DataFrame,
    problems: list[Problem],
) -> dict[str, Any]:
    scheduling = stage.days.scheduling
    return {
        "outcome": found.outcome.value, "is_best": found.is_best,
        "visits": json.loads(table.with_columns(pl.col("on").cast(pl.String)).write_json()),
        "conflict": [scheduling.asks(each, asked) for each in found.conflict],
        "remedies": [scheduling.remedy(each, asked) for each in found.remedies],
        "is_verified": found.is_verified, "short": dict(found.short),
        "problems": [each.as_dict() for each in problems],
    }  # fmt: skip


def _why(
    found: stage.days.scheduling.Schedule,
    asked: stage.days.scheduling.Given,
    problems: list[Problem],
) -> list[str]:
    scheduling = stage.days.scheduling
    lines = [str(each) for each in problems]
    for heading, said in (
        ("Cannot all be kept:", [scheduling.asks(each, asked) for each in found.conflict]),
        ("Any one of these would do:", [scheduling.remedy(e, asked) for e in found.remedies]),
    ):
        if said:
            lines += [heading, *(f"  {line}" for line in said)]
    return lines
