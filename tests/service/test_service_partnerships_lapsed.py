"""A proposal stands for the days that are written down: reminded of, lapsed, and proposed again."""

import datetime
from typing import Any

import pytest
from django.db.models import F

from aiming import words
from invented import AT, PROGRAMME
from partnering import LEAD, SECOND_LEAD, a_round, of, state_of, world
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Membership
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.cohorts.proposing import term_to_begin
from schoolhubs.service.letters.kinds import kinds
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions, queries
from schoolhubs.service.partnerships.doing import pairs
from schoolhubs.service.partnerships.lapsing.actions import settle_proposals
from schoolhubs.service.partnerships.lapsing.again import propose_again
from schoolhubs.service.partnerships.lapsing.rules import last_day, standing
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
URN, OTHER = "900001", "900002"
DAY = datetime.timedelta(days=1)
SPRING, SUMMER = datetime.date(2026, 1, 1), datetime.date(2026, 4, 1)
MADE = AT.date()
LAST = MADE + standing().stands_days * DAY
REMINDS = LAST - standing().reminder_days * DAY
MATCH = f"/programmes/{PROGRAMME}/schools/{URN}/match"
WHO: dict[str, Any] = {"by": "x", "organisation": "school:1", "place": "/match"}


def moment(on: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(on, datetime.time(12), datetime.UTC)


def hour(on: datetime.date) -> tuple[int, ...]:
    """Do what an hour does on a day; give what was moved, lapsed and reminded of."""
    return tuple(settle_proposals(on=on, at=moment(on), place="tests").values())


def proposed(*urns: str, starts_on: datetime.date = SUMMER) -> None:
    """Propose schools to a hub whose people can be written to, as can those of the schools."""
    world(dict.fromkeys(urns or (URN,), LEAD))
    Partnership.objects.update(
        starts_on=starts_on, finishes_on=pairs.after_terms(starts_on, 3), version=F("version") + 1
    )
    signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    for urn in urns or (URN,):
        signed_in(Role.PARTNER_SCHOOL_HEAD, urn=urn, subject=f"head-{urn}")


def answered(side: str, says: str = "accepts", *, on: datetime.date = MADE) -> Partnership:
    one = of(URN)
    told = {"reasons": ("timing",)} if says == "objects" else {}
    return actions.answer(
        one, side=side, says=says, version=one.version, at=moment(on), **told, **WHO
    )


def letters(kind: str) -> list[str]:
    return sorted(set(Letter.objects.filter(kind=kind).values_list("organisation", flat=True)))


def lapsed() -> Partnership:
    proposed()
    assert hour(REMINDS) == (0, 0, 1)
    assert hour(LAST + DAY) == (0, 1, 0)
    return of(URN)


def test_nobody_accepts_in_time_so_it_lapses_after_one_reminder_and_its_school_is_free() -> None:
    proposed()
    assert of(URN).answer_by == LAST
    assert hour(REMINDS - DAY) == (0, 0, 0)
    assert hour(REMINDS) == (0, 0, 1)
    assert hour(REMINDS) == hour(LAST) == (0, 0, 0), "its last day is not over"
    both = sorted([f"school:{URN}", f"school:{LEAD}"])
    assert sorted(letters("proposal_lapses") + letters("proposals_lapse")) == both
    assert hour(LAST + DAY) == (0, 1, 0)
    assert hour(LAST + DAY) == (0, 0, 0)
    assert (of(URN).state, state_of(URN)) == ("lapsed", "eligible")
    assert sorted(letters("proposal_lapsed") + letters("proposals_lapsed")) == both
    entry = AuditEntry.objects.get(action="partnership.lapse")
    assert entry.reason.startswith("The partner and the lead had not answered by ")


def test_who_accepted_is_not_reminded_and_the_reason_names_who_had_not() -> None:
    proposed()
    answered("lead")
    assert hour(REMINDS) == (0, 0, 1)
    assert (letters("proposal_lapses"), letters("proposals_lapse")) == ([f"school:{URN}"], [])
    hour(LAST + DAY)
    assert of(URN).why_ended.startswith("The partner had not answered by ")


def test_an_answer_on_the_last_day_counts_and_one_after_the_lapse_is_refused() -> None:
    proposed(URN, OTHER)
    hour(REMINDS)
    answered("lead", on=LAST)
    assert answered("partner", on=LAST).state == "agreed"
    assert hour(LAST + DAY) == (0, 1, 0)
    late = of(OTHER)
    with pytest.raises(Conflict, match="no longer open to an answer"):
        actions.answer(
            late, side="lead", says="accepts", version=late.version, at=moment(LAST + DAY), **WHO
        )
    assert (of(URN).state, of(OTHER).state) == ("agreed", "lapsed")


def test_nothing_lapses_that_somebody_could_not_be_reminded_of() -> None:
    proposed()
    Membership.objects.filter(organisation__urn=LEAD).delete()
    assert hour(REMINDS) == hour(LAST + 9 * DAY) == (0, 0, 0)
    told = Letter.objects.filter(kind="proposals_lapse").values_list("organisation", "state")
    assert list(told) == [(f"school:{LEAD}", "nobody")], "the office's list, once"
    signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    assert hour(LAST + 9 * DAY) == (0, 0, 1)
    soonest = LAST + (9 + standing().reminder_days) * DAY
    assert hour(soonest) == (0, 0, 0)
    assert hour(soonest + DAY) == (0, 1, 0)


def test_what_the_office_has_to_decide_does_not_lapse_and_is_then_asked_with_new_time() -> None:
    proposed()
    hour(REMINDS)
    answered("partner", "objects", on=LAST)
    assert hour(LAST + 9 * DAY) == (0, 0, 0)
    told = {"reason": "It can start later", "at": moment(LAST + DAY), **WHO}
    actions.decide(Objection.objects.get(), is_upheld=False, **told)
    assert of(URN).answer_by == last_day(LAST + DAY)
    assert hour(LAST + 2 * DAY) == (0, 0, 0)


def test_no_day_of_august_counts() -> None:
    assert last_day(datetime.date(2026, 7, 31)) == datetime.date(2026, 9, 28)


def given_until(answer_by: datetime.date) -> None:
    """Propose a school with a last day to answer, late enough that its start does not move."""
    proposed(starts_on=datetime.date(2027, 1, 1))
    Partnership.objects.update(answer_by=answer_by, version=F("version") + 1)


def test_nobody_is_reminded_in_august_of_what_is_answered_by_september() -> None:
    first = datetime.date(2026, 9, 1)
    given_until(first)
    reminds = datetime.date(2026, 7, 25)  # six days of July and the first of September are left
    assert hour(reminds - DAY) == (0, 0, 0)
    assert hour(reminds) == (0, 0, 1)
    assert of(URN).answer_by == first
    assert hour(first) == (0, 0, 0)
    assert hour(first + DAY) == (0, 1, 0)


@pytest.mark.parametrize("late", [datetime.date(2026, 7, 25), datetime.date(2026, 7, 31)])
def test_who_is_reminded_late_in_july_has_days_of_term_left(late: datetime.date) -> None:
    given_until(late)
    assert hour(late) == (0, 0, 1)
    last = datetime.date(2026, 9, standing().reminder_days - (31 - late.day))
    assert of(URN).answer_by == last
    assert hour(last) == (0, 0, 0)
    assert hour(last + DAY) == (0, 1, 0)


def test_one_letter_tells_a_hub_of_all_its_schools() -> None:
    proposed(URN, OTHER)
    assert hour(REMINDS) == (0, 0, 2)
    assert letters("proposals_lapse") == [f"school:{LEAD}"]
    assert "goes to another school" not in kinds()["proposal_lapses"].body, "nothing gives it away"
    told = Letter.objects.get(kind="proposals_lapse").facts["schools"]
    assert (URN in told or f"School {URN}" in told, told.count("answer by")) == (True, 2)


def test_what_is_accepted_when_its_term_is_too_far_on_starts_with_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proposed(starts_on=SPRING)
    answered("lead")
    late = datetime.date(2026, 4, 20)
    made = answered("partner", on=late)
    assert (str(made.starts_on), str(made.finishes_on)) == ("2026-04-01", "2027-04-01")
    assert (made.state, letters("agreed_later")) == (
        "agreed",
        sorted([f"school:{URN}", f"school:{LEAD}"]),
    )
    assert letters("proposal_moved") == letters("proposals_moved") == [], "nothing is left to say"
    told = Letter.objects.filter(kind="agreed_later").latest("pk")
    assert (told.facts["starts"], told.facts["ends"]) == ("1 April 2026", "31 March 2027")
    entry = AuditEntry.objects.filter(action="partnership.accepts").latest("pk")
    assert entry.details["starts_on"] == "2026-04-01"
    monkeypatch.setattr(pairs, "term_to_begin", lambda _: datetime.date.min)
    Partnership.objects.filter(pk=made.pk).update(starts_on="2026-01-01", version=F("version") + 1)
    starts_on, _ = pairs.days_if_agreed(of(URN), on=late)
    assert str(starts_on) == "2026-01-01", "without the rule its days would be of the past"


def test_the_hour_moves_what_nobody_answered_yet_and_tells_both() -> None:
    proposed(starts_on=SPRING)
    today = datetime.datetime.now(datetime.UTC).date()
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN, subject="head")
    starts_on = term_to_begin(today)
    assert f"from {starts_on.day} {starts_on:%B} {starts_on.year}" in words(
        head.get(f"{MATCH}/accept")
    )
    moved, _, _ = hour(today)
    assert (moved, of(URN).starts_on) == (1, starts_on)
    assert (letters("proposal_moved"), letters("proposals_moved")) == (
        [f"school:{URN}"], [f"school:{LEAD}"],
    )  # fmt: skip
    assert hour(today)[0] == 0


