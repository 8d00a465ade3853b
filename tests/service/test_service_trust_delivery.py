"""A trust's track: its milestones, executive support by itself, and training of its leaders."""

import datetime
import html
import re
from typing import Any

import pytest

import teaching
from delivering import WHO, agreed, leader, planned, school_day, together
from invented import facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery import queries as support
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.milestones.models import Completion
from schoolhubs.service.milestones.standing.together import together as standing
from schoolhubs.service.milestones.stuck.rows import may_be_stuck, stuck_of
from schoolhubs.service.milestones.turning import completing, reminding
from schoolhubs.service.partnerships.doing.terms import turn
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training import queries as training
from schoolhubs.service.training.finishing import actions as finishing
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE, TWO, ALONE, LEAD = "900001", "900002", "900003", "900010"
TRUST, LEAD_TRUST = "9001", "9002"
DAYS = datetime.timedelta(days=1)


@pytest.fixture
def track() -> Partnership:
    """Let two trusts work together, of which one has two schools."""
    register(
        facts(ONE, trust_id=TRUST), facts(TWO, trust_id=TRUST), facts(ALONE, trust_id="9003"),
        facts(LEAD, trust_id=LEAD_TRUST), leads=(LEAD,),
    )  # fmt: skip
    return together(
        ONE, LEAD, programme_id="behaviour-hubs-2021", pathway="multi_school",
        cohort_id="2022-23-summer", partner_trust_id=TRUST, lead_trust_id=LEAD_TRUST,
        finishes_on=clock.day() + 640 * DAYS,
    )  # fmt: skip


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def of_trust(role: Role, uid: str, subject: str = "ada") -> Any:
    """Give a client of somebody of a trust."""
    Organisation.objects.get_or_create(
        sign_in_id=f"trust-{subject}", defaults={"kind": "trust", "uid": uid, "name": uid}
    )
    return signed_in(role, kind="trust", subject=subject)


def page_of(track: Partnership, role: Role, uid: str, subject: str = "ada") -> str:
    client = of_trust(role, uid, subject)
    answer = client.get(f"/partnerships/{track.pk}/terms")
    assert answer.status_code == 200
    return words(answer)


def test_executive_support_is_a_ledger_of_its_own(track: Partnership) -> None:
    ada = leader()
    agreed(track, ada)
    day = planned(track, ada, kind="executive", on=school_day(track, after=3))
    held = list(support.days_in(track))
    executive, all_ = support.executive_ledger_of(track, held), support.ledger_of(track, held)
    assert executive is not None
    assert (executive.entitled, executive.planned, executive.delivered) == (8, 2, 0)
    assert (all_.entitled, all_.planned, all_.delivered) == (20, 2, 2)
    assert executive.undated == 6
    client = of_trust(Role.PARTNER_TRUST, TRUST)
    page = words(client.get(f"/partnerships/{track.pk}/days"))
    assert "Days of the executive teams of both trusts together" in page
    assert day.kind == "executive"
    school = together(ALONE, LEAD)
    assert support.executive_ledger_of(school, []) is None


def test_a_trust_reads_its_milestones_term_by_term(
    track: Partnership, django_assert_max_num_queries: Any
) -> None:
    keys = {each.key.split("/")[0] for each in standing([track], on=clock.day())[0].dues}
    assert keys == {"trust_support_days", "trust_declaration"}
    page = page_of(track, Role.PARTNER_TRUST, TRUST)
    assert "Spend the support days of the term" in page
    assert "Executive support promised 4.0 days" in page
    assert "Training of no leaders" in page
    assert "Spend the support days" in page_of(track, Role.LEAD_TRUST, LEAD_TRUST, "bob")
    office = signed_in(Role.OFFICE_READ, subject="eve")
    with django_assert_max_num_queries(15):
        assert office.get(f"/partnerships/{track.pk}/terms").status_code == 200
    stranger = of_trust(Role.PARTNER_TRUST, "9003", "mal")
    assert stranger.get(f"/partnerships/{track.pk}/terms").status_code == 404
    own = of_trust(Role.PARTNER_TRUST, TRUST)
    assert own.get("/terms").headers["Location"] == f"/partnerships/{track.pk}/terms"
    listed = own.get(f"/trust-tracks/{track.pk}").content.decode()
    assert f"/partnerships/{track.pk}/terms" in listed


def test_training_is_worked_out_for_leaders_of_every_school_of_the_trust(
    track: Partnership,
) -> None:
    ada, bryn = teaching.leader(ONE, "Ada"), teaching.leader(TWO, "Bryn")
    teaching.leader(ALONE, "Cyra")
    found = training.trained([track], on=clock.day())[track.pk]
    assert set(found.leaders) == {str(ada.pk), str(bryn.pk)}
    assert {each.leader_id for each in found.owed if each.leader_id} == set(found.leaders)
    assert training.partnership_of(TWO, clock.day()) == track
    assert training.partnership_of(ALONE, clock.day()) is None
    module = next(each.module.module for each in found.owed if each.leader_id == str(bryn.pk))
    done = finishing.declare(track, bryn, module, completed_on=clock.day(),
                             **{**WHO, "at": clock.now()})  # fmt: skip
    finishing.settle(done, confirms=True, reason="", version=1, **{**WHO, "at": clock.now()})
    again = training.trained([track], on=clock.day())[track.pk]
    assert again.tally.n_done == 1
    assert "1 of" in page_of(track, Role.PARTNER_TRUST, TRUST)
    # A school of the trust reads its own leaders, and not those of the other.
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=TWO, subject="head")
    page = words(head.get(f"/schools/{TWO}/training"))
    assert "Bryn" in page
    assert "Ada" not in page


def test_the_trusts_are_reminded_and_what_they_came_to_is_kept(track: Partnership) -> None:
    due = standing([track], on=clock.day())[0].dues[0].due_on
    at = datetime.datetime.combine(due - 2 * DAYS, datetime.time(9), datetime.UTC)
    for _ in range(2):
        reminding.remind(on=at.date(), at=at, place="tests")
    keys = {each.organisation for each in Letter.objects.filter(kind="milestone_due")}
    assert keys == {f"trust:{TRUST}", f"trust:{LEAD_TRUST}"}
    late = due + 60 * DAYS
    (row,) = stuck_of(may_be_stuck([LEAD]), on=late)
    assert (row.partner, row.trust_id) == ("Trust 9001", TRUST)
    over = datetime.datetime.combine(track.finishes_on, datetime.time(9), datetime.UTC)
    turn(on=over.date(), at=over, place="tests")
    assert completing.keep_completions(on=over.date(), at=over, place="tests") == 1
    assert Completion.objects.get(partnership=track).record["left"]
