"""A published round proposes partnerships, a whole cohort at once, and never undoes what stands."""

import itertools
import time

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from invented import AT, PROGRAMME, facts, register
from partnering import (
    LEAD,
    OFFICE,
    RULES,
    SECOND_LEAD,
    a_round,
    applied,
    of,
    published,
    state_of,
    world,
)
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.eligibility import states
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions, queries
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict


@pytest.mark.django_db
def test_a_match_becomes_a_proposal_and_the_rest_wait() -> None:
    _, round_ = world({"900001": LEAD, "900002": ""})
    one = of("900001")
    assert (one.state, one.lead_urn, one.pathway, one.round) == (
        "proposed",
        LEAD,
        "enhanced",
        round_,
    )
    assert (str(one.starts_on), str(one.finishes_on)) == ("2026-01-01", "2027-01-01")
    assert (state_of("900001"), state_of("900002")) == ("matched", "waiting")
    assert AuditEntry.objects.latest("number").action == "partnerships.propose"


@pytest.mark.django_db
def test_a_later_plan_keeps_what_it_repeats_and_supersedes_the_rest() -> None:
    snapshot, _ = world({"900001": LEAD, "900002": LEAD, "900003": LEAD, "900004": ""})
    kept, moved, lost = of("900001"), of("900002"), of("900003")
    Partnership.objects.filter(pk=kept.pk).update(
        lead_says="accepts", lead_at=AT, lead_by="lead", version=F("version") + 1
    )
    Objection.objects.create(
        partnership=moved, side="partner", reasons=["journey"], made_at=AT, made_by="head"
    )
    places = {"900001": LEAD, "900002": SECOND_LEAD, "900003": "", "900004": LEAD}
    published(a_round(snapshot, places))
    for each in (kept, moved, lost):
        each.refresh_from_db()
    assert (kept.state, kept.lead_says) == ("proposed", "accepts")
    assert (moved.state, lost.state) == ("superseded", "superseded")
    assert (of("900002").lead_urn, of("900004").state) == (SECOND_LEAD, "proposed")
    assert Objection.objects.get().state == "withdrawn"
    assert [state_of(urn) for urn in places] == ["matched", "matched", "waiting", "matched"]


def held(urn: str, state: str = "agreed") -> Partnership:
    one = of(urn)
    Partnership.objects.filter(pk=one.pk).update(
        state="agreed", partner_says="accepts", partner_at=AT, partner_by="head",
        lead_says="accepts", lead_at=AT, lead_by="lead", version=F("version") + 1,
    )  # fmt: skip
    one.application.refresh_from_db()
    one.application.state, one.application.version = "agreed", one.application.version + 1
    one.application.save()
    if state == "running":
        Partnership.objects.filter(pk=one.pk).update(state=state, version=F("version") + 1)
    return one


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["agreed", "running"])
def test_what_is_agreed_or_runs_is_left_alone_whatever_a_later_plan_says(state: str) -> None:
    snapshot, _ = world({"900001": LEAD})
    one = held("900001", state)
    with pytest.raises(Conflict, match="has agreed with"), transaction.atomic():
        published(a_round(snapshot, {"900001": SECOND_LEAD}))
    for later in ({"900001": LEAD}, {"900001": ""}):  # such a plan may stand beside it
        published(a_round(snapshot, later))
    one.refresh_from_db()
    assert (one.state, Partnership.objects.count()) == (state, 1)
    assert state_of("900001") == "agreed"
    frame = queries.in_force(PROGRAMME)
    assert frames.PARTNERSHIPS.check(frame)["lead_urn"].to_list() == [LEAD]


@pytest.mark.django_db
def test_only_what_holds_a_place_is_in_force() -> None:
    world({"900001": LEAD})
    assert frames.PARTNERSHIPS.check(queries.in_force(PROGRAMME)).height == 0


