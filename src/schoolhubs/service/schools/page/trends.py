"""A school's absence through the years against the schools of its phase, from one snapshot."""

import dataclasses
import functools
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from schoolhubs import pictures
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.phases import Series

ABSENCE = "absence.parquet"
READ = (
    "urn", "year", "series", "phase", "half_terms", "enrolments", "sess_overall_percent",
)  # fmt: skip
TENTHS = (10, 30, 50, 70, 90)
BANDS = tuple(f"p{each}" for each in TENTHS)
SERIES: Mapping[str, str] = {
    Series.CENSUS: "school census, Pupil absence in schools in England",
    Series.PERFORMANCE_TABLES: "school performance tables",
    Series.DAILY: "daily registers, provisional",
}
# A snapshot never changes; two are kept read, so that a new one does not push the last one out.
SNAPSHOTS_KEPT = 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What a snapshot holds of absence: every school year, and the tenths of each phase.

    ``spread`` has ``phase, year, series``, ``n_schools`` and ``p10`` to ``p90``; ``places`` tells
    where a school's rows begin, and how many they are.
    """

    rows: pl.DataFrame
    spread: pl.DataFrame
    places: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "Absence":
        """Sort the rows, and note where those of each school begin and how many there are."""
        ordered = rows.sort("urn", "year")
        counted = ordered.group_by("urn", maintain_order=True).agg(pl.len().alias("n"))
        begins = counted.with_columns(begins=pl.col("n").cum_sum() - pl.col("n"))
        places = {urn: (at, n) for urn, n, at in begins.iter_rows()}
        return cls(rows=ordered, spread=spread_of(rows), places=places)

    def of_schools(self, urns: Sequence[str]) -> pl.DataFrame:
        """Give the rows of some schools without looking through all of them."""
        found = [self.rows.slice(*self.places[urn]) for urn in sorted(urns) if urn in self.places]
        return pl.concat(found) if found else self.rows.clear()


@functools.lru_cache(maxsize=SNAPSHOTS_KEPT)
def absence_of(snapshot_pk: int) -> Absence:
    """Read a snapshot's absence from its archive, once in each process."""
    archive = bytes(RegisterSnapshot.objects.values_list("archive", flat=True).get(pk=snapshot_pk))
    if not archive:
        rows = frames.ABSENCE.empty().select(READ)
    else:
        with zipfile.ZipFile(io.BytesIO(archive)) as held:
            rows = pl.read_parquet(held.read(ABSENCE), columns=list(READ))
    return Absence.of(rows)


