"""The pages of applying and deciding, as a school and an officer meet them, without script."""

import datetime
import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from invented import PROGRAMME, facts, register
from schoolhubs.programmes.settings import MOST_LEADERS
from schoolhubs.service.accounts.models import Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.applying.pages import NUMBERS
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.schools.models import CurrentRegister
from signing import signed_in

HOUR = datetime.timedelta(hours=1)
ONE = f"/applications/{PROGRAMME}/900001"
HEAD, ATTENDANCE, GOVERNOR = (
    Role.PARTNER_SCHOOL_HEAD,
    Role.PARTNER_SCHOOL_ATTENDANCE,
    Role.PARTNER_SCHOOL_GOVERNOR,
)
GIVEN: dict[str, dict[str, Any]] = {
    "pathways": {"pathways": ["enhanced", "regional"]},
    "leaders": {"first": "Ada, head", "second": "Ben, deputy", "third": "Cy, deputy"},
    "email": {"email": "office@900001.example"},
    "leadership_capacity": {"leadership_capacity": "yes"},
    "ready_to_change": {"ready_to_change": "yes"},
    "tried": {"tried": "Calls on the first morning."},
    "travel": {"travel": ""},
}

NOT_ADDED = ("pathways", "leaders", "email", "tried", "travel")


def version() -> int:
    return Application.objects.get(urn="900001").version


def declared() -> dict[str, Any]:
    """Give what the page of checking sends, once ticked, for the register in use."""
    register_read = CurrentRegister.objects.get().snapshot_id
    return {"declared": "yes", "version": version(), "register": register_read}


def filled(client: Client) -> None:
    client.post(f"{ONE}/start")
    for step, answer in GIVEN.items():
        sent = client.post(f"{ONE}/questions/{step}", {**answer, "version": version()})
        assert sent.status_code == 302, (step, words(sent))


