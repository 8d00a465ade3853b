"""What a frame contract is: columns with type, unit and meaning, and how a table is checked."""

import dataclasses

import polars as pl

from schoolhubs.vocabulary.errors import DataProblem, Problem

TEXT = pl.String()
DATE = pl.Date()
NUMBER = pl.Float64()
COUNT = pl.Int64()
FLAG = pl.Boolean()
TEXTS = pl.List(pl.String())


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: name, polars type, unit or allowed values, meaning."""

    name: str
    dtype: pl.DataType
    about: str
    unit: str = ""
    may_be_missing: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """The contract of one table.

    Examples
    --------
    >>> from schoolhubs.vocabulary.frames import LINKS
    >>> LINKS.empty().columns
    ['urn', 'link_urn', 'link_kind', 'established_on']
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column names with their polars types, in order."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Give the table with no rows."""
        return pl.DataFrame(schema=self.schema)

    def fill(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Put columns in order and type, add absent ones as missing, drop others, and check.

        Raises
        ------
        DataProblem
            If a value cannot be cast, a needed value is missing, a number is not finite or a
            key repeats.
        """
        present = [
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in self.schema.items()
        ]
        return self.check(frame.select(present))

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` as it is, if it keeps the contract; extra columns are allowed.

        Raises
        ------
        DataProblem
            Naming each column that is absent, of another type, missing a needed value, or
            holding NaN or infinity: a figure that is not known is missing.
        """
        problems = [fault for column in self.columns for fault in self._faults(column, frame)]
        if not problems and self.key and frame.select(self.key).is_duplicated().any():
            twice = frame.filter(frame.select(self.key).is_duplicated()).row(0, named=True)
            shown = ", ".join(f"{name} {twice[name]}" for name in self.key)
            problems = [
                self._problem("repeated_key", f"{self.name} has more than one row for {shown}")
            ]
        if problems:
            raise DataProblem(problems)
        return frame

    def _faults(self, column: Column, frame: pl.DataFrame) -> list[Problem]:
        if column.name not in frame.columns:
            return [self._problem("absent_column", f"{self.name} has no column {column.name}")]
        found = frame.schema[column.name]
        if found != column.dtype:
            text = f"{self.name}.{column.name} is {found}, expected {column.dtype}"
            return [self._problem("wrong_type", text)]
        if not column.may_be_missing and (n := frame[column.name].null_count()):
            text = f"{self.name}.{column.name} is missing in {n:,} of {frame.height:,} rows"
            return [self._problem("missing_value", text)]
        if found.is_float() and (n := int((~frame[column.name].is_finite()).sum())):
            text = (
                f"{self.name}.{column.name} is no finite number in {n:,} of {frame.height:,} rows"
            )
            return [self._problem("not_a_number", text)]
        return []

    def _problem(self, code: str, fault: str) -> Problem:
        return Problem(code=code, fault=fault, remedy="See docs/reference/frames.md.")


def needed(name: str, dtype: pl.DataType, about: str, unit: str = "") -> Column:
    """Make a column whose value is never missing."""
    return Column(name, dtype, about, unit, may_be_missing=False)
