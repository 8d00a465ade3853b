"""Both schools answer; the office decides on objections; a place is never given twice."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from invented import AT, PROGRAMME
from partnering import LEAD, SECOND_LEAD, a_round, of, published, state_of, term_day, world
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions, queries
from schoolhubs.service.partnerships.doing import places
from schoolhubs.service.partnerships.doing.terms import turn
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.vocabulary.errors import Conflict, DataProblem

WHO: dict[str, Any] = {"organisation": "school:1", "at": AT, "place": "/match"}
HEAD: dict[str, Any] = {"side": "partner", "by": "head", **WHO}
HUB: dict[str, Any] = {"side": "lead", "by": "lead", **WHO}
OFFICE: dict[str, Any] = {"by": "officer", "organisation": "office:1", "at": AT, "place": "/office"}


def accepted(one: Partnership, who: dict[str, Any]) -> Partnership:
    one.refresh_from_db()
    return actions.answer(one, says="accepts", version=one.version, **who)


def objected(one: Partnership, who: dict[str, Any], *reasons: str, words: str = "") -> Objection:
    one.refresh_from_db()
    actions.answer(one, says="objects", reasons=reasons, reason=words, version=one.version, **who)
    return Objection.objects.get(partnership=one, side=who["side"], state="open")


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(HEAD, HUB), (HUB, HEAD)])
def test_once_both_have_accepted_it_is_agreed_and_holds_a_place(order: Any) -> None:
    world({"900001": LEAD})
    first, second = order
    assert accepted(of("900001"), first).state == "proposed"
    assert (state_of("900001"), queries.in_force(PROGRAMME).height) == ("matched", 0)
    assert accepted(of("900001"), second).state == "agreed"
    assert (state_of("900001"), queries.in_force(PROGRAMME).height) == ("agreed", 1)
    assert AuditEntry.objects.latest("number").action == "partnership.accepts"


@pytest.mark.django_db
def test_accepting_twice_is_accepting_once() -> None:
    world({"900001": LEAD})
    one = of("900001")
    actions.answer(one, says="accepts", version=one.version, **HEAD)
    again = actions.answer(one, says="accepts", version=one.version, **HEAD)
    assert again.version == one.version + 1


@pytest.mark.django_db
def test_an_answer_to_what_has_changed_meanwhile_is_not_kept() -> None:
    world({"900001": LEAD})
    one = of("900001")
    accepted(one, HUB)
    stale = of("900001").version - 1
    with pytest.raises(Conflict, match="Somebody else changed this match"):
        actions.answer(one, says="accepts", version=stale, **HEAD)
    assert of("900001").partner_says == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reasons", "words", "said"),
    [
        ((), "", "Select why it does not work"),
        (("nonsense",), "", "Select why it does not work"),
        (("capacity",), "", "Select why it does not work"),  # a lead's reason, not a partner's
        (("other",), " ", "Say what the other reason is"),
        (("journey",), "x" * 2001, "2,000 characters or fewer"),
    ],
)
def test_an_objection_says_why(reasons: tuple[str, ...], words: str, said: str) -> None:
    world({"900001": LEAD})
    with pytest.raises(DataProblem, match=said):
        objected(of("900001"), HEAD, *reasons, words=words)
    assert of("900001").partner_says == ""


@pytest.mark.django_db
def test_an_upheld_objection_parts_the_pair_and_the_school_waits_for_another_hub() -> None:
    snapshot, round_ = world({"900001": LEAD})
    accepted(of("900001"), HUB)
    objection = objected(of("900001"), HEAD, "journey", "timing", words="The bus is gone.")
    actions.decide(objection, is_upheld=True, reason="It is too far", **OFFICE)
    assert (of("900001").state, state_of("900001")) == ("declined", "eligible")
    bars = queries.bars(PROGRAMME, round_.cohort_id)
    assert bars.select("kind", "partner_urn", "lead_urn").rows() == [("ban", "900001", LEAD)]
    published(a_round(snapshot, {"900001": SECOND_LEAD}))
    assert (of("900001").lead_urn, of("900001").lead_says) == (SECOND_LEAD, "")
    with pytest.raises(Conflict, match="decided already: Upheld"):
        actions.decide(objection, is_upheld=False, reason="No", **OFFICE)


@pytest.mark.django_db
def test_one_that_is_not_upheld_asks_the_school_again() -> None:
    world({"900001": LEAD})
    accepted(of("900001"), HUB)
    objection = objected(of("900001"), HEAD, "timing")
    actions.decide(objection, is_upheld=False, reason="It can start later", **OFFICE)
    one = of("900001")
    assert (one.state, one.partner_says, one.lead_says) == ("proposed", "", "accepts")
    assert queries.bars(PROGRAMME, one.cohort_id).height == 0
    assert accepted(one, HEAD).state == "agreed"


@pytest.mark.django_db
def test_a_school_that_accepts_after_all_takes_its_objection_back() -> None:
    world({"900001": LEAD})
    objection = objected(of("900001"), HEAD, "timing")
    accepted(of("900001"), HEAD)
    objection.refresh_from_db()
    assert objection.state == "withdrawn"
    with pytest.raises(Conflict):
        actions.decide(objection, is_upheld=True, reason="Too late", **OFFICE)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["matched", "agreed", "running"])
def test_a_school_that_withdraws_gives_its_place_back(state: str) -> None:
    world({"900001": LEAD})
    objection = objected(of("900001"), HUB, "fit") if state == "matched" else None
    if state != "matched":
        accepted(of("900001"), HEAD)
        accepted(of("900001"), HUB)
    if state == "running":
        turn(on=term_day(2026, 2), at=AT, place="test")
    application = Application.objects.get(urn="900001")
    actions.leave(
        application, "withdrawn", reason="A new head", version=application.version, by="head", **WHO
    )
    assert (of("900001").state, state_of("900001")) == ("ended", "withdrawn")
    assert "A new head" in of("900001").why_ended
    assert queries.in_force(PROGRAMME).height == 0
    if objection:
        objection.refresh_from_db()
        assert objection.state == "withdrawn"


@pytest.mark.django_db
def test_a_hub_that_steps_down_sets_its_schools_free() -> None:
    world({"900001": LEAD, "900002": LEAD, "900003": SECOND_LEAD})
    for who in (HEAD, HUB):
        accepted(of("900001"), who)
    hub = Hub.objects.get(lead_urn=LEAD)
    n = actions.step_down(hub, on=term_day(2026, 2), reason="The head left", **OFFICE)
    assert n == 2
    assert [of(urn).state for urn in ("900001", "900002", "900003")] == [
        "ended",
        "ended",
        "proposed",
    ]
    assert [state_of(urn) for urn in ("900001", "900002")] == ["eligible", "eligible"]
    with pytest.raises(Conflict, match="does not lead a hub any more"):
        actions.step_down(hub, on=term_day(2026, 2), reason="Again", **OFFICE)


@pytest.mark.django_db
def test_a_place_is_counted_in_every_term_it_is_held() -> None:
    world({f"9000{n:02}": LEAD for n in range(1, 4)})
    Hub.objects.filter(lead_urn=LEAD).update(places={"enhanced": 1})
    for who in (HEAD, HUB):
        accepted(of("900001"), who)
    accepted(of("900002"), HUB)
    with pytest.raises(Conflict, match="last Enhanced place in the spring term 2026 has gone"):
        accepted(of("900002"), HEAD)
    assert of("900002").state == "proposed"
    # One that starts when the first has finished has the place.
    Partnership.objects.filter(pk=of("900003").pk).update(
        starts_on=term_day(2027, 1), finishes_on=term_day(2028, 1), version=F("version") + 1
    )
    for who in (HEAD, HUB):
        accepted(of("900003"), who)
    assert of("900003").state == "agreed"


URNS = [f"90{n:04}" for n in range(100, 150)]


def fifty_want_the_last_place() -> Counter[str]:
    """Let fifty heads accept at once, where the hub has one place; count what each was told."""
    world(dict.fromkeys(URNS, LEAD), n_places=len(URNS))
    Hub.objects.filter(lead_urn=LEAD).update(places={"enhanced": 1})
    waiting = [accepted(of(urn), HUB) for urn in URNS]
    together, told = threading.Barrier(len(waiting)), []

    def accept(one: Partnership) -> None:
        together.wait()
        try:
            actions.answer(one, says="accepts", version=one.version, **HEAD)
            told.append("agreed")
        except Conflict as error:
            told.append("full" if "has gone to another school" in str(error) else str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(one,)) for one in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(told)


@pytest.mark.usefixtures("own_database")
def test_of_fifty_who_accept_the_last_place_at_once_exactly_one_gets_it() -> None:
    assert fifty_want_the_last_place() == {"agreed": 1, "full": 49}
    states = Counter(Partnership.objects.values_list("state", flat=True))
    assert states == {"agreed": 1, "proposed": 49}
    assert Partnership.objects.filter(state="proposed", partner_says="").count() == 49
    assert Application.objects.filter(state="agreed").count() == 1


@pytest.mark.usefixtures("own_database")
def test_without_the_lock_the_place_would_be_given_more_than_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unlocked(programme_id: str, lead_urn: str) -> Hub | None:
        return Hub.objects.filter(programme_id=programme_id, lead_urn=lead_urn).first()

    monkeypatch.setattr(places, "lock_hub", unlocked)
    assert fifty_want_the_last_place()["agreed"] > 1
