"""A school register seen as on another day than its own, from the days it holds."""

import dataclasses
import datetime

import polars as pl

from schoolhubs.schools.figures.context import ends_after
from schoolhubs.schools.register import SchoolRegister
from schoolhubs.schools.roster import chains
from schoolhubs.schools.roster.establishments import is_within_its_days
from schoolhubs.schools.roster.trusts import members_on

_REPLACED = ("trust_id", "trust_name", "trust_joined_on", "predecessor_urns")


def as_seen(register: SchoolRegister, *, on: datetime.date) -> SchoolRegister:
    """See a register as on another day than the one it was built for.

    Parameters
    ----------
    register
        A school register.
    on
        The day. Only what has a day can change between the two: first and last days, trusts and
        conversions. A school whose days both lie before, both lie after or are not known is as
        open as the register has it. What happened after the register's own day is not in it.

    Returns
    -------
    SchoolRegister
        As at ``on``: who is open (``status`` says so where that differs), in which trust, grown
        out of which schools, and which figures are later. The same register for its own day.

    Examples
    --------
    >>> from schoolhubs.schools.register import STORED
    >>> nothing = {name: frame.empty() for name, frame in STORED.items()}
    >>> held = SchoolRegister(on=datetime.date(2022, 10, 1), sources=(), **nothing)
    >>> as_seen(held, on=datetime.date(2018, 9, 1)).on
    datetime.date(2018, 9, 1)
    """
    if on == register.on:
        return register
    held = register.schools
    steps = chains.edges(register.links)
    earlier = chains.listed(chains.ancestors(steps, until=on), "predecessor_urns")
    is_later = ends_after(held["context_year"], on)
    then = is_within_its_days(on)
    differs = then != is_within_its_days(register.on)
    said = (
        pl.when(then)
        .then(pl.lit("Open"))
        .when(pl.col("opened_on") > on)
        .then(pl.lit("Not yet open"))
        .otherwise(pl.lit("Closed"))
    )
    seen = held.with_columns(
        pl.when(differs).then(then).otherwise("is_open").alias("is_open"),
        pl.when(differs).then(said).otherwise("status").alias("status"),
        pl.coalesce(is_later, "is_context_later").alias("is_context_later"),
    ).drop(_REPLACED)
    for part in (members_on(register.trusts, on), earlier):
        seen = seen.join(part, on="urn", how="left", maintain_order="left")
    return dataclasses.replace(register, on=on, schools=seen.select(held.columns))
