"""Reads a delivered year: the records of statements, and the files of what lies behind them."""

import csv
import dataclasses
import datetime
import functools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from schoolhubs import funding
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import PaymentItem

FOLDER = "year"  # beside the files of the official formats
Row = Mapping[str, str]
# When something is done, and the doing of it: those of a year are done in the order of their time.
Step = tuple[datetime.datetime, Callable[[], object]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A delivered year.

    Parameters
    ----------
    records
        The same folder as ``schoolhubs funding statement`` reads it.
    rows
        Of each further file, in order, such as ``bookings.csv``.
    """

    records: funding.folder.FundingRecords
    rows: Mapping[str, Sequence[Row]]

    def of(self, programme_id: str) -> list[DeliveryRecord]:
        """Give the partnerships of schools of a programme, in order."""
        return [
            each
            for each in self.records.records
            if each.programme_id == programme_id and not each.trust_id
        ]

    def by(self, file: str, column: str) -> Mapping[str, list[Row]]:
        """Give the rows of a file by what stands in a column."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows[file]:
            found[row[column]].append(row)
        return found

    def payments(self) -> Mapping[tuple[str, str], PaymentItem]:
        """Give payments by partnership and milestone, with the payee's kind before it."""
        return {
            (each.partnership_id, f"{each.payee_kind}:{each.milestone}"): each
            for each in self.records.payments
        }


def read_year(england: Path) -> Year | None:
    """Read the year in the folder of an England; None where there is none."""
    folder = england / FOLDER
    if not folder.is_dir():
        return None
    records = funding.folder.read_records(folder)
    return Year(
        records=records,
        rows={name: _rows(folder / name) for name in sorted(records.not_read)},
    )


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as read:
        return list(csv.DictReader(read))


@functools.cache
def words() -> Mapping[str, Any]:
    """Read what people wrote down."""
    text = resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Any] = yaml.safe_load(text)
    return read


def in_turn(name: str, n: int) -> Any:
    """Give the words of a list in turn."""
    every = words()[name]
    return every[n % len(every)]
