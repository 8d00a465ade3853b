"""``schoolhubs schools``: one school, its predecessors and successors, its figures."""

from pathlib import Path

import click
import polars as pl

from schoolhubs.cli import speak
from schoolhubs.schools import history, read_register
from schoolhubs.vocabulary.records.school.history import SchoolHistory


@click.group()
def schools() -> None:
    """Look up one school and its history."""


@schools.command()
@click.argument("urn", metavar="URN")
@click.option(
    "--register",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A register that 'data build' wrote.",
)
@speak.as_json_option
def show(urn: str, register: Path, as_json: bool) -> None:
    """Show one school: what it is, was and became, its inspections and its absence by year.

    Every figure stands beside its series and year. Figures of different series, or of five and
    of six half terms, cannot be compared.

    Example: schoolhubs schools show 900018 --register output/register
    """
    found = history(read_register(register), urn)
    if as_json:
        speak.show_json(found.as_dict())
    else:
        click.echo(_told(found))


def _told(found: SchoolHistory) -> str:
    school = found.school
    place = ", ".join(str(school[c]) for c in ("la_name", "region", "postcode") if school[c])
    lines = [f"{school['school_name']} (URN {found.urn})", f"  {school['status']}; {place}"]
    lines += [f"  {school['establishment_type'] or 'type not published'}, phase {school['phase']}"]
    if school["trust_name"] or school["trust_id"]:
        lines += [f"  in the trust {school['trust_name'] or school['trust_id']}"]
    if school["is_placed_at_successor"]:
        lines += ["  placed at its successor's address, since its own is in no file"]
    if school["context_year"]:
        lines += [f"  {_context(school)}"]
    lines += _family(found.family)
    lines += _inspections(found.inspections)
    return "\n".join(lines + _absence(found.absence))


def _context(school: dict[str, object]) -> str:
    figures = {
        "n_pupils": "{:,} pupils",
        "fsm_percent": "free school meals {} %",
        "fsm_ever_percent": "in the last six years {} %",
        "sen_support_percent": "SEN support {} %",
        "ehc_plan_percent": "EHC plan {} %",
        "eal_percent": "English as an additional language {} %",
    }
    said = [text.format(school[c]) for c, text in figures.items() if school[c] is not None]
    later = "; later than the date of the register" if school["is_context_later"] else ""
    return f"{', '.join(said)} ({school['context_series']}, {school['context_year']}{later})"


def _family(family: pl.DataFrame) -> list[str]:
    if family.height < 2:
        return ["  no predecessor or successor is published"]
    lines = ["  Its line, oldest first:"]
    for row in family.iter_rows(named=True):
        days = f"{row['opened_on'] or '?'} to {row['closed_on'] or 'now'}"
        step = "itself" if not row["steps"] else f"{row['steps']:+d}"
        lines.append(f"    {step:>6}  {row['urn']}  {row['school_name'] or ''} ({days})")
    return lines


def _inspections(inspections: pl.DataFrame) -> list[str]:
    lines = ["  Inspections:"] if inspections.height else ["  no graded inspection is in the files"]
    for row in inspections.iter_rows(named=True):
        day = row["inspected_on"] or f"by {row['known_by']}"
        grade = f"grade {row['overall_grade']}" if row["overall_grade"] else ""
        area = row["attendance_and_behaviour"]
        judged = "; ".join(
            said for said in (grade, area and f"attendance and behaviour: {area}") if said
        )
        lines.append(
            f"    {day}  {row['urn']}  {judged or 'no overall grade'} ({row['framework']})"
        )
    return lines


def _absence(absence: pl.DataFrame) -> list[str]:
    lines = ["  Absence, per cent of sessions (persistent absentees, per cent of enrolments):"]
    for row in absence.iter_rows(named=True):
        rate = "?" if row["sess_overall_percent"] is None else f"{row['sess_overall_percent']:.1f}"
        persistent = row["enrolments_pa_10_exact_percent"]
        shown = row["persistent_absence_mark"] or "?" if persistent is None else f"{persistent:.1f}"
        halves = f"{row['half_terms']} half terms" if row["half_terms"] else "half terms unknown"
        lines.append(
            f"    {row['year']}  {row['urn']}  {rate:>5} ({shown})  {row['series']}, {halves}"
        )
    return lines if absence.height else ["  no absence is in the files"]
