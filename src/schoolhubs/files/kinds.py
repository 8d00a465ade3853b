"""What a kind of file needs beyond its columns: which rows are schools, which years and places."""

from collections.abc import Callable

import polars as pl

from schoolhubs.files import layouts
from schoolhubs.files.cells import listed, sayings
from schoolhubs.files.layouts import Layout
from schoolhubs.files.opening.tabulate import ROW
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem

LEVEL = "level"
SCHOOL = "school"
_LEVELS = {
    "national": "national",
    "regional": "region",
    "local authority": "local_authority",
    "school": SCHOOL,
}
_NOT = {"at_most": "above", "differs": "same_as"}
# Columns of the absence file that decide how a row is read: heading, what becomes of it, remedy.
_DECIDING = (
    ("time_period", "year", "Expected an academic year, such as 201718."),
    ("year_breakdown", "half_terms", "Expected five half terms or six half terms."),
    ("geographic_level", "level", "Expected School, Local authority, Regional or National."),
)
_HALF_TERMS = {"five half terms": 5, "six half terms": 6}


def with_levels(table: pl.DataFrame) -> pl.DataFrame:
    """Tell rows of schools from totals and averages, in a column ``level``.

    Explore Education Statistics says it; the performance tables put a phase (``PRI``) where a
    school has its establishment number, and ``NAT`` where it has its local authority or URN.
    """
    level = pl.lit(SCHOOL)
    if "geographic_level" in table.columns:
        said = pl.col("geographic_level").str.to_lowercase()
        level = said.replace_strict(_LEVELS, default=None, return_dtype=pl.String)
    elif {"LA", "ESTAB", "URN"} <= set(table.columns):
        whole = pl.col("LA").eq_missing("NAT") | pl.col("URN").eq_missing("NAT")
        part = pl.col("ESTAB").str.contains("^[A-Z]{2,4}$").fill_null(value=False)
        level = (
            pl.when(whole)
            .then(pl.lit("national"))
            .when(part)
            .then(pl.lit("local_authority"))
            .otherwise(pl.lit(SCHOOL))
        )
    return table.with_columns(level.alias(LEVEL))


def without_blank_urns(
    file: str, table: pl.DataFrame, layout: Layout
) -> tuple[pl.DataFrame, list[Problem], list[str]]:
    """Leave out rows of schools that have no URN; a fault, unless the layout is known for it."""
    heading = next((s.heading for s in layout.columns if s.name == "urn"), "")
    found = [name for name in table.columns if layouts.key(name) == layouts.key(heading)]
    if not heading or not found:
        return table, [], []
    blank = pl.col(found[0]).is_null() & (pl.col(LEVEL) == SCHOOL)
    without = table.filter(blank)
    if without.is_empty():
        return table, [], []
    kept = table.filter(~blank)
    if layout.blank_urn == "left_out":
        return kept, [], [f"{without.height:,} rows of schools with a blank URN were left out"]
    cells = without.select(
        pl.col(ROW).alias("row"),
        pl.lit("").alias("value"),
        pl.lit(None, pl.String).alias("urn"),
    )
    remedy = "Every school has a URN of six digits. Fill it in, or remove the row."
    faults = listed(
        cells,
        code="missing_urn",
        fault="the URN is blank",
        remedy=remedy,
        file=file,
        column=heading,
    )
    return kept, faults, []


def finish(frame: pl.DataFrame, layout: Layout, notes: list[str]) -> pl.DataFrame:
    """Bring a table of one kind into the shape the school register reads."""
    finisher = _FINISHERS.get(layout.kind)
    return finisher(frame, notes) if finisher else frame


