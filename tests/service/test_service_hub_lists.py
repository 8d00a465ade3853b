"""A list of hubs is brought in: its effect is shown, then kept with a reason, all or nothing."""

import datetime
import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from invented import AT, PROGRAMME, facts, register
from partnering import LEAD, agreed, world
from rounding import WHO, applied_to, fields_of, in_use, run, text_of
from schoolhubs import files
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network import actions
from schoolhubs.service.network.actions import keep_hubs
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from signing import signed_in
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
BRING, KEEP = "/office/hubs/bring-in", "/office/hubs/bring-in/keep"
WHY = "Agreed by the panel of 3 November"
LATER = datetime.date(2027, 6, 1)  # than the day that the actions here are told


def hub(urn: str, **changes: Any) -> Hub:
    return Hub.objects.create(programme_id=PROGRAMME, lead_urn=urn, **changes)


def leads(text: str, folder: Path) -> pl.DataFrame:
    path = folder / "leads.csv"
    path.write_text(text)
    return files.read_list(path, "leads")


def stand() -> dict[str, tuple[Any, Any, dict[str, int]]]:
    return {
        each.lead_urn: (each.started_on, each.finished_on, each.places)
        for each in Hub.objects.filter(programme_id=PROGRAMME).order_by("lead_urn")
    }


def brought(client: WatchfulClient, text: str | bytes, **more: str) -> Any:
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("hubs.csv", content, "text/csv")
    return client.post(BRING, {"programme": PROGRAMME, "file": file, **more})


def carried(page: Any) -> dict[str, str]:
    """Give what the page that shows a list sends on, but for the reason."""
    return {name: fields_of(page)[name] for name in ("programme", "held", "shown")}


# --- the list against the hubs that stand ------------------------------------------------------


def test_a_list_makes_changes_and_leaves_and_ends_no_hub(tmp_path: Path) -> None:
    ended = datetime.date(2025, 12, 1)
    hub("900010", places={"enhanced": 9, "regional": 4})
    hub("900011", started_on=datetime.date(2025, 9, 1), finished_on=ended)
    hub("900012", started_on=datetime.date(2025, 9, 1), finished_on=ended)
    hub("900013", started_on=datetime.date(2025, 9, 1))
    hub("900014", started_on=datetime.date(2025, 9, 1))
    hub("900015", finished_on=ended)
    hub("900016", finished_on=LATER)
    text = (
        "urn,programme_id,leads_from,leads_until,capacity_enhanced,capacity_unheard\n"
        "900010,,,,7,3\n"  # places change on one pathway, the other's stay
        "900011,,2025-09-01,,5,\n"  # over, and named as it was: it stays over
        "900012,,2026-01-01,,,\n"  # over, and named anew
        "900013,,2025-09-01,2026-01-15,,\n"  # would end it
        f"900016,,,{LATER + datetime.timedelta(days=30)},,\n"  # lasts longer
        "900020,rise-hubs-2025,2026-04-01,,,\n"
        "900021,behaviour-hubs-2021,,,,\n"
    )
    done = keep_hubs(PROGRAMME, leads(text, tmp_path), reason=WHY, **{**WHO, "at": AT})
    assert stand() == {
        "900010": (None, None, {"enhanced": 7, "regional": 4}),
        "900011": (datetime.date(2025, 9, 1), ended, {}),
        "900012": (datetime.date(2026, 1, 1), None, {}),
        "900013": (datetime.date(2025, 9, 1), None, {}),
        "900014": (datetime.date(2025, 9, 1), None, {}),
        "900015": (None, ended, {}),
        "900016": (None, LATER + datetime.timedelta(days=30), {}),
        "900020": (datetime.date(2026, 4, 1), None, {}),
    }
    assert [each.urn for each in done.changed] == ["900010", "900012", "900016"]
    assert (done.over, done.kept_days, done.lacking) == (("900011",), ("900013",), ("900014",))
    assert (done.unknown, done.n_same, done.n_of_others) == (("capacity_unheard",), 1, 1)
    entry = AuditEntry.objects.get(action="hubs.bring-in")
    assert (entry.reason, entry.details) == (WHY, {"new": "1", "changed": "3"})


