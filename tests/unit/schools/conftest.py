"""Small published tables, as the readers would hand them over."""

import datetime
from collections.abc import Callable

import polars as pl
import pytest

from schoolhubs.vocabulary.records.published import PublishedTable

GIVES = {
    "gias_extract": ("establishments", "inspections", "context", "trusts"),
    "gias_list": ("establishments",),
    "schools_markers": ("establishments", "inspections", "context"),
    "gias_links": ("links",),
    "gias_trust_membership": ("trusts",),
    "ees_absence": ("absence", "phase_figures"),
    "performance_absence": ("absence", "phase_figures"),
    "performance_census": ("context",),
    "school_fsm": ("context",),
    "performance_ks2": ("places", "inspections"),
    "secondary_ofsted": ("inspections",),
    "ofsted_management_information": ("inspections", "trusts"),
}
SERIES = {"ees_absence": "census", "performance_absence": "performance_tables"}
TYPES = {
    "overall_grade": pl.Int64,
    "n_pupils": pl.Int64,
    "enrolments": pl.Int64,
    "sess_possible": pl.Int64,
    "sess_overall": pl.Int64,
    "enrolments_pa_10_exact": pl.Int64,
    "sess_overall_percent": pl.Float64,
    "enrolments_pa_10_exact_percent": pl.Float64,
    "easting": pl.Float64,
    "northing": pl.Float64,
    "closed_on": pl.Date,
    "opened_on": pl.Date,
    "left_on": pl.Date,
    "joined_on": pl.Date,
    "established_on": pl.Date,
    "inspected_on": pl.Date,
}
PLAIN = {
    "gias_extract": {
        "school_name": "A School",
        "establishment_type": "Community school",
        "phase_name": "Primary",
        "status": "Open",
        "laestab": "3912000",
        "easting": 425000.0,
        "northing": 565000.0,
        "opened_on": None,
        "closed_on": None,
    },
    "gias_links": {"link_name": "Another", "link_type": "Successor", "established_on": None},
    "ees_absence": {
        "school_type": "State-funded primary",
        "year": "2017/18",
        "half_terms": 6,
        "laestab": "3912000",
        "la_code": "391",
        "region_name": "North East",
        "all_through": False,
        "enrolments": 100,
        "sess_possible": 10000,
        "sess_overall": 500,
        "enrolments_pa_10_exact": 10,
        "sess_overall_percent": 5.0,
        "enrolments_pa_10_exact_percent": 10.0,
        "level": "school",
    },
}
PLAIN["performance_absence"] = {"level": "school", "la_code": "391", "estab": "2000"}
PLAIN["gias_list"] = PLAIN["gias_extract"]


def made(kind: str, *rows: dict, year=None, as_at=None, name=None, half_terms=None):
    """Give a published table; each row says what differs from a plain one of its kind."""
    full = [PLAIN.get(kind, {}) | row for row in rows]
    names = list(dict.fromkeys(column for row in full for column in row))
    columns = {column: [row.get(column) for row in full] for column in names}
    frame = pl.DataFrame(
        {c: pl.Series(c, v, dtype=TYPES.get(c), strict=False) for c, v in columns.items()}
    )
    return PublishedTable(
        path=f"folder/{name or kind + '.csv'}",
        kind=kind,
        title=kind,
        publisher="",
        gives=GIVES[kind],
        series=SERIES.get(kind, ""),
        years=(year,) if year else (),
        year_source="given",
        half_terms=half_terms,
        as_at=as_at and datetime.date.fromisoformat(as_at),
        encoding="utf-8",
        sha256=f"{kind} {name} {year} {as_at}",
        n_rows=len(rows),
        quirks=(),
        frame=frame,
    )


@pytest.fixture
def table() -> Callable[..., PublishedTable]:
    """Give the maker of published tables."""
    return made
