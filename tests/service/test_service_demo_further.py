"""Two schools of the demonstration are further on: every step by the actions that people use."""

import datetime
from pathlib import Path

import pytest

from brought import own_folder  # noqa: F401 - keeps uploads of each test by themselves
from invented import PROGRAMME, facts, register
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.demo.further.choosing import HEAD
from schoolhubs.service.demo.further.telling import tell_midway, tell_reviewing
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans import queries as plans
from schoolhubs.service.plans.models import Plan, PlanState
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.service.plans.watching.models import AffectedReturn
from schoolhubs.service.schools.models import School
from schoolhubs.service.surveys.models import SealedAnswer, State, Survey, SurveyText
from schoolhubs.service.work.journey.steps import Reached, way_of
from signing import signed_in

pytestmark = pytest.mark.django_db
REVIEWING, MIDWAY, LEAD = "900001", "900002", "900010"
# The shortest time there can be since a partnership of the term before began.
ON = datetime.date(2027, 4, 1)
STARTED_ON = datetime.date(2027, 1, 1)


def schools() -> tuple[School, School]:
    register(facts(REVIEWING, n_pupils=400), facts(MIDWAY), facts(LEAD), leads=(LEAD,))
    return School.objects.get(urn=REVIEWING), School.objects.get(urn=MIDWAY)


def running() -> Partnership:
    then = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
    rules = programmes.load(PROGRAMME).as_at(STARTED_ON)
    ours = Application.objects.create(
        reference="T-1", programme_id=PROGRAMME, cohort_id=rules.cohort_id, urn=REVIEWING,
        begun_at=then, begun_by="head",
    )  # fmt: skip
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id=rules.cohort_id, application=ours, partner_urn=REVIEWING,
        lead_urn=LEAD, pathway="enhanced", starts_on=STARTED_ON,
        finishes_on=datetime.date(2028, 1, 1), proposed_at=then, proposed_by="demonstration",
        **{f"{side}_{name}": value for side in ("partner", "lead")
           for name, value in (("says", "accepts"), ("at", then), ("by", "demonstration"))},
    )  # fmt: skip
    for state in ("agreed", "running"):
        made.state, made.version = state, made.version + 1
        made.save()
    return made


def test_one_school_is_through_with_an_approved_plan_and_a_review(own_folder: Path) -> None:  # noqa: F811
    school, _ = schools()
    together = running()
    tell_reviewing(school, together, on=ON)
    way = way_of(REVIEWING, on=ON)
    assert {each.name for each in way.steps if each.reached is not Reached.DONE} == set()
    # Both waves were asked; the step was done with the first.
    assert {each.on for each in way.steps if each.page == "surveys"} == {datetime.date(2027, 1, 23)}
    plan = Plan.objects.get(urn=REVIEWING)
    assert plan.state == PlanState.APPROVED
    assert plans.why_not_in_force(plan, on=ON) == ()
    assert TermReview.objects.get(plan=plan).name == HEAD.name
    assert not AffectedReturn.objects.get(plan=plan).is_widening
    waves = Survey.objects.filter(urn=REVIEWING, keptscores__isnull=False)
    assert sorted(waves.values_list("wave", "respondents")) == [
        ("2027-01", "pupils"), ("2027-01", "staff"), ("2027-03", "pupils"), ("2027-03", "staff"),
    ]  # fmt: skip
    tell_reviewing(school, together, on=ON)
    assert Plan.objects.filter(urn=REVIEWING).count() == 1


def test_one_school_is_in_the_middle_of_it(own_folder: Path) -> None:  # noqa: F811
    _, school = schools()
    tell_midway(school, PROGRAMME, "enhanced", on=ON)
    way = {each.name: each.reached for each in way_of(MIDWAY, on=ON).steps}
    for step in ("self_assessment", "pupil_survey", "staff_survey", "plan"):
        assert way[step] is Reached.UNDER_WAY, step
    asked = Survey.objects.get(urn=MIDWAY, state=State.OPEN)
    assert SealedAnswer.objects.filter(survey=asked).count() > asked.least_answers
    assert SurveyText.objects.filter(survey=asked).count() == 3
    assert plans.problems_of(Plan.objects.get(urn=MIDWAY), on=ON)


def test_the_page_of_a_school_leads_to_its_diagnosis_and_plan() -> None:
    schools()
    running()

    def shown(role: Role, urn: str) -> set[str]:
        page = signed_in(role, urn=urn).get(f"/schools/{REVIEWING}").content.decode()
        names = ("journey", "self-assessment", "surveys", "diagnostic-day", "findings", "plan")
        return {each for each in names if f'href="/schools/{REVIEWING}/{each}"' in page}

    every = {"journey", "self-assessment", "surveys", "diagnostic-day", "findings", "plan"}
    assert shown(Role.PARTNER_SCHOOL_HEAD, REVIEWING) == every
    assert shown(Role.PARTNER_SCHOOL_HEAD, MIDWAY) == set()
    # Nothing is agreed on: the lead may prepare the day, and see how far its partner is.
    assert shown(Role.LEAD_SCHOOL, LEAD) == {"journey", "diagnostic-day"}
