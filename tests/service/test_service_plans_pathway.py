"""A plan goes by the partnership its school is in: what must come first is not for it to choose."""

import dataclasses
import datetime

import pytest
from django.db import IntegrityError
from django.utils import timezone

from drafting import AT, AUTHOR, HEAD, ON, by_hand, drafted, knows, ready, sanctioning
from invented import facts, register
from planned import whole_plan
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.copying import actions as copying
from schoolhubs.service.plans.models import PlanState
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.vocabulary.errors import DataProblem

URN = "900001"


def together(pathway: str, urn: str = URN) -> Partnership:
    """Have a school in a partnership that both schools accepted."""
    made = Partnership.objects.create(
        programme_id="rise-hubs-2025", cohort_id="2026-autumn", partner_urn=urn,
        lead_urn="900010", pathway=pathway, starts_on=ON,
        finishes_on=timezone.localdate() + datetime.timedelta(days=300), proposed_at=AT,
        proposed_by="officer", partner_says="accepts", lead_says="accepts", partner_at=AT,
        lead_at=AT, partner_by="a", lead_by="b",
    )  # fmt: skip
    made.state, made.version = "agreed", 2
    made.save()
    return made


@pytest.mark.django_db
def test_a_plan_goes_by_the_partnership_its_school_came_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Begun as regional, which asks for nothing first; then matched to enhanced support."""
    knows(monkeypatch)
    plan = ready(dataclasses.replace(sanctioning(), pathway="regional"))
    assert queries.problems_of(plan, on=ON) == ()
    made = together("enhanced")
    codes = {each.code for each in queries.problems_of(plan, on=ON)}
    assert codes == {"audit_incomplete"}
    with pytest.raises(DataProblem):
        actions.approve(plan, number=plan.number, on=ON, who=HEAD)
    with pytest.raises(IntegrityError, match="audit lacks"):
        by_hand(plan)
    stands = queries.newest(plan).record
    actions.save(
        plan, dataclasses.replace(stands, title="Another"), base=plan.number, told="Title",
        who=AUTHOR,
    )  # fmt: skip
    plan.refresh_from_db()
    assert (plan.pathway, plan.partnership, plan.cohort_id) == ("enhanced", made, "2026-autumn")


@pytest.mark.django_db
def test_without_a_partnership_the_pathway_of_the_plan_is_the_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: another school's partnership, and one that is over, ask nothing of it."""
    knows(monkeypatch)
    plan = ready(dataclasses.replace(sanctioning(), pathway="regional"))
    together("enhanced", urn="900002")
    actions.approve(plan, number=plan.number, on=ON, who=HEAD)
    assert plan.state == PlanState.APPROVED


@pytest.mark.django_db
def test_a_copy_goes_by_the_partnership_of_its_own_school(monkeypatch: pytest.MonkeyPatch) -> None:
    register(facts(URN), facts("900002"))
    knows(monkeypatch)
    first = drafted(dataclasses.replace(whole_plan(), pathway="regional"))
    made = together("enhanced", urn="900002")
    snapshot = current_snapshot()
    assert snapshot
    school = schools_of(snapshot).get(urn="900002")
    other = copying.copy(first, school, title="Copy", setting="mainstream", who=HEAD)
    other.refresh_from_db()
    assert (other.pathway, other.partnership) == ("enhanced", made)
    assert queries.newest(other).record.pathway == "enhanced"
