"""The last graded inspection of each school that was known on a date."""

import datetime

import polars as pl

from schoolhubs.schools.figures.inspections import NAMED_BY_OFSTED
from schoolhubs.schools.register import SchoolRegister
from schoolhubs.schools.roster.trusts import members_on
from schoolhubs.schools.words import words

_GRADES = ("overall_grade", "behaviour_grade", "attendance_and_behaviour")


def last_inspection(
    family: pl.DataFrame, register: SchoolRegister, on: datetime.date
) -> pl.DataFrame:
    """Give the inspection that counts for each school: its own last, else the predecessors'.

    Parameters
    ----------
    family
        ``urn, relative, steps``: each school itself and those it grew out of.

    Returns
    -------
    polars.DataFrame
        ``urn`` and the columns of inspections in frames.SCHOOL_FACTS; no row for a school
        without one.
    """
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