def _gias(frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    needs = [name for name in frame.columns if name.startswith("sen_") and name[4:].isdigit()]
    types = pl.lit(None, pl.List(pl.String))
    if needs:
        whole = pl.concat_list(needs).list.drop_nulls().list.unique(maintain_order=True)
        types = whole.list.filter(pl.element() != "Not Applicable")
    estab = pl.col("estab").str.zfill(4)
    added = frame.with_columns(
        (pl.col("la_code").str.zfill(3) + estab).alias("laestab"),
        types.alias("need_types"),
    ).drop(needs)
    return _own_places(added, notes, "easting", "northing")


def _gias_list(frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    number = pl.col("dfe_number").str.replace("/", "", literal=True)
    added = frame.with_columns(number.alias("laestab"), number.str.slice(0, 3).alias("la_code"))
    return _own_places(added, notes, "easting", "northing")


def _markers(frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    fsm = pl.col("fsm_per_mille") / 10
    added = frame.with_columns(pl.when(fsm > 0).then(fsm).alias("fsm_percent"))
    if n := added["fsm_percent"].null_count():
        notes.append(f"{n:,} rows with FSM 0, which means missing or none: kept as missing")
    return _own_places(added.drop("fsm_per_mille"), notes, "lat", "lon")


def _school_information(frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    return _own_places(frame, notes, "lat", "lon")


def _own_places(frame: pl.DataFrame, notes: list[str], first: str, second: str) -> pl.DataFrame:
    if not {first, second} <= set(frame.columns):
        return frame
    boxes = sayings()["england"]
    inside = pl.all_horizontal(pl.col(c).is_between(*boxes[c]) for c in (first, second))
    elsewhere = (~inside).fill_null(value=False)
    if n := frame.filter(elsewhere & (pl.col(first) != 0)).height:
        notes.append(f"{n:,} place{'s' if n > 1 else ''} outside England left out")
    return frame.with_columns(
        pl.when(~elsewhere).then(pl.col(name)).alias(name) for name in (first, second)
    )


def _ees_absence(frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:  # noqa: ARG001
    years = {text: _year(text) for text in frame["time_period"].unique().to_list()}
    half_terms = pl.col("year_breakdown").str.to_lowercase()
    spelt = pl.col("all_through") if "all_through" in frame.columns else pl.lit(None, pl.String)
    return frame.with_columns(
        *(pl.col(heading).alias(f"{heading}_as_printed") for heading, _, _ in _DECIDING),
        pl.col("time_period").replace_strict(years, return_dtype=pl.String).alias("year"),
        half_terms.replace_strict(_HALF_TERMS, default=None, return_dtype=pl.Int64).alias(
            "half_terms"
        ),
        spelt.str.to_lowercase().eq("all through").fill_null(value=False).alias("all_through"),
    ).drop("time_period", "year_breakdown", "geographic_level")


def _year(text: str | None) -> str | None:
    try:
        return AcademicYear.parse(text)
    except DataProblem:
        return None


def _performance_absence(frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    if "persistent_absence_15_percent" in frame.columns:
        notes.append(
            "persistent absence is by the 15 % definition, so it is not compared with 10 %"
        )
    return frame


_FINISHERS: dict[str, Callable[[pl.DataFrame, list[str]], pl.DataFrame]] = {
    "gias_extract": _gias,
    "gias_search_download": _gias,
    "gias_list": _gias_list,
    "schools_markers": _markers,
    "performance_ks2": _school_information,
    "performance_ks4": _school_information,
    "ees_absence": _ees_absence,
    "performance_absence": _performance_absence,
}


def row_faults(file: str, frame: pl.DataFrame, layout: Layout, notes: list[str]) -> list[Problem]:
    """Find rows that break the layout's rules: one figure above another, a key that repeats.

    What a large register has in a few rows goes to ``notes`` instead.
    """
    urn = pl.col("urn") if "urn" in frame.columns else pl.lit(None, pl.String)
    faults: list[Problem] = []
    printed = {source.name: source.heading for source in layout.columns}
    for rule in layout.rules:
        if not {rule.first, rule.second} <= set(frame.columns):
            continue
        first, second = pl.col(rule.first), pl.col(rule.second)
        bad = first > second if rule.asks == "at_most" else first == second
        one, other = printed[rule.first], printed[rule.second]
        said = f"{one} is {{first}} but {other} is {{second}}"
        broken = frame.filter(bad)
        if broken.height and broken.height <= rule.up_to_share * frame.height:
            notes.append(f"{broken.height:,} rows have {rule.first} above {rule.second}")
            continue
        faults += listed(
            broken.select(
                first.alias("first"),
                second.alias("second"),
                pl.col(ROW).alias("row"),
                first.cast(pl.String).alias("value"),
                urn.alias("urn"),
            ),
            code=f"{rule.first}_{_NOT[rule.asks]}_{rule.second}",
            fault=said if rule.asks == "at_most" else f"{one} and {other} are {{first}}",
            remedy=rule.because,
            file=file,
            column=one,
        )
    return faults + _unknown_words(file, frame, layout) + _repeats(file, frame, layout)


def _unknown_words(file: str, frame: pl.DataFrame, layout: Layout) -> list[Problem]:
    """Find cells whose word has no meaning here, in columns that decide how a row is read."""
    faults: list[Problem] = []
    for heading, said, remedy in _DECIDING:
        raw = f"{heading}_as_printed"
        if raw not in frame.columns or heading not in {s.heading for s in layout.columns}:
            continue
        unknown = frame.filter(pl.col(said).is_null() & pl.col(raw).is_not_null())
        faults += listed(
            unknown.select(pl.col(ROW).alias("row"), pl.col(raw).alias("value"), pl.col("urn")),
            code=f"unknown_{said}",
            fault=f"{heading} is {{value}}",
            remedy=remedy,
            file=file,
            column=heading,
        )
    return faults


def _repeats(file: str, frame: pl.DataFrame, layout: Layout) -> list[Problem]:
    keys = [name for name in layout.unique if name in frame.columns]
    if not keys or "urn" not in frame.columns:
        return []
    schools = frame.filter((pl.col(LEVEL) == SCHOOL) & pl.col("urn").is_not_null())
    first = pl.col(ROW).min().over(keys)
    twice = schools.with_columns(first.alias("first")).filter(pl.col(ROW) != pl.col("first"))
    heading = next((s.heading for s in layout.columns if s.name == "urn"), "URN")
    cells = twice.select(pl.col(ROW).alias("row"), pl.col("urn").alias("value"), "urn", "first")
    return listed(
        cells,
        code="repeated_urn",
        fault="the URN {value} stands in row {first} too",
        remedy="One row each is expected. Remove the copy, or ask the publisher which row counts.",
        file=file,
        column=heading,
    )
