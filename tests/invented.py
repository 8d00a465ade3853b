"""A few invented schools in the database, for tests that need no whole England."""

import datetime
import io
import zipfile
from typing import Any

import polars as pl
from django.conf import settings

from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.cohorts.proposing import cohort_of
from schoolhubs.service.network.models import Hub
from schoolhubs.service.schools.actions import school_row
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot, School
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import term_starts_on

ON = datetime.date(2026, 1, 29)
AT = datetime.datetime(2026, 1, 29, 17, 0, tzinfo=datetime.UTC)
PROGRAMME = "rise-hubs-2025"


def facts(urn: str, **changes: Any) -> dict[str, Any]:
    """Give the facts of an open primary with high absence, but for the changes."""
    school = {
        "urn": urn,
        "school_name": f"School {urn}",
        "phase": "primary",
        "region": "South West",
        "la_name": "Devonshire",
        "establishment_type": "Community school",
        "is_state_funded": True,
        "is_open": True,
        "is_context_later": False,
        "is_placed_at_successor": False,
        "is_inspection_of_predecessor": False,
        "n_pupils": 210,
        "postcode": "ZZ1 1AA",
        "absence_percent": 8.0,
        "absence_phase_percent": 5.2,
        "persistent_absence_percent": 25.0,
        "persistent_absence_phase_percent": 13.1,
        "absence_year": "2024/25",
        "absence_series": "three_terms",
        "absence_half_terms": 6,
        "lat": 50.7,
        "lon": -3.5,
        **changes,
    }
    row = frames.SCHOOL_FACTS.fill(pl.DataFrame([school], infer_schema_length=None)).row(
        0, named=True
    )
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in row.items()
    }


def intake(on: datetime.date = ON, *, programme_id: str = PROGRAMME, **changes: Any) -> Intake:
    """Store the intake of the term of a day, open for decades but for the changes."""
    told = {
        "title": f"Term of {on}",
        "starts_on": term_starts_on(on),
        "opens_on": datetime.date(2020, 1, 1),
        "closes_on": datetime.date(2099, 1, 1),
        "day_from": "calendar",
        "is_confirmed": True,
        "changed_at": AT,
        "changed_by": "officer",
        "reason": "Agreed",
        **changes,
    }
    made, _ = Intake.objects.get_or_create(
        programme_id=programme_id, cohort_id=cohort_of(told["starts_on"]), defaults=told
    )
    return made


def archived(rows: pl.DataFrame) -> bytes:
    """Give a snapshot's archive with absence in it, as an import makes it."""
    parquet, held = io.BytesIO(), io.BytesIO()
    rows.write_parquet(parquet)
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("absence.parquet", parquet.getvalue())
    return held.getvalue()


def register(
    *schools: dict[str, Any],
    leads: tuple[str, ...] = (),
    at: datetime.datetime = AT,
    archive: bytes = b"",
) -> RegisterSnapshot:
    """Store a snapshot of some schools, make it current, and let some of them lead a hub."""
    snapshot = RegisterSnapshot.objects.create(
        on=ON, imported_at=at, is_synthetic=True, n_schools=len(schools), sources=[], quality=[],
        archive=archive,
    )  # fmt: skip
    School.objects.bulk_create(school_row(snapshot, each) for each in schools)
    CurrentRegister.objects.update_or_create(only=True, defaults={"snapshot": snapshot})
    Hub.objects.bulk_create(Hub(programme_id=PROGRAMME, lead_urn=urn) for urn in leads)
    for programme_id in settings.ENVIRONMENT.programme_ids:
        intake(programme_id=programme_id)
    return snapshot
