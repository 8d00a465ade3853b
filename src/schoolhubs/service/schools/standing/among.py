"""A school among schools of its size: how much of its absence chance explains."""

import dataclasses
import functools

import polars as pl

from schoolhubs import pictures, standing
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.page.trends import SERIES, absence_of, newest_figure
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.phases import Series

FUNNELS_KEPT = 12
SIZES_TOLD = 8
# Where a school lies, in words after "absence was".
LIES = {
    "within": "Chance and the ordinary differences between schools explain a figure as far from "
    "the middle as this: nobody can tell from this one year that the school differs",
    "above_95": "That is more than chance and the ordinary differences between schools explain "
    "in 19 schools of 20",
    "above_998": "That is far more than chance and the ordinary differences between schools "
    "explain",
    "below_95": "That is less than chance and the ordinary differences between schools explain "
    "in 19 schools of 20",
    "below_998": "That is far less than chance and the ordinary differences between schools "
    "explain",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """A school on the funnel plot of its phase.

    ``limits`` is the table beside the picture: where the limits run at some sizes; ``spread`` says
    in a sentence how far schools differ beyond chance.
    """

    picture: pictures.Picture
    limits: pl.DataFrame
    spread: str
    funnel: standing.Funnel
    phase: str
    year: str


def among(snapshot: RegisterSnapshot, school: School) -> Among | None:
    """Set a school's newest figure among those of its phase; None where that cannot be done.

    It cannot where no figure is published, where its number of pupils is not, or where nothing is
    known of how pupils of the phase differ.
    """
    newest = newest_figure(snapshot, school)
    if newest is None or newest["phase"] is None:
        return None
    drawn = _funnel(snapshot.pk, newest["phase"], newest["year"], newest["series"])
    place = drawn.schools.filter(pl.col("urn") == newest["urn"]) if drawn else None
    if drawn is None or place is None or place.is_empty() or place["lies"][0] is None:
        return None
    row = place.row(0, named=True)
    phase = str(newest["phase"]).replace("_", " ")
    named = drawn.schools.with_columns(
        name=pl.when(pl.col("urn") == newest["urn"]).then(pl.lit(school.name)).otherwise("urn")
    )
    caption = pictures.Caption(
        key="among-schools",
        title="Absence by size of school",
        sentence=_sentence(school.name, newest["year"], row, drawn, phase),
        source=f"{SERIES[Series(newest['series'])]}, {newest['year']}; spread of pupils: "
        f"Pupil absence in schools in England, {drawn.pupil_sd_year}; "
        f"in the school register as at {snapshot.on.day} {snapshot.on:%B %Y}",
        is_synthetic=snapshot.is_synthetic,
    )
    picture = pictures.charts.funnel_plot(
        named, drawn.limits, caption, axis="pupil enrolments in the year", marked=school.name
    )
    return Among(
        picture=picture, limits=_told(drawn.limits), spread=_spread(drawn, phase), funnel=drawn,
        phase=phase, year=newest["year"],
    )  # fmt: skip


# A snapshot never changes, and a phase has thousands of schools: each funnel is drawn up once.
@functools.lru_cache(maxsize=FUNNELS_KEPT)
def _funnel(snapshot_pk: int, phase: str, year: str, series: str) -> standing.Funnel | None:
    rows = absence_of(snapshot_pk).rows.filter(
        pl.col("phase") == phase, pl.col("year") == year, pl.col("series") == series
    )
    schools = rows.select("urn", size="enrolments", value="sess_overall_percent")
    try:
        return standing.funnel(schools, phase=phase, year=AcademicYear(year))
    except UsageError:
        return None


def _sentence(
    name: str, year: str, row: dict[str, float | str], drawn: standing.Funnel, phase: str
) -> str:
    middle = drawn.limits["middle"][0]
    return (
        f"In {year} absence at {name} was {row['value']:.1f} %, where all {phase} schools together "
        f"had {middle:.1f} %. {LIES[str(row['lies'])]}."
    )


def _spread(drawn: standing.Funnel, phase: str) -> str:
    if drawn.between_sd_percent is None or drawn.overdispersion is None:
        return (
            f"There are only {drawn.n_schools} {phase} schools with a figure: too few to tell how "
            "far schools differ, so the limits hold chance alone."
        )
    return (
        f"The figures of {drawn.n_schools:,} {phase} schools spread {drawn.overdispersion:.1f} "
        "times as widely as chance alone would have it (as variances; the outermost tenth at each "
        f"end held in). The limits hold this overdispersion: {drawn.between_sd_percent:.1f} points "
        "beside chance, one standard deviation."
    )


def _told(limits: pl.DataFrame) -> pl.DataFrame:
    """Give the limits at some sizes, in words of the table's head."""
    every = max(1, limits.height // SIZES_TOLD)
    shown = limits.gather_every(every)
    return shown.select(
        pl.col("size").round(0).cast(pl.Int64).alias("Pupil enrolments"),
        *(
            pl.col(column).round(1).alias(name)
            for column, name in (
                ("low_998", "Lower 99.8 % limit (%)"),
                ("low_95", "Lower 95 % limit (%)"),
                ("middle", "All schools (%)"),
                ("high_95", "Upper 95 % limit (%)"),
                ("high_998", "Upper 99.8 % limit (%)"),
            )
        ),
    )
