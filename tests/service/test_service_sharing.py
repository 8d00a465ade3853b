"""What a partner lets its lead see: by an agreement, for a time, and nothing without."""

import datetime
import html
import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from invented import AT, PROGRAMME, facts, register
from schoolhubs import diagnosis
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Organisation, Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.diagnosis.assessing import actions as assessing
from schoolhubs.service.diagnosis.models import SelfAssessment
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.sharing import actions, queries, terms
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from signing import signed_in

pytestmark = pytest.mark.django_db
PARTNER, LEAD, OTHER_LEAD = "900001", "900010", "900011"
HEAD = Role.PARTNER_SCHOOL_HEAD
PAGE, ASSESSED = f"/schools/{PARTNER}/sharing", f"/schools/{PARTNER}/self-assessment"
DONE: dict[str, Any] = {"organisation": f"school:{PARTNER}", "at": AT, "place": "tests"}


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(facts(PARTNER), facts(LEAD), facts(OTHER_LEAD), leads=(LEAD, OTHER_LEAD))


def today() -> datetime.date:
    return timezone.localdate()


def days(n: int) -> datetime.timedelta:
    return datetime.timedelta(days=n)


def together(state: str = "agreed", lead: str = LEAD) -> Partnership:
    """Let the two schools be as far as a state, for a year from a month ago."""
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", partner_urn=PARTNER, lead_urn=lead,
        pathway="enhanced", starts_on=today() - days(30), finishes_on=today() + days(335),
        proposed_at=AT, proposed_by="officer", partner_says="accepts", partner_at=AT,
        partner_by="head", lead_says="accepts", lead_at=AT, lead_by="lead",
    )  # fmt: skip
    for step in {"agreed": ["agreed"], "running": ["agreed", "running"]}.get(state, []):
        Partnership.objects.filter(pk=made.pk).update(state=step, version=F("version") + 1)
    return Partnership.objects.get(pk=made.pk)


def agreed(*kinds: str, partnership: Partnership | None = None, **changes: Any) -> Agreement:
    """Let both have agreed on some kinds, from yesterday on but for the changes."""
    found = partnership or together()
    told = {"starts_on": today() - days(1), "finishes_on": found.finishes_on, **changes}
    told.setdefault("purposes", ["find_causes", "make_plan"])
    return Agreement.objects.create(
        partnership=found, kinds=list(kinds), proposed_side="lead",
        proposed_at=AT, proposed_by="lead", state="agreed", agreed_at=AT, agreed_by="head", **told,
    )  # fmt: skip


def lead(urn: str = LEAD) -> Any:
    return signed_in(Role.LEAD_SCHOOL, urn=urn, subject=f"lead-{urn}")


def actor_of(urn: str = LEAD) -> Actor:
    lead(urn)
    return Actor(
        person=Person.objects.get(subject=f"lead-{urn}"),
        organisation=Organisation.objects.get(urn=urn), roles=frozenset({Role.LEAD_SCHOOL}),
    )  # fmt: skip


def assessed() -> SelfAssessment:
    """Finish a self-assessment of the partner, by two people with notes."""
    asked = diagnosis.instrument("attendance-mainstream")
    one = assessing.begin(PARTNER, asked, by="ada", **DONE)
    for by, label, value in (("ada", "Headteacher", 4), ("ben", "SENCO", 1)):
        given = [
            assessing.Given(item=each.name, value=value, note="Private words")
            for each in asked.items
        ]
        assessing.answer(one, given, label=label, by=by, **DONE)
    return assessing.finish(one, on=AT.date(), by="ada", **DONE)


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def form(**changes: Any) -> dict[str, Any]:
    last = today() + days(60)
    return {
        "purposes": ["find_causes"], "kinds": ["self_assessment"], "last_on-day": last.day,
        "last_on-month": last.month, "last_on-year": last.year, **changes,
    }  # fmt: skip


def test_lead_proposes_head_accepts_and_only_then_the_lead_sees() -> None:
    together()
    one = assessed()
    leader, head = lead(), signed_in(HEAD, urn=PARTNER)
    assert leader.get(f"{ASSESSED}/{one.pk}").status_code == 404
    assert leader.post(f"{PAGE}/propose", form()).status_code == 302
    assert leader.get(f"{ASSESSED}/{one.pk}").status_code == 404
    made = Agreement.objects.get()
    assert "Proposed" in words(head.get(PAGE))
    sent = {"verdict": "yes", "version": made.version}
    assert head.post(f"{PAGE}/{made.pk}/answer", sent).status_code == 302
    page = words(leader.get(f"{ASSESSED}/{one.pk}"))
    assert "1 person : 4." in page
    for private in ("Private words", "SENCO", "Headteacher"):
        assert private not in page
    assert leader.get(f"{ASSESSED}/{one.pk}/answers.csv").status_code == 403


