"""Turns what a rule reads and asks into words: for one value, and for a whole column at once."""

import datetime
from typing import Any

import polars as pl

from schoolhubs.vocabulary import official
from schoolhubs.vocabulary.frames import CONTEXT

GRADES = official.grades()
FRAMEWORKS = official.framework_words()
SERIES = official.series_words()
FLAGS = {
    "is_open": ("open", "closed"),
    "is_state_funded": ("state-funded", "not state-funded"),
    "was_inspected_in_trust": (
        "inspected while in the trust",
        "inspected before it joined the trust",
    ),
}
LABELS = {
    "is_open": "the school",
    "is_state_funded": "the school",
    "was_inspected_in_trust": "the school",
    "absence_percent": "its absence",
    "persistent_absence_percent": "its persistent absence",
    "n_pupils": "its roll",
    "age_low": "its lowest age",
    "age_high": "its highest age",
    "attendance_and_behaviour": "its report card judgement of attendance and behaviour",
    "inspection_framework": "its last graded inspection",
}
INSPECTION = {
    "inspection_framework",
    "inspected_on",
    "overall_grade",
    "behaviour_grade",
    "attendance_and_behaviour",
    "was_inspected_in_trust",
}
ABSENCE = {
    "absence_percent",
    "persistent_absence_percent",
    "absence_mean_percent",
    "absence_phase_percent",
    "persistent_absence_phase_percent",
    "enrolments",
}


def label(column: str) -> str:
    """Name a column in a sentence.

    >>> label("overall_grade"), label("n_pupils")
    ('its overall grade', 'its roll')
    """
    plain = column.removeprefix("is_").removesuffix("_percent").replace("_", " ")
    return LABELS.get(column, f"its {plain}")


def word(column: str, value: Any) -> str:
    """Say one value of a column.

    >>> word("overall_grade", 2), word("is_open", True), word("phase", "all_through")
    ('Good', 'open', 'all through')
    """
    if column in FLAGS:
        return FLAGS[column][0 if value else 1]
    if column.endswith("_grade") and value in GRADES:
        return GRADES[value]
    if column == "phase":
        return str(value).replace("_", " ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def either(words: list[str]) -> str:
    """Join words by commas and a last "or".

    >>> either(["Good", "Requires improvement", "Inadequate"])
    'Good, Requires improvement or Inadequate'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def number(value: float, unit: str) -> str:
    """Say a number with its unit.

    >>> number(5.0, "percentage points"), number(1, "percentage points")
    ('5 percentage points', '1 percentage point')
    """
    return f"{value:g} {unit.removesuffix('s') if value == 1 else unit}"


def decimals(value: pl.Expr) -> pl.Expr:
    """Write every number to two decimals at most, whole numbers without any.

    >>> pl.select(decimals(pl.Series([5.0, 5.127, 10.5, None]))).to_series().to_list()
    ['5', '5.13', '10.5', None]
    """
    return value.cast(pl.Float64).round(2).cast(pl.String).str.strip_suffix(".0")


def value_words(column: str, dtype: pl.DataType) -> pl.Expr:
    """Say every value of a column; missing stays missing."""
    value = pl.col(column)
    if column in FLAGS:
        is_true, is_false = FLAGS[column]
        return pl.when(value).then(pl.lit(is_true)).when(~value).then(pl.lit(is_false))
    if column.endswith("_grade"):
        return value.replace_strict(GRADES, default=None, return_dtype=pl.String)
    if column.endswith("_percent"):
        return pl.format("{} %", decimals(value))
    if column == "phase":
        return value.str.replace_all("_", " ", literal=True)
    if column == "inspection_framework":
        return value.replace(FRAMEWORKS)
    if isinstance(dtype, pl.List):
        return value.cast(pl.List(pl.String)).list.join(", ")
    if dtype == pl.Boolean:
        return pl.when(value).then(pl.lit("yes")).when(~value).then(pl.lit("no"))
    return decimals(value) if dtype.is_float() else value.cast(pl.String)


def reading(value: pl.Expr, source: pl.Expr) -> pl.Expr:
    """Say what was read and where; where nothing was (blank), the source says why.

    >>> def said(value, source):
    ...     return pl.select(reading(pl.lit(value), pl.lit(source))).item()
    >>> said("Good", "Ofsted"), said("", "not answered in the application")
    ('We read Good (Ofsted)', 'Not answered in the application')
    >>> said("", "school register as at 2026-01-29")
    'Nothing is known of it (school register as at 2026-01-29)'
    """
    tells = source.str.contains("^(no|not) ")
    why = pl.concat_str(source.str.head(1).str.to_uppercase(), source.str.slice(1))
    nothing = pl.when(tells).then(why).otherwise(pl.format("Nothing is known of it ({})", source))
    return pl.when(value == "").then(nothing).otherwise(pl.format("We read {} ({})", value, source))


def source_words(column: str, on: datetime.date, register: str) -> pl.Expr:
    """Say where every value of a column came from; never missing.

    Parameters
    ----------
    register
        The school register in words, as ``Setting.register`` gives it.
    """
    if column in INSPECTION:
        return _inspection_source(on)
    if column in ABSENCE:
        return _absence_source(on)
    if column in CONTEXT:
        published = pl.format("{} {}", pl.col("context_series"), pl.col("context_year"))
        return pl.coalesce(published, pl.lit(f"no pupil figures are known by {on}"))
    return pl.lit(register)


def _inspection_source(on: datetime.date) -> pl.Expr:
    day = pl.coalesce(pl.col("inspected_on").cast(pl.String), pl.lit("on a day not published"))
    read = pl.coalesce(pl.col("inspection_source"), pl.lit("source not stated"))
    whose = (
        pl.when(pl.col("is_inspection_of_predecessor"))
        .then(pl.format("; of its predecessor, URN {}", pl.col("inspection_urn").fill_null("?")))
        .otherwise(pl.lit(""))
    )
    known = pl.col("inspection_framework").is_not_null()
    words = pl.format("Ofsted, inspected {}; {}{}", day, read, whose)
    return pl.when(known).then(words).otherwise(pl.lit(f"no graded inspection is known by {on}"))


def _absence_source(on: datetime.date) -> pl.Expr:
    half_terms = pl.col("absence_half_terms").cast(pl.String).fill_null("?")
    series = pl.col("absence_series").replace(SERIES)
    whose = (
        pl.when(pl.col("absence_urn") != pl.col("urn"))
        .then(pl.format("; published under URN {}", pl.col("absence_urn")))
        .otherwise(pl.lit(""))
    )
    words = pl.format("{}, {}, {} half terms{}", series, pl.col("absence_year"), half_terms, whose)
    return pl.coalesce(words, pl.lit(f"no absence figure is known by {on}"))