def spread_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the figures that one, three, five, seven and nine in ten schools do not pass.

    Only schools with a figure are counted, each once, whatever its size.

    >>> rows = pl.DataFrame({"phase": ["primary"] * 11, "year": ["2024/25"] * 11,
    ...     "series": ["census"] * 11, "sess_overall_percent": [float(n) for n in range(11)]})
    >>> spread_of(rows).select("n_schools", "p10", "p50", "p90").row(0)
    (11, 1.0, 5.0, 9.0)
    """
    figure = pl.col("sess_overall_percent")
    return (
        rows.filter(figure.is_not_null() & pl.col("phase").is_not_null())
        .group_by("phase", "year", "series")
        .agg(
            pl.len().alias("n_schools"),
            *(
                figure.quantile(each / 100, interpolation="linear").alias(name)
                for each, name in zip(TENTHS, BANDS, strict=True)
            ),
        )
        .sort("phase", "year", "series")
    )


def through_the_years(
    absence: Absence, urns: Sequence[str], *, before: AcademicYear
) -> pl.DataFrame:
    """Give a school's years of one series, earliest first, with the tenths of its phase.

    Parameters
    ----------
    urns
        The school's own URN, then those it had before, nearest first.
    before
        Years from this one on are left out: they were not over.

    Returns
    -------
    polars.DataFrame
        ``year, urn, phase, series, half_terms, enrolments, school, n_schools`` and the bands. Of
        the series the school has, the one of its newest year. A year for which two earlier schools
        published is left out, as neither figure is that of the school.
    """
    ours = absence.of_schools(urns).filter(pl.col("year") < before)
    if ours.is_empty():
        return _joined(ours, absence)
    # Of two series with the same newest year the census comes first, by the alphabet too.
    newest = ours.sort("year", "series", descending=[True, False])["series"][0]
    own = pl.col("urn") == urns[0]
    kept = (
        ours.filter(pl.col("series") == newest)
        .with_columns(has_own=own.any().over("year"), n_here=pl.len().over("year"), is_own=own)
        .filter(pl.when("has_own").then("is_own").otherwise(pl.col("n_here") == 1))
    )
    return _joined(kept, absence)


def _joined(kept: pl.DataFrame, absence: Absence) -> pl.DataFrame:
    told = kept.join(absence.spread, on=["phase", "year", "series"], how="left").sort("year")
    kept_names = ("year", "urn", "phase", "series", "half_terms", "enrolments")
    return told.select(*kept_names, "n_schools", *BANDS, school="sess_overall_percent")


def years_of(snapshot: RegisterSnapshot, school: School) -> pl.DataFrame:
    """Give a school's years before the register's date, see ``through_the_years``."""
    urns = [school.urn, *(school.facts.get("predecessor_urns") or ())]
    absence = absence_of(snapshot.pk)
    return through_the_years(absence, urns, before=AcademicYear.holding(snapshot.on))


def newest_figure(snapshot: RegisterSnapshot, school: School) -> dict[str, Any] | None:
    """Give the newest year of a school that has a figure; None where none was published."""
    known = years_of(snapshot, school).filter(pl.col("school").is_not_null())
    return known.row(-1, named=True) if known.height else None


def absence_trend(snapshot: RegisterSnapshot, school: School) -> pictures.Picture | None:
    """Draw a school's absence through the years; None where none was published."""
    found = years_of(snapshot, school)
    if found["school"].drop_nulls().is_empty():
        return None
    known = found.filter(pl.col("school").is_not_null())
    first, last = known.row(0, named=True), known.row(-1, named=True)
    series = SERIES[Series(last["series"])]
    counted = {each for each in found["half_terms"].to_list() if each is not None}
    half_terms = f", {' or '.join(map(str, sorted(counted)))} half terms" if counted else ""
    caption = pictures.Caption(
        key="absence-trend",
        title="Absence through the years",
        sentence=_sentence(first, last),
        source=f"{series}, {first['year']} to {last['year']}{half_terms}, "
        f"in the school register as at {snapshot.on.day} {snapshot.on:%B %Y}",
        is_synthetic=snapshot.is_synthetic,
    )
    return pictures.charts.trend(found, caption, years=_years(first["year"], last["year"]))


def _years(first: str, last: str) -> list[str]:
    start = AcademicYear(first)
    return [str(start.plus(n)) for n in range(AcademicYear(last).first - start.first + 1)]


def _sentence(first: dict[str, object], last: dict[str, object]) -> str:
    """Say where the newest figure stands, and how far it is from the earliest.

    >>> last = {"year": "2024/25", "school": 8.0, "phase": "primary", "p50": 5.1, "p90": 7.2}
    >>> _sentence({"year": "2023/24", "school": 9.0}, last)
    'Absence was 8.0 % in 2024/25, after 9.0 % in 2023/24. Half of primary schools had 5.1 % or \
less that year, nine in ten 7.2 % or less.'
    """
    told = f"Absence was {last['school']:.1f} % in {last['year']}"
    if first["year"] != last["year"]:
        told += f", after {first['school']:.1f} % in {first['year']}"
    if last["p50"] is None:
        return f"{told}."
    phase = str(last["phase"]).replace("_", " ")
    return (
        f"{told}. Half of {phase} schools had {last['p50']:.1f} % or less that year, "
        f"nine in ten {last['p90']:.1f} % or less."
    )


def with_words(table: pl.DataFrame) -> pl.DataFrame:
    """Give the table of a trend with names a reader knows, figures to one decimal."""
    names = {"p10": "1 in 10", "p30": "3 in 10", "p50": "Half", "p70": "7 in 10", "p90": "9 in 10"}
    return table.select(
        pl.col("year").alias("Year"),
        pl.col("school").round(1).alias("This school (%)"),
        *(pl.col(each).round(1).alias(f"{name} at most (%)") for each, name in names.items()),
        pl.col("n_schools").alias("Schools of the phase"),
        pl.col("urn").alias("Published under URN"),
    )
