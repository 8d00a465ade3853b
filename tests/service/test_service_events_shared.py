"""A term shared out: one school blocks nobody, nobody falls between booked and waiting."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from eventful import AT, DAY, LEAD, WHO, booked, hub_of, open_day, taken, told, urn_of
from schoolhubs import delivery
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.events.doing import changing, preparing
from schoolhubs.service.events.models import Booking, Event, Ranking, SharedOut
from schoolhubs.service.events.sharing_out import actions, publishing, working
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
TERM = datetime.date(2026, 9, 1)
WEEK = datetime.timedelta(days=7)


def one(number: int) -> Partnership:
    return Partnership.objects.get(partner_urn=urn_of(number))


def rank(number: int, *days: Event, n: int = 1) -> None:
    pks = [each.pk for each in days]
    actions.rank([one(number)], days[0], pks, n_people=n, **WHO)


def shared_out(day: Event) -> SharedOut:
    made = actions.share_out(day.hub, "open_day", day.term_starts_on, **WHO)
    made.refresh_from_db()
    return made


def state_of(number: int) -> str:
    return str(Booking.objects.get(parties__urn=urn_of(number)).state)


def test_a_day_for_another_phase_is_not_ranked_and_blocks_nobody() -> None:
    hub = hub_of(phase="primary")
    wrong, right = open_day(hub, 2, phases=["secondary"]), open_day(hub, 1, on=DAY + WEEK)
    with pytest.raises(Conflict, match="is for secondary schools, and none of yours is one"):
        rank(1, wrong)
    for number in (1, 2):
        rank(number, right)
    # One that was ranked before the lead said for whom the day is.
    Ranking.objects.create(
        partnership=one(3), kind="open_day", term_starts_on=TERM, choices=[wrong.pk], n_people=1,
        made_at=AT, made_by="head",
    )  # fmt: skip
    publishing.publish(shared_out(right), **WHO)
    assert taken(right) == 1
    assert Booking.objects.filter(event=right, state="waiting").count() == 1
    assert not Booking.objects.filter(parties__urn=urn_of(3)).exists()
    letter = Letter.objects.get(kind="event_none_left")
    assert (letter.organisation, letter.facts["term"]) == ("school:910003", "autumn term 2026")


def test_whoever_was_left_out_is_booked_where_a_place_came_free_since() -> None:
    day = open_day(hub_of(), 2)
    gone = booked(day, 1)
    for number in (2, 3):
        rank(number, day)
    shared = shared_out(day)
    assert len(shared.record["left_out"]) == 1
    changing.cancel(gone, version=gone.version, **WHO)
    publishing.publish(shared, **WHO)
    assert {state_of(2), state_of(3)} == {"booked"}
    assert Letter.objects.filter(kind="event_booked").count() == 3


def test_the_wait_goes_by_lot_and_not_by_the_number_of_a_school() -> None:
    day = open_day(hub_of(6), 1)
    for number in range(1, 7):
        rank(number, day)
    shared = shared_out(day)
    publishing.publish(shared, **WHO)
    waiting = Booking.objects.filter(event=day, state="waiting").order_by("in_line")
    lots = [shared.record["lots"][str(each.parties.get().partnership_id)] for each in waiting]
    assert lots == sorted(lots)
    assert len(lots) == 5


def test_what_is_booked_for_schools_is_on_record_as_done_by_the_lead() -> None:
    day = open_day(hub_of(), 1)
    rank(1, day)
    lead = {**WHO, "by": "lead", "organisation": f"school:{LEAD}"}
    publishing.publish(shared_out(day), **lead)
    done = AuditEntry.objects.filter(action__in=("event.hold", "event.book"))
    assert {(each.by, each.organisation) for each in done} == {("lead", f"school:{LEAD}")}
    assert done.count() == 2


def test_a_place_from_the_list_ends_being_left_out_and_a_second_publication_does_not() -> None:
    hub = hub_of()
    day = open_day(hub, 1)
    for number in (1, 2, 3):
        rank(number, day)
    shared = shared_out(day)
    publishing.publish(shared, **WHO)
    left = set(shared.record["left_out"])
    assert actions.left_out_of(hub, "open_day", TERM) == left
    second = open_day(hub, 1, on=DAY + WEEK)
    rank(4, second)
    publishing.publish(shared_out(second), **WHO)
    assert actions.left_out_of(hub, "open_day", TERM) == left, "a later publication forgets nobody"
    has = Booking.objects.get(event=day, state="booked")
    changing.cancel(has, version=has.version, **WHO)
    promoted = Booking.objects.get(event=day, state="booked").parties.get().partnership_id
    assert actions.left_out_of(hub, "open_day", TERM) == left - {promoted}
    later = open_day(hub, 1, on=datetime.date(2027, 2, 3))
    for pk in left:
        actions.rank([Partnership.objects.get(pk=pk)], later, [later.pk], n_people=1, **WHO)
    asks = {each["school"]: each["was_left_out"] for each in shared_out(later).record["asks"]}
    assert asks == {pk: pk != promoted for pk in left}


def test_a_school_with_its_visit_on_one_ranked_day_is_asked_for_none() -> None:
    hub = hub_of()
    first, second = open_day(hub, 2), open_day(hub, 2, on=DAY + WEEK)
    ended = one(1)
    Partnership.objects.filter(pk=ended.pk).update(finishes_on=DAY + WEEK, version=3)
    rank(1, second, first)
    asks = shared_out(first).record["asks"]
    assert [each["choices"] for each in asks] == [[first.pk]], "the day that it can still come on"


def test_what_was_ranked_is_taken_back_by_the_school(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    day = open_day(hub_of(), 2)
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=urn_of(1))
    at = f"/events/{day.pk}/days"
    assert "Take back" not in head.get(at).content.decode()
    said: dict[str, Any] = {f"r_{day.pk}": "1", "n_people": "1"}
    assert head.post(at, said).status_code == 302
    assert "Take back" in head.get(at).content.decode()
    assert head.post(at, {"do": "unrank"}).status_code == 302
    assert not Ranking.objects.exists()
    assert head.post(at, {"do": "unrank"}).status_code == 409
    with pytest.raises(Conflict, match="no school without one that asked"):
        shared_out(day)


def test_a_day_changed_to_another_phase_meanwhile_is_worked_out_anew() -> None:
    hub = hub_of(phase="primary")
    day = open_day(hub, 2)
    rank(1, day)
    preparing.change(day, told(2, phases=["secondary"]), opens=True, version=day.version, **WHO)
    shared = shared_out(day)
    assert shared.record["why"][str(one(1).pk)][str(day.pk)] == "it is for secondary schools"
    publishing.publish(shared, **WHO)
    assert taken(day) == 0


def test_a_term_is_shared_out_by_a_worker_and_the_page_tells_how_far_it_is() -> None:
    day = open_day(hub_of(), 1)
    for number in (1, 2):
        rank(number, day)
    client = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    path = reverse(
        "sharing-out", kwargs={"hub_id": day.hub_id, "event_kind": "open_day", "term": TERM}
    )
    for _ in range(2):  # sent twice, it is asked for once
        assert client.post(path, {"do": "run"}).headers["Location"] == path
    work = Work.objects.get(kind="event_shares")
    assert "It is being worked out" in client.get(path).content.decode()
    assert not SharedOut.objects.exists(), "nothing was worked out in the request"
    for _ in range(2):  # done already, it is not done again
        doing.do(work.pk, clock=clock.now)
    work.refresh_from_db()
    assert (work.state, work.result_path) == ("done", path)
    assert SharedOut.objects.count() == 1
    said = client.get(path).content.decode()
    assert "Worked out, and not booked yet" in said
    assert "It is being worked out" not in said


def asked_again(day: Event) -> Work:
    """Have a term worked out once more, by a worker that has not come to it yet."""
    return working.ask(day.hub, "open_day", day.term_starts_on, **WHO)


def test_what_is_worked_out_again_is_not_booked_from_what_stood_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    day = open_day(hub_of(), 1)
    rank(1, day)
    shared, work = shared_out(day), asked_again(day)
    client = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    path = reverse(
        "sharing-out", kwargs={"hub_id": day.hub_id, "event_kind": "open_day", "term": TERM}
    )
    assert "Book the places so" not in client.get(path).content.decode()
    answer = client.post(path, {"do": "publish", "shared": str(shared.pk)})
    assert answer.status_code == 409
    assert "being worked out again" in answer.content.decode()
    assert taken(day) == 0
    doing.do(work.pk, clock=clock.now)
    assert "Book the places so" in client.get(path).content.decode()
    with pytest.raises(Conflict, match="worked out again meanwhile"):
        publishing.publish(shared, **WHO)
    publishing.publish(SharedOut.objects.latest("pk"), **WHO)
    assert taken(day) == 1


def book_it(day: Event) -> None:
    booked(day, 3)


def rank_another(day: Event) -> None:
    rank(4, day)


def take_back(day: Event) -> None:
    actions.unrank([one(1)], day, **WHO)


def take_places(day: Event) -> None:
    preparing.change(day, told(3), opens=True, version=day.version, **WHO)


def for_others(day: Event) -> None:
    preparing.change(day, told(2, phases=["primary"]), opens=True, version=day.version, **WHO)


def nothing(_: Event) -> None:
    """Change nothing: the control."""


@pytest.mark.parametrize(
    "meanwhile", [book_it, rank_another, take_back, take_places, for_others, nothing]
)
def test_what_changed_while_a_term_was_worked_out_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Event], None]
) -> None:
    day = open_day(hub_of(phase="primary"), 2)
    for number in (1, 2):
        rank(number, day)
    work, allocate = asked_again(day), delivery.events.allocate

    def slowly(*given: Any, **how: Any) -> Any:
        found = allocate(*given, **how)
        meanwhile(day)
        return found

    monkeypatch.setattr(delivery.events, "allocate", slowly)
    doing.do(work.pk, clock=lambda: AT)
    work.refresh_from_db()
    if meanwhile is nothing:
        assert (work.state, SharedOut.objects.count()) == ("done", 1)
        return
    assert (work.state, work.fault, work.attempt) == ("failed", actions.CHANGED, 1)
    assert not SharedOut.objects.exists()
