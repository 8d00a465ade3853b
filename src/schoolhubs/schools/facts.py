"""What was known of each school on a date: its last graded inspection and its newest absence."""

import datetime

import polars as pl

from schoolhubs.schools.known_absence import newest_absence
from schoolhubs.schools.known_inspection import last_inspection
from schoolhubs.schools.register import SchoolRegister
from schoolhubs.schools.roster.chains import ancestors, edges
from schoolhubs.vocabulary import frames


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
    inspected = last_inspection(family, register, on)
    absence = newest_absence(family, register, on)
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
