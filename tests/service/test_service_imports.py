"""The import check: bring files, see what is wrong and what changes, keep or stop, undo."""

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.imports import actions, uploads
from schoolhubs.service.imports.models import Choice, Import
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot, School
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.published import ReadingLimits
from signing import signed_in
from working import brought_file

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
ON = datetime.date(2026, 2, 1)
HOUR = datetime.timedelta(hours=1)
WHO: dict[str, Any] = {"by": "ada", "organisation": "office:office-ada", "at": AT, "place": "tests"}
GIAS = "edubasealldata20260131.csv"
LINKS = "links_edubasealldata20260131.csv"
ABSENCE = "ees_absence_3term_202425.csv"
LAST_YEAR = "ees_absence_3term_202324.csv"


def england(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in (GIAS, LINKS, ABSENCE)}


def with_faults(held: bytes, rows: dict[int, str]) -> bytes:
    """Put another first cell into some rows; the header is row 1."""
    lines = held.split(b"\n")
    for row, text in rows.items():
        _, comma, rest = lines[row - 1].partition(b",")
        lines[row - 1] = text.encode() + comma + rest
    return b"\n".join(lines)


def checked(given: dict[str, bytes]) -> Import:
    held = actions.bring([brought_file(*each) for each in given.items()], on=ON, **WHO)
    doing.do(held.check_work.pk, clock=timezone.now)
    held.refresh_from_db()
    return held


def kept(held: Import, choice: Choice = Choice.WHOLE_FILES) -> Import:
    held = actions.choose(held, choice, **WHO)
    doing.do(held.keep_work.pk, clock=timezone.now)
    held.refresh_from_db()
    return held


def test_files_are_recognised_compared_kept_and_removed(small_england: Path) -> None:
    first = kept(checked(england(small_england)))
    assert first.step == "kept"
    assert CurrentRegister.objects.get().snapshot_id == first.snapshot_id
    assert not uploads.folder_of(first.pk).exists()
    newer = england(small_england)
    newer[LAST_YEAR] = (small_england / LAST_YEAR).read_bytes()
    lines = newer[GIAS].split(b"\n")
    newer[GIAS] = b"\n".join([lines[0], *lines[3:]])  # two schools fewer
    held = checked(newer)
    told = held.report["choices"]["whole_files"]["changes"]
    assert told["opened"]["n"] == 0
    assert told["closed"]["n"] == told["open_before"] - told["open_now"]
    assert any(year.startswith("2023/24") for year in told["absence_added"])
    assert told["absence_gone"] == []
    file = next(each for each in held.report["files"] if each["name"] == GIAS)
    assert "urn" in file["columns"]
    # Nothing changed by looking.
    assert RegisterSnapshot.objects.count() == 1


def test_faults_are_grouped_with_rows_and_good_rows_only_if_asked(small_england: Path) -> None:
    given = england(small_england)
    broken = dict.fromkeys(range(5, 35), "12")
    given[GIAS] = with_faults(given[GIAS], broken)
    held = checked(given)
    file = next(each for each in held.report["files"] if each["name"] == GIAS)
    group = file["faults"][0]
    assert group["rows"] == list(range(5, 25))
    assert group["n_rows"] == 30
    assert not file["is_whole"]
    assert file["has_good_rows"]
    # Without the list of schools there is no register: whole files alone are not offered.
    assert "fault" in held.report["choices"]["whole_files"]
    n_listed = given[GIAS].strip().count(b"\n")
    done = kept(held, Choice.GOOD_ROWS)
    listed = School.objects.filter(snapshot=done.snapshot)
    assert 0 < n_listed - 30 <= listed.count() <= n_listed


