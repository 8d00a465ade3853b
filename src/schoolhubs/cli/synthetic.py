"""``schoolhubs synthetic``: an England of invented schools in the official file formats."""

from pathlib import Path

import click

from schoolhubs import synthetic as imagined
from schoolhubs.cli import speak
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, UsageError

DEFAULT_YEAR, DELIVERED = "2018/19", "delivered"


@click.group()
def synthetic() -> None:
    """Make a synthetic England.

    Example: schoolhubs synthetic england --out output/england --seed 7 --schools 1500
    --year 2024/25
    """


@synthetic.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="Folder to write the files into; made if need be.",
)
@click.option("--seed", type=int, required=True, metavar="N", help="Same number, same England.")
@click.option(
    "--schools",
    "n_schools",
    type=int,
    default=22_000,
    show_default=True,
    metavar="N",
    help="Open state-funded schools.",
)
@click.option(
    "--year",
    default=DEFAULT_YEAR,
    is_flag=False,
    flag_value=DELIVERED,
    show_default=True,
    metavar="[YEAR]",
    help="Last year of absence, such as 2024/25; the six years of figures before it come too. "
    "Without a YEAR: as --delivered.",
)
@click.option(
    "--delivered",
    is_flag=True,
    help="Write the folder year too: a delivered year of each programme, with its payments.",
)
@click.option(
    "--pupils",
    "with_pupils",
    is_flag=True,
    help="Write marks.parquet too: every pupil's attendance marks of that year.",
)
@speak.as_json_option
def england(
    out: Path,
    seed: int,
    n_schools: int,
    year: str,
    delivered: bool,
    with_pupils: bool,
    as_json: bool,
) -> None:
    """Write a synthetic England: register, links, trusts, absence, census, inspections.

    No school in it is real, and no pupil. Its figures are calibrated to published ones; see
    docs/explanation/synthetic-england.md and docs/explanation/synthetic-pupils.md. --year alone
    adds a year as it was delivered: open days, bookings, support days, training, withdrawals,
    declarations and payments, which `schoolhubs funding statement` reads.

    Example: schoolhubs synthetic england --out output/england --seed 7 --schools 1500
    --year 2024/25 --pupils
    """
    try:
        last = AcademicYear.parse(DEFAULT_YEAR if year == DELIVERED else year)
    except DataProblem as problem:
        raise UsageError(str(problem)) from problem
    with speak.bars() as progress:
        summary = imagined.england(
            out,
            seed=seed,
            n_schools=n_schools,
            year=last,
            with_pupils=with_pupils,
            with_year=delivered or year == DELIVERED,
            progress=progress,
        )
    if as_json:
        speak.show_json(summary.as_dict())
        return
    click.echo(f"{summary.schools:,} open synthetic schools in {len(summary.files)} files:")
    for name in summary.files:
        click.echo(f"  {out / name}")
