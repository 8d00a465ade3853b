"""All schools' figures by year, each school with those of the schools it grew out of."""

import polars as pl

from schoolhubs.schools.figures.phases import NATIONAL
from schoolhubs.schools.known_absence import one_a_year
from schoolhubs.schools.register import SchoolRegister
from schoolhubs.schools.roster.chains import ancestors, descendants, edges
from schoolhubs.schools.words import words
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.phases import Phase, Series
from schoolhubs.vocabulary.records.school.history import SchoolPanel

# A phase is summed over the schools at hand where these hold so much of the published enrolments:
# the published rate has one decimal, too coarse to tell a school's place by.
NEARLY_ALL = 0.95
APART = (str(Phase.SPECIAL), str(Phase.ALTERNATIVE_PROVISION))


def panel(register: SchoolRegister, *, series: str = Series.CENSUS) -> SchoolPanel:
    """Lay out one series of absence by school and year, with context and the national figures.

    Parameters
    ----------
    register
        A school register.
    series
        The publication to take; series are never mixed.

    Returns
    -------
    SchoolPanel
        Years before a conversion or merger stand under the newer school too. A figure nobody
        published is missing. Context is of one publication, as near the register's date as is.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs.schools.register import STORED
    >>> nothing = {name: frame.empty() for name, frame in STORED.items()}
    >>> held = SchoolRegister(on=datetime.date(2022, 10, 1), sources=(), **nothing)
    >>> panel(held).years.height
    0
    """
    absence = register.absence.filter(
        (pl.col("series") == series) & pl.col("sess_overall_percent").is_not_null()
    )
    steps = edges(register.links)
    before = ancestors(steps)
    return SchoolPanel(
        on=register.on,
        years=_years(absence, register.schools, before),
        context=_context(register.schools, before, descendants(steps)),
        national=_national(absence, register.phase_figures, series),
        sources=tuple(f"{source.name} {source.sha256[:16]}" for source in register.sources),
    )


def _years(absence: pl.DataFrame, schools: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    every = pl.concat([absence.select("urn"), schools.select("urn")]).unique(maintain_order=True)
    itself = every.with_columns(relative="urn", steps=pl.lit(0, pl.Int64))
    line = pl.concat([itself, before.join(every, on="urn", how="semi")])
    by_year = one_a_year(line.join(absence, left_on="relative", right_on="urn"))
    areas = schools.select("urn", own_la="la_code", own_region="region")
    return frames.SCHOOL_YEARS.fill(
        by_year.filter(pl.col("phase").is_not_null())
        .join(areas, on="urn", how="left")
        .with_columns(
            pl.coalesce("la_code", "own_la").alias("la_code"),
            pl.coalesce("region", "own_region").alias("region"),
            is_own=pl.col("relative") == pl.col("urn"),
            figure_urns="relative",
        )
        .sort("urn", "year")
    )


def _context(schools: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Give each school the fullest context in its line; its own goes before another's."""
    figures = [*frames.CONTEXT, "context_year"]
    known = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in frames.CONTEXT)
    held = schools.filter(known > 0).select(*figures, relative="urn", known=known)
    itself = schools.select("urn", relative="urn", steps=pl.lit(0, pl.Int64))
    line = pl.concat([itself, after, before])
    nearest = (
        line.join(held, on="relative")
        .sort("urn", -pl.col("known"), "steps", "relative", maintain_order=True)
        .unique("urn", keep="first", maintain_order=True)
        .select("urn", *figures, context_urn="relative")
    )
    phase = pl.col("phase").replace_strict(
        words()["absence_counted_with"], default=None, return_dtype=pl.String
    )
    named = schools.drop(figures).join(nearest, on="urn", how="left", maintain_order="left")
    return frames.SCHOOL_CONTEXT.fill(
        named.join(_selective_shares(schools), on="la_code", how="left", maintain_order="left")
        .with_columns(
            is_special_or_ap=pl.col("phase").is_in(APART),
            need_types=pl.col("need_types").list.join("; "),
            phase=phase,
        )
        .sort("urn")
    )


def _selective_shares(schools: pl.DataFrame) -> pl.DataFrame:
    """Tell how many secondary schools of each authority select, of those where it is known."""
    return (
        schools.filter(
            (pl.col("phase") == str(Phase.SECONDARY))
            & pl.col("is_open")
            & pl.col("is_selective").is_not_null()
            & pl.col("la_code").is_not_null()
        )
        .group_by("la_code")
        .agg(selective_share=pl.col("is_selective").mean())
        .sort("la_code")
    )


def _national(absence: pl.DataFrame, published: pl.DataFrame, series: str) -> pl.DataFrame:
    summed = (
        absence.filter(pl.col("phase").is_not_null() & pl.col("sess_possible").is_not_null())
        .filter(pl.col("sess_overall").is_not_null())
        .group_by("phase", "year")
        .agg(
            summed=100 * pl.col("sess_overall").sum() / pl.col("sess_possible").sum(),
            held=pl.col("enrolments").sum(),
        )
    )
    said = published.filter(
        (pl.col("level") == "national")
        & (pl.col("area") == NATIONAL)
        & (pl.col("series") == series)
    ).select("phase", "year", "how", published="sess_overall_percent", all_enrolments="enrolments")
    both = summed.join(said, on=["phase", "year"], how="full", coalesce=True)
    is_whole = (pl.col("held") >= NEARLY_ALL * pl.col("all_enrolments")) & (
        pl.col("how") == "published"
    )
    return frames.NATIONAL_ABSENCE.fill(
        both.filter(pl.col("phase") != "all")
        .with_columns(
            sess_overall_percent=pl.when(is_whole)
            .then("summed")
            .otherwise(pl.coalesce("published", "summed")),
            how=pl.when(is_whole)
            .then(pl.lit("summed over all schools"))
            .otherwise(pl.coalesce("how", pl.lit("summed over the schools at hand"))),
        )
        .filter(pl.col("sess_overall_percent").is_not_null())
        .sort("phase", "year")
    )
