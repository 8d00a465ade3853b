"""What was known of each school on a date: its last graded inspection and its newest absence."""

import datetime

import polars as pl

from schoolhubs.schools.chains import ancestors, edges
from schoolhubs.schools.figures import NATIONAL
from schoolhubs.schools.inspections import NAMED_BY_OFSTED
from schoolhubs.schools.register import SchoolRegister
from schoolhubs.schools.trusts import members_on
from schoolhubs.schools.words import words
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.phases import Phase

MOST_YEARS_IN_MEAN = 3
# Absence is published by these three groups; other phases go with the one they are counted in.
COUNTED_WITH = {
    Phase.PRIMARY: Phase.PRIMARY,
    Phase.MIDDLE_DEEMED_PRIMARY: Phase.PRIMARY,
    Phase.MIDDLE_DEEMED_SECONDARY: Phase.SECONDARY,
    Phase.SECONDARY: Phase.SECONDARY,
    Phase.ALL_THROUGH: Phase.SECONDARY,
    Phase.SPECIAL: Phase.SPECIAL,
}
_GRADES = ("overall_grade", "behaviour_grade", "attendance_and_behaviour")


def facts(register: SchoolRegister, *, on: datetime.date) -> pl.DataFrame:
    """Give what eligibility reads of every school, as it was known on a date.

    Parameters
    ----------
    register
        A school register, built as at ``on``.
    on
        Nothing that happened or was published later is used.

    Returns
    -------
    polars.DataFrame
        frames.SCHOOL_FACTS, a row for each school of the register. The inspection is the
        school's own last one, else that of the nearest predecessors; where several predecessors
        joined and their grades differ, the one that Ofsted names counts, and otherwise none.
        The absence is of the newest full year finished by then, under the school's URN or its
        predecessors'; the mean is of up to three years, back to back, of that series and number
        of half terms.

    Examples
    --------
    >>> from schoolhubs.schools.register import STORED
    >>> on = datetime.date(2018, 9, 1)
    >>> nothing = {name: frame.empty() for name, frame in STORED.items()}
    >>> facts(SchoolRegister(on=on, sources=(), **nothing), on=on).height
    0
    """
    family = _families(register, on)
    inspected = _inspection(family, register, on)
    absence = _absence(family, register, on)
    whole = (
        register.schools.join(inspected, on="urn", how="left", maintain_order="left")
        .join(absence, on="urn", how="left", maintain_order="left")
        .with_columns(pl.col("is_inspection_of_predecessor").fill_null(value=False))
    )
    return frames.SCHOOL_FACTS.fill(whole)


def _families(register: SchoolRegister, on: datetime.date) -> pl.DataFrame:
    """Give each school itself (0 steps) and its predecessors: ``urn, relative, steps``."""
    own = register.schools.select("urn", relative="urn").with_columns(
        pl.lit(0, pl.Int64).alias("steps")
    )
    return pl.concat([own, ancestors(edges(register.links), until=on)])


def _inspection(family: pl.DataFrame, register: SchoolRegister, on: datetime.date) -> pl.DataFrame:
    last = _last_by_urn(register.inspections, on)
    named = register.links.filter(pl.col("link_kind") == NAMED_BY_OFSTED).select(
        "urn", relative="link_urn", is_named=pl.lit(value=True)
    )
    found = family.join(last, left_on="relative", right_on="urn")
    nearest = found.filter(pl.col("steps") == pl.col("steps").min().over("urn")).join(
        named.unique(), on=["urn", "relative"], how="left"
    )
    agree = pl.all_horizontal(pl.col(name).n_unique().over("urn") == 1 for name in _GRADES)
    agreed = nearest.filter(agree | pl.col("is_named").fill_null(value=False))
    chosen = agreed.sort("urn", "effective_on", descending=[False, True]).unique(
        "urn", keep="first", maintain_order=True
    )
    return _in_trust(chosen, register, on).select(
        "urn",
        "inspected_on",
        *_GRADES,
        "was_inspected_in_trust",
        inspection_urn="relative",
        inspection_framework="framework",
        inspection_source="source",
        is_inspection_of_predecessor=pl.col("steps") > 0,
    )


