"""``schoolhubs delivery``: dates for support days from a file."""

import datetime
import json
from pathlib import Path
from typing import Any

import click
import polars as pl

from schoolhubs import delivery as stage
from schoolhubs import programmes
from schoolhubs.cli import speak
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.tables import csv_text

DAY = click.DateTime(["%Y-%m-%d"])
HALF = stage.days.ledger.HALF_DAYS_A_DAY


@click.group()
def delivery() -> None:
    """Find dates for support days."""


@delivery.command()
@click.option("--programme", "programme_id", required=True, help="Programme id.")
@click.option(
    "--given",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="JSON: lead, leaders and partners; see docs/how-to/plan-support-days.md.",
)
@click.option("--on", type=DAY, required=True, help="First day on which days may be planned.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="CSV of the dates.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--time-limit", type=float, default=20.0, show_default=True, help="Seconds a search.")
@speak.as_json_option
def schedule(
    programme_id: str, given: Path, on: datetime.datetime, out: Path | None, seed: int,
    time_limit: float, as_json: bool,
) -> None:  # fmt: skip
    r"""Find dates that suit both schools of every partner, or say why there are none.

    \b
    Example:
      schoolhubs delivery schedule --programme rise-hubs-2025 --given hub.json --on 2026-11-23
    """
    asked = read_given(given, programme_id, on.date())
    found = stage.days.schedule(asked, seed=seed, time_limit_seconds=time_limit)
    scheduling = stage.days.scheduling
    rows = [
        {
            "partner": each.partner_id, "on": each.on, "part": each.part.value,
            "leader": each.leader_id,
        }
        for each in found.visits
    ]  # fmt: skip
    table = pl.DataFrame(
        rows,
        schema={"partner": pl.String, "on": pl.Date, "part": pl.String, "leader": pl.String},
    )
    if out:
        out.write_text(csv_text(table), encoding="utf-8")
    told: dict[str, Any] = {
        "outcome": found.outcome.value, "is_best": found.is_best,
        "visits": json.loads(table.with_columns(pl.col("on").cast(pl.String)).write_json()),
        "conflict": [scheduling.asks(each, asked) for each in found.conflict],
        "remedies": [scheduling.remedy(each, asked) for each in found.remedies],
        "is_verified": found.is_verified, "short": dict(found.short),
    }  # fmt: skip
    if as_json:
        speak.show_json(told)
        return
    for row in rows:
        click.echo(f"{row['on']} {row['part']:<3} {row['partner']} {row['leader']}")
    for heading, lines in (("Cannot all be kept:", told["conflict"]),
                           ("Any one of these would do:", told["remedies"])):  # fmt: skip
        if lines:
            click.echo("\n".join([heading, *(f"  {line}" for line in lines)]), err=True)


def read_given(path: Path, programme_id: str, on: datetime.date) -> stage.days.scheduling.Given:
    """Read what a schedule is made from; the limits are the programme's.

    Raises
    ------
    DataProblem
        If the file is no such JSON, or the programme has no support days.
    """
    rules = programmes.load(programme_id).as_at(on).support
    if rules is None:
        raise _problem(path, f"{programme_id} says nothing of support days", "Name another one.")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return stage.days.scheduling.Given(
            lead=_school(told["lead"]),
            leaders=tuple(_leader(each) for each in told["leaders"]),
            partners=tuple(_partner(each) for each in told["partners"]),
            from_on=on,
            capacity_half_days=round(told.get("days_left", rules.lead_capacity_days) * HALF),
            leader_week=round(rules.most_days_a_week_of_a_leader * HALF),
            partner_week=round(rules.most_days_a_week_of_a_partner * HALF),
            half_day_within_minutes=rules.half_day_within_minutes,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fault = f"it is not as expected ({type(error).__name__}: {error})"
        remedy = "docs/how-to/plan-support-days.md shows a file that is read."
        raise _problem(path, fault, remedy) from error


def _problem(path: Path, fault: str, remedy: str) -> DataProblem:
    return DataProblem(
        [Problem(code="schedule_given", file=path.name, fault=fault, remedy=remedy)],
        outcome="No dates were looked for.",
    )


def _days(told: list[str]) -> frozenset[datetime.date]:
    return frozenset(map(datetime.date.fromisoformat, told))


def _school(told: dict[str, Any]) -> stage.days.school_days.SchoolDays:
    usual = stage.days.school_days.usual_year
    years: dict[str, Any] = {}
    for on in _days(told.get("cannot", [])):
        year = AcademicYear.holding(on)
        held = years.setdefault(year, {})
        held[on] = ""
    return stage.days.school_days.SchoolDays(
        name=told["name"],
        years={
            year: stage.days.school_days.SchoolYear(
                year=usual(year).year, half_terms=usual(year).half_terms, cannot=cannot
            )
            for year, cannot in years.items()
        },
    )


def _leader(told: dict[str, Any]) -> stage.days.scheduling.Leader:
    return stage.days.scheduling.Leader(
        leader_id=told["name"], name=told["name"], cannot=_days(told.get("cannot", [])),
        most_minutes=told.get("most_minutes"),
    )  # fmt: skip


def _partner(told: dict[str, Any]) -> stage.days.scheduling.Partner:
    return stage.days.scheduling.Partner(
        partner_id=told["name"], name=told["name"], half_days=round(told["days"] * HALF),
        starts_on=datetime.date.fromisoformat(told["starts_on"]),
        finishes_on=datetime.date.fromisoformat(told["finishes_on"]),
        minutes=told.get("minutes"), days=_school(told),
    )  # fmt: skip
