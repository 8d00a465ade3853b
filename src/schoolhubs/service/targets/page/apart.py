"""Special schools and alternative provision: what is known of one that no row of a fit is of."""

import dataclasses
from collections.abc import Sequence

import polars as pl

from schoolhubs.service.schools.models import School
from schoolhubs.service.targets.models import SchoolTarget
from schoolhubs.service.targets.reading import panel_of
from schoolhubs.vocabulary.phases import Phase

APART = (Phase.SPECIAL, Phase.ALTERNATIVE_PROVISION)
NONE = "No interval is given: the school register holds no year of this school to measure one by."
FEW = "No interval is given: too few schools of this kind have figures to measure one by."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Earlier years as ``(year, percent)``, oldest first, and the needs a school provides for.

    ``reason`` says why neither an expectation nor an interval can be given.
    """

    years: Sequence[tuple[str, float]]
    need_types: str | None
    reason: str


def gets_a_goal(school: School, target: SchoolTarget | None) -> bool:
    """Tell whether a person sets a goal: a fit has no target of it, by what kind of school it is.

    >>> gets_a_goal(School(phase="alternative_provision"), None)
    True
    >>> gets_a_goal(School(phase="primary"), None)
    False
    """
    if target is not None:
        return target.target_percent is None
    return school.phase in APART


def known_of(snapshot_pk: int, urn: str) -> Known:
    """Look up the school's own line in the panel that a fit was made of."""
    panel = panel_of(snapshot_pk)
    rows = panel.years.filter(
        (pl.col("urn") == urn) & pl.col("sess_overall_percent").is_not_null()
    ).sort("year")
    context = panel.context.filter(pl.col("urn") == urn)
    return Known(
        years=rows.select("year", "sess_overall_percent").rows(),
        need_types=context["need_types"][0] if context.height else None,
        reason=FEW if rows.height else NONE,
    )
