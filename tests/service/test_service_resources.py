"""The library: found by words in one order, kept to a school's findings, used and counted."""

import io
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from invented import facts, register
from schoolhubs import delivery
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis.models import DiagnosticDay, KeptDiagnosis
from schoolhubs.service.plans import actions as planning
from schoolhubs.service.plans.models import Comment
from schoolhubs.service.training.library import indexing, queries
from schoolhubs.service.training.library.models import IndexedResource, ResourceUse
from schoolhubs.service.training.library.queries import Wanted
from schoolhubs.vocabulary.records.diagnosis import Diagnosis, Evidence, Finding
from schoolhubs.vocabulary.records.plan import ActionPlan
from signing import signed_in

pytestmark = pytest.mark.django_db
URN, SECOND = "900001", "900002"
WHO = planning.Who(by="ada", organisation=f"school:{URN}", at=clock.now(), place="t", name="Ada")


def ids(**wanted: str) -> list[str]:
    return [each.resource_id for each in queries.found(Wanted(**wanted))]


def head(urn: str = URN) -> Any:
    return signed_in(Role.PARTNER_SCHOOL_HEAD, urn=urn, subject=f"head-{urn}")


def confirmed(urn: str, *causes: str) -> None:
    """Let a school have confirmed findings in this order, the last set aside."""
    at = clock.now()
    day = DiagnosticDay.objects.create(
        urn=urn, held_on=clock.day(), agenda="Gate", who="Head", to_see="Lunch", made_at=at,
        made_by="ada", organisation=f"school:{urn}", confirmed_at=at,
    )  # fmt: skip
    seen = Evidence(
        kind="observation", measure="o1", says="for", text="Rooms", by="school", strength="one"
    )
    findings = tuple(
        Finding(
            finding_id=cause, root_cause=cause, rank=rank, how_sure="said", title=cause,
            evidence=(seen,), decision="kept" if cause != causes[-1] else "set_aside",
            drafted_rank=rank,
        )
        for rank, cause in enumerate(causes, start=1)
    )  # fmt: skip
    record = Diagnosis(urn=urn, findings=findings, confirmed_on=clock.day()).as_dict()
    KeptDiagnosis.objects.create(
        urn=urn, day=day, record=record, files={}, drafted="0" * 12, confirmed_on=clock.day(),
        confirmed_at=at, confirmed_by="ada", organisation=f"school:{urn}",
    )  # fmt: skip


def test_every_resource_is_searched_as_it_stands_in_the_files() -> None:
    held = dict(IndexedResource.objects.values_list("resource_id", "digest"))
    assert held == {name: each.digest for name, each in delivery.resources.library().items()}


def test_words_are_found_in_any_ending_and_a_title_stands_first() -> None:
    assert ids(words="part-time timetables")[0] == "part_time_timetables"
    assert "part_time_timetables" in ids(words="timetable")
    assert ids(words="rewards")[0] == "award_families", "its title says it"
    assert ids(words='"reasonable adjustments"')[0] == "adjustments_service"
    assert ids(words="zyxwv") == []


def test_the_order_is_always_the_same() -> None:
    first = ids(words="attendance")
    assert len(first) > 8
    assert all(ids(words="attendance") == first for _ in range(3))
    assert ids() == ids(words="   ")
    assert len(ids()) == len(delivery.resources.library())


@pytest.mark.parametrize(
    "words",
    ["'", '"', "a & !b | (", "\x00", "'; DROP TABLE x; --", "x" * 5_000, "-", "🙂", "or and not"],
)
def test_whatever_is_typed_is_a_search(words: str) -> None:
    assert isinstance(ids(words=words), list)


def test_filters_narrow_words() -> None:
    both = ids(words="attendance", kind="law")
    assert both
    assert set(both) == set(ids(words="attendance")) & set(ids(kind="law"))


def test_the_page_narrows_and_refuses_a_filter_it_does_not_know(client: Any) -> None:
    page = client.get("/resources?words=timetables&kind=guidance").content.decode()
    assert "Part-time timetables: what authorities ask of schools" in page
    assert client.get("/resources?kind=gossip").status_code == 400
    assert client.get("/resources/no_such_thing").status_code == 404
    read = pl.read_csv(io.BytesIO(client.get("/resources.csv?kind=law").content))
    assert set(read["kind"]) == {"law"}
    assert client.get("/resources.xlsx").content.startswith(b"PK")
    assert client.get("/resources.ods").status_code == 404


def test_resources_are_for_what_was_confirmed_by_rank_and_kind_of_school() -> None:
    register(facts(URN), facts(SECOND, phase="special"))
    for urn in (URN, SECOND):
        confirmed(urn, "needs_unmet", "placement_unagreed", "first_day_late")
    diagnosis = queries.findings_of(URN)
    assert diagnosis
    found = queries.for_findings(diagnosis, setting="mainstream")
    assert [cause for _, cause, _ in found] == ["needs_unmet", "placement_unagreed"]
    assert {"equality_advice", "contact_on_hubs"} <= {each.resource_id for each in found[0][2]}
    page = head().get(f"/schools/{URN}/resources").content.decode()
    assert "We used this" in page
    assert "first_day_late" not in page.split("What your school used")[0].split("<h1")[1]


def test_one_click_notes_what_was_used_once_and_the_plan_says_so() -> None:
    register(facts(URN))
    planning.begin(URN, ActionPlan(plan_id="p", urn=URN, programme_id="rise-hubs-2025",
                                   pathway="enhanced", setting="mainstream"), who=WHO)  # fmt: skip
    client, address = head(), f"/schools/{URN}/resources/eef_attendance/used"
    assert client.post(address, {"root_cause": "first_day_late"}).status_code == 302
    assert client.post(address, {"root_cause": "first_day_late"}).status_code == 409
    assert client.post(address, {"root_cause": "movement_disorderly"}).status_code == 409
    assert client.post(address, {"root_cause": "families_not_partners"}).status_code == 302
    assert ResourceUse.objects.count() == Comment.objects.count() == 2
    words = Comment.objects.earliest("pk").words
    assert words.startswith(
        "Used “Attendance interventions: rapid evidence assessment” for: The first"
    )
    assert "your plan says so" in client.get(f"/schools/{URN}/resources").content.decode()
    governor = signed_in(Role.PARTNER_SCHOOL_GOVERNOR, urn=URN, subject="governor")
    assert governor.post(address, {"root_cause": "first_day_late"}).status_code == 403


def test_how_many_schools_used_it_is_never_told_of_few(client: Any) -> None:
    def said() -> str:
        page = client.get("/resources/eef_behaviour").content.decode()
        return page.split("Used by")[1].split("</dd>")[0].split(">")[-1].strip()

    told = []
    for n in range(11):
        told.append(said())
        ResourceUse.objects.create(
            urn=f"9003{n:02}", resource_id="eef_behaviour", root_cause="routines_differ",
            used_on=clock.day(), made_at=clock.now(), made_by="x",
        )  # fmt: skip
    assert len(set(told[:5])) == 1
    assert told[0].startswith("fewer than 5")
    assert len(set(told[5:10])) == 1
    assert told[5] == "at least 5 schools"
    assert told[10] == "at least 10 schools"


def test_the_service_can_not_write_what_is_searched() -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        IndexedResource.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT 1 FROM training_indexedresource")
    assert IndexedResource._meta.db_table == indexing.TABLE
