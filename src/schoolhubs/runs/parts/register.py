"""The facts of a school register as they stood on the day of the rules."""

import dataclasses
import datetime

import polars as pl

from schoolhubs import schools
from schoolhubs.vocabulary.calendar import AcademicYear

OF_TRUST = ("trust_id", "trust_name", "trust_joined_on")


def facts_on(register: schools.SchoolRegister, on: datetime.date) -> pl.DataFrame:
    """Give frames.SCHOOL_FACTS as at the day of the rules.

    For another day than the register's own, who was open and in which trust is worked out from
    the dates it holds; a school without dates stays as it is. :func:`day_of_register` says so.
    """
    if register.on == on:
        return schools.facts(register, on=on)
    opened, closed = pl.col("opened_on"), pl.col("closed_on")
    was_open = (opened.is_null() | (opened <= on)) & (closed.is_null() | (closed > on))
    is_dated = opened.is_not_null() | closed.is_not_null()
    members = (
        register.trusts.filter(
            (pl.col("joined_on").is_null() | (pl.col("joined_on") <= on))
            & (pl.col("left_on").is_null() | (pl.col("left_on") > on))
        )
        .sort("joined_on", "trust_id")
        .unique("urn", keep="last", maintain_order=True)
        .select("urn", "trust_id", "trust_name", trust_joined_on="joined_on")
    )
    year_ends = (pl.col("context_year").str.slice(0, 4).cast(pl.Int32) + 1).alias("year")
    is_later = pl.date(year_ends, 9, 1) > on
    seen = register.schools.with_columns(
        pl.when(is_dated).then(was_open).otherwise(pl.col("is_open")).alias("is_open"),
        pl.coalesce(is_later, pl.col("is_context_later")).alias("is_context_later"),
    )
    columns = seen.columns
    seen = seen.drop(OF_TRUST).join(members, on="urn", how="left").select(columns)
    return schools.facts(dataclasses.replace(register, on=on, schools=seen), on=on)


def day_of_register(register: schools.SchoolRegister, on: datetime.date) -> tuple[str, ...]:
    """Say in a sentence that a register is read for another day than its own; nothing if not."""
    if register.on == on:
        return ()
    dated = f"The school register was built as at {register.on}, the rules are asked for {on}"
    if on > register.on:
        return (f"{dated}: what happened to schools in between is not in it.",)
    year = AcademicYear.holding(on)
    return (
        f"{dated}: who was open and in which trust in {year} is worked out from the days it holds.",
    )