def _last_by_urn(inspections: pl.DataFrame, on: datetime.date) -> pl.DataFrame:
    """Give the last inspection of each URN that was known on a date.

    An inspection without a day, from a file that only gives the grade of its time, stands for
    the last one before that file; if the last dated inspection has the same grade, it is that.
    """
    known = inspections.with_columns(
        pl.coalesce("inspected_on", "known_by").alias("effective_on"),
        pl.max_horizontal("inspected_on", "known_by").alias("public_on"),
    ).filter(pl.col("public_on") <= on)
    dated = known.filter(pl.col("inspected_on").is_not_null())
    last_dated = dated.sort("urn", "inspected_on").unique("urn", keep="last", maintain_order=True)
    same = last_dated.select("urn", "overall_grade", same=pl.lit(value=True))
    undated = (
        known.filter(pl.col("inspected_on").is_null())
        .join(same, on=["urn", "overall_grade"], how="left")
        .filter(pl.col("same").is_null())
        .drop("same")
    )
    both = pl.concat([last_dated, undated])
    return both.sort("urn", "effective_on").unique("urn", keep="last", maintain_order=True)


def _in_trust(chosen: pl.DataFrame, register: SchoolRegister, on: datetime.date) -> pl.DataFrame:
    """Tell whether each inspection was made while in the school's present trust.

    Yes if the inspected URN was in that trust on the day. No only where it is known to have been
    elsewhere: maintained, in another trust, or in this one on other days. A URN that no list has
    in any trust may still have been in one, so that is unknown, as are stays without days.
    """
    now = members_on(register.trusts, on).select(
        "urn", present_id="trust_id", present_name="trust_name"
    )
    types = register.schools.select(relative="urn", inspected_type="establishment_type")
    holds = (pl.col("joined_on") <= pl.col("inspected_on")) & (
        pl.col("left_on").is_null() | (pl.col("left_on") > pl.col("inspected_on"))
    )
    stays = (
        chosen.select("urn", "relative", "inspected_on")
        .join(now, on="urn")
        .join(register.trusts.rename({"urn": "relative"}), on="relative", how="left")
        .join(types, on="relative", how="left")
        .with_columns(_is_present_trust().alias("is_here"), holds.alias("holds"))
    )
    was_here = (pl.col("is_here") & pl.col("holds")).any(ignore_nulls=False)
    was_elsewhere = (~pl.col("is_here") & pl.col("holds")).any()
    no_stay = pl.col("trust_id").is_null().all()
    is_maintained = pl.col("inspected_type").is_in(words()["maintained"]).any()
    told = stays.group_by("urn").agg(
        pl.when(was_here)
        .then(pl.lit(value=True))
        .when(was_elsewhere | (pl.col("is_here").any() & ~was_here) | (no_stay & is_maintained))
        .then(pl.lit(value=False))
        .alias("was_inspected_in_trust")
    )
    return chosen.join(told, on="urn", how="left", maintain_order="left")


def _is_present_trust() -> pl.Expr:
    """Compare a stay's trust with the present one; a number and a name cannot be compared."""
    is_same = (pl.col("trust_id") == pl.col("present_id")) | (
        pl.col("trust_name") == pl.col("present_name")
    ).fill_null(value=False)
    are_numbers = [pl.col(name).str.contains(r"^\d+$") for name in ("trust_id", "present_id")]
    return pl.when(is_same | (are_numbers[0] == are_numbers[1])).then(is_same)


