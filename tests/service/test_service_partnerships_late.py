"""What is proposed once a term has begun starts in a term that can still be begun."""

import datetime
import re
from typing import Any

import pytest
from django.db.models import F

from invented import AT
from partnering import LEAD, SECOND_LEAD, a_round, of, state_of, term_day, world
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.cohorts.proposing import term_to_begin, windows
from schoolhubs.service.matching.models import HubLoad, Round
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing import pairs
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.tasks import withdrawn_of
from schoolhubs.vocabulary.calendar import term_starts_on
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

URN = "900001"
LAST = term_day(2026, 1) + datetime.timedelta(days=windows().may_begin_days_into_term)


def moment(on: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(on, datetime.time(12), datetime.UTC)


def re_planned(on: datetime.date) -> Partnership:
    """Publish on a day that a school of the spring intake is moved to another hub."""
    snapshot, _ = world({URN: LEAD})
    newer = a_round(snapshot, {URN: SECOND_LEAD})
    publish(newer, by="ada", at=moment(on), place="tests", reason="Re-matched")
    return of(URN)


DAYS = [
    (term_day(2025, 12), "2026-01-01", "2027-01-01"),  # before the intake, as it always was
    (LAST, "2026-01-01", "2027-01-01"),
    (LAST + datetime.timedelta(days=1), "2026-04-01", "2027-04-01"),
    (term_day(2026, 3, 31), "2026-04-01", "2027-04-01"),
    (term_day(2026, 7, 20), "2026-09-01", "2027-09-01"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "starts_on", "finishes_on"), DAYS)
def test_a_partnership_starts_in_the_first_term_that_can_be_begun(
    on: datetime.date, starts_on: str, finishes_on: str
) -> None:
    one = re_planned(on)
    assert (str(one.starts_on), str(one.finishes_on)) == (starts_on, finishes_on)
    assert (one.lead_urn, state_of(URN)) == (SECOND_LEAD, "matched")


@pytest.mark.django_db
def test_by_the_intake_alone_it_would_start_months_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "term_to_begin", lambda _: datetime.date.min)
    assert str(re_planned(term_day(2026, 7, 20)).starts_on) == "2026-01-01"


@pytest.mark.django_db
def test_a_hub_that_ends_before_then_is_proposed_nobody_and_a_re_match_knows() -> None:
    snapshot, _ = world({URN: LEAD})
    today = datetime.datetime.now(datetime.UTC).date()
    starts_on = max(term_to_begin(today), term_starts_on(today))
    newer = a_round(snapshot, {URN: SECOND_LEAD})
    HubLoad.objects.create(
        round=newer, lead_urn=SECOND_LEAD, pathway="enhanced", name="B", region="South West",
        phase="primary", n_places=6, n_running=0, n_matched=1, record={},
    )  # fmt: skip
    hub = Hub.objects.filter(lead_urn=SECOND_LEAD)
    stands_on = max(starts_on, today)
    hub.update(finished_on=stands_on)
    assert len(pairs.broken_pairs(newer, on=today)) == 1
    assert withdrawn_of(newer, newer.programme_id, newer.cohort_id) == [SECOND_LEAD]
    hub.update(finished_on=stands_on + datetime.timedelta(days=1))
    assert pairs.broken_pairs(newer, on=today) == ()
    assert withdrawn_of(newer, newer.programme_id, newer.cohort_id) == []


@pytest.mark.django_db
def test_the_page_says_when_what_is_new_starts_if_not_with_the_intake() -> None:
    snapshot, _ = world({URN: LEAD})
    newer = a_round(snapshot, {URN: SECOND_LEAD})
    said = r"too far on to begin in, so what is new starts on \d+ \w+ \d{4}\."
    client = signed_in(Role.OFFICE_ADMINISTRATOR)
    assert re.search(said, client.get(address(newer)).content.decode())
    Intake.objects.filter(cohort_id=newer.cohort_id).update(starts_on=datetime.date(2099, 1, 1))
    assert not re.search(said, client.get(address(newer)).content.decode())


def address(round_: Round) -> str:
    return f"/office/rounds/{round_.pk}/publish"


def answered_on(on: datetime.date) -> Partnership:
    who: dict[str, Any] = {"by": "x", "organisation": "school:1", "place": "/match"}
    for side in ("lead", "partner"):
        one = of(URN)
        actions.answer(one, side=side, says="accepts", version=one.version, at=moment(on), **who)
    return of(URN)


@pytest.mark.django_db
def test_a_hub_that_has_ended_since_the_first_day_is_not_agreed_with() -> None:
    world({URN: LEAD})
    Hub.objects.filter(lead_urn=LEAD).update(finished_on=term_day(2026, 1, 20))
    with pytest.raises(Conflict, match="does not lead a hub any more"):
        answered_on(AT.date())
    assert of(URN).state == "proposed"
    assert answered_on(term_day(2026, 1, 19)).state == "agreed"


@pytest.mark.django_db
def test_a_hub_that_ends_before_the_first_day_is_not_agreed_with_either() -> None:
    world({URN: LEAD})
    Hub.objects.filter(lead_urn=LEAD).update(finished_on=term_day(2026, 4))
    Partnership.objects.update(starts_on=term_day(2026, 4), version=F("version") + 1)
    with pytest.raises(Conflict, match="does not lead a hub any more"):
        answered_on(AT.date())
