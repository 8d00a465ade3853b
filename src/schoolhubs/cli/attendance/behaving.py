"""``schoolhubs attendance behaviour``: a school's behaviour return, counted by group."""

from pathlib import Path

import click
import polars as pl

from schoolhubs import attendance as marks_to_measures
from schoolhubs import diagnosis as looking
from schoolhubs.cli import speak
from schoolhubs.cli.attendance.noun import FILE, attendance
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.tables import csv_text, write_text


@attendance.command("behaviour")
@click.argument("path", metavar="RETURN", type=FILE)
@click.option(
    "--mapping", "mapping_path", required=True, type=FILE, help="Which column holds what, YAML."
)
@click.option("--urn", required=True, help="The school whose return it is.")
@click.option("--year", required=True, metavar="YEAR", help="Academic year, such as 2025/26.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write behaviour.csv to.",
)  # fmt: skip
@speak.as_json_option
@speak.whole_or_nothing()
def behaviour_(
    path: Path, mapping_path: Path, urn: str, year: str, out: Path, as_json: bool
) -> None:
    """Count suspensions, exclusions, days lost, removals and moves by group; small numbers hidden.

    RETURN is a school's own list in whatever columns it has. Nothing that says who a pupil is is
    read. A count that is not given is missing, and never nought.

    Example: schoolhubs attendance behaviour return.csv --mapping behaviour.yaml --urn 900001
    --year 2025/26 --out inputs
    """
    reading, year_read = marks_to_measures.behaviour, AcademicYear.parse(year)
    counted_up = reading.read_return(path, reading.read_mapping(mapping_path))
    found = looking.finding.returned.publish(counted_up, urn=Urn(urn), year=year_read)
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / "behaviour.csv", csv_text(found))
    whole = found.filter(cut="all")
    if as_json:
        kept = ("measure", "n_pupils", "total", "rate", "rate_low", "rate_high", "reason")
        speak.show_json(
            {
                "urn": urn, "year": year_read, "rows": found.height,
                "measures": whole.select(kept).to_dicts(),
                "hidden": found.filter(pl.col("total_mark") == "c").height,
                "out": str(out / "behaviour.csv"),
            }
        )  # fmt: skip
        return
    for row in whole.rows(named=True):
        rate = "not told" if row["rate"] is None else f"{row['rate']} in 100 pupils"
        click.echo(f"{row['measure']}: {row['reason'] or rate}")
