"""The pages of training: a school's record, its hub's and the office's, certificates, files."""

import datetime
import io
import re
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from invented import facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training.finishing import pdf
from schoolhubs.service.training.models import (
    ModuleCompletion,
    SchoolLeader,
    SignUp,
    TrainingSession,
)
from signing import signed_in
from teaching import MODULE, leader, running, session

pytestmark = pytest.mark.django_db
PARTNER, LEAD = "900001", "900010"
PAGE = f"/schools/{PARTNER}/training"


@pytest.fixture(autouse=True)
def together() -> Partnership:
    register(facts(PARTNER), facts(LEAD), leads=(LEAD,))
    return running(PARTNER, LEAD)


def head() -> Any:
    return signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER, subject="head")


def lead() -> Any:
    client = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    client.own |= {f"school:{PARTNER}"}
    return client


def said(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def boxes(name: str, on: datetime.date) -> dict[str, str]:
    return {
        f"{name}-day": str(on.day),
        f"{name}-month": str(on.month),
        f"{name}-year": str(on.year),
    }


def test_a_school_goes_from_naming_a_leader_to_a_certificate() -> None:
    """Name, sign up, come, print: by pages alone, as both schools do it."""
    school, hub = head(), lead()
    assert "No leader is named" in said(school.get(PAGE))
    told = {"called": "Ada Vexley", "post": "Deputy", "duties": ["attendance"]}
    assert school.post(f"{PAGE}/leaders/new", told).status_code == 302
    assert "Ada Vexley" in said(school.get(PAGE))
    tomorrow = clock.day() + datetime.timedelta(days=1)
    plan = {
        "module": f"rise-hubs-2025/{LEAD}/{MODULE}", **boxes("held_on", tomorrow),
        "begins": "14:00",
        "ends": "15:30", "how": "hub", "where": "Library", "n_places": "2",
    }  # fmt: skip
    assert hub.post("/training/sessions/new", plan).status_code == 302
    held = TrainingSession.objects.get()
    ada = SchoolLeader.objects.get()
    assert "2 places are left" in said(school.get(f"{PAGE}/sessions/{held.pk}"))
    assert school.post(f"{PAGE}/sessions/{held.pk}", {"leaders": [ada.pk]}).status_code == 302
    assert "1 of your leaders has a place" in said(school.get(PAGE))
    started = timezone.now() - datetime.timedelta(hours=3)
    TrainingSession.objects.update(starts_at=started, ends_at=started + datetime.timedelta(hours=1))
    address = f"/training/sessions/{held.pk}"
    assert "Ada Vexley" in said(hub.get(address))
    came = {"came": [SignUp.objects.get().pk], "version": "1"}
    assert hub.post(f"{address}/record", came).status_code == 302
    done = ModuleCompletion.objects.get()
    printed = school.get(f"{PAGE}/certificates/{done.pk}.pdf")
    assert printed.headers["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    public = said(
        signed_in(Role.EVALUATOR, kind="evaluator").get(f"/certificates?number={done.number}")
    )
    assert f"Certificate {done.number} stands" in public
    assert "A V" in public
    assert "Vexley" not in public
    assert "School 9000" not in public


def test_a_number_that_is_none_and_one_mistyped_are_told_apart() -> None:
    client = head()
    assert "No certificate has the number" in said(
        client.get("/certificates?number=HJ4K-25EF-WYA7")
    )
    assert "is no number of a certificate" in said(
        client.get("/certificates?number=HJ4K-25EF-WYA8")
    )
    assert "is no number" in said(client.get("/certificates?number=%3Cscript%3E"))


def test_what_is_declared_waits_on_the_hubs_page_until_it_is_settled() -> None:
    school, hub, ada = head(), lead(), leader(PARTNER)
    yesterday = clock.day() - datetime.timedelta(days=1)
    told = {"leader": str(ada.pk), **boxes("completed_on", yesterday)}
    assert school.post(f"{PAGE}/declare/{MODULE}", told).status_code == 302
    assert "Waits to be confirmed" in said(school.get(PAGE))
    assert school.post(f"{PAGE}/declare/{MODULE}", told).status_code == 409
    done = ModuleCompletion.objects.get()
    assert "Ada Vexley" in said(hub.get(f"/hubs/{LEAD}/training"))
    address = f"/training/declared/{done.pk}"
    no = hub.post(address, {"verdict": "no", "version": "1"})
    assert "Write why it is not confirmed" in said(no)
    assert hub.post(address, {"verdict": "yes", "version": "1"}).status_code == 302
    assert "Confirmed" in said(hub.get(address))
    assert hub.post(address, {"verdict": "yes", "version": "1"}).status_code == 409


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "must be today or earlier"), (-40, "must not be before the partnership began")],
)
def test_a_day_that_can_not_be_is_refused_in_words(days: int, words: str) -> None:
    ada = leader(PARTNER)
    on = clock.day() + datetime.timedelta(days=days)
    told = {"leader": str(ada.pk), **boxes("completed_on", on)}
    assert words in said(head().post(f"{PAGE}/declare/{MODULE}", told))
    assert not ModuleCompletion.objects.exists()