def test_what_an_agreement_allowed_is_in_the_audit_and_listed_for_the_partner_alone() -> None:
    agreed("self_assessment")
    one = assessed()
    leader = lead()
    leader.get(ASSESSED)
    leader.get(f"{ASSESSED}/{one.pk}")
    entries = AuditEntry.objects.filter(action="sharing.use").order_by("number")
    assert [each.details["kind"] for each in entries] == ["self_assessment"] * 2
    assert [each.place for each in entries] == [ASSESSED, f"{ASSESSED}/{one.pk}"]
    page = words(signed_in(Role.PARTNER_SCHOOL_GOVERNOR, urn=PARTNER, subject="gov").get(PAGE))
    assert page.count("Self-assessment, looked") == 2
    assert "Self-assessment, looked" not in words(leader.get(PAGE))


@pytest.mark.parametrize(
    "kind", ["surveys", "self_assessment", "findings", "plan", "attendance"]
)  # fmt: skip
def test_an_agreement_is_for_its_kinds_alone(kind: str) -> None:
    agreed("plan")
    found = queries.agreement_for(actor_of(), PARTNER, kind, today())
    assert (found is not None) == (kind == "plan")


@pytest.mark.parametrize(
    ("purpose", "kind", "is_seen"),
    [
        ("find_causes", "findings", True), ("find_causes", "plan", False),
        ("make_plan", "plan", True), ("review_plan", "self_assessment", False),
        ("review_plan", "attendance", True),
    ],
)  # fmt: skip
def test_an_agreement_is_for_its_purposes_alone(purpose: str, kind: str, *, is_seen: bool) -> None:
    """Rows of before, or written by hand, may pair what does not belong together."""
    agreed(*terms.kinds(), purposes=[purpose])
    found = queries.agreement_for(actor_of(), PARTNER, kind, today())
    assert (found is not None) == is_seen


def test_what_no_purpose_needs_is_not_proposed() -> None:
    found = together()
    page = words(lead().post(f"{PAGE}/propose", form(kinds=["plan", "findings"])))
    assert "Plan is needed for making the plan, and reviewing the plan each term" in page
    with pytest.raises(DataProblem, match="no purpose needs the plan"):
        actions.propose(
            found, side="lead", purposes=["find_causes"], kinds=["plan"], starts_on=today(),
            last_on=today(), by="lead", **DONE,
        )  # fmt: skip
    assert not Agreement.objects.exists()


def test_a_misspelt_kind_is_no_quiet_no() -> None:
    with pytest.raises(KeyError):
        queries.agreement_for(actor_of(), PARTNER, "survey", today())


def test_it_is_with_one_lead_and_for_nobody_else() -> None:
    agreed("plan")
    assert queries.agreement_for(actor_of(OTHER_LEAD), PARTNER, "plan", today()) is None
    head = Actor(person=None, organisation=None, roles=frozenset({HEAD}))
    assert queries.agreement_for(head, PARTNER, "plan", today()) is None


@pytest.mark.parametrize(
    ("first", "after_last", "is_seen"),
    [(-5, 1, True), (0, 1, True), (-5, 0, False), (1, 5, False)],
)
def test_it_ends_by_its_day_without_any_job(first: int, after_last: int, *, is_seen: bool) -> None:
    agreed("plan", starts_on=today() + days(first), finishes_on=today() + days(after_last))
    found = queries.agreement_for(actor_of(), PARTNER, "plan", today())
    assert (found is not None) == is_seen


def test_it_ends_with_the_partnership_without_any_job() -> None:
    made = agreed("plan")
    Partnership.objects.filter(pk=made.partnership_id).update(
        state="ended", why_ended="Closed", version=F("version") + 1
    )
    assert queries.agreement_for(actor_of(), PARTNER, "plan", today()) is None