def test_a_zip_of_tables_is_taken_apart_and_a_bomb_is_not(small_england: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in england(small_england).items():
            archive.writestr(f"../somewhere/{name}", content)
    found = checked({"all.zip": held.getvalue()})
    assert [each["name"] for each in found.report["files"]] == [GIAS, LINKS, ABSENCE]
    place = uploads.folder_of(found.pk)
    assert not (place.parent / "somewhere").exists()
    # The same zip, with less allowed: refused with words, and nothing unpacked stays over.
    (place / "1" / "unpacked.done").rmdir()
    paths, problems = uploads.brought(found.pk, ReadingLimits(unpacked_bytes=1_000))
    assert paths == []
    assert "larger than is read" in problems[0].fault


def test_stop_keeps_nothing_and_a_second_choice_is_told(small_england: Path) -> None:
    held = checked(england(small_england))
    actions.stop(held, **WHO)
    assert not uploads.folder_of(held.pk).exists()
    assert RegisterSnapshot.objects.count() == 0
    with pytest.raises(Conflict, match="chose already"):
        actions.choose(held, Choice.WHOLE_FILES, **WHO)


def test_an_import_checked_against_another_register_is_not_kept(small_england: Path) -> None:
    late = checked(england(small_england))
    first = kept(checked(england(small_england)))
    late = actions.choose(late, Choice.WHOLE_FILES, **WHO)
    doing.do(late.keep_work.pk, clock=timezone.now)
    work = Work.objects.get(pk=late.keep_work.pk)
    assert work.state == State.FAILED
    assert "became current after" in work.fault
    assert CurrentRegister.objects.get().snapshot_id == first.snapshot_id
    assert RegisterSnapshot.objects.count() == 1
    actions.stop(late, **WHO)
    work.refresh_from_db()
    assert work.state == State.SET_ASIDE, "its job is nothing to look after any more"


def test_an_import_checked_against_another_register_can_be_set_aside_and_no_more(
    small_england: Path,
) -> None:
    late = checked(england(small_england))
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    address = f"/imports/{late.pk}"
    assert "Import these files" in office.get(address).content.decode()
    kept(checked(england(small_england)))
    page = office.get(address).content.decode()
    assert "Import these files" not in page
    assert "Another school register has come into use since" in page
    office.post(address, {"choice": "whole_files"})  # from a page of before
    late.refresh_from_db()
    assert late.step == "checked"
    office.post(address, {"choice": "stop"})
    late.refresh_from_db()
    assert late.step == "stopped"


def test_what_is_left_for_a_week_is_set_aside_by_the_hour(small_england: Path) -> None:
    left, parked = checked(england(small_england)), checked(england(small_england))
    kept(checked(england(small_england)))
    parked = kept(parked)
    assert (parked.step, parked.keep_work.state) == ("keeping", State.FAILED)
    turning = app.periodic_registry.periodic_tasks["imports.stop_left", ""]
    first = turning.croniter.get_next(datetime.datetime, start_time=AT)
    assert turning.croniter.get_next(datetime.datetime, start_time=first) - first == HOUR
    week = actions.LEFT_AFTER
    assert actions.stop_left(at=AT + week, place="tests") == 0
    Work.objects.filter(pk=parked.keep_work_id).update(finished_at=AT + HOUR)
    assert actions.stop_left(at=AT + week + HOUR, place="tests") == 1, "it failed an hour later"
    assert actions.stop_left(at=AT + week + 2 * HOUR, place="tests") == 1
    for each in (left, parked):
        each.refresh_from_db()
        assert each.step == "stopped"
    assert not Work.objects.filter(state=State.FAILED).exists()


def test_undo_points_back_deletes_nothing_and_only_once(small_england: Path) -> None:
    first = kept(checked(england(small_england)))
    second = kept(checked(england(small_england)))
    with pytest.raises(Conflict, match="Another school register"):
        actions.undo(first, reason="wrong", **WHO)
    actions.undo(second, reason="The list was of another day", **WHO)
    assert CurrentRegister.objects.get().snapshot_id == first.snapshot_id
    assert RegisterSnapshot.objects.count() == 2
    assert AuditEntry.objects.get(action="import.undo").reason == "The list was of another day"
    with pytest.raises(Conflict):
        actions.undo(second, reason="again", **WHO)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE imports_import SET undone_because = '' WHERE undone_at IS NOT NULL")


def uploaded(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/csv")


DAY = {"day": "1", "month": "2", "year": "2026"}


def test_the_pages_from_files_to_undo(small_england: Path) -> None:
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    for turn in (1, 2):
        given = [uploaded(*each) for each in england(small_england).items()]
        answer = office.post("/imports/new", {**DAY, "files": given})
        assert answer.status_code == 302
        job = office.get(answer.url).content.decode()
        assert "Checking files" in job
        assert '<noscript><meta http-equiv="refresh" content="3; url=?by-itself=yes">' in job
        held = Import.objects.latest("pk")
        doing.do(held.check_work.pk, clock=timezone.now)
        assert "See what came of it" in office.get(answer.url).content.decode()
        page = office.get(f"/imports/{held.pk}").content.decode()
        assert "What these files would change" in page
        assert page.count("<h1") == 1
        again = office.post(f"/imports/{held.pk}", {})
        assert again.content.decode().count("Choose what to do with these files") == 2
        office.post(f"/imports/{held.pk}", {"choice": "whole_files"})
        held.refresh_from_db()
        doing.do(held.keep_work.pk, clock=timezone.now)
        held.refresh_from_db()
        shown = office.get(f"/imports/{held.pk}").content.decode()
        assert f"Register {held.snapshot_id}," in shown
        assert Import.objects.filter(step="kept").count() == turn
    blank = office.post(f"/imports/{held.pk}/undo", {"reason": " "})
    assert blank.content.decode().count("Enter why the import is undone") == 2
    office.post(f"/imports/{held.pk}/undo", {"reason": "Wrong day"})
    assert "Wrong day" in office.get(f"/imports/{held.pk}").content.decode()
    assert "Undone" in office.get("/imports").content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Enter the day the school register is for"),
        ({**DAY, "month": "13"}, "must be a real date"),
        ({**DAY, "year": "1900"}, "must be after August 2006"),
        (DAY, "Choose the files to check"),
    ],
)
def test_what_is_missing_is_said_twice_and_nothing_typed_is_lost(
    given: dict[str, str], words: str
) -> None:
    page = signed_in(Role.OFFICE_ADMINISTRATOR).post("/imports/new", given).content.decode()
    assert page.count(words) == 2
    assert all(f'value="{typed}"' in page for typed in given.values())
    assert "Error: " in page