def words(answer: Any) -> str:
    """Give the words of a page, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.django_db
def test_a_head_applies_from_start_to_confirmation() -> None:
    register(facts("900001"))
    head = signed_in(HEAD, urn="900001")
    assert "Not begun" in words(head.get("/applications"))
    assert "Start now" in words(head.get(ONE))
    filled(head)
    checking = words(head.get(f"{ONE}/check"))
    assert "Ada, head, Ben, deputy, Cy, deputy" in checking
    assert "8.0 % of possible sessions" in checking
    sent = head.post(f"{ONE}/check", declared(), follow=True)
    reference = Application.objects.get().reference
    assert f"Your reference {reference}" in words(sent)
    assert "Eligible" in words(head.get("/applications"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "answer", "said"),
    [
        ("pathways", {}, "Select at least one kind of support"),
        ("pathways", {"pathways": ["none such"]}, "Select at least one kind of support"),
        ("leaders", {"first": "Ada"}, "Enter the name and role of the second leader"),
        (
            "leaders",
            {"first": "Ada", "second": "Ben", "third": "b E n"},
            "The third leader must be another person than the second leader",
        ),
        (
            "leaders",
            {"first": "Ada", "second": "ADA ", "third": "Cy"},
            "The second leader must be another person than the first leader",
        ),
        ("email", {}, "Enter an email address"),
        ("email", {"email": "ada at school"}, "Enter an email address in the right form"),
        ("email", {"email": "a" * 250 + "@b.example"}, "Enter an email address in the right form"),
        ("ready_to_change", {}, "Select yes or no"),
        ("tried", {"tried": " "}, "Write what you have tried"),
        ("tried", {"tried": "x" * 2001}, "Write 2,000 characters or fewer"),
    ],
)
def test_a_slip_is_told_in_the_summary_and_at_the_field_and_nothing_is_lost(
    step: str, answer: dict[str, Any], said: str
) -> None:
    register(facts("900001"))
    head = signed_in(HEAD, urn="900001")
    head.post(f"{ONE}/start")
    if step == "ready_to_change":  # asked once the kind of support is chosen
        assert head.get(f"{ONE}/questions/{step}").status_code == 404
        wish = {"pathways": ["enhanced"], "version": version()}
        head.post(f"{ONE}/questions/pathways", wish)
    page = head.post(f"{ONE}/questions/{step}", {**answer, "version": version()})
    shown = words(page)
    assert page.status_code == 200
    assert shown.count(said) >= 2
    assert "<title>Error: " in page.content.decode()
    if step == "leaders":
        assert 'value="Ada"' in page.content.decode()


@pytest.mark.django_db
def test_one_person_named_three_times_is_told_at_both_later_fields() -> None:
    register(facts("900001"))
    head = signed_in(HEAD, urn="900001")
    head.post(f"{ONE}/start")
    same = {"first": "Ada, head", "second": "Ada,head", "third": "ADA, Head"}
    shown = words(head.post(f"{ONE}/questions/leaders", {**same, "version": version()}))
    for number in ("second", "third"):
        said = f"The {number} leader must be another person than the first leader"
        assert shown.count(said) == 2
    assert "leaders" not in Application.objects.get().answers


@pytest.mark.django_db
def test_a_pathway_that_adds_pages_says_so_leads_to_them_and_then_to_checking() -> None:
    register(facts("900001"))
    head = signed_in(HEAD, urn="900001")
    head.post(f"{ONE}/start")
    assert "Some kinds add questions" in words(head.get(f"{ONE}/questions/pathways"))
    few = {name: given for name, given in GIVEN.items() if name in NOT_ADDED}
    for step, answer in few.items():
        last = saved(head, step, {"pathways": ["regional"]} if step == "pathways" else answer)
    assert last == f"{ONE}/check"
    assert "asked because you chose" not in words(head.get(ONE))
    more = {"pathways": ["enhanced", "regional"]}
    for back in ("", "?back=check"):
        assert saved(head, "pathways", more, back) == f"{ONE}/questions/leadership_capacity"
    assert "5 of 7 pages are answered. 2 are asked because you chose Enh" in words(head.get(ONE))
    added = [saved(head, step, GIVEN[step]) for step in ("leadership_capacity", "ready_to_change")]
    assert added == [f"{ONE}/questions/ready_to_change", f"{ONE}/check"]


@pytest.mark.django_db
def test_who_may_not_declare_is_led_to_the_list_once_every_page_is_answered() -> None:
    register(facts("900001"))
    lead = signed_in(ATTENDANCE, urn="900001", subject="ben")
    lead.post(f"{ONE}/start")
    after = [saved(lead, step, answer) for step, answer in GIVEN.items()]
    assert after[-1] == ONE
    shown = words(lead.get(ONE))
    assert "the headteacher, or the trust, reads it through and sends it" in shown
    assert "Check your answers and send" not in shown
    assert "Withdraw this application" not in shown


def saved(client: Client, step: str, answer: dict[str, Any], back: str = "") -> str:
    """Save one page, and give where that led."""
    told = client.post(f"{ONE}/questions/{step}{back}", {**answer, "version": version()})
    assert told.status_code == 302, words(told)
    return str(told["Location"])


@pytest.mark.django_db
def test_the_second_of_two_at_one_school_sees_both_versions() -> None:
    register(facts("900001"))
    head, lead = signed_in(HEAD, urn="900001"), signed_in(ATTENDANCE, urn="900001", subject="ben")
    head.post(f"{ONE}/start")
    seen = version()
    head.post(f"{ONE}/questions/tried", {"tried": "Calls home", "version": seen})
    page = lead.post(f"{ONE}/questions/tried", {"tried": "Letters home", "version": seen})
    assert page.status_code == 409
    assert "Calls home" in words(page)
    assert "Letters home" in page.content.decode()
    assert Application.objects.get().answers["tried"] == "Calls home"


@pytest.mark.django_db
def test_nothing_is_sent_without_the_declaration_or_an_answer() -> None:
    register(facts("900001"))
    head = signed_in(HEAD, urn="900001")
    head.post(f"{ONE}/start")
    assert "have no answer yet" in words(head.get(f"{ONE}/check"))
    early = head.post(f"{ONE}/check", declared())
    assert (early.status_code, Application.objects.get().state) == (409, "draft")
    filled(head)
    page = head.post(f"{ONE}/check", {"version": version()})
    assert "Confirm that the answers are true" in words(page)
    assert Application.objects.get().state == "draft"


@pytest.mark.django_db
def test_a_school_withdraws_with_a_reason() -> None:
    register(facts("900001"))
    head = signed_in(HEAD, urn="900001")
    filled(head)
    head.post(f"{ONE}/check", declared())
    told = head.post(f"{ONE}/leave/withdrawn", {"reason": "", "version": version()})
    assert words(told).count("Say why") == 2
    head.post(f"{ONE}/leave/withdrawn", {"reason": "New head", "version": version()})
    assert Application.objects.get().state == "withdrawn"
    assert "Apply again" in words(head.get(ONE))
    head.post(f"{ONE}/start")
    states = Application.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "draft"]


@pytest.mark.django_db
def test_another_schools_application_is_not_there() -> None:
    register(facts("900001"), facts("900002"))
    filled(signed_in(HEAD, urn="900001"))
    other = signed_in(HEAD, urn="900002", subject="zoe")
    for page in ("", "/check", "/sent", "/questions/tried", "/leave/withdrawn"):
        assert other.get(f"{ONE}{page}").status_code == 404, page
    assert other.post(f"{ONE}/questions/tried", {"tried": "x", "version": 1}).status_code == 404


@pytest.mark.django_db
def test_who_may_write_and_who_may_declare() -> None:
    register(facts("900001"))
    governor = signed_in(GOVERNOR, urn="900001", subject="gil")
    assert governor.get(ONE).status_code == 200
    assert governor.post(f"{ONE}/start").status_code == 403
    lead = signed_in(ATTENDANCE, urn="900001", subject="ben")
    filled(lead)
    assert lead.get(f"{ONE}/check").status_code == 403


def sent_application(**changes: Any) -> str:
    register(facts("900001", **changes))
    head = signed_in(HEAD, urn="900001", subject="head")
    filled(head)
    head.post(f"{ONE}/check", declared())
    return str(Application.objects.get().reference)


@pytest.mark.django_db
def test_an_officer_finds_an_application_and_reads_why() -> None:
    reference = sent_application(phase="special")
    officer = signed_in(Role.OFFICE_READ, subject="ann")
    found_by = ("", "?state=not_eligible", "?typed=900001", f"?typed={reference}")
    for query in (*found_by, "?region=South West"):
        assert reference in words(officer.get(f"/office/applications{query}")), query
    assert reference not in words(officer.get("/office/applications?state=eligible"))
    page = words(officer.get(f"/office/applications/{reference}"))
    assert "May not join" in page
    assert "Calls on the first morning." in page
    assert "Record the decision" not in page


@pytest.mark.django_db
def test_an_override_needs_two_officers() -> None:
    reference = sent_application(phase="special")
    ann, bob = (signed_in(Role.OFFICE_CASEWORKER, subject=name) for name in ("ann", "bob"))
    page = f"/office/applications/{reference}"
    refused = ann.post(page, {"pathway": "regional", "verdict": "yes", "reason": ""})
    assert words(refused).count("Enter the reason for the decision") == 2
    ann.post(
        page, {"pathway": "regional", "verdict": "yes", "reason": "A pilot", "version": version()}
    )
    assert Application.objects.get().state == "not_eligible"
    assert "Agree this decision" not in words(ann.get(page))
    assert "Agree this decision" in words(bob.get(page))
    made, seen = Application.objects.get().humandecision_set.get(), {"version": version()}
    assert ann.post(f"{page}/decisions/{made.pk}/agree", seen).status_code == 409
    assert bob.post(f"{page}/decisions/{made.pk}/agree", seen).status_code == 302
    assert Application.objects.get().state == "eligible"
    # People read names, not what the sign-in knows somebody by.
    for name in ("ann", "bob"):
        Person.objects.filter(subject=name).update(name=f"{name.title()} Marrow")
    shown = words(ann.get(page))
    assert "may join, by Ann Marrow on" in shown
    assert "Agreed by Bob Marrow on" in shown


@pytest.mark.django_db
def test_a_reader_of_the_office_decides_nothing() -> None:
    reference = sent_application(phase="special")
    reader = signed_in(Role.OFFICE_READ, subject="ann")
    given = {"pathway": "regional", "verdict": "yes", "reason": "A pilot"}
    assert reader.post(f"/office/applications/{reference}", given).status_code == 403
    assert Application.objects.get().humandecision_set.count() == 0


@pytest.mark.django_db
def test_the_queue_is_found_in_few_queries(django_assert_max_num_queries: Any) -> None:
    sent_application()
    officer = signed_in(Role.OFFICE_READ, subject="ann")
    with django_assert_max_num_queries(15):
        officer.get("/office/applications")


def renewed(**changes: Any) -> None:
    """Let a newer register come in after the application was begun."""
    register(facts("900001", **changes), at=Application.objects.get().begun_at + HOUR)


@pytest.mark.django_db
def test_what_changed_in_the_register_is_shown_before_sending() -> None:
    register(facts("900001"))
    head = signed_in(HEAD, urn="900001")
    filled(head)
    assert "What changed in the school register" not in words(head.get(f"{ONE}/check"))
    renewed(absence_percent=6.5, n_pupils=210)
    shown = words(head.get(f"{ONE}/check"))
    assert "What changed in the school register since you began" in shown
    assert re.search(r"Absence 8\.0 % \(.*2024/25\) 6\.5 % \(", shown)
    assert "Pupils on roll 210" not in shown.split("What changed")[1]


@pytest.mark.django_db
def test_a_register_renewed_while_the_page_was_open_is_read_before_it_is_declared() -> None:
    register(facts("900001"))
    head = signed_in(HEAD, urn="900001")
    filled(head)
    read = declared()
    renewed(absence_percent=6.5)
    refused = head.post(f"{ONE}/check", read)
    assert refused.status_code == 409
    assert words(refused).count("The school register was renewed while you had this page open") == 2
    assert Application.objects.get().state == "draft"
    assert head.post(f"{ONE}/check", declared()).status_code == 302
    assert Application.objects.get().facts_seen["absence_percent"] == 6.5


@pytest.mark.django_db
def test_a_case_shows_what_changed_from_what_to_what() -> None:
    sent_application()
    application = Application.objects.get()
    officer = signed_in(Role.OFFICE_CASEWORKER, subject="ann")
    with connection.cursor() as cursor:  # a test is one transaction; what was said in it stays
        cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
    changed = {**application.answers, "tried": "Calls at noon."}
    Application.objects.update(answers=changed, version=application.version + 1)
    shown = words(officer.get(f"/office/applications/{application.reference}"))
    changes = shown.partition("What changed, from what to what")[2]
    assert "Made: application" in changes
    assert states.meanings()["draft"] in changes
    assert "Calls on the first morning. Calls at noon." in changes
    assert "Not said (changed past the service" in changes
    assert "head" in changes


@pytest.mark.django_db
@pytest.mark.parametrize(("phase", "may"), [("primary", True), ("special", False)])
def test_a_school_that_may_not_join_is_told_before_it_starts_and_may_still(
    phase: str, may: bool, django_assert_max_num_queries: Any
) -> None:
    register(facts("900001", phase=phase))
    head = signed_in(HEAD, urn="900001")
    head.get(ONE)
    with django_assert_max_num_queries(15):
        page = head.get(ONE)
    assert ("By the rules today this school may not join" in words(page)) is not may
    assert ('href="/eligibility/900001">see why' in page.content.decode()) is not may
    assert "Start now" in words(page)
    head.post(f"{ONE}/start")
    assert Application.objects.get().state == "draft"
    assert "By the rules today" not in words(head.get(ONE))


def test_a_page_has_room_for_as_many_leaders_as_a_definition_may_ask() -> None:
    """`programmes` refuses more; with fewer words than that, answers would be cut short."""
    assert len(NUMBERS) == MOST_LEADERS
