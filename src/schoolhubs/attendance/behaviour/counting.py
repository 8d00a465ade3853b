"""Rows of a behaviour return to counts by group. Missing is missing, and never nought."""

import dataclasses
from pathlib import Path

import polars as pl

from schoolhubs.attendance.behaviour.mapping import PUPILS, SEE, ReturnMapping, said
from schoolhubs.vocabulary.errors import DataProblem, Problem

ALL, ROW, HALVES = "all", "_row", 2
YEAR_GROUP = r"^(?:y(?:ear)?\s*)?(-?\d{1,2})$"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a return counts, not protected yet: it must not leave as it is.

    Parameters
    ----------
    tables
        By cut: the cut's label (``all`` at the total), ``n_pupils``, and for each measure its
        total and ``<measure>_pupils``, as far as given. Days lost are in half days.
    measures
        What can be told; ``reasons`` says of every other why it cannot.
    """

    tables: dict[str, pl.DataFrame]
    measures: tuple[str, ...]
    reasons: dict[str, str]


def read_return(path: Path, mapping: ReturnMapping) -> Counted:
    """Read and count a return.

    Parameters
    ----------
    path
        CSV, Excel (.xlsx) or Parquet. Only the columns of the mapping are read.

    Raises
    ------
    DataProblem
        Naming rows whose cells cannot be read; no cell is repeated.
    """
    from schoolhubs import files  # what opens workbooks is not needed to check a mapping

    headings = list(dict.fromkeys(mapping.columns.values()))
    found = files.read_columns(path, headings, separator=mapping.separator, sheet=mapping.sheet)
    if found.problems:
        raise DataProblem(found.problems)
    if found.table.is_empty():
        raise DataProblem([_problem(path.name, "there is no row below the headings", [])])
    problems: list[Problem] = []
    rows = _rows(path.name, found.table, mapping, problems)
    if problems:
        raise DataProblem(problems)
    reasons = _missing(rows)
    measures = tuple(name for name in mapping.measures if name not in reasons)
    return Counted(
        tables={cut: _counted(rows, cut, measures) for cut in (ALL, *mapping.cuts)},
        measures=measures,
        reasons=reasons,
    )


def _rows(
    file: str, table: pl.DataFrame, mapping: ReturnMapping, problems: list[Problem]
) -> pl.DataFrame:
    """Read every cell: counts as whole numbers (days as half days), groups in our words."""
    rows = table.select(ROW)
    is_pupil = mapping.layout == "pupil"
    for name, heading in mapping.columns.items():
        cells = table[heading].str.strip_chars().replace("", None)
        if name in said()["cuts"]:
            read, known = _label(name, cells), cells.is_null()
            bad = read.is_null() & ~known
            read = read.fill_null(said()["not_known"])
        else:
            if name in mapping.blank_is_nought:
                cells = cells.fill_null("0")
            read = cells.cast(pl.Float64, strict=False) * (HALVES if name == "days_lost" else 1)
            most = said()["largest_count"]["value"] * HALVES
            good = (read >= 0) & (read <= most) & (read == read.round(0))
            bad = cells.is_not_null() & ~good.fill_null(value=False)
            read = read.cast(pl.Int64, strict=False)
        at = [int(each) for each in table[ROW].filter(bad)]
        if at:
            problems.append(_problem(file, f"the cell of {heading} cannot be read", at, heading))
        rows = rows.with_columns(read.alias(name))
    if is_pupil:
        rows = rows.with_columns(pl.lit(1, pl.Int64).alias("n_pupils"))
        return rows.with_columns(
            (pl.col(name) > 0).cast(pl.Int64).alias(f"{name}{PUPILS}") for name in mapping.measures
        )
    _check_groups(file, rows, mapping, problems)
    return rows


def _check_groups(
    file: str, rows: pl.DataFrame, mapping: ReturnMapping, problems: list[Problem]
) -> None:
    """Name rows that count no pupils, or more pupils with something than there are."""
    at = [int(each) for each in rows.filter(pl.col("n_pupils").is_null())[ROW]]
    if at:
        problems.append(_problem(file, "the number of pupils is missing", at))
    for name in mapping.measures:
        of_them = f"{name}{PUPILS}"
        if of_them in rows.columns:
            most = pl.min_horizontal("n_pupils", name)
            over = [int(each) for each in rows.filter(pl.col(of_them) > most)[ROW]]
            if over:
                fault = f"there are more pupils with {name} than pupils, or than {name}"
                problems.append(_problem(file, fault, over))


def _label(name: str, cells: pl.Series) -> pl.Series:
    """Read a group in our words; missing where it is none of them."""
    plain = cells.str.to_lowercase()
    if name == "year_group":
        return plain.str.extract(YEAR_GROUP).cast(pl.Int64).cast(pl.String)
    if name == "ethnicity":
        return cells
    words = {each: label for label, known in said()["words"][name].items() for each in known}
    return plain.replace_strict(words, default=None, return_dtype=pl.String)


def _missing(rows: pl.DataFrame) -> dict[str, str]:
    """Say of which measures nothing is told, and why: one row not given leaves the sum open."""
    found = {}
    for name in said()["measures"]:
        if name not in rows.columns:
            found[name] = "not in the return. A count that nobody gave is not nought."
            continue
        n = rows[name].null_count()
        if n:
            found[name] = f"not given in {n:,} of {rows.height:,} rows, so its sum is not known."
    return found


def _counted(rows: pl.DataFrame, cut: str, measures: tuple[str, ...]) -> pl.DataFrame:
    given = [name for name in (f"{each}{PUPILS}" for each in measures) if name in rows.columns]
    # Pupils with something must be known in every row, or nothing is said of how many they are.
    known = [name for name in given if not rows[name].null_count()]
    figures = [pl.col(name).sum().cast(pl.Int64) for name in ("n_pupils", *measures, *known)]
    total = rows.select(pl.lit(ALL).alias(cut), *figures)
    if cut == ALL:
        return total
    if cut == "ethnicity":
        size = pl.col("n_pupils").sum().over(cut)
        is_small = (size < said()["least_in_label"]["value"]) & (pl.col(cut) != said()["not_known"])
        named = pl.when(is_small).then(pl.lit(said()["other"])).otherwise(cut)
        rows = rows.with_columns(named.alias(cut))
    return pl.concat([total, rows.group_by(cut).agg(figures).sort(cut)])


def _problem(file: str, fault: str, rows: list[int], column: str = "") -> Problem:
    return Problem(
        code="return_refused", file=file, row=rows[0] if rows else None, column=column, fault=fault,
        remedy=f"Mend the return or the mapping; no cell is shown here. {SEE}",
        other_rows=tuple(rows[1:1000]),
    )  # fmt: skip