def test_both_sides_and_the_office_read_that_it_lapsed_and_the_office_proposes_it_again() -> None:
    old = lapsed()
    Partnership.objects.filter(pk=old.pk).update(
        answer_by=datetime.datetime.now(datetime.UTC).date(), version=F("version") + 1
    )
    why = "The partner and the lead had not answered by"
    assert why in words(signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN, subject="h").get(MATCH))
    assert why in words(signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="l").get("/hub"))
    officer = signed_in(Role.OFFICE_CASEWORKER, subject="officer")
    assert why in words(officer.get("/office/objections"))
    here = f"/office/lapsed-proposals/{old.pk}"
    assert "Say why it is proposed again" in words(officer.post(here, {"reason": ""}))
    reader = signed_in(Role.OFFICE_READ, subject="reader")
    assert reader.post(here, {"reason": "x"}).status_code == 403
    assert officer.post(here, {"reason": "The head was ill"}).status_code == 302
    new = of(URN)
    today = datetime.datetime.now(datetime.UTC).date()
    assert (new.state, new.starts_on, new.answer_by) == (
        "proposed", max(old.starts_on, term_to_begin(today)), last_day(today),
    )  # fmt: skip
    assert (state_of(URN), officer.post(here, {"reason": "Again"}).status_code) == ("matched", 409)
    assert "None waits for you" in words(officer.get("/office/objections"))
    assert Letter.objects.filter(kind="hub_proposed", about=f"partnership:{new.pk}").exists()


