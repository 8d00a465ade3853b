"""Publishing a round: what it says it will do it does, once, and never over another's round."""

import datetime
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from partnering import LEAD, SECOND_LEAD, a_round, state_of
from partnering import world as partnered
from peopled import World, peopled
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.matching.models import PublishedRound, Round
from schoolhubs.service.matching.publishing import preview, publish
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
WHO: dict[str, Any] = {"by": "ada", "at": AT, "place": "tests", "organisation": "office:1"}


@pytest.fixture
def world() -> World:
    return peopled()


def another(world: World) -> Round:
    """Give a third round of the same cohort, newer than the two there are."""
    made = Round.objects.get(pk=world.what_if.pk)
    made.pk, made.title = None, "Tried by somebody else"
    made.save(force_insert=True)
    return made


def test_a_round_published_meanwhile_is_not_published_over(world: World) -> None:
    seen = preview(world.what_if).replaces
    theirs = another(world)
    publish(theirs, reason="Agreed", replaces=seen, **WHO)
    with pytest.raises(Conflict, match=f"Round {theirs.pk} stands now"):
        publish(world.what_if, reason="Agreed too", replaces=seen, **WHO)
    assert PublishedRound.objects.get().round_id == theirs.pk
    assert AuditEntry.objects.filter(action="round.publish").count() == 1


def test_without_the_check_the_second_would_win_unseen(world: World) -> None:
    seen = preview(world.what_if).replaces
    publish(another(world), reason="Agreed", replaces=seen, **WHO)
    publish(world.what_if, reason="Agreed too", replaces=None, **WHO)
    assert PublishedRound.objects.get().round_id == world.what_if.pk


def test_the_page_takes_reason_and_number_and_a_worker_publishes(world: World) -> None:
    client = world.client(Role.OFFICE_ADMINISTRATOR)
    address = f"/office/rounds/{world.what_if.pk}/publish"
    told = {"replaces": world.round.pk, "reason": "Agreed at the panel", "n_schools": "2"}
    refused = client.post(address, told)
    assert "The number must be 0" in refused.content.decode()
    assert "Agreed at the panel" in refused.content.decode(), "nothing is lost"

    taken = client.post(address, {**told, "n_schools": "0"})
    work = Work.objects.get(kind="publish")
    assert taken.headers["Location"] == f"/jobs/{work.pk}"
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert (work.state, work.fault) == (State.DONE, "")
    pointer = PublishedRound.objects.get()
    assert (pointer.round_id, pointer.reason) == (world.what_if.pk, "Agreed at the panel")


def test_the_second_officer_is_told_on_a_page_of_its_own(world: World) -> None:
    client = world.client(Role.OFFICE_ADMINISTRATOR)
    publish(another(world), reason="Agreed", **WHO)
    told = {"replaces": world.round.pk, "reason": "Mine", "n_schools": "0"}
    answer = client.post(f"/office/rounds/{world.what_if.pk}/publish", told)
    assert answer.status_code == 409
    assert "published while you decided" in answer.content.decode()
    assert not Work.objects.filter(kind="publish").exists()


def test_a_publication_overtaken_in_the_queue_is_stopped_in_words(world: World) -> None:
    client = world.client(Role.OFFICE_ADMINISTRATOR)
    told = {"replaces": world.round.pk, "reason": "Mine", "n_schools": "0"}
    client.post(f"/office/rounds/{world.what_if.pk}/publish", told)
    theirs = another(world)
    publish(theirs, reason="Agreed", **WHO)
    work = Work.objects.get(kind="publish")
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert work.state == State.FAILED
    assert "Nothing was published" in work.fault
    assert PublishedRound.objects.get().round_id == theirs.pk


