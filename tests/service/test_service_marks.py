"""A school's marks in five pages: nothing of a pupil stays, others see nothing, and all can go."""

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from brought import (
    MONDAYS,
    N_PUPILS,
    OTHER,
    SURNAME,
    TERMS,
    URN,
    NoBox,
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
    upn,
)
from invented import facts, register
from schoolhubs import diagnosis
from schoolhubs.attendance import MarksStore
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.attendance import places, tasks
from schoolhubs.service.attendance.bringing import actions
from schoolhubs.service.attendance.erasing import actions as erasing
from schoolhubs.service.attendance.models import Finding, Mapping, MarksImport, SchoolYear
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.imports import sealing
from schoolhubs.service.jobs.models import Work
from signing import signed_in
from watchful import log_lines

pytestmark = pytest.mark.django_db


def test_marks_come_in_by_five_pages_and_no_pupil_stays() -> None:
    register(facts(URN), facts(OTHER))
    client, answers = head(), []
    with log_lines() as lines:
        held = read(client, content(rows()))
        answers.append(client.get(address("marks-found", held)))
        assert held.step == "found"
        assert held.report["n_marks"] == N_PUPILS * len(MONDAYS) * 10
        assert places.uploaded(held.pk) is None
        assert not leaked(everything_held())
        posted(client, "marks-found", held, {"choice": "whole"})
        held = done(held, "keep_work")
        answers.append(client.get(address("marks-result", held)))
        answers.append(client.get(reverse("attendance", kwargs={"urn": URN})))
    assert held.step == "kept"
    assert not places.folder_of(held.pk).exists()
    assert not leaked("\n".join([everything_held(), *lines]))
    texts = [each.content.decode() for each in answers]
    assert not any(leaked(text) for text in texts)
    assert "880" not in texts[2], "no number of pupil-weeks is told"
    assert MarksStore(places.store()).marks().collect().height == N_PUPILS * len(MONDAYS)
    entries = AuditEntry.objects.filter(action__startswith="marks")
    assert list(entries.values_list("action", flat=True)) == [
        "marks.bring", "marks.say-columns", "marks_read.ask", "marks_keep.ask", "marks.keep",
    ]  # fmt: skip


