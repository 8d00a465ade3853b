"""Writes a delivered year: the records that statements read, and what lies behind them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from schoolhubs import funding
from schoolhubs.synthetic.calibration import read_yaml
from schoolhubs.synthetic.delivered.living import (
    Lived,
    Row,
    live,
    not_later,
    rows_of_withdrawals,
)
from schoolhubs.synthetic.delivered.pairing import pairs
from schoolhubs.synthetic.delivered.paying import declare, declare_days_given, pay, records_of
from schoolhubs.synthetic.delivered.visiting import host, visit
from schoolhubs.synthetic.england import England
from schoolhubs.vocabulary import tables
from schoolhubs.vocabulary.progress import Progress, quiet

# Beside the files of the official formats: one folder that `funding statement` reads.
FOLDER = "year"
COLUMNS = {
    "open_days.csv": ("open_day", "programme_id", "lead_urn", "on", "places"),
    "bookings.csv": ("booking", "open_day", "urn", "partnership_id", "party", "state"),
    "support_days.csv": ("support_day", "partnership_id", "planned_on", "given_on", "state",
                         "half_days", "agreed"),
    "training.csv": ("partnership_id", "urn", "leader", "module", "completed_on"),
    "withdrawals.csv": ("partnership_id", "urn", "ended_on", "reason"),
}  # fmt: skip


def write_year(folder: Path, imagined: England, *, progress: Progress = quiet) -> tuple[str, ...]:
    """Write a delivered year of every programme; the same England gives the same bytes.

    Returns
    -------
    The names of the files, in the order written.
    """
    facts = read_yaml("delivered.yaml")
    progress("deliver a year", 0, 4)
    every = [
        live(pair, facts, np.random.default_rng([imagined.seed, 400, at]))
        for at, pair in enumerate(pairs(imagined))
    ]
    progress("deliver a year", 1, 4)
    open_days, bookings = visit(every, facts, imagined.seed)
    host(every)
    for one in every:
        not_later(one, facts["until"])
    progress("deliver a year", 2, 4)
    declared = [
        declare(one, facts, np.random.default_rng([imagined.seed, 403, at]))
        for at, one in enumerate(every)
    ]
    declared += [declare_days_given(one) for one in every]
    declarations = tuple(each for each in declared if each is not None)
    payments, clawbacks = pay(every, declarations, facts, imagined.seed)
    progress("deliver a year", 3, 4)
    names = funding.folder.write_records(
        folder,
        funding.folder.FundingRecords(
            records=tuple(records_of(every)),
            declarations=declarations,
            payments=payments,
            clawbacks=clawbacks,
            regions={one.pair.partnership_id: one.pair.region for one in every},
        ),
    )
    rows: dict[str, Iterable[Row]] = {
        "open_days.csv": open_days,
        "bookings.csv": bookings,
        "support_days.csv": _of(every, "support"),
        "training.csv": _of(every, "training"),
        "withdrawals.csv": rows_of_withdrawals(every),
    }
    for name, of_file in rows.items():
        _write(folder / name, COLUMNS[name], of_file)
    progress("deliver a year", 4, 4)
    return (*names, *rows)


def _of(every: Sequence[Lived], part: str) -> Iterable[Row]:
    return (row for one in every for row in getattr(one, part))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with tables.written_whole(path) as beside, beside.open("w", encoding="utf-8") as out:
        out.write(tables.csv_line(columns))
        for row in rows:
            out.write(tables.csv_line(row[column] for column in columns))