def test_a_publication_asked_for_twice_is_done_once_and_nothing_stops(world: World) -> None:
    client = world.client(Role.OFFICE_ADMINISTRATOR)
    told = {"replaces": world.round.pk, "reason": "Mine", "n_schools": "0"}
    for _ in range(2):  # two pages were open, and no worker was quick enough
        client.post(f"/office/rounds/{world.what_if.pk}/publish", told)
    works = Work.objects.filter(kind="publish").order_by("pk")
    assert len(works) == 2
    for work in works:
        doing.do(work.pk, clock=timezone.now)
        work.refresh_from_db()
        assert (work.state, work.fault) == (State.DONE, "")
        assert work.result_path == f"/office/rounds/{world.what_if.pk}"
    assert PublishedRound.objects.get().round_id == world.what_if.pk
    assert AuditEntry.objects.filter(action="round.publish").count() == 1


def test_a_register_renewed_since_is_said_before_publishing(world: World) -> None:
    client = world.client(Role.OFFICE_ADMINISTRATOR)
    address = f"/office/rounds/{world.what_if.pk}/publish"
    said = "The school register has changed since"
    assert said not in client.get(address).content.decode()
    newer = RegisterSnapshot.objects.get(pk=world.snapshot.pk)
    newer.pk = None
    newer.save(force_insert=True)
    CurrentRegister.objects.update(snapshot=newer)
    assert said in client.get(address).content.decode()


def test_going_back_to_an_older_round_is_said_so(world: World) -> None:
    newer = another(world)
    publish(newer, reason="Agreed", **WHO)
    page = world.client(Role.OFFICE_ADMINISTRATOR).get(f"/office/rounds/{world.round.pk}/publish")
    assert "Go back to round" in page.content.decode()
    assert preview(newer).is_rollback is False


def test_the_page_says_that_no_letter_goes_where_no_hub_is_new() -> None:
    snapshot, first = partnered({"900001": LEAD, "900002": LEAD})
    again = a_round(snapshot, {"900001": LEAD, "900002": LEAD})
    other = a_round(snapshot, {"900001": SECOND_LEAD, "900002": LEAD})
    office = signed_in(Role.OFFICE_ADMINISTRATOR)

    def said(round_: Round) -> str:
        page = office.get(f"/office/rounds/{round_.pk}/publish").content.decode()
        return " ".join(page.partition("Letters go ")[2].partition("</li>")[0].split())

    assert said(again).startswith("to none of these schools, as their hub is not new to them, but")
    assert said(other).startswith("to the 1 school whose hub is new to it, to schools")
    assert first.pk != again.pk


def test_what_the_page_says_will_happen_is_what_happens() -> None:
    places = {"900001": LEAD, "900002": LEAD, "900003": "", "900004": SECOND_LEAD, "900005": LEAD}
    snapshot, _ = partnered(places)
    agreed = Partnership.objects.get(partner_urn="900005")
    Partnership.objects.filter(pk=agreed.pk).update(
        state="agreed", partner_says="accepts", partner_at=AT, partner_by="head",
        lead_says="accepts", lead_at=AT, lead_by="lead", version=F("version") + 1,
    )  # fmt: skip
    Application.objects.filter(urn="900005").update(state="agreed", version=F("version") + 1)
    Application.objects.filter(urn="900004").update(state="withdrawn", version=F("version") + 1)
    newer = a_round(
        snapshot, {"900001": SECOND_LEAD, "900002": "", "900003": LEAD, "900004": LEAD}
    )  # fmt: skip
    said = preview(newer)
    assert (said.n_proposed, said.n_hubs, said.n_new, said.n_waiting) == (2, 2, 2, 1)
    letters = Letter.objects.filter(kind="hub_proposed").count()
    assert (said.n_kept, said.n_gone) == (1, 1)
    publish(newer, reason="Agreed", **WHO)
    assert Letter.objects.filter(kind="hub_proposed").count() == letters + said.n_new
    assert preview(newer).n_new == 0, "published again it would tell nobody anew"
    proposed = Partnership.objects.filter(state="proposed")
    assert set(proposed.values_list("partner_urn", flat=True)) == {"900001", "900003"}
    assert [state_of(f"90000{n}") for n in (1, 2, 3, 4, 5)] == [
        "matched", "waiting", "matched", "withdrawn", "agreed",
    ]  # fmt: skip
    entry = AuditEntry.objects.get(action="round.publish")
    assert entry.details == {"replaces": 0, "proposed": said.n_proposed}
