"""After approval, on pages: reviews, who was affected, one page, CSV, a copy, a trust's view."""

import csv
import dataclasses
import datetime
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.http import HttpResponse
from django.utils import timezone

from commands import schoolhubs
from drafting import HEAD, ON, drafted, knows, ready
from invented import facts, register
from peopled import person_at
from planned import whole_plan
from providing import provider
from schoolhubs import plans
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.plans import actions as editing
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.approving.views import as_yaml
from schoolhubs.service.plans.copying import actions as copying
from schoolhubs.service.plans.models import Plan, PlanState
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.service.plans.watching.models import AffectedReturn
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.vocabulary.records.plan import ActionPlan
from signing import signed_in
from watchful import WatchfulClient

URN, OTHER, ELSEWHERE = "900001", "900002", "900003"
PLAN = f"/schools/{URN}/plan"
REVIEW = {
    "value": "23.0", "low": "21.5", "high": "24.5", "source": "our marks", "rag": "",
    "comment": "Fewer small rises turned into long ones.", "version": "0",
    "measured_on-day": "20", "measured_on-month": "11", "measured_on-year": "2026",
}  # fmt: skip
COUNTS = """Characteristic;Group;When;Pupils;Affected
SEN;yes;before;100;20
SEN;no;before;400;40
SEN;yes;after;100;{after}
SEN;no;after;400;40"""


def days(**told: datetime.date) -> dict[str, str]:
    return {
        f"{name}-{part}": str(getattr(each, part))
        for name, each in told.items()
        for part in ("day", "month", "year")
    }


COMPARE = {
    "about": "Detentions",
    **days(
        before_from_on=datetime.date(2025, 9, 1), before_last_on=datetime.date(2026, 7, 20),
        after_from_on=datetime.date(2026, 9, 1), after_last_on=datetime.date(2026, 11, 20),
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _known(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    schools = [facts(URN, trust_id="9001"), facts(OTHER, trust_id="9001")]
    register(*schools, facts(ELSEWHERE, trust_id="9002"), leads=("900010",))
    knows(monkeypatch)
    with provider(role_seconds=3_600):
        yield


@pytest.fixture
def approved() -> Plan:
    plan = ready()
    editing.approve(plan, number=plan.number, on=ON, who=HEAD)
    return plan


def head() -> WatchfulClient:
    return signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN, subject="head")


def trust() -> WatchfulClient:
    organisation, _ = Organisation.objects.get_or_create(
        sign_in_id="trust", kind="trust", name="The trust", uid="9001"
    )
    client = WatchfulClient()
    client.act_as(person_at(organisation, [Role.PARTNER_TRUST], "trust"), organisation)
    client.own |= {f"school:{URN}", f"school:{OTHER}"}
    return client


def words(answer: HttpResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text))


def test_a_review_is_made_on_its_page_and_the_command_line_agrees(
    approved: Plan, tmp_path: Path
) -> None:
    answer = head().post(f"{PLAN}/reviews/o1", {**REVIEW, "version": str(approved.number)})
    assert answer.status_code == 302
    row = TermReview.objects.get()
    on = timezone.localdate()
    told = plans.watching.progress(
        whole_plan().objectives[0], queries.newest(row.plan).record.reviews[0].measured, on=on
    )
    assert (row.better_by, row.better_low, row.rag) == (told.better_by, told.low, told.rag)
    shown = words(head().get(f"{PLAN}/reviews"))
    assert f"{row.value:.2f} (90 % interval 21.50 to 24.50)" in shown
    assert "Fewer small rises turned into long ones." in shown
    path = tmp_path / "plan.yaml"
    path.write_text(as_yaml(queries.record_of(row.plan)), encoding="utf-8")
    assert schoolhubs("plan", "check", str(path), "--on", str(ON), "--json")["problems"] == []


def test_a_colour_the_interval_does_not_allow_is_refused_and_nothing_typed_is_lost(
    approved: Plan,
) -> None:
    told = {**REVIEW, "rag": "green", "version": str(approved.number)}
    answer = head().post(f"{PLAN}/reviews/o1", told)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "its figures allow" in words(answer)
    assert "There is a problem" in page
    for typed in ("23.0", "our marks", REVIEW["comment"]):
        assert typed in page
    assert not TermReview.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"value": ""}, "Enter the figure as a number"),
        ({"value": "123"}, "Enter a figure from 0 to 100"),
        ({"low": ""}, "Enter both ends of the interval"),
        ({"low": "23.5"}, "The interval must hold the figure, 23"),
        ({"low": "23.0", "high": "23.0"}, "The ends of the interval must differ"),
        ({"measured_on-year": "2099"}, "cannot be in the future"),
        ({"measured_on-day": ""}, "must be a real date"),
        ({"comment": " "}, "Write what you make of it"),
        ({"comment": "About H801200001001"}, "pupil\u2019s number"),
    ],
)
def test_what_is_wrong_with_a_review_is_said_at_its_field(
    approved: Plan, typed: dict[str, str], said: str
) -> None:
    answer = head().post(f"{PLAN}/reviews/o1", {**REVIEW, **typed})
    assert words(answer).count(said) == 2, "once in the summary, once at the field"
    assert approved.number == Plan.objects.get().number