def test_once_another_round_is_published_its_place_in_that_one_is_explained() -> None:
    old = lapsed()
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN, subject="h")
    officer = Actor(roles=frozenset({Role.OFFICE_CASEWORKER}))
    assert queries.round_for(officer, PROGRAMME, URN) == old.round
    assert old.why_ended in words(head.get(MATCH))
    snapshot = old.application.snapshot if old.application else None
    assert snapshot is not None
    newer = a_round(snapshot, {URN: ""})
    publish(newer, by="ada", at=moment(LAST + DAY), place="tests", reason="No place for it")
    assert (state_of(URN), queries.lapsed_of(PROGRAMME, URN)) == ("waiting", None)
    assert old.why_ended not in words(head.get(MATCH))
    assert queries.round_for(officer, PROGRAMME, URN) == newer


def test_what_could_not_be_agreed_today_is_not_proposed_again() -> None:
    old = lapsed()
    told = {"reason": "Anew", "at": moment(LAST + DAY), **WHO}
    Hub.objects.filter(lead_urn=LEAD).update(places={"enhanced": 0})
    with pytest.raises(Conflict, match="0 of 0 Enhanced places"):
        propose_again(old, **told)
    Hub.objects.filter(lead_urn=LEAD).update(places={}, finished_on=old.starts_on)
    with pytest.raises(Conflict, match="leads no hub on"):
        propose_again(old, **told)
    Hub.objects.filter(lead_urn=LEAD).update(finished_on=None)
    snapshot = old.application.snapshot if old.application else None
    assert snapshot is not None
    publish(
        a_round(snapshot, {URN: SECOND_LEAD}), by="ada", at=moment(LAST + DAY), place="tests",
        reason="Another hub",
    )  # fmt: skip
    with pytest.raises(Conflict, match="A hub is proposed to it by now"):
        propose_again(old, **told)
    assert of(URN).lead_urn == SECOND_LEAD
