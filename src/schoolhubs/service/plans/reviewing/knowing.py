"""Figures of an objective's measure that the service holds already, each with its noise if known.

A school may take one over or write its own. Nothing here is more than what its own pages show it.
"""

import math
from collections.abc import Iterator
from typing import Any

from scipy.special import ndtri

from schoolhubs import plans
from schoolhubs.service.attendance.queries import finding_of
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.records.plan import Measured

# Measures that a school's own marks have, as the rate of all its pupils is called there.
OF_MARKS = {
    "absence_percent": "sess_overall_percent",
    "persistent_absence_percent": "enrolments_pa_10_exact_percent",
    "severe_absence_percent": "enrolments_pa_50_exact_percent",
    "time_in_school_percent": "time_in_school_percent",
    "late_percent": "sess_late_percent",
}
# Those that are shares of pupils, whose noise follows from how many there are.
SHARES_OF_PUPILS = ("persistent_absence_percent", "severe_absence_percent")
EVERYBODY = "all"


def known_of(urn: str, measure: str) -> tuple[Measured, ...]:
    """Give what is known of a measure of a school, newest first; none where nothing is."""
    found = sorted(_of_marks(urn, measure), key=lambda each: str(each.measured_on), reverse=True)
    return tuple(found)


def _of_marks(urn: str, measure: str) -> Iterator[Measured]:
    finding = finding_of(urn) if measure in OF_MARKS else None
    rows: list[dict[str, Any]] = finding.content["tables"].get("year_group", []) if finding else []
    row = next((each for each in rows if each["year_group"] == EVERYBODY), dict[str, Any]())
    value, n = row.get(OF_MARKS.get(measure, "")), row.get("enrolments")
    if finding is None or value is None:
        return
    low, high = share_interval(value, n) if measure in SHARES_OF_PUPILS and n else (None, None)
    yield Measured(
        value=round(value, 2), low=low, high=high, measured_on=finding.last_week_on, n=n,
        source=f"the school’s own marks, {finding.year} up to the week of "
        f"{day(finding.last_week_on)}",
    )  # fmt: skip


def share_interval(percent: float, n: int) -> tuple[float, float]:
    """Give the 90 % interval of a share of pupils, by Wilson.

    Parameters
    ----------
    percent
        0-100.
    n
        Pupils, at least 1.

    Examples
    --------
    >>> share_interval(20.0, 400)
    (16.92, 23.49)
    """
    z = float(ndtri(0.5 + plans.facts.stored("progress.yaml")["interval_share"]["value"] / 2))
    share = percent / 100
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return round(100 * (middle - half), 2), round(100 * (middle + half), 2)
