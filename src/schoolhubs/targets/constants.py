"""The constants of attendance targets, each with its unit, status and source."""

import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from types import SimpleNamespace
from typing import Any

from schoolhubs.vocabulary.written.stored import read_facts


class Constants(SimpleNamespace):
    """The values of ``constants.yaml`` by name; see there for units and sources."""

    version: str
    dated: datetime.date
    series: str
    lag_years: int
    training_years: int
    context_years: int
    calibration_years: int
    calibration_folds: int
    persistence: list[float]
    moment_limit_log_odds: float
    far_log_odds: float
    history_limit_log_odds: float
    least_absence_percent: float
    most_absence_percent: float
    least_roll: int
    half_weight_roll: int
    least_schools: int
    moment_bins: int
    most_ehc_percent: float
    fsm_span_quantile: float
    ask_share: float
    least_ask_percent: float
    most_ask_percent: float
    frontier_quantile: float
    floor_quantile: float
    interval_share: float
    size_groups: int
    top_fsm_share: float
    least_group: int
    comparators: int
    least_comparators: int
    lasting_from: float
    comparator_distance: float
    least_common_ages: float
    visit_distance: float
    comparator_weights: dict[str, float]
    selective_area_share: float
    visits: int
    visit_limit_minutes: float
    visit_better_percent: float
    judging_share: float
    audit_folds: int
    audit_groups: dict[str, int]
    least_audited: int
    audit_fsm_sds: float
    one_year_chance_percent: float
    watch_sds: float
    watch_cohort_gap_percent: float
    least_watched: int


@functools.cache
def stored() -> Mapping[str, Any]:
    """Read the file as it stands, for what shows every constant with its source."""
    file = resources.files("schoolhubs.targets") / "constants.yaml"
    read: Mapping[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return read


def from_stored(read: Mapping[str, Any]) -> Constants:
    """Make the record from what the file holds, or a model kept of it."""
    values = {name: entry["value"] for name, entry in read["constants"].items()}
    return Constants(version=str(read["version"]), dated=read["dated"], **values)


@functools.cache
def constants() -> Constants:
    """Give the constants shipped with the package.

    >>> constants().ask_share
    0.25
    """
    return from_stored(stored())
