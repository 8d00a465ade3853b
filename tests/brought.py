"""A school's marks brought through the pages, and a search for what of its pupils is held."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.attendance.models import MarksImport
from schoolhubs.service.jobs import doing
from signing import signed_in
from watchful import WatchfulClient

URN, OTHER = "900001", "900002"
SURNAME, N_PUPILS = "Zzquimby", 80
MONDAYS = [datetime.date(2025, 9, 8) + datetime.timedelta(7 * n) for n in range(7)]
MONDAYS += [datetime.date(2025, 11, 3) + datetime.timedelta(7 * n) for n in range(4)]
HEADINGS = ("UPN", "Surname", "Week beginning", "Marks", "Year", "SEN", "EHC", "FSM")
TERMS = {
    "first_1": "3/9/2025", "last_1": "24/10/2025", "first_2": "3/11/2025", "last_2": "19/12/2025",
    "closed_on": "",
}  # fmt: skip
COLUMNS = {
    "saved": "new", "name": "Weekly export", "date_format": "%d/%m/%Y", "own_codes": "IX = I",
    "column_pupil": "UPN", "column_pupil_too": "Surname", "column_week_on": "Week beginning",
    "column_marks": "Marks", "column_year_group": "Year", "column_sen": "SEN",
    "column_ehc": "EHC", "column_fsm": "FSM",
}  # fmt: skip
WHO: dict[str, Any] = {"by": "ada", "organisation": f"school:{URN}", "place": "tests"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path) -> Iterator[None]:
    """Keep marks and uploads of each test by themselves."""
    before = settings.UPLOADS, settings.ENVIRONMENT
    settings.UPLOADS = tmp_path / "uploads"
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"data_folder": tmp_path})
    yield
    settings.UPLOADS, settings.ENVIRONMENT = before


def upn(n: int) -> str:
    return f"H80120000{n:04}"


def rows(mondays: list[datetime.date] = MONDAYS, pupils: range = range(N_PUPILS)) -> list[str]:
    """Give a week of each pupil; many of year 8 are away on Fridays, and some are flagged."""
    chance = np.random.default_rng(4)
    out = []
    for n in pupils:
        for monday in mondays:
            marks = ["/\\"] * 5
            if n % 2 and chance.random() < 0.5:
                marks[4] = "OO"
            if chance.random() < 0.2:
                marks[int(chance.integers(0, 5))] = "II"
            flags = ("Y" if n % 10 == 0 else "N", "N", "Y" if n % 4 == 0 else "N")
            cells = (upn(n), f"{SURNAME}{n}", f"{monday:%d/%m/%Y}", "".join(marks), str(7 + n % 2))
            out.append(",".join((*cells, *flags)))
    return out


def content(lines: list[str]) -> bytes:
    return "\n".join([",".join(HEADINGS), *lines]).encode()


def head(urn: str = URN, role: Role = Role.PARTNER_SCHOOL_HEAD, **named: Any) -> WatchfulClient:
    return signed_in(role, urn=urn, **named)


def brought(client: WatchfulClient, held: bytes, name: str = f"{SURNAME}.csv") -> HttpResponse:
    file = SimpleUploadedFile(name, held, content_type="text/csv")
    return client.post(
        reverse("marks-bring", kwargs={"urn": URN}), {"layout": "week", "file": file}
    )


def address(name: str, held: MarksImport) -> str:
    return reverse(name, kwargs={"urn": URN, "marks_import_id": held.pk})


def posted(
    client: WatchfulClient, name: str, held: MarksImport, told: dict[str, Any]
) -> HttpResponse:
    held.refresh_from_db()
    query = "?year=2025/26" if name == "marks-terms" else ""
    return client.post(address(name, held) + query, {"version": held.version, **told})


def read(client: WatchfulClient, held: bytes) -> MarksImport:
    """Bring a file, say columns and term dates, and let it be read."""
    answer = brought(client, held)
    assert answer.status_code == 302, answer.content.decode()
    found = MarksImport.objects.latest("pk")
    assert posted(client, "marks-columns", found, COLUMNS).status_code == 302
    assert posted(client, "marks-terms", found, TERMS).status_code == 302
    return done(found, "read_work")


def done(held: MarksImport, work: str) -> MarksImport:
    held.refresh_from_db()
    doing.do(getattr(held, work).pk, clock=timezone.now)
    held.refresh_from_db()
    return held


def kept(client: WatchfulClient, held: bytes, **more: Any) -> MarksImport:
    found = read(client, held)
    choice = "good" if found.report["n_rows_left_out"] else "whole"
    assert posted(client, "marks-found", found, {"choice": choice, **more}).status_code == 302
    return done(found, "keep_work")


def everything_held() -> str:
    """Give every row of the database and every file on disk, Parquet as its cells, as one text."""
    texts = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            texts.append(f"{table} {cursor.fetchall()!r}")
    for path in Path(settings.ENVIRONMENT.data_folder).rglob("*"):
        texts.append(path.name)
        if path.suffix == ".parquet":
            texts.append(str(pl.read_parquet(path).to_dicts()))
        elif path.is_file():
            texts.append(path.read_bytes().decode("latin-1"))
    return "\n".join(texts)


def leaked(text: str) -> bool:
    return SURNAME.casefold() in text.casefold() or "h80120000" in text.casefold()


class NoBox:
    """Seals nothing."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def encrypt(self, nonce: bytes, piece: bytes, place: bytes) -> bytes:  # noqa: ARG002
        return piece

    def decrypt(self, nonce: bytes, piece: bytes, place: bytes) -> bytes:  # noqa: ARG002
        return piece