@pytest.mark.parametrize(
    "told", [{}, {"leader": "99"}, {"leader": "x", "completed_on-day": "\x00"}]
)
def test_bad_answers_make_no_completion_and_no_fault(told: dict[str, str]) -> None:
    leader(PARTNER)
    assert head().post(f"{PAGE}/declare/{MODULE}", told).status_code == 200
    assert not ModuleCompletion.objects.exists()
    assert head().get(f"{PAGE}/declare/no_such_module").status_code == 404


def test_a_school_chooses_among_its_own_leaders_alone() -> None:
    leader(PARTNER)
    other, held = leader("900002", "Another"), session(LEAD)
    answer = head().post(f"{PAGE}/sessions/{held.pk}", {"leaders": [str(other.pk)]})
    assert "Select leaders of your school" in said(answer)
    assert not SignUp.objects.exists()


def test_a_leader_who_leaves_is_kept_in_the_record(together: Partnership) -> None:
    ada = leader(PARTNER)
    ModuleCompletion.objects.create(
        leader=ada, partnership=together, programme_id=together.programme_id, module=MODULE,
        title="Registers", half_days=1, definition_version="1", completed_on=clock.day(),
        state="confirmed", made_at=clock.now(), made_by="x", settled_at=clock.now(),
        settled_by="x", number="2222-2222-2222",
    )  # fmt: skip
    school = head()
    address = f"{PAGE}/leaders/{ada.pk}"
    left = {**boxes("left_on", clock.day()), "version": "1"}
    assert school.post(f"{address}/left", left).status_code == 302
    page = said(school.get(PAGE))
    assert "What leaders did who have left" in page
    assert "2222-2222-2222" in page
    assert school.get(address).status_code == 404, "whoever left is changed no more"
    form = school.get(f"{PAGE}/leaders/new").content.decode()
    assert "Whose place do they take?" in form


def test_files_say_what_the_page_says_and_nothing_in_them_runs() -> None:
    leader(PARTNER, "=HYPERLINK(A1)", "attendance")
    for client, address in ((head(), PAGE), (lead(), f"/hubs/{LEAD}/training")):
        text = client.get(f"{address}.csv").content
        table = pl.read_csv(io.BytesIO(text))
        book = pl.read_excel(client.get(f"{address}.xlsx").content, sheet_name="Training")
        for read in (table, book):
            rows = read.filter(pl.col("module") == MODULE)
            assert rows["leader"].to_list() == ["'=HYPERLINK(A1)"]
            assert rows["standing"].to_list() == ["To do"]
        assert table.height == book.height > 5
        assert client.get(f"{address}.pdf").status_code == 404


