"""Builds school facts from what a test says differs from a plain school."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from schoolhubs.vocabulary import frames

PLAIN: Mapping[str, Any] = {
    "school_name": "A school",
    "region": "South East",
    "establishment_type": "Community school",
    "phase": "primary",
    "is_state_funded": True,
    "is_open": True,
    "is_placed_at_successor": False,
    "is_context_later": False,
    "n_pupils": 200,
    "inspection_framework": "overall_grades",
    "inspected_on": datetime.date(2019, 3, 12),
    "overall_grade": 3,
    "inspection_source": "Ofsted management information, March 2019",
    "is_inspection_of_predecessor": False,
    "was_inspected_in_trust": None,
    "absence_year": "2017/18",
    "absence_series": "census",
    "absence_half_terms": 6,
    "absence_percent": 6.0,
    "absence_phase_percent": 4.0,
    "persistent_absence_percent": 14.0,
    "persistent_absence_phase_percent": 8.0,
}
Facts = Callable[..., pl.DataFrame]


@pytest.fixture
def facts() -> Facts:
    """Give a function from what differs, a mapping a school, to frames.SCHOOL_FACTS."""

    def build(*schools: Mapping[str, Any]) -> pl.DataFrame:
        rows = [
            {**PLAIN, "urn": f"{900001 + place}", "absence_urn": f"{900001 + place}", **school}
            for place, school in enumerate(schools)
        ]
        return frames.SCHOOL_FACTS.fill(pl.DataFrame(rows, infer_schema_length=None))

    return build