def _absence(family: pl.DataFrame, register: SchoolRegister, on: datetime.date) -> pl.DataFrame:
    finished = [
        year
        for year in register.absence["year"].unique().to_list()
        if AcademicYear(year).finishes_on <= on
    ]
    usable = register.absence.filter(pl.col("year").is_in(finished))
    found = family.join(usable, left_on="relative", right_on="urn")
    by_year = _one_a_year(found)
    newest = by_year.sort("urn", "year", "series", descending=[False, True, False]).unique(
        "urn", keep="first", maintain_order=True
    )
    return (
        newest.join(_mean(by_year, newest), on="urn", how="left", maintain_order="left")
        .join(register.schools.select("urn", own_phase="phase"), on="urn", how="left")
        .with_columns(
            pl.coalesce(
                "phase",
                pl.col("own_phase").replace_strict(
                    {str(a): str(b) for a, b in COUNTED_WITH.items()},
                    default=None,
                    return_dtype=pl.String,
                ),
            ).alias("phase")
        )
        .join(
            _national(register), on=["phase", "year", "series"], how="left", maintain_order="left"
        )
        .select(
            "urn",
            "absence_mean_percent",
            "n_absence_years",
            "absence_phase_percent",
            "persistent_absence_phase_percent",
            "enrolments",
            "persistent_absence_mark",
            absence_year="year",
            absence_series="series",
            absence_half_terms="half_terms",
            absence_urn="relative",
            absence_percent="sess_overall_percent",
            persistent_absence_percent="enrolments_pa_10_exact_percent",
        )
    )


def _one_a_year(found: pl.DataFrame) -> pl.DataFrame:
    """Take the nearest of the family that has figures of a year; join them where there are several.

    Schools that were merged have their counts added up; without counts the plain mean is taken.
    """
    key = ["urn", "year", "series"]
    nearest = found.filter(pl.col("steps") == pl.col("steps").min().over(key))
    alone = nearest.filter(pl.len().over(key) == 1)
    several = nearest.filter(pl.len().over(key) > 1).sort(*key, "relative")
    counts = ("enrolments", "sess_possible", "sess_overall", "enrolments_pa_10_exact")
    has_counts = pl.col("sess_possible").null_count() == 0
    joined = several.group_by(key, maintain_order=True).agg(
        pl.col("relative").str.join("; "),
        pl.col("half_terms", "phase").first(),
        pl.when(has_counts)
        .then(100 * pl.col("sess_overall").sum() / pl.col("sess_possible").sum())
        .otherwise(pl.col("sess_overall_percent").mean())
        .first()
        .alias("sess_overall_percent"),
        pl.when(has_counts)
        .then(100 * pl.col("enrolments_pa_10_exact").sum() / pl.col("enrolments").sum())
        .otherwise(pl.col("enrolments_pa_10_exact_percent").mean())
        .first()
        .alias("enrolments_pa_10_exact_percent"),
        pl.col(counts).sum(),
        pl.col("persistent_absence_mark").drop_nulls().first(),
    )
    return pl.concat([alone, joined], how="diagonal")


def _mean(by_year: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """Mean of up to three years back to back, of one series and one number of half terms."""
    like = newest.select("urn", "series", "half_terms", newest_year="year")
    years = by_year["year"].unique().to_list()
    first = {year: AcademicYear(year).first for year in years}
    back = pl.col("newest_year").replace_strict(first, default=None, return_dtype=pl.Int64)
    back = back - pl.col("year").replace_strict(first, default=None, return_dtype=pl.Int64)
    return (
        by_year.filter(pl.col("sess_overall_percent").is_not_null())
        .join(like, on=["urn", "series", "half_terms"], nulls_equal=True)
        .with_columns(back.alias("back"))
        .filter(pl.col("back").is_between(0, MOST_YEARS_IN_MEAN - 1))
        .sort("urn", "back")
        .filter(pl.col("back") == pl.int_range(pl.len()).over("urn"))
        .group_by("urn", maintain_order=True)
        .agg(
            pl.col("sess_overall_percent").mean().alias("absence_mean_percent"),
            pl.len().cast(pl.Int64).alias("n_absence_years"),
        )
    )


def _national(register: SchoolRegister) -> pl.DataFrame:
    return register.phase_figures.filter(
        (pl.col("level") == "national") & (pl.col("area") == NATIONAL)
    ).select(
        "phase",
        "year",
        "series",
        absence_phase_percent="sess_overall_percent",
        persistent_absence_phase_percent="enrolments_pa_10_exact_percent",
    )
