"""Who else sees what surveys show: the lead by an agreement, the trust by name, a program."""

import datetime
import re

import pytest
from django.db.models import F
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from invented import AT, PROGRAMME, facts, register
from keyed import every_scope, key_for
from peopled import person_at
from polled import poll, pupils, scored, staff
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.service.surveys.models import Survey
from surveyed import URN, opened
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
LEAD, SISTER = "900010", "900002"


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(
        facts(URN, trust_id="9001"), facts(SISTER, trust_id="9001"), facts(LEAD), leads=(LEAD,)
    )


def organisation(urn: str, name: str) -> Organisation:
    return Organisation.objects.create(sign_in_id=name, kind="school", name=name, urn=urn)


def client(role: Role, held: Organisation) -> WatchfulClient:
    found = WatchfulClient()
    found.act_as(person_at(held, [role], f"{held.pk}-{role.value}"), held)
    return found


def agreed(*kinds: str, days: int = 100) -> Agreement:
    """Let partner and lead have agreed from yesterday on, for some days."""
    today = timezone.localdate()
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", partner_urn=URN, lead_urn=LEAD,
        pathway="enhanced", starts_on=today - datetime.timedelta(days=300),
        finishes_on=today + datetime.timedelta(days=300), proposed_at=AT, proposed_by="officer",
        partner_says="accepts", partner_at=AT, partner_by="head", lead_says="accepts", lead_at=AT,
        lead_by="lead",
    )  # fmt: skip
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=F("version") + 1)
    return Agreement.objects.create(
        partnership=made, purposes=["find_causes"], kinds=list(kinds), proposed_side="lead",
        proposed_at=AT, proposed_by="lead", state="agreed", agreed_at=AT, agreed_by="head",
        starts_on=today - datetime.timedelta(days=200),
        finishes_on=today + datetime.timedelta(days=days),
    )  # fmt: skip


def said(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.content.decode()))


def pages(survey: Survey) -> list[str]:
    told = {"urn": URN, "survey_key": survey.pk}
    return [
        reverse("surveys", kwargs={"urn": URN}),
        reverse("survey-results", kwargs=told),
        reverse("survey-file", kwargs={**told, "what": "scores"}),
    ]


def test_a_lead_sees_scores_by_an_agreement_alone_and_it_is_noted() -> None:
    survey = poll(staff(20, seed=1), "staff-survey", words=["So we think"], asks_text=True)
    scored(survey)
    opened(wave="2026-12")  # is open: an agreement opens nothing of it
    lead = client(Role.LEAD_SCHOOL, organisation(LEAD, "lead"))
    assert [lead.get(each).status_code for each in pages(survey)] == [404] * 3
    agreement = agreed("surveys")
    shown = [lead.get(each) for each in pages(survey)]
    assert [each.status_code for each in shown] == [200] * 3
    assert "December 2026" not in said(shown[0])
    uses = AuditEntry.objects.filter(action="sharing.use", subject=f"sharing:{agreement.pk}")
    assert [each.details["how"] for each in uses.order_by("number")] == [
        "looked", "looked", "downloaded",
    ]  # fmt: skip
    words = reverse("survey-words", kwargs={"urn": URN, "survey_key": survey.pk})
    assert lead.get(words).status_code == 404
    assert "own words" not in said(shown[1])


@pytest.mark.parametrize(("kinds", "days"), [(("plan",), 100), (("surveys",), -10)])
def test_another_agreement_or_one_that_is_over_opens_nothing(
    kinds: tuple[str, ...], days: int
) -> None:
    survey = poll(pupils(15, seed=2))
    scored(survey)
    agreed(*kinds, days=days)
    lead = client(Role.LEAD_SCHOOL, organisation(LEAD, "lead"))
    assert [lead.get(each).status_code for each in pages(survey)] == [404] * 3


def test_a_trust_sees_its_schools_by_name_with_intervals_and_no_rank() -> None:
    scored(poll(pupils(60, seed=3, level=-1.0)))
    scored(poll(pupils(70, seed=4, level=1.0), urn=SISTER))
    trust = Organisation.objects.create(sign_in_id="trust", kind="trust", name="Trust", uid="9001")
    page = said(client(Role.PARTNER_TRUST, trust).get(reverse("own-surveys")))
    first, second = page.index(f"School {URN}"), page.index(f"School {SISTER}")
    assert first < second  # by name, though the second scored higher
    assert "Safe and calm: what pupils said" in page
    assert re.search(r"School 900001, November 2026 \d+ \(\d+ to \d+\)", page)
    assert "Schools stand by name" in page
    assert not re.search(r"\b(best|worst|rank(ed)?|1st)\b", page, re.IGNORECASE)


def test_a_program_reads_the_kept_scores_and_no_answer() -> None:
    school = organisation(URN, "school")
    survey = poll(pupils(40, seed=5))
    kept = scored(survey)
    _, token = key_for(school, *every_scope(school), name="System")
    told = WatchfulClient().get(
        f"/api/v1/surveys/{URN}", headers={"Authorization": f"Bearer {token}"}
    ).json()  # fmt: skip
    (one,) = told["surveys"]
    assert (one["wave"], one["respondents"]) == ("2026-11", "pupils")
    ours = {(row["measure"], row["cut"], row["label"]): row["value"] for row in one["scores"]}
    held = kept.record["scores"]
    assert ours == {(row["measure"], row["cut"], row["label"]): row["value"] for row in held}
    assert set(one) == {
        "wave", "respondents", "questionnaire", "version", "closed_on", "warnings", "response",
        "scores", "changes",
    }  # fmt: skip
