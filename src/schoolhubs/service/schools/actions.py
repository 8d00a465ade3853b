"""Puts a school register into the database, and makes it the current one."""

import datetime
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.db import transaction

from schoolhubs import schools
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot, School
from schoolhubs.vocabulary.ids import is_reserved

ROWS_AT_ONCE = 2_000


def keep_register(register: schools.SchoolRegister, *, at: datetime.datetime) -> RegisterSnapshot:
    """Store a school register as a new snapshot; pages go on reading the current one."""
    facts = schools.facts(register, on=register.on).sort("urn")
    with transaction.atomic():
        snapshot = RegisterSnapshot.objects.create(
            on=register.on,
            imported_at=at,
            is_synthetic=any(is_reserved(urn) for urn in facts["urn"].to_list()),
            n_schools=facts.height,
            sources=[source.as_dict() for source in register.sources],
            quality=register.quality.to_dicts(),
            archive=archive_of(register),
        )
        rows = (school_row(snapshot, row) for row in facts.iter_rows(named=True))
        School.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    return snapshot


def make_current(snapshot: RegisterSnapshot) -> None:
    """Let pages read this snapshot from now on: one pointer moves."""
    CurrentRegister.objects.update_or_create(only=True, defaults={"snapshot": snapshot})


def school_row(snapshot: RegisterSnapshot, row: dict[str, Any]) -> School:
    """Make the row of one school from its facts."""
    return School(
        snapshot=snapshot,
        urn=row["urn"],
        name=row["school_name"],
        postcode=row["postcode"] or "",
        la_name=row["la_name"] or "",
        region=row["region"] or "",
        phase=row["phase"],
        establishment_type=row["establishment_type"] or "",
        trust_id=row["trust_id"] or "",
        is_open=row["is_open"],
        is_state_funded=row["is_state_funded"],
        facts=json.loads(json.dumps(row, default=datetime.date.isoformat)),
    )


def archive_of(register: schools.SchoolRegister) -> bytes:
    """Give a school register's tables in one zip, as a snapshot keeps them."""
    held = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        schools.write_register(register, Path(folder) / "register")
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((Path(folder) / "register").iterdir()):
                archive.write(path, path.name)
    return held.getvalue()