def test_either_withdraws_at_any_time_and_the_lead_sees_nothing_more() -> None:
    made = agreed("self_assessment")
    one = assessed()
    leader = lead()
    assert leader.get(f"{ASSESSED}/{one.pk}").status_code == 200
    sent = {"version": made.version, "reason": "We want to talk first"}
    head = signed_in(HEAD, urn=PARTNER)
    assert head.post(f"{PAGE}/{made.pk}/withdraw", sent).status_code == 302
    assert leader.get(f"{ASSESSED}/{one.pk}").status_code == 404
    assert "We want to talk first" in words(leader.get(PAGE))
    assert leader.post(f"{PAGE}/{made.pk}/withdraw", sent).status_code == 409


def test_nobody_accepts_their_own_proposal() -> None:
    together()
    leader = lead()
    leader.post(f"{PAGE}/propose", form())
    made = Agreement.objects.get()
    sent = {"verdict": "yes", "version": made.version}
    assert leader.post(f"{PAGE}/{made.pk}/answer", sent).status_code == 409
    assert Agreement.objects.get().state == "proposed"


@pytest.mark.parametrize(
    "role",
    [Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_SCHOOL_LEADER, Role.PARTNER_SCHOOL_GOVERNOR],
)
def test_of_the_partner_only_the_headteacher_agrees(role: Role) -> None:
    together()
    lead().post(f"{PAGE}/propose", form())
    made = Agreement.objects.get()
    client = signed_in(role, urn=PARTNER, subject="other")
    assert client.get(PAGE).status_code == 200
    sent = {"verdict": "yes", "version": made.version}
    assert client.post(f"{PAGE}/{made.pk}/answer", sent).status_code == 403


def test_it_never_lasts_beyond_the_partnership() -> None:
    found = together()
    late = found.last_on + days(1)
    sent = form(**{
        "last_on-day": late.day, "last_on-month": late.month, "last_on-year": late.year,
    })  # fmt: skip
    assert "or earlier" in words(lead().post(f"{PAGE}/propose", sent))
    with pytest.raises(DataProblem, match="beyond the partnership"):
        actions.propose(
            found, side="lead", purposes=["make_plan"], kinds=["plan"], starts_on=today(),
            last_on=late, by="lead", **DONE,
        )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        agreed("plan", partnership=found, finishes_on=found.finishes_on + days(1))


def test_it_never_lasts_longer_than_the_longest() -> None:
    found = together()
    Partnership.objects.filter(pk=found.pk).update(
        finishes_on=today() + days(900), version=F("version") + 1
    )
    found.refresh_from_db()
    with pytest.raises(DataProblem, match="longer than 400 days"):
        actions.propose(
            found, side="lead", purposes=["make_plan"], kinds=["plan"], starts_on=today(),
            last_on=today() + days(400), by="lead", **DONE,
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        "kinds = '{surveys,plan}'", "finishes_on = finishes_on + 1", "purposes = '{review_plan}'",
        "partnership_id = partnership_id + 1",
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_agreed(change: str) -> None:
    agreed("plan")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE sharing_agreement SET {change}")


def test_what_is_withdrawn_does_not_come_back() -> None:
    made = agreed("plan")
    actions.withdraw(made, version=1, by="head", **DONE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Agreement.objects.filter(pk=made.pk).update(state="agreed", settled_at=None)


def test_only_one_lives_at_a_time() -> None:
    made = agreed("plan")
    with pytest.raises(Conflict, match="already"):
        actions.propose(
            made.partnership, side="partner", purposes=["make_plan"], kinds=["plan"],
            starts_on=today(), last_on=today() + days(5), by="head", **DONE,
        )  # fmt: skip


def test_nothing_is_agreed_before_both_have_accepted_their_partnership() -> None:
    together("proposed")
    assert lead().post(f"{PAGE}/propose", form()).status_code == 409
    assert not Agreement.objects.exists()


def test_what_is_over_is_told_once_to_both() -> None:
    agreed("plan", finishes_on=today())
    told = {"on": today(), "at": AT, "place": "tests"}
    assert actions.tell_over(**told) == 1
    assert actions.tell_over(**told) == 0
    assert Agreement.objects.get().state == "ended"
    letters = Letter.objects.filter(kind="sharing_over").values_list("organisation", flat=True)
    assert set(letters) <= {f"school:{PARTNER}", f"school:{LEAD}"}


def test_the_partner_is_written_to_when_a_lead_proposes() -> None:
    signed_in(HEAD, urn=PARTNER)
    together()
    lead().post(f"{PAGE}/propose", form())
    (letter,) = Letter.objects.filter(kind="sharing_proposed")
    assert letter.organisation == f"school:{PARTNER}"
    assert letter.facts["shared"] == "self-assessment"