def test_an_objective_changed_while_the_page_was_open_is_a_conflict(approved: Plan) -> None:
    opened = str(approved.number)
    record = queries.newest(approved).record
    one = dataclasses.replace(record.objectives[0], owner="Somebody else")
    edited = dataclasses.replace(record, objectives=(one,))
    editing.save(approved, edited, base=approved.number, told="Owner", who=HEAD)
    answer = head().post(f"{PLAN}/reviews/o1", {**REVIEW, "version": opened})
    assert answer.status_code == 409
    assert REVIEW["comment"] in words(answer)


def test_the_picture_of_reviews_stands_with_sentence_table_and_source(approved: Plan) -> None:
    head().post(f"{PLAN}/reviews/o1", {**REVIEW, "version": str(approved.number)})
    page = head().get(f"{PLAN}/reviews").content.decode()
    assert page.count('role="img"') == 1
    for said in ("Nothing was reviewed yet", "Source: the plan"):
        assert (said in page) == (said != "Nothing was reviewed yet")
    assert "The figures of this picture as a table" in page


def test_a_gap_that_widened_is_shown_and_takes_the_plan_out_of_force(approved: Plan) -> None:
    answer = head().post(f"{PLAN}/affected/new", {**COMPARE, "counts": COUNTS.format(after=60)})
    assert answer.status_code == 302, words(answer)
    shown = words(head().get(f"{PLAN}/affected"))
    assert "changed by +40.0 (95 % interval" in shown
    assert "It widened." in shown
    approved.refresh_from_db()
    assert approved.state == PlanState.REOPENED
    assert "The plan is not in force." in words(head().get(PLAN))


