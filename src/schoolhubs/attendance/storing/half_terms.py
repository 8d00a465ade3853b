"""A half-term of a store: where its files lie, and which of them are behind its weeks."""

import dataclasses
from pathlib import Path

import polars as pl


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HalfTerm:
    """A half-term of a year, and where its files are."""

    year: str
    number: int

    @property
    def is_it(self) -> pl.Expr:
        """True for its rows."""
        return (pl.col("year") == self.year) & (pl.col("half_term") == self.number)

    def weeks(self, folder: Path) -> Path:
        """Give the folder of its weeks."""
        return folder / "weeks" / self._year / f"half_term={self.number}"

    def files(self, folder: Path) -> list[Path]:
        """Give the files of its weeks, earliest first."""
        return sorted(self.weeks(folder).glob("*/marks.parquet"))

    def at(self, folder: Path, kind: str) -> Path:
        """Give the file of its counters, or the folder of its packed marks."""
        suffix = ".parquet" if kind == "counters" else ""
        return folder / kind / self._year / f"half_term={self.number}{suffix}"

    def stale(self, folder: Path, kind: str) -> Path:
        """Give the file that says that the one above is behind the weeks."""
        return self.at(folder, kind).with_suffix(".stale")

    @property
    def _year(self) -> str:
        return f"school_year={self.year.replace('/', '-')}"


def stored_in(folder: Path) -> list[HalfTerm]:
    """Give every half-term of which a folder holds marks, earliest first."""
    found = []
    for path in folder.glob("weeks/school_year=*/half_term=*"):
        year, number = (part.partition("=")[2] for part in path.parts[-2:])
        if any(path.glob("*/marks.parquet")):
            found.append(HalfTerm(year=year.replace("-", "/"), number=int(number)))
    return sorted(found, key=lambda each: (each.year, each.number))


def half_terms_of(marks: pl.DataFrame) -> list[HalfTerm]:
    """Give the half-terms of some marks, earliest first."""
    held = marks.select("year", "half_term").unique().sort("year", "half_term")
    return [HalfTerm(year=year, number=number) for year, number in held.rows()]