def test_too_large_an_upload_is_refused_before_it_is_read(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    small = settings.ENVIRONMENT.model_copy(update={"upload_megabytes": 1})
    settings.ENVIRONMENT = small
    written: list[int] = []

    def write(self: uploads.FileOnDisk, raw: bytes) -> None:
        written.append(len(raw))
        self.file.write(raw)

    monkeypatch.setattr(uploads.FileOnDisk, "write", write, raising=False)
    answer = office.post("/imports/new", {**DAY, "files": uploaded("a.csv", b"x" * 3_000_000)})
    assert answer.status_code == 413
    assert answer.content.decode().count("1 megabytes or fewer") == 2
    assert written == []
    # One that is less than a piece too large is stopped on its way, and nothing of it stays.
    answer = office.post("/imports/new", {**DAY, "files": uploaded("a.csv", b"x" * 1_900_000)})
    assert answer.status_code == 413
    assert 0 < sum(written) <= 1_000_000
    assert list(settings.UPLOADS.glob(f"*{uploads.ON_THE_WAY}")) == []
    # Negative control: one of the size allowed is taken.
    answer = office.post("/imports/new", {**DAY, "files": uploaded("a.csv", b"x" * 900_000)})
    assert answer.status_code == 302


@pytest.mark.parametrize("role", [Role.OFFICE_READ, Role.OFFICE_CASEWORKER])
def test_nobody_but_an_administrator_brings_files(role: Role, small_england: Path) -> None:
    client = signed_in(role, subject="bea")
    before = set(settings.UPLOADS.glob("*")) if settings.UPLOADS.exists() else set()
    answer = client.post("/imports/new", {**DAY, "files": uploaded("a.csv", b"URN\n")})
    assert answer.status_code == 403
    assert set(settings.UPLOADS.glob("*")) == before if settings.UPLOADS.exists() else True
    held = checked(england(small_england))
    Import.objects.update(organisation="")  # any office's, so that only the role refuses
    n = AuditEntry.objects.filter(action="access.refused").count()
    assert client.post(f"/imports/{held.pk}", {"choice": "whole_files"}).status_code == 403
    # Whatever is refused leaves a trace.
    assert AuditEntry.objects.filter(action="access.refused").count() == n + 1
    assert Client().post("/imports/new", {"files": uploaded("a.csv", b"URN\n")}).status_code == 302
    actions.stop(held, **WHO)


def test_another_organisation_sees_neither_import_nor_job(small_england: Path) -> None:
    held = checked(england(small_england))
    other = signed_in(Role.OFFICE_ADMINISTRATOR, subject="other")
    assert other.get(f"/imports/{held.pk}").status_code == 404
    assert other.get(f"/jobs/{held.check_work.pk}").status_code == 404
    assert signed_in(Role.OFFICE_ADMINISTRATOR).get(f"/imports/{held.pk}").status_code == 200
    actions.stop(held, **WHO)