def test_a_hub_that_is_to_begin_can_begin_on_another_day_and_one_that_has_cannot(
    tmp_path: Path,
) -> None:
    hub("900010", started_on=LATER)
    hub("900011", started_on=datetime.date(2025, 9, 1))
    later = LATER + datetime.timedelta(days=90)
    listed = leads(f"urn,leads_from\n900010,{later}\n900011,{later}\n", tmp_path)
    done = keep_hubs(PROGRAMME, listed, reason=WHY, **WHO)
    assert {urn: start for urn, (start, *_) in stand().items()} == {
        "900010": later, "900011": datetime.date(2025, 9, 1),
    }  # fmt: skip
    assert done.kept_days == ("900011",)


def test_every_change_leaves_an_event_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    listed = leads("urn\n900010\n900011\n", tmp_path)
    keep_hubs(PROGRAMME, listed, reason=WHY, **WHO)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label FROM network_hubevent")
        assert cursor.fetchall() == [("insert",), ("insert",)]
    again = keep_hubs(PROGRAMME, listed, reason=WHY, **WHO)
    assert (again.changes_something, again.n_same) == (False, 2)
    assert AuditEntry.objects.filter(action="hubs.bring-in").count() == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("urn,programme_id\n900010,behaviour-hubs-2021\n", "none of the 1 lead schools is of"),
        ("urn,programme_id\n900010,\n900010,rise-hubs-2025\n", "both with this programme and with"),
        ("urn,leads_from\n900016,2027-07-01\n", "this hub ends on 2027-06-01"),
    ],
)
def test_a_list_that_is_none_of_this_programme_is_refused(
    text: str, said: str, tmp_path: Path
) -> None:
    hub("900016", started_on=datetime.date(2027, 1, 1), finished_on=LATER)
    before = stand()
    with pytest.raises(DataProblem, match=said):
        keep_hubs(PROGRAMME, leads(text, tmp_path), reason=WHY, **WHO)
    assert stand() == before


def test_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong last of all, no hub of the list is there."""
    monkeypatch.setattr(audit, "record", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        keep_hubs(PROGRAMME, leads("urn\n900010\n900011\n", tmp_path), reason=WHY, **WHO)
    assert stand() == {}
    # Negative control: outside one transaction the same leaves the hubs without an entry.
    monkeypatch.setattr(transaction, "atomic", lambda: io.StringIO())
    with pytest.raises(ZeroDivisionError):
        keep_hubs(PROGRAMME, leads("urn\n900010\n", tmp_path), reason=WHY, **WHO)
    assert list(stand()) == ["900010"]


def test_two_lists_at_once_make_a_hub_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other list's hub was not there to be locked: it is told, and not by a fault of ours."""
    listed = leads("urn\n900010\n", tmp_path)
    was = actions._keep

    def late(*given: Any) -> None:
        hub("900010")
        was(*given)

    monkeypatch.setattr(actions, "_keep", late)
    with pytest.raises(Conflict, match="changed meanwhile") as told:
        keep_hubs(PROGRAMME, listed, reason=WHY, **WHO)
    assert isinstance(told.value.__cause__, IntegrityError)


# --- the pages ---------------------------------------------------------------------------------


def test_an_administrator_brings_in_the_first_hubs_by_pages_alone() -> None:
    register(facts("900010", school_name="Elm School"), facts("900011", is_open=False))
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    overview = text_of(office.get("/office/hubs"))
    assert f'href="{BRING}"' in overview
    assert "none yet of RISE" in overview
    page = brought(
        office, "urn,leads_from,capacity_enhanced\n900010,2026-01-01,8\n900011,,\n900012,,\n"
    )
    words = text_of(page)
    for said in (
        "3 hubs are new", "Elm School, 900010", "from 1 January 2026", "Enhanced",
        "as the programme gives", "900011, not open by the school register",
        "900012, not in the school register",
    ):  # fmt: skip
        assert said in words, said
    assert stand() == {}
    assert office.post(KEEP, {**carried(page), "reason": WHY}).status_code == 302
    assert stand() == {
        "900010": (datetime.date(2026, 1, 1), None, {"enhanced": 8}),
        "900011": (None, None, {}),
        "900012": (None, None, {}),
    }
    assert "3 hubs of RISE" in text_of(office.get("/office/hubs"))
    assert AuditEntry.objects.get(action="hubs.bring-in").reason == WHY


