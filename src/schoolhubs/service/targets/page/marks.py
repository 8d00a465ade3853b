"""What a school's own marks add to the page of its target, for those who may see them."""

import dataclasses
import datetime
from collections.abc import Mapping

import polars as pl

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.attendance import queries
from schoolhubs.service.attendance.lead import told


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OwnMarks:
    """What a school's marks show, as its attendance page has it: ``rates`` in words, by name.

    ``may_see_codes`` tells whether the reader may see codes too; then ``mix`` has the share of each
    watched code by half-term, where the marks say it.
    """

    year: str
    last_week_on: datetime.date
    rates: Mapping[str, str]
    may_see_codes: bool
    mix: pl.DataFrame | None = None


def own_marks(actor: Actor, urn: str) -> OwnMarks | None:
    """Give what the marks of a school show; None where it has none or they are not the actor's."""
    found = queries.finding_of(urn) if queries.may_see(actor, urn) else None
    if found is None:
        return None
    may_see_codes = is_own_school(actor, urn, *queries.STAFF)
    has_mix = may_see_codes and bool(found.content["tables"].get("mix"))
    return OwnMarks(
        year=found.year,
        last_week_on=found.last_week_on,
        rates={each["key"]: each["value"] for each in told.headline(found.content)},
        may_see_codes=may_see_codes,
        mix=told.code_mix(found.content) if has_mix else None,
    )