def test_the_office_sees_hubs_side_by_side() -> None:
    leader(PARTNER)
    office = signed_in(Role.OFFICE_READ)
    office.own |= {f"school:{PARTNER}", f"school:{LEAD}"}
    assert f"School {LEAD}" in said(office.get("/office/training"))
    read = pl.read_csv(io.BytesIO(office.get("/office/training.csv").content))
    (row,) = read.rows(named=True)
    assert row["lead_urn"] == int(LEAD)
    assert row["partners"] == 1
    parts = ("done", "overdue", "to_do", "declared", "nobody")
    assert row["required"] == sum(row[each] for each in parts)


def test_a_trust_stands_beside_schools_in_its_hub_and_with_the_office() -> None:
    """Of a trust the leaders of all its schools count, at the hub, today and for the office."""
    register(
        facts(PARTNER), facts(LEAD), facts("900003", trust_id="900700", trust_name="Vale Trust"),
        facts("900004", trust_id="900700", trust_name="Vale Trust"),
    )  # fmt: skip
    both = running(
        "900003", LEAD, programme_id="behaviour-hubs-2021", pathway="multi_school",
        partner_trust_id="900700", lead_trust_id="900701",
    )  # fmt: skip
    leader("900004", "Bo Tarn", "behaviour")
    office, hub = signed_in(Role.OFFICE_READ), lead()
    hub.own |= {"school:900003", "school:900004", f"partnership:{both.pk}"}
    assert "Vale Trust" in said(hub.get(f"/hubs/{LEAD}/training"))
    assert f"/partnerships/{both.pk}/terms" in hub.get(f"/hubs/{LEAD}/training").content.decode()
    assert "Vale Trust" in said(hub.get(f"/hubs/{LEAD}/today"))
    assert "2 partners" in said(hub.get(f"/hubs/{LEAD}/today"))
    read = pl.read_csv(io.BytesIO(office.get("/office/training.csv").content))
    assert read["partners"].to_list() == [2]
    rows = pl.read_csv(io.BytesIO(hub.get(f"/hubs/{LEAD}/training.csv").content))
    assert rows.filter(pl.col("leader") == "Bo Tarn")["urn"].unique().to_list() == [900004]


def test_a_large_hub_is_read_in_pages_and_the_sum_stands_first(
    django_assert_max_num_queries: Any,
) -> None:
    urns = [f"9001{n:02}" for n in range(25)]
    register(facts(PARTNER), facts(LEAD), *(facts(urn) for urn in urns))
    for urn in urns:
        running(urn, LEAD)
    client = lead()
    client.own |= {f"school:{urn}" for urn in urns}
    with django_assert_max_num_queries(15):
        first = client.get(f"/hubs/{LEAD}/training")
    assert "26 partners: 0 of" in said(first)
    assert first.content.decode().count('/training">') == 20
    second = client.get(f"/hubs/{LEAD}/training?page=2").content.decode()
    assert second.count('/training">') == 6


@pytest.mark.parametrize("path", [PAGE, f"/hubs/{LEAD}/training", "/training/sessions"])
def test_pages_ask_few_questions(path: str, django_assert_max_num_queries: Any) -> None:
    for name in ("A", "B", "C"):
        SignUp.objects.create(
            session=session(LEAD), leader=leader(PARTNER, name), seat=1, made_at=clock.now(),
            made_by="x",
        )  # fmt: skip
    client = lead()
    with django_assert_max_num_queries(15):
        assert client.get(path).status_code == 200


def test_a_certificate_in_letters_the_typeface_lacks_is_still_printed() -> None:
    told = pdf.Certificate(
        name="Ólafur Þór 山田", post="Head #let [x]", school="School *A*", title="$ Routines",
        programme="RISE", completed_on=datetime.date(2026, 11, 23), half_days=2,
        number="2222-2222-2222", check_at="https://hubs.example/certificates",
    )  # fmt: skip
    first = pdf.printed(told, issued_by="Hubs")
    assert first.startswith(b"%PDF-")
    pdf._compiled.cache_clear()
    assert pdf.printed(told, issued_by="Hubs") == first
