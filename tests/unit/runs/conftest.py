"""Builds the facts, decisions and registers that the tests of runs need."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from schoolhubs.vocabulary import frames

PLAIN: Mapping[str, Any] = {
    "school_name": "A school",
    "region": "South West",
    "establishment_type": "Community school",
    "phase": "secondary",
    "is_state_funded": True,
    "is_open": True,
    "is_placed_at_successor": False,
    "is_context_later": False,
    "n_pupils": 900,
    "inspection_framework": "overall_grades",
    "inspected_on": datetime.date(2019, 3, 12),
    "overall_grade": 2,
    "inspection_source": "Ofsted, a test file",
    "is_inspection_of_predecessor": False,
    "absence_mean_percent": 4.0,
    "absence_phase_percent": 5.0,
    "lat": 50.7,
    "lon": -3.5,
}


@pytest.fixture
def facts() -> Callable[..., pl.DataFrame]:
    """Give a function from what differs, a mapping a school, to frames.SCHOOL_FACTS."""

    def build(*schools: Mapping[str, Any]) -> pl.DataFrame:
        rows = [
            {**PLAIN, "urn": f"{900001 + place}", **school} for place, school in enumerate(schools)
        ]
        return frames.SCHOOL_FACTS.fill(pl.DataFrame(rows, infer_schema_length=None))

    return build