def test_columns_of_its_own_are_asked_for_and_what_was_pasted_stays(approved: Plan) -> None:
    pasted = COUNTS.format(after=20).replace("Affected", "Kept in").replace("Pupils", "N")
    answer = head().post(f"{PLAN}/affected/new", {**COMPARE, "counts": pasted})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Column of pupils affected" in page
    assert "SEN;yes;before;100;20" in page
    chosen = {"column_n_affected": "Kept in", "column_n_pupils": "N"}
    answer = head().post(f"{PLAN}/affected/new", {**COMPARE, "counts": pasted, **chosen})
    assert answer.status_code == 302, words(answer)
    assert not AffectedReturn.objects.get().is_widening
    assert approved.returns.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"counts": ""}, "Paste the counts, with their headings"),
        ({"counts": "a,b\n1,2"}, "no heading says"),
        ({"about": ""}, "Enter what was counted"),
        (days(after_last_on=datetime.date(2099, 1, 1)), "The time after must be over"),
        (days(before_last_on=datetime.date(2026, 9, 2)), "Each time must begin before it ends"),
        ({"before_from_on-day": "", "before_from_on-month": "", "before_from_on-year": ""},
         "Enter the first day of the time before"),
        ({"counts": COUNTS.format(after=500)}, "the counts lack"),
        ({"counts": COUNTS.format(after="H801200001001")}, "a pupil\u2019s number"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_return_is_said_and_nothing_kept(
    approved: Plan, typed: dict[str, str], said: str
) -> None:
    told = {**COMPARE, "counts": COUNTS.format(after=20), **typed}
    answer = head().post(f"{PLAN}/affected/new", told)
    assert answer.status_code == 200
    assert said.lower() in words(answer).lower()
    assert not approved.returns.exists()


def test_the_page_to_print_and_the_pdf_say_the_same(approved: Plan) -> None:
    assert approved.state == PlanState.APPROVED
    page = words(head().get(f"{PLAN}/one-page"))
    answer = head().get(f"{PLAN}/one-page.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    assert len(read.pages) == 1
    printed = "".join(read.pages[0].extract_text().split())
    for said in (
        "Approved by Head on 22 November 2026.", "A weekly look at small rises",
        "from 24.1 (22.3 to 25.9) to 22.1", "One adult asks and passes it on.",
    ):  # fmt: skip
        assert said in page
        assert "".join(said.split()) in printed


def test_the_actions_as_csv_are_those_of_the_plan(approved: Plan) -> None:
    answer = head().get(f"{PLAN}/actions.csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    (action,) = queries.record_of(approved).actions
    assert row["action_id"] == action.action_id
    assert row["title"] == action.title
    assert float(row["staff_hours"]) == action.staff_hours
    assert row["is_screened"].lower() == "true"
    assert row["state"] == "to_do"


def canaries() -> Any:
    """Give a plan in which every word that people write names the first school."""
    told = whole_plan().as_dict()

    def marked(value: Any, at: str = "") -> Any:
        if isinstance(value, dict):
            return {name: marked(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [marked(each, at) for each in value]
        free = ("title", "text", "owner", "evidence", "for_whom", "how", "said", "changed",
                "reason", "what", "authors", "consulted_by", "source", "first_steps")  # fmt: skip
        return f"CANARY {value}" if at in free and isinstance(value, str) else value

    return dataclasses.replace(ActionPlan.from_dict(marked(told)), approval=None)


def test_a_copy_carries_nothing_that_identifies_the_first_school() -> None:
    plan = drafted(canaries())
    assert "CANARY" in json.dumps(queries.newest(plan).content), "the canaries are in the first"
    answer = trust().post(f"{PLAN}/copy", {"school": OTHER, "title": "A plan of our own"})
    assert answer.status_code == 302, words(answer)
    copied = queries.plan_of(OTHER)
    assert copied is not None
    kept = json.dumps(queries.newest(copied).content) + str(copied.__dict__)
    for said in ("CANARY", URN, "24.1", "22.3", "Chair of governors", "Deputy head", "plan-"):
        assert said not in kept.replace(f"plan-{copied.pk}", "")
    record = queries.newest(copied).record
    assert [each.library_id for each in record.actions] == ["weekly_rise_meeting"]
    assert record.reviews == ()
    assert queries.problems_of(copied, on=ON)


def test_a_copy_for_a_school_that_has_a_plan_is_refused() -> None:
    plan = drafted()
    drafted(urn=OTHER)
    school = schools_of(current_snapshot()).get(urn=OTHER)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="has a plan already"):
        copying.copy(plan, school, title="Again", setting="mainstream", who=HEAD)
    assert "Every other school of the trust has a plan" in words(trust().get(f"{PLAN}/copy"))


def test_a_school_of_another_trust_is_not_offered_and_not_taken() -> None:
    drafted()
    client = trust()
    assert ELSEWHERE not in client.get(f"{PLAN}/copy").content.decode()
    answer = client.post(f"{PLAN}/copy", {"school": ELSEWHERE, "title": "Taken"})
    assert answer.status_code == 200
    assert queries.plan_of(ELSEWHERE) is None


def test_a_trust_sees_its_schools_by_name_with_state_and_next_review(approved: Plan) -> None:
    assert approved.pk
    shown = words(trust().get("/plan"))
    assert re.search(rf"School {URN} Approved 26 March 2027 None yet", shown), shown
    assert re.search(rf"School {OTHER} None None planned None yet", shown)
    assert "%" not in shown, "no figure by which schools could be ranked"
