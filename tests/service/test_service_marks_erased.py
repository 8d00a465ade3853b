"""What is erased stays erased, whatever is under way meanwhile, and nothing lies about on disk."""

import datetime
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from brought import (
    URN,
    WHO,
    address,
    brought,
    content,
    done,
    everything_held,
    head,
    kept,
    leaked,
    own_folder,  # noqa: F401 - a fixture that every test here takes
    posted,
    read,
    rows,
)
from invented import facts, register
from schoolhubs import diagnosis
from schoolhubs.attendance import MarksStore
from schoolhubs.service.attendance import places, queries, tasks
from schoolhubs.service.attendance.bringing import actions as bringing
from schoolhubs.service.attendance.erasing import actions as erasing
from schoolhubs.service.attendance.models import Finding, MarksImport
from schoolhubs.service.jobs.models import Work

pytestmark = pytest.mark.django_db
FEW = rows(pupils=range(20))


def erase_all() -> None:
    erasing.erase_school(URN, reason="Asked", at=timezone.now(), **WHO)


def stored() -> int:
    return MarksStore(places.store()).marks().collect().height


@pytest.mark.parametrize("is_guarded", [True, False])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_marks_that_are_being_kept_do_not_come_back_once_erased(
    monkeypatch: pytest.MonkeyPatch, when: str, is_guarded: bool
) -> None:
    """Negative control: with imports left as they are, the same marks are there again."""
    register(facts(URN))
    client = head()
    held = read(client, content(FEW))
    assert posted(client, "marks-found", held, {"choice": "whole"}).status_code == 302
    if not is_guarded:
        monkeypatch.setattr(bringing, "stop_all", lambda *_, **__: [])
    if when == "before":
        erase_all()
    else:
        found_in = diagnosis.finding.marked.found_in

        def erased_after_a_look(*given: Any) -> Any:
            found = found_in(*given)
            erase_all()
            return found

        monkeypatch.setattr(diagnosis.finding.marked, "found_in", erased_after_a_look)
    held = done(held, "keep_work")
    is_back = bool(stored() or Finding.objects.count())
    assert is_back is not is_guarded
    assert (held.step == "stopped") is is_guarded
    assert Work.objects.get(pk=held.keep_work_id).state == "done"


def test_what_is_read_of_a_file_that_was_stopped_meanwhile_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(facts(URN))
    read_export = tasks.reading.read_export

    def stopped_meanwhile(*given: Any, **named: Any) -> Any:
        found = read_export(*given, **named)
        bringing.stop(MarksImport.objects.latest("pk"), at=timezone.now(), **WHO)
        return found

    monkeypatch.setattr(tasks.reading, "read_export", stopped_meanwhile)
    held = read(head(), content(FEW))
    assert held.step == "stopped"
    assert not places.folder_of(held.pk).exists()


def test_what_a_process_that_ended_left_on_disk_goes_within_a_day() -> None:
    """A file whose import never came to be, one of an import that is over, one on its way."""
    register(facts(URN))
    client = head()
    over = kept(client, content(FEW))
    brought(client, content(FEW))
    under_way = MarksImport.objects.latest("pk")
    uploads = Path(settings.UPLOADS)
    left = [uploads / f"marks-{number}" / "marks.csv" for number in (over.pk, 987_654)]
    left.append(uploads / "tmpabc.on-the-way")
    now = timezone.now()
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content(FEW))
        for each in {path, path.parent} - {uploads}:
            os.utime(each, (now.timestamp(), now.timestamp()))
    assert bringing.stop_left(at=now + datetime.timedelta(hours=23), place="t") == 0
    assert all(path.exists() for path in left), "they may be of this moment"
    MarksImport.objects.filter(pk=under_way.pk).update(made_at=now + datetime.timedelta(hours=9))
    assert bringing.stop_left(at=now + datetime.timedelta(hours=25), place="t") == 0
    assert not any(path.exists() for path in left)
    assert places.uploaded(under_way.pk) is not None, "somebody goes on with it"


def test_headings_that_nobody_chose_are_forgotten_once_the_file_is_read() -> None:
    """A table with a column a pupil has names for headings."""
    register(facts(URN))
    lines = content(FEW).decode().splitlines()
    wide = "\n".join([f"{lines[0]},Zzquimby Anna", *(f"{line},x" for line in lines[1:])])
    client = head()
    held = read(client, wide.encode())
    assert held.step == "found"
    assert not leaked(everything_held())
    brought(client, wide.encode())
    held = MarksImport.objects.latest("pk")
    assert leaked(everything_held()), "they wait to be chosen from"
    bringing.stop(held, at=timezone.now(), **WHO)
    assert not leaked(everything_held())


def test_what_was_found_earlier_does_not_stand_over_what_was_found_later() -> None:
    register(facts(URN))
    kept(head(), content(FEW))
    found = Finding.objects.get()
    older = {**found.content, "year": "1999/00"}
    queries.keep_finding(URN, older, at=found.made_at - datetime.timedelta(seconds=1))
    assert Finding.objects.get().year == found.year
    queries.keep_finding(URN, older, at=found.made_at + datetime.timedelta(seconds=1))
    assert Finding.objects.get().year == "1999/00"


def test_why_marks_were_not_kept_tells_the_office_no_number_of_pupils() -> None:
    """Between the look and the choice somebody else's file was kept."""
    register(facts(URN))
    client = head()
    half = read(client, content(rows(pupils=range(10))))
    kept(client, content(FEW))
    posted(client, "marks-found", half, {"choice": "whole"})
    half = done(half, "keep_work")
    work = Work.objects.get(pk=half.keep_work_id)
    assert work.state == "failed"
    assert "pupil" not in work.fault
    assert "--" not in work.fault
    assert stored() == len(FEW)
    page = client.get(address("marks-found", half)).content.decode()
    assert "bring the file again" in page
