"""The schools of a trust beside each other: groups that can be told apart, never a ranking."""

import dataclasses

import polars as pl

from schoolhubs import pictures, standing
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.page.trends import SERIES, newest_figure
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.phases import Series

FEWEST = 2
UNKNOWN = "other"  # neither the figure nor the school says its phase


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The schools of a trust in one phase and year, with their intervals and groups.

    ``picture`` is missing where fewer than two schools have a figure; ``table`` always tells all.
    """

    phase: str
    year: str
    picture: pictures.Picture | None
    table: pl.DataFrame


def standings(snapshot: RegisterSnapshot, schools: list[School]) -> list[Standing]:
    """Set a trust's schools beside each other, phase by phase, in the newest year of each phase.

    Schools without a figure of that year and series stay in the table, as not known.
    """
    figures = [(one, newest_figure(snapshot, one)) for one in schools]
    rows = pl.DataFrame(
        [
            {"urn": one.urn, "name": one.name, "year": found["year"],
             "phase": found["phase"] or one.phase or UNKNOWN, "series": found["series"],
             "size": found["enrolments"], "value": found["school"]}
            for one, found in figures
            if found is not None
        ],
        schema=COLUMNS,
    )  # fmt: skip
    return [
        _standing(snapshot, phase, rows.filter(pl.col("phase") == phase))
        for phase in sorted(rows["phase"].unique())
    ]


COLUMNS = {
    "urn": pl.String, "name": pl.String, "phase": pl.String, "year": pl.String,
    "series": pl.String, "size": pl.Int64, "value": pl.Float64,
}  # fmt: skip


def _standing(snapshot: RegisterSnapshot, phase: str, rows: pl.DataFrame) -> Standing:
    year, series = rows.sort("year", "series", descending=[True, False]).select("year", "series")[0]
    of_year = (pl.col("year") == year[0]) & (pl.col("series") == series[0])
    value = pl.when(of_year).then(pl.col("value"))
    told = standing.told_apart(rows.with_columns(value=value), year=AcademicYear(year[0]))
    known = told.filter(pl.col("group").is_not_null())
    picture = None
    if known.height >= FEWEST:
        words = phase.replace("_", " ")
        caption = pictures.Caption(
            key=f"trust-{phase.replace('_', '-')}",
            title=f"Absence of the trust’s {words} schools, {year[0]}",
            sentence=_sentence(known, words),
            source=f"{SERIES[Series(series[0])]}, {year[0]}, "
            f"in the school register as at {snapshot.on.day} {snapshot.on:%B %Y}",
            is_synthetic=snapshot.is_synthetic,
        )
        drawn = known.select("value", "low", "high", "group", label="name")
        picture = pictures.charts.estimates(drawn, caption, axis="% of sessions missed")
    return Standing(phase=phase, year=year[0], picture=picture, table=told)


def _sentence(known: pl.DataFrame, words: str) -> str:
    n_groups, n_apart = known["group"].n_unique(), int(known["n_lower"].sum())
    n_pairs = known.height * (known.height - 1) // 2
    schools = f"The trust’s {known.height} {words} schools with a figure"
    if not n_apart:
        return f"{schools} cannot be told apart: chance alone could put them in another order."
    told = f"Of {n_pairs:,} pairs, {n_apart:,} can be told apart."
    if n_groups == 1:
        return f"No line can be drawn between {schools[0].lower()}{schools[1:]}. {told}"
    return (
        f"{schools} fall into {n_groups} groups: every school of one differs from every school of "
        f"another. {told}"
    )


def with_words(table: pl.DataFrame) -> pl.DataFrame:
    """Give the table of a standing with names a reader knows, figures to one decimal."""
    return table.select(
        pl.col("name").alias("School"),
        pl.col("urn").alias("URN"),
        pl.col("group").str.to_uppercase().alias("Group"),
        *(
            pl.col(column).round(1).alias(name)
            for column, name in (
                ("value", "Absence (%)"),
                ("low", "Low end (%)"),
                ("high", "High end (%)"),
            )
        ),
        pl.col("n_lower").alias("Schools with certainly less"),
        pl.col("n_higher").alias("Schools with certainly more"),
        pl.col("size").alias("Pupil enrolments"),
    )