@pytest.mark.django_db
def test_upheld_objections_keep_a_pair_apart_and_lasting_ones_in_later_cohorts_too() -> None:
    world({"900001": LEAD, "900002": LEAD, "900003": LEAD})
    for urn, reason, state in (
        ("900001", "journey", "upheld"),
        ("900002", "conflict", "upheld"),
        ("900003", "fit", "open"),
    ):
        decided = {"decided_at": AT, "decided_by": "o", "decided_reason": "So"}
        Objection.objects.create(
            partnership=of(urn), side="partner", reasons=[reason], made_at=AT, made_by="head",
            state=state, **(decided if state == "upheld" else {}),
        )  # fmt: skip
    now = frames.OVERRIDES.check(queries.bars(PROGRAMME, RULES.cohort_id))
    later = queries.bars(PROGRAMME, "2026-27-autumn")
    assert now.select("kind", "partner_urn").rows() == [("ban", "900001"), ("conflict", "900002")]
    assert later["partner_urn"].to_list() == ["900002"]


@pytest.mark.django_db
def test_no_move_outside_the_table_is_possible_in_the_database() -> None:
    snapshot = register(facts("900001"), facts(LEAD), leads=(LEAD,))
    applied(snapshot, ["900001"])
    round_ = a_round(snapshot, {"900001": LEAD})
    allowed = {(start, to) for start, to, _ in states.moves(states.PARTNERSHIP)}
    answered = {
        f"{side}_{name}": value
        for side in ("partner", "lead")
        for name, value in (("says", "accepts"), ("at", AT), ("by", "x"))
    }
    tried = 0
    for start, to in itertools.permutations(states.meanings(states.PARTNERSHIP), 2):
        with transaction.atomic():
            actions.propose(round_, **OFFICE)
            one = Partnership.objects.filter(pk=of("900001").pk)
            one.update(version=F("version") + 1, **answered)
            for step in way_to(start):
                one.update(state=step, why_ended="Tried", version=F("version") + 1)
            try:
                with transaction.atomic():
                    one.update(state=to, why_ended="Tried", version=F("version") + 1)
                was_allowed = True
            except IntegrityError:
                was_allowed = False
            assert was_allowed == ((start, to) in allowed), (start, to)
            tried += 1
            transaction.set_rollback(True)
    assert tried == 56


def way_to(state: str) -> list[str]:
    """Give the moves that lead from a proposal to a state."""
    ways = {"agreed": ["agreed"], "running": ["agreed", "running"], "proposed": []}
    return ways.get(state, [*(["agreed", "running"] if state == "finished" else []), state])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "agreed"}, "agreed_by_both_schools"),
        ({"partner_says": "accepts"}, "answered_says_who_and_when"),
        ({"state": "ended"}, "an_ended_partnership_says_why"),
        ({"lead_urn": SECOND_LEAD}, "keeps its schools"),
        ({"version": 1}, "raises its version"),
        ({"year": 2}, "a_later_year_extends_an_earlier"),
    ],
)
def test_what_no_partnership_may_be(change: dict[str, object], said: str) -> None:
    world({"900001": LEAD})
    raised = {"version": F("version") + 1, **change}
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        Partnership.objects.filter(partner_urn="900001").update(**raised)


@pytest.mark.django_db
def test_a_national_round_is_proposed_in_seconds() -> None:
    leads = [f"91{n:04d}" for n in range(90)]
    urns = [f"92{n:04d}" for n in range(5_500)]
    snapshot = RegisterSnapshot.objects.create(
        on=AT.date(), imported_at=AT, is_synthetic=True, n_schools=0, sources=[], quality=[],
        archive=b"",
    )  # fmt: skip
    Hub.objects.bulk_create(
        Hub(programme_id=PROGRAMME, lead_urn=urn, places={"enhanced": 62}) for urn in leads
    )
    applied(snapshot, urns)
    round_ = a_round(snapshot, {urn: leads[n % 90] for n, urn in enumerate(urns)})
    began = time.perf_counter()
    assert actions.propose(round_, **OFFICE) == 5_500
    seconds = time.perf_counter() - began
    print(f"5,500 proposals in {seconds:.1f} s")
    assert seconds < 8, "about two seconds on an idle machine"