def test_a_row_without_a_urn_is_left_out_and_named() -> None:
    words = text_of(
        brought(signed_in(Role.OFFICE_ADMINISTRATOR), "urn,school_name\n900010,Elm\n,Oak\n")
    )
    assert "Rows that are left out" in words
    assert "Row 3, column urn: 'Oak' has no URN and was left out. Look it up" in words


@pytest.mark.parametrize(("n_places", "is_warned"), [(1, True), (2, False)])
def test_fewer_places_than_schools_hold_are_warned_of_before(
    n_places: int, *, is_warned: bool
) -> None:
    world({"900001": LEAD, "900002": LEAD, "900003": LEAD})
    for urn in ("900001", "900002"):  # the third is only proposed, and holds no place yet
        agreed(urn)
    Partnership.objects.update(finishes_on=datetime.date(2098, 1, 1), version=F("version") + 1)
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    page = brought(office, f"urn,capacity_enhanced\n{LEAD},{n_places}\n")
    words = text_of(page)
    assert ("1 hub would have fewer places than schools hold there" in words) == is_warned
    assert (
        f"School {LEAD}, {LEAD}: 1 Enhanced place, and 2 schools in one term" in words
    ) == is_warned
    assert office.post(KEEP, {**carried(page), "reason": WHY}).status_code == 302
    assert stand()[LEAD][2] == {"enhanced": n_places}, "a warning forbids nothing"


def test_what_the_list_lacks_is_named_and_led_to_its_end() -> None:
    register(facts("900010"), leads=("900010",))
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    words = text_of(brought(office, "urn\n900011\n"))
    assert "Hubs that the list lacks" in words
    assert f'href="/office/hubs/{PROGRAMME}/900010/step-down"' in words


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("urn,leads_from\n900010,soon\n", "Row 2, URN 900010"),
        ("urn,leads_from,leads_until\n900010,2026-09-01,2026-09-01\n", "not after leads_from"),
        ("urn,capacity_enhanced\n900010,many\n", "Write the number of places as a whole number"),
        ("name\nElm School\n", "needs a column urn"),
        ("partner_urn,lead_urn\n900010,900011\n", "Row 1"),
        ("urn,programme_id\n900010,behaviour-hubs-2021\n", "None of the 1 lead schools is of"),
        (b"\0\xff\xfe", "There is a problem"),
        (b"PK\x03\x04 no zip", "There is a problem"),
        ("", "Choose the list of hubs"),
        (b"urn\n" + b"9" * 600_000, "must be 500 kilobytes or fewer"),
    ],
)
def test_a_list_that_cannot_be_read_says_where_and_what_to_do(content: Any, said: str) -> None:
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    page = brought(office, content)
    words = text_of(page)
    assert page.status_code == 200
    assert "There is a problem" in words
    # The same words stand in the summary and at the field.
    assert words.count(said) >= (2 if said != "There is a problem" else 1)
    assert f'value="{PROGRAMME}" checked' in words
    assert stand() == {}


def test_nothing_is_lost_where_the_reason_the_list_or_the_hubs_are_not_right() -> None:
    register(facts("900010"))
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    shown = brought(office, "urn\n900010\n")
    sent = carried(shown)
    without = office.post(KEEP, {**sent, "reason": " "})
    assert "Enter why these hubs are brought in" in text_of(without)
    assert carried(without) == sent
    # The list came back broken: it is asked for again, and the reason is carried on.
    broken = office.post(KEEP, {**sent, "held": "zq!", "reason": WHY})
    assert "did not come back whole" in text_of(broken)
    assert fields_of(broken)["reason"] == WHY
    assert WHY in text_of(brought(office, "urn\n900010\n", reason=WHY))
    # Somebody else brought in a hub meanwhile: what would change now is shown, to be agreed anew.
    hub("900010")
    hub("900011")
    late = office.post(KEEP, {**sent, "reason": WHY})
    assert late.status_code == 409
    assert "changed meanwhile" in text_of(late)
    assert list(stand()) == ["900010", "900011"]
    assert not AuditEntry.objects.filter(action="hubs.bring-in").exists()


