"""``schoolhubs travel``: minutes between two lists of places."""

import time
from pathlib import Path

import click
import numpy as np
import polars as pl

from schoolhubs import files
from schoolhubs import travel as minutes_between
from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.travel import TravelMatrix
from schoolhubs.vocabulary.tables import csv_text, written_whole

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
ROWS_AT_A_TIME = 500  # starts written together, so that a national matrix never stands in memory


@click.group()
def travel() -> None:
    """Minutes between schools, with their source and error band."""


@travel.command()
@click.option("--from", "from_path", required=True, type=FILE, help="CSV with id, lat, lon.")
@click.option("--to", "to_path", required=True, type=FILE, help="CSV with id, lat, lon.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="CSV to write.")
@click.option(
    "--engine",
    type=click.Choice(["estimate", "roads"]),
    default="estimate",
    show_default=True,
    help="How minutes are told; roads cannot be read yet.",
)
@click.option("--roads", type=FILE, help="Road network, an .osm.pbf file; not yet.")
@speak.as_json_option
@speak.whole_or_nothing()
def matrix(
    from_path: Path, to_path: Path, out: Path, engine: str, roads: Path | None, as_json: bool
) -> None:
    """Write one-way drive minutes from every place of one list to every place of another.

    A pair that cannot be driven, even with a ferry, has no minutes. The two lists of the
    example are in docs/how-to/travel.md.

    Example: schoolhubs travel matrix --from partners.csv --to leads.csv --out minutes.csv
    """
    if engine == "roads" or roads is not None:
        raise UsageError(
            "Road networks cannot be read yet. Leave out --engine and --roads: the estimate "
            "states its error band beside every figure."
        )
    started = time.perf_counter()
    starts, ends = files.read_list(from_path, "points"), files.read_list(to_path, "points")
    n_unreachable = 0
    with speak.bars() as progress, written_whole(out) as beside, beside.open("wb") as file:
        for first in range(0, max(starts.height, 1), ROWS_AT_A_TIME):
            found = minutes_between.between(starts.slice(first, ROWS_AT_A_TIME), ends)
            text = csv_text(_rows(found))
            file.write((text if first == 0 else text.split("\n", 1)[1]).encode())
            n_unreachable += int(np.isnan(found.minutes).sum())
            progress("minutes", min(first + ROWS_AT_A_TIME, starts.height), starts.height)
    answer = {
        "pairs": starts.height * ends.height,
        "unreachable": n_unreachable,
        "seconds": time.perf_counter() - started,
        "out": str(out),
    }
    if as_json:
        speak.show_json(answer)
    else:
        click.echo(f"{answer['pairs']:,} pairs, {n_unreachable:,} of them unreachable, in {out}.")


def _rows(found: TravelMatrix) -> pl.DataFrame:
    """Give a row for each pair, minutes to the hundredth."""
    n, m = len(found.from_ids), len(found.to_ids)
    grids = {
        name: pl.Series(np.round(getattr(found, name).ravel().astype(np.float64), 2)).fill_nan(None)
        for name in ("minutes", "minutes_low", "minutes_high")
    }
    return pl.DataFrame(
        {
            "from_id": pl.Series(
                [each for each in found.from_ids for _ in range(m)], dtype=pl.String
            ),
            "to_id": pl.Series(list(found.to_ids) * n, dtype=pl.String),
            **grids,
            "source": pl.Series([found.source] * (n * m), dtype=pl.String),
            "is_ferry": found.is_ferry.ravel(),
        }
    )
