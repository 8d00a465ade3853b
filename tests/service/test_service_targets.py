"""Attendance targets in the service: fitted once, explained to those they concern."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from django.db import transaction

import aiming
from aiming import SCHOOL, SPECIAL, head, office, table, words
from providing import provider
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.targets import explaining
from schoolhubs.service.targets.models import Explanation, Fit, SchoolTarget
from schoolhubs.service.targets.queries import figures_of
from schoolhubs.service.targets.tasks import fitted_to
from schoolhubs.vocabulary.progress import quiet
from watchful import WatchfulClient


@pytest.fixture(scope="module")
def snapshot(django_db_setup: None, django_db_blocker: Any) -> Iterator[RegisterSnapshot]:
    with django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic():
        yield aiming.kept()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def fit(snapshot: RegisterSnapshot) -> Fit:
    return aiming.fitted(snapshot)


@pytest.fixture(autouse=True)
def _undone(fit: Fit) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_fit_keeps_a_row_of_every_school_with_who_and_from_what(
    fit: Fit, snapshot: RegisterSnapshot
) -> None:
    assert (fit.snapshot_id, fit.until, fit.year) == (snapshot.pk, "2015/16", "2016/17")
    assert fit.is_hindsight
    assert SchoolTarget.objects.filter(fit=fit).count() == fit.n_schools == aiming.N + 90
    assert fit.n_targets == aiming.N
    entry = AuditEntry.objects.get(action="targets.fit")
    assert entry.by == "ada"
    assert entry.details["until"] == "2015/16"
    assert "Model card" in fit.card["model_card"]


def test_a_school_reads_its_target_with_all_that_explains_it(fit: Fit) -> None:
    client = head()
    found = words(client.get(f"/schools/{SCHOOL}/target"))
    row = SchoolTarget.objects.get(fit=fit, urn=SCHOOL)
    assert f"Target: {row.target_percent:.2f} %" in found
    assert f"Why {row.expected_percent:.2f} %?" in found
    for part in (
        "Chance of meeting it with no change in practice", "How much is chance?",
        "Schools of like context", "Schools worth visiting", "What would change it",
        "How it is judged", "needs the school’s own attendance marks", "not given to Ofsted",
        "behaviour advisers, and auditors", "25 % of the gap", "at least 0.1 points and at most 1",
        "Nobody was given it in time",
    ):  # fmt: skip
        assert part in found, part


def test_the_pieces_add_up_and_no_school_is_beside_itself(fit: Fit) -> None:
    client = head()
    row = SchoolTarget.objects.get(fit=fit, urn=SCHOOL)
    pieces = table(client, f"/schools/{SCHOOL}/target/contributions.csv")
    assert pieces.height <= 6
    total = pieces["points"].sum() + row.national_percent
    assert total == pytest.approx(row.expected_percent, abs=0.001)
    like = table(client, f"/schools/{SCHOOL}/target/comparators.csv")
    assert like["urn"].n_unique() == like.height > 0
    assert SCHOOL not in like["urn"].to_list()


def test_what_explains_a_target_is_worked_out_once(
    fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = head()
    first = words(client.get(f"/schools/{SCHOOL}/target"))
    assert Explanation.objects.filter(target__urn=SCHOOL).count() == 1

    def again(_: SchoolTarget) -> None:
        raise AssertionError

    monkeypatch.setattr(explaining, "_worked_out", again)
    assert words(client.get(f"/schools/{SCHOOL}/target")) == first
    with pytest.raises(AssertionError):  # of another school it is worked out still
        head("900002").get("/schools/900002/target")


def test_a_figure_this_service_would_not_set_is_given_no_reasons(fit: Fit) -> None:
    client = head()
    row = SchoolTarget.objects.get(fit=fit, urn=SCHOOL)
    SchoolTarget.objects.filter(pk=row.pk).delete()
    row.expected_percent += 1
    row.save(force_insert=True)
    found = words(client.get(f"/schools/{SCHOOL}/target"))
    assert "gives you no reasons" in found
    assert "Why " not in found
    assert not Explanation.objects.filter(target__urn=SCHOOL).exists()


def test_a_model_that_is_read_no_more_gives_no_reasons_and_no_fault(fit: Fit) -> None:
    """A later version of the service may refuse a model that an earlier one has kept."""
    row = SchoolTarget.objects.get(fit=fit, urn=SCHOOL)
    told = {each.name: getattr(fit, each.name) for each in Fit._meta.fields if each.name != "id"}
    other = Fit.objects.create(**{**told, "artefact": "{}"})
    SchoolTarget.from_row(figures_of(row), fit=other, made_at=row.made_at).save()
    assert "gives you no reasons" in words(head().get(f"/schools/{SCHOOL}/target"))


def test_a_special_school_has_no_target_but_all_the_rest(fit: Fit) -> None:
    found = words(head(SPECIAL).get(f"/schools/{SPECIAL}/target"))
    assert "a person sets a goal for this school" in found
    assert "Earlier years" in found
    assert "Chance of meeting it" not in found


def test_a_school_without_figures_is_told_why_it_has_none(fit: Fit) -> None:
    SchoolTarget.objects.filter(fit=fit, urn=SCHOOL).delete()
    assert "We cannot say what to expect" in words(head().get(f"/schools/{SCHOOL}/target"))


def test_the_office_reads_all_targets_with_intervals_and_no_rank(fit: Fit) -> None:
    rows = table(office(Role.OFFICE_READ), "/office/targets.csv")
    assert rows.height == fit.n_schools
    assert rows["urn"].is_sorted()
    known = rows.drop_nulls(["expected_percent"])
    assert (known["low_percent"] < known["high_percent"]).all()
    assert not {"rank", "position"} & set(rows.columns)
    special = rows.filter(pl.col("phase") == "special")
    assert special["target_percent"].null_count() == special.height


def test_a_new_register_changes_no_target_and_the_office_is_told(fit: Fit) -> None:
    was = SchoolTarget.objects.get(fit=fit, urn=SCHOOL).target_percent
    aiming.kept()
    found = words(office().get("/office/targets"))
    assert "Targets stay as they are until you have them worked out anew" in found
    page = words(head().get(f"/schools/{SCHOOL}/target"))
    assert f"Target: {was:.2f} %" in page
    assert "The register in use now" in page


def test_an_administrator_alone_has_targets_worked_out(fit: Fit) -> None:
    client = office()
    page = client.get("/office/targets").content.decode()
    assert re.search(r'value="2017/18"\s+selected', page)  # the newest figures are years old
    asked = client.post("/office/targets", {"until": "2016/17", "year": "2018/19"})
    assert (asked.status_code, asked.headers["Location"][:6]) == (302, "/jobs/")
    order = Work.objects.filter(kind="targets_fit").latest("pk").order
    assert (order["until"], order["year"]) == ("2016/17", "2018/19")
    assert "Select the newest year" in words(client.post("/office/targets", {"until": "2044/45"}))
    not_after = words(client.post("/office/targets", {"until": "2015/16", "year": "2018/19"}))
    assert "one of the two years after" in not_after
    reader = office(Role.OFFICE_READ)
    assert reader.post("/office/targets", {"until": "2016/17"}).status_code == 403


@pytest.mark.parametrize(
    ("until", "year", "on", "is_hindsight"),
    [
        ("2016/17", None, datetime.date(2018, 9, 1), True),  # over, and no figure is out yet
        ("2015/16", "2017/18", datetime.date(2018, 8, 31), False),
    ],
)
def test_a_target_of_a_year_that_is_over_was_given_to_nobody_in_time(
    snapshot: RegisterSnapshot, until: str, year: str | None, on: datetime.date, is_hindsight: bool
) -> None:
    found = fitted_to(snapshot, until=until, year=year, on=on, progress=quiet, is_audited=False)
    assert (found.year, found.is_hindsight) == ("2017/18", is_hindsight)
    assert found.expected["target_percent"].count() == aiming.N


def test_everybody_reads_how_targets_are_worked_out(fit: Fit) -> None:
    client = WatchfulClient()
    found = words(client.get("/attendance-targets"))
    assert "Known to fail" in found
    assert "Algorithmic transparency record" in found
    assert client.get("/attendance-targets/model-card.md").content.decode().startswith("# Model")
    assert client.get("/attendance-targets/transparency-record.json").json()


def test_the_pages_ask_little_of_the_database(fit: Fit, django_assert_max_num_queries: Any) -> None:
    ours, theirs = head(), office()
    ours.get(f"/schools/{SCHOOL}/target")
    with django_assert_max_num_queries(14):
        ours.get(f"/schools/{SCHOOL}/target")
    with django_assert_max_num_queries(14):
        theirs.get("/office/targets")