def test_the_search_sees_a_pupil_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: with the file left where it is, the search finds its pupils."""
    register(facts(URN))
    monkeypatch.setattr(places, "remove_upload", lambda _: None)
    monkeypatch.setattr(sealing.boxes, "AESGCM", NoBox)
    read(head(), content(rows()[:20]))
    assert leaked(everything_held())


def test_a_first_line_that_is_a_pupil_is_refused_and_removed() -> None:
    register(facts(URN))
    with log_lines() as lines:
        answer = brought(head(), "\n".join(rows()[:5]).encode())
    text = answer.content.decode()
    assert "looks like one about a pupil" in text
    assert not leaked("\n".join([text, everything_held(), *lines]))
    assert MarksImport.objects.count() == 0
    assert list(Path(settings.UPLOADS).iterdir()) == []


def test_a_file_that_cannot_be_read_is_removed_and_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(facts(URN))

    def fails(*_: Any, **__: Any) -> None:
        raise ValueError(f"could not parse {SURNAME} of {upn(1)}")

    monkeypatch.setattr(tasks.reading, "read_export", fails)
    client = head()
    with log_lines() as lines:
        held = read(client, content(rows()[:20]))
    page = client.get(address("marks-found", held)).content.decode()
    assert "The file could not be read" in page
    assert not leaked("\n".join([page, everything_held(), *lines]))
    assert not places.folder_of(held.pk).exists()
    assert posted(client, "marks-found", held, {"choice": "stop"}).status_code == 302
    held.refresh_from_db()
    assert held.step == "stopped"


def test_faults_are_named_with_rows_and_good_rows_kept_only_if_asked() -> None:
    register(facts(URN))
    lines = rows()
    lines[3] = lines[3].replace("/\\/\\", "??/\\", 1)
    lines[9] = lines[9].replace("/2025", "/2019", 1)
    client = head()
    held = read(client, content(lines))
    page = client.get(address("marks-found", held)).content.decode()
    assert "no attendance code" in page
    assert not leaked(page)
    assert held.report["n_rows_left_out"] == 2
    assert [each["rows"][0] for each in held.report["problems"] if each["rows"]]
    # Whole files alone cannot be chosen here; nothing is kept without a choice.
    assert posted(client, "marks-found", held, {"choice": "whole"}).status_code == 200
    assert posted(client, "marks-found", held, {}).status_code == 200
    assert not places.store().exists()
    posted(client, "marks-found", held, {"choice": "good"})
    done(held, "keep_work")
    assert MarksStore(places.store()).marks().collect().height == len(lines) - 2


def test_columns_are_saved_and_offered_and_marks_replaced_only_by_a_tick() -> None:
    register(facts(URN))
    client = head()
    kept(client, content(rows()))
    assert Mapping.objects.get().content["columns"]["pupil"] == ["UPN", "Surname"]
    assert SchoolYear.objects.get().year == "2025/26"
    brought(client, content(rows(pupils=range(10))))
    held = MarksImport.objects.latest("pk")
    page = client.get(address("marks-columns", held)).content.decode()
    assert "Weekly export" in page
    saved = {"saved": str(Mapping.objects.get().pk)}
    assert posted(client, "marks-columns", held, saved).status_code == 302
    assert "3/9/2025" in client.get(address("marks-terms", held) + "?year=2025/26").content.decode()
    posted(client, "marks-terms", held, TERMS)
    held = done(held, "read_work")
    assert held.report["losses"]
    assert "would go" in client.get(address("marks-found", held)).content.decode()
    assert posted(client, "marks-found", held, {"choice": "whole"}).status_code == 200
    before = MarksStore(places.store()).marks().collect().height
    posted(client, "marks-found", held, {"choice": "whole", "agrees": "yes"})
    done(held, "keep_work")
    assert MarksStore(places.store()).marks().collect().height < before


def test_who_comes_second_is_told_and_changes_nothing() -> None:
    register(facts(URN))
    client = head()
    held = read(client, content(rows()[:40]))
    answer = client.post(
        address("marks-found", held), {"version": held.version - 1, "choice": "whole"}
    )
    assert answer.status_code == 409
    held.refresh_from_db()
    assert held.step == "found"
    posted(client, "marks-found", held, {"choice": "stop"})
    assert client.post(address("marks-terms", held), {"version": 1, **TERMS}).status_code == 409


@pytest.mark.parametrize(
    "named",
    [{"name": "x.pdf"}, {"name": "x.csv", "held": b""}, {"name": "x.xlsx", "held": b"PK\x03\x04"}],
)
def test_what_is_no_table_is_refused_in_words(named: dict[str, Any]) -> None:
    register(facts(URN))
    answer = brought(head(), named.get("held", b"a,b\n1,2\n"), named["name"])
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert MarksImport.objects.count() == 0


def test_only_staff_may_send_a_file_and_only_to_their_own_school() -> None:
    register(facts(URN), facts(OTHER))
    before = len(list(Path(settings.UPLOADS).glob("*"))) if Path(settings.UPLOADS).exists() else 0
    assert brought(head(OTHER), content(rows()[:3])).status_code == 404
    governor = head(role=Role.PARTNER_SCHOOL_GOVERNOR)
    assert brought(governor, content(rows()[:3])).status_code in {400, 403}
    held = list(Path(settings.UPLOADS).glob("*")) if Path(settings.UPLOADS).exists() else []
    assert len(held) == before


def test_the_lead_sees_where_to_look_and_governors_see_totals() -> None:
    register(facts(URN))
    client = head(role=Role.PARTNER_SCHOOL_ATTENDANCE)
    kept(client, content(rows()))
    page = client.get(reverse("attendance", kwargs={"urn": URN})).content.decode()
    for words in (
        "Where to look first", "Fridays", "Absence by year group and weekday",
        "Addressable absence", "Time in school", "No pupil is listed",
        "since the half-term before",
    ):  # fmt: skip
        assert words in page
    assert page.count("<svg") == 3
    for table in ("by-day", "by-cause", "since-last-half-term", "measures-year-group", "codes"):
        answer = client.get(reverse("attendance-table", kwargs={"urn": URN, "table": table}))
        assert answer.status_code == 200, table
        assert answer["Content-Type"].startswith("text/csv")
    governor = head(role=Role.PARTNER_SCHOOL_GOVERNOR, subject="gov")
    seen = governor.get(reverse("attendance", kwargs={"urn": URN})).content.decode()
    assert "Addressable absence" in seen
    assert "<svg" not in seen
    assert "Year 8" not in seen
    answer = governor.get(reverse("attendance-table", kwargs={"urn": URN, "table": "by-day"}))
    assert answer.status_code == 403


def test_nothing_kept_in_the_database_is_of_few_pupils() -> None:
    """Every count of pupils that is kept is nought, hidden, or above the threshold and rounded."""
    register(facts(URN))
    kept(head(), content(rows()))
    tables = Finding.objects.get().content["tables"]
    counts = ("pupils", "enrolments", "protected", "late", "part_time", "enrolments_pa_10_exact")
    found = [
        row[name] for table in tables.values() for row in table for name in counts if name in row
    ]
    assert any(found)
    assert all(each is None or each == 0 or (each >= 10 and each % 5 == 0) for each in found)


def test_marks_of_few_pupils_are_kept_and_nothing_is_told_of_them() -> None:
    register(facts(URN))
    client = head()
    kept(client, content(rows(pupils=range(6))))
    page = client.get(reverse("attendance", kwargs={"urn": URN})).content.decode()
    assert "hidden, few pupils" in page
    assert "Nothing stands out" in page


def test_a_school_erases_all_its_marks_by_typing_its_number() -> None:
    register(facts(URN), facts(OTHER))
    client = head()
    kept(client, content(rows()))
    store = MarksStore(places.store())
    other = store.marks().collect().with_columns(urn=pl.lit(OTHER))
    store.append(other)
    erase = reverse("marks-erase", kwargs={"urn": URN})
    assert client.post(erase, {"typed": OTHER, "reason": "Asked"}).status_code == 200
    assert Finding.objects.count() == 1
    assert client.post(erase, {"typed": URN, "reason": "Asked by the head"}).status_code == 302
    assert store.marks().collect()["urn"].unique().to_list() == [OTHER]
    assert Finding.objects.count() == 0
    entry = AuditEntry.objects.get(action="marks.erase")
    assert entry.details["n_weeks"] == N_PUPILS * len(MONDAYS)
    assert "were erased" in client.get(reverse("attendance", kwargs={"urn": URN})).content.decode()


def test_weeks_whose_time_is_over_are_erased_and_the_rest_told_anew() -> None:
    register(facts(URN))
    kept(head(), content(rows()))
    at = timezone.now()
    assert (
        erasing.erase_expired(on=datetime.date(2026, 8, 31), at=at, by="x", place="t").n_weeks == 0
    )
    assert AuditEntry.objects.filter(action="marks.erase-expired").count() == 0
    gone = erasing.erase_expired(on=datetime.date(2030, 9, 1), at=at, by="x", place="t")
    assert gone.n_weeks == N_PUPILS * len(MONDAYS)
    assert Finding.objects.count() == 0
    assert MarksStore(places.store()).marks().collect().is_empty()
    assert AuditEntry.objects.get(action="marks.erase-expired").details["n_schools"] == 1


def test_what_nobody_went_on_with_is_removed_within_a_day() -> None:
    register(facts(URN))
    client = head()
    brought(client, content(rows()[:5]))
    held = MarksImport.objects.get()
    assert places.uploaded(held.pk), "it waits for its columns"
    at = timezone.now()
    assert actions.stop_left(at=at + datetime.timedelta(hours=23), place="t") == 0
    assert actions.stop_left(at=at + datetime.timedelta(hours=25), place="t") == 1
    assert not places.folder_of(held.pk).exists()
    held.refresh_from_db()
    assert held.step == "stopped"


def test_without_a_key_no_file_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    register(facts(URN))
    from pydantic import SecretStr

    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"pupil_key": SecretStr("")})
    answer = brought(head(), content(rows()[:5]))
    assert "set no key" in answer.content.decode()
    assert MarksImport.objects.count() == 0


def test_the_office_sees_none_of_it() -> None:
    register(facts(URN))
    kept(head(), content(rows()[:400]))
    office = signed_in(Role.OFFICE_ADMINISTRATOR, subject="officer")
    for name in ("attendance", "marks-bring", "marks-erase"):
        assert office.get(reverse(name, kwargs={"urn": URN})).status_code == 403
    work = Work.objects.get(kind="marks_read")
    assert office.get(reverse("job", kwargs={"work_id": work.pk})).status_code == 404


def test_an_empty_store_shows_nothing(tmp_path: Path) -> None:
    assert diagnosis.finding.marked.found_in(tmp_path, URN) is None