def test_a_conflict_carries_the_reason_and_can_be_agreed_to() -> None:
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    sent = carried(brought(office, "urn\n900010\n"))
    hub("900011")
    late = office.post(KEEP, {**sent, "reason": WHY})
    assert (late.status_code, WHY in text_of(late)) == (409, True)
    assert office.post(KEEP, {**carried(late), "reason": WHY}).status_code == 302
    assert list(stand()) == ["900010", "900011"]


def test_without_comparing_with_what_was_shown_something_else_would_be_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control of the conflict above."""
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    sent = carried(brought(office, "urn\n900010\n"))
    hub("900011")
    monkeypatch.setattr(
        "schoolhubs.service.network.lists.plans.Plan.digest", lambda _: sent["shown"]
    )
    assert office.post(KEEP, {**sent, "reason": WHY}).status_code == 302


def test_a_national_list_is_shown_with_few_queries(django_assert_max_num_queries: Any) -> None:
    urns = [str(900_000 + n) for n in range(600)]
    register(*(facts(urn) for urn in urns[:300]), leads=tuple(urns[300:]))
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    with django_assert_max_num_queries(15):
        page = brought(office, "urn,capacity_enhanced\n" + "".join(f"{urn},7\n" for urn in urns))
    assert "300 hubs are new" in text_of(page)


@pytest.mark.parametrize("role", [Role.OFFICE_READ, Role.OFFICE_CASEWORKER])
def test_nobody_else_of_the_office_is_led_there_or_brings_one_in(role: Role) -> None:
    office = signed_in(role)
    assert BRING not in text_of(office.get("/office/hubs"))
    assert brought(office, "urn\n900010\n").status_code == 403
    assert office.post(KEEP, {}).status_code == 403


# --- a deployment: the command, and a round of hubs that came in this way ----------------------


def test_the_command_brings_in_a_list(tmp_path: Path) -> None:
    path, said, told = tmp_path / "hubs.csv", io.StringIO(), io.StringIO()
    path.write_text("urn,school_name\n900010,Elm\n,Oak\n")
    hub("900011")
    asked = ("keep_hubs", str(path), "--programme", PROGRAMME, "--reason", WHY)
    call_command(*asked, "--look", stdout=said, stderr=told)
    assert list(stand()) == ["900011"]
    call_command(*asked, stdout=said, stderr=told)
    assert list(stand()) == ["900010", "900011"]
    assert said.getvalue().count("1 new hub, 0 changed, 0 as before.") == 2
    assert "Not on the list; stay as they are: 900011." in said.getvalue()
    assert "'Oak' has no URN" in told.getvalue()
    entry = AuditEntry.objects.get(action="hubs.bring-in")
    assert (entry.place, entry.reason) == ("manage keep_hubs", WHY)


def test_the_command_refuses_what_the_page_refuses(tmp_path: Path) -> None:
    path = tmp_path / "hubs.csv"
    path.write_text("urn,leads_from\n900010,soon\n")
    asked = ("keep_hubs", str(path), "--programme", PROGRAMME, "--reason", WHY)
    with pytest.raises(CommandError, match=r"(?s)row 2.*Nothing was changed") as refused:
        call_command(*asked)
    assert refused.value.returncode == 3
    assert stand() == {}


def test_a_round_of_hubs_brought_in_by_the_page_is_published(small_england: Path) -> None:
    """Without a hub every pair was refused: this is how a deployment comes to its first round."""
    snapshot = in_use(small_england)
    office = signed_in(Role.OFFICE_ADMINISTRATOR)
    page = brought(office, (small_england / "leads.csv").read_bytes())
    office.post(KEEP, {**carried(page), "reason": WHY})
    applied_to(PROGRAMME, small_england, snapshot)
    round_ = run({"programme_id": PROGRAMME, "snapshot": snapshot.pk})
    publish(round_, by="ada", at=timezone.now(), place="tests", reason="Agreed")
    leading = set(Hub.objects.values_list("lead_urn", flat=True))
    proposed = set(Partnership.objects.values_list("lead_urn", flat=True))
    assert proposed
    assert proposed <= leading
