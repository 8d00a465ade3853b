"""A completion confirmed wrongly is struck out; a certificate keeps the name that earned it."""

import html
import re
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from invented import facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training import queries
from schoolhubs.service.training.finishing import actions as finishing
from schoolhubs.service.training.leading import actions as leading
from schoolhubs.service.training.models import ModuleCompletion, SchoolLeader, TrainingSession
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in
from teaching import DAYS, MODULE, leader, running, session

pytestmark = pytest.mark.django_db
PARTNER, LEAD = "900001", "900010"


@pytest.fixture(autouse=True)
def one() -> Partnership:
    register(facts(PARTNER), facts(LEAD), leads=(LEAD,))
    return running(PARTNER, LEAD)


def who() -> dict[str, Any]:
    return {"by": "ada", "organisation": "office", "at": clock.now(), "place": "tests"}


def confirmed(one: Partnership, ada: SchoolLeader) -> ModuleCompletion:
    done = finishing.declare(one, ada, MODULE, completed_on=clock.day(), **who())
    return finishing.settle(done, confirms=True, reason="", version=done.version, **who())


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_the_office_strikes_out_what_was_confirmed_wrongly(one: Partnership) -> None:
    ada = leader(PARTNER)
    done = confirmed(one, ada)
    assert len(queries.days_of([one.pk])[one.pk]) == 1
    page = f"/training/declared/{done.pk}"
    office = signed_in(Role.OFFICE_CASEWORKER, subject="office")
    assert "Strike it out" in words(office.get(page))
    assert "strike out" in words(office.get(f"/schools/{PARTNER}/training"))
    assert "Write why it is struck out" in words(office.post(page, {"version": done.version}))
    said = {"reason": "Another leader came", "version": done.version}
    assert office.post(page, said).status_code == 302
    done.refresh_from_db()
    assert done.state == "struck"
    assert not queries.days_of([one.pk])[one.pk], "its time is paid no more"
    assert "was struck out" in words(office.get(f"/certificates?number={done.number}"))
    assert Letter.objects.get(kind="training_struck").facts["reason"] == "Another leader came"
    again = confirmed(one, ada)
    assert again.number != done.number


def test_nobody_but_the_office_strikes_out_and_what_is_struck_stays(one: Partnership) -> None:
    done = confirmed(one, leader(PARTNER))
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    page = f"/training/declared/{done.pk}"
    assert "Strike it out" not in words(lead.get(page))
    lead.post(page, {"verdict": "no", "reason": "Wrong", "version": done.version})
    done.refresh_from_db()
    assert done.state == "confirmed"
    with pytest.raises(DatabaseError), transaction.atomic():
        ModuleCompletion.objects.filter(pk=done.pk).update(title="Other")
    struck = finishing.strike(done, reason="Wrong person", version=done.version, **who())
    with pytest.raises(Conflict):
        finishing.strike(struck, reason="Again", version=struck.version, **who())
    with pytest.raises(DatabaseError), transaction.atomic():
        ModuleCompletion.objects.filter(pk=done.pk).update(state="confirmed")


def test_a_certificate_keeps_the_name_it_was_earned_under(one: Partnership) -> None:
    ada = leader(PARTNER, "Ada Vexley")
    done = confirmed(one, ada)
    with pytest.raises(Conflict, match="somebody else"):
        leading.change(ada, called="Bryn Other", post="Head", duties=[], version=1, **who())
    leading.change(ada, called="Ada Oake", post="Head", duties=["attendance"], version=1, **who())
    done.refresh_from_db()
    assert (done.earned_by, done.leader.name) == ("Ada Vexley", "Ada Oake")
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER, subject="head")
    assert "A V" in words(head.get(f"/certificates?number={done.number}"))


def test_a_session_and_a_leader_sent_twice_are_one() -> None:
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER, subject="head")
    said = {"called": "Ada Vexley", "post": "Deputy head", "duties": ["attendance"]}
    for _ in range(2):
        assert head.post(f"/schools/{PARTNER}/training/leaders/new", said).status_code == 302
    assert SchoolLeader.objects.count() == 1
    kept = session(LEAD)
    office = signed_in(Role.OFFICE_CASEWORKER, subject="office")
    on = clock.day() + 9 * DAYS
    told = {
        "module": f"{kept.programme_id}//{kept.module}", "held_on-day": on.day,
        "held_on-month": on.month, "held_on-year": on.year, "begins": "09:00", "ends": "11:00",
        "how": "online", "where": "A link", "n_places": "",
    }  # fmt: skip
    for _ in range(2):
        assert office.post("/training/sessions/new", told).status_code == 302
    assert TrainingSession.objects.count() == 2, "the one that stood, and one more"
