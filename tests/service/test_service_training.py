"""Leaders, sessions and completion: who owes what, who did it, and never more than the places."""

import datetime
import threading
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from invented import facts, register
from schoolhubs import delivery
from schoolhubs.delivery.training import Standing
from schoolhubs.service import clock, embedded_postgres
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training import queries, tasks
from schoolhubs.service.training.finishing import actions as finishing
from schoolhubs.service.training.leading import actions as leading
from schoolhubs.service.training.models import (
    ModuleCompletion,
    SchoolLeader,
    SignUp,
    TrainingSession,
)
from schoolhubs.service.training.sessions import actions as sessions
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery import DayKind
from teaching import DAYS, FOR_ALL, MODULE, leader, running, session

PARTNER, SECOND, LEAD, OTHER_LEAD = "900001", "900002", "900010", "900011"


def who(organisation: str = f"school:{PARTNER}") -> dict[str, Any]:
    return {"by": "ada", "organisation": organisation, "at": clock.now(), "place": "tests"}


@pytest.fixture
def together(db: None) -> Partnership:
    schools = [facts(each) for each in (PARTNER, SECOND, LEAD, OTHER_LEAD)]
    register(*schools, leads=(LEAD, OTHER_LEAD))
    return running(PARTNER, LEAD)


def standings(partnership: Partnership) -> dict[tuple[str, str], Standing]:
    (found,) = queries.trained([partnership], on=clock.day()).values()
    return {(each.module.module, each.leader_id): each.standing for each in found.owed}


def test_a_school_names_leaders_and_each_owes_what_is_theirs(together: Partnership) -> None:
    assert standings(together)[FOR_ALL, ""] is Standing.NOBODY
    ada = leading.name(
        PARTNER, called="Ada Vexley", post="Deputy", duties=["attendance"], succeeds=None,
        on=clock.day(), **who(),
    )  # fmt: skip
    found = standings(together)
    assert found[MODULE, str(ada.pk)] is Standing.OPEN
    assert found["calm_routines", ""] is Standing.NOBODY
    leading.change(
        ada, called="Ada Vexley", post="Head", duties=["attendance", "behaviour"], version=1,
        **who(),
    )  # fmt: skip
    assert standings(together)["calm_routines", str(ada.pk)] is Standing.OPEN
    with pytest.raises(Conflict, match="Somebody else changed"):
        leading.change(ada, called="A", post="B", duties=[], version=1, **who())
    entries = AuditEntry.objects.filter(action__startswith="training.")
    assert [each.action for each in entries.order_by("pk")] == [
        "training.name-leader", "training.change-leader",
    ]  # fmt: skip
    assert "Vexley" not in str(list(entries.values_list("details", flat=True)))


def test_the_record_of_a_leader_who_leaves_stays_and_the_successor_owes_anew(
    together: Partnership,
) -> None:
    ada, later = leader(PARTNER), session(LEAD)
    done = finishing.declare(together, ada, MODULE, completed_on=clock.day(), **who())
    finishing.settle(done, confirms=True, reason="", version=1, **who())
    sessions.sign_up(later, PARTNER, [ada], **who())
    leading.leave(ada, left_on=clock.day(), version=1, **who())
    assert not SignUp.objects.filter(is_live=True).exists(), "the place is free again"
    new = leading.name(
        PARTNER, called="Bryn", post="Deputy", duties=["attendance"], succeeds=ada, on=clock.day(),
        **who(),
    )  # fmt: skip
    found = standings(together)
    assert (MODULE, str(ada.pk)) not in found
    assert found[MODULE, str(new.pk)] is Standing.OPEN
    assert ModuleCompletion.objects.get(leader=ada).number
    with pytest.raises(Conflict, match="taken this leader’s place already"):
        leading.name(
            PARTNER, called="Cy", post="Head", duties=[], succeeds=ada, on=clock.day(), **who()
        )


def test_all_of_a_school_get_places_or_none(together: Partnership) -> None:
    leaders = [leader(PARTNER, name) for name in ("A", "B", "C", "D")]
    held = session(LEAD, n_places=3)
    with pytest.raises(Conflict, match="has 3 places, of which 3 are left, and you ask for 4 more"):
        sessions.sign_up(held, PARTNER, leaders, **who())
    assert not SignUp.objects.exists()
    sessions.sign_up(held, PARTNER, leaders[:3], **who())
    sessions.sign_up(held, PARTNER, [leaders[0], leaders[3]], **who())
    live = SignUp.objects.filter(is_live=True).order_by("seat")
    assert [(each.leader_id, each.seat) for each in live] == [
        (leaders[0].pk, 1), (leaders[3].pk, 2),
    ]  # fmt: skip
    assert len(sessions_of(together)) == 1


def sessions_of(partnership: Partnership) -> list[TrainingSession]:
    return list(queries.sessions_for(partnership))


def test_a_school_comes_to_sessions_of_its_own_hub_and_of_the_office(together: Partnership) -> None:
    ours, everybodys, _ = session(LEAD), session(""), session(OTHER_LEAD)
    assert {each.pk for each in sessions_of(together)} == {ours.pk, everybodys.pk}


@pytest.mark.usefixtures("own_database")
def test_a_session_is_never_oversold_by_schools_that_sign_up_at_once() -> None:
    schools = [f"9002{n:02}" for n in range(12)]
    register(*(facts(each) for each in (*schools, LEAD)), leads=(LEAD,))
    held = session(LEAD, n_places=5)
    leaders = {urn: leader(urn) for urn in schools}
    start, refused = threading.Barrier(len(schools)), []

    def come(urn: str) -> None:
        start.wait(10)
        try:
            sessions.sign_up(held, urn, [leaders[urn]], **who())
        except Conflict as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(urn,)) for urn in schools]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)

    seats = SignUp.objects.filter(session=held, is_live=True).values_list("seat", flat=True)
    assert sorted(seats) == [1, 2, 3, 4, 5]
    assert len(refused) == 7


def test_no_program_can_give_a_seat_beyond_the_places_or_one_seat_twice(
    together: Partnership,
) -> None:
    held = session(LEAD, n_places=1)
    seated(held, 1, "A")
    for seat, name in ((1, "B"), (2, "C")):
        with pytest.raises(DatabaseError), transaction.atomic():
            seated(held, seat, name)


def seated(held: TrainingSession, seat: int, name: str) -> SignUp:
    """Give a seat past our own code."""
    return SignUp.objects.create(
        session=held, leader=leader(PARTNER, name), seat=seat, made_at=clock.now(), made_by="x"
    )


@pytest.mark.usefixtures("own_database")
def test_without_its_guards_a_session_would_be_oversold_and_a_completion_change(
    postgres: str,
) -> None:
    """The control: it is these triggers that refuse, and nothing before them."""
    register(facts(PARTNER), facts(LEAD), leads=(LEAD,))
    held = session(LEAD, n_places=1)
    done = finishing.declare(
        running(PARTNER, LEAD), leader(PARTNER), MODULE, completed_on=clock.day(), **who()
    )
    name = connection.settings_dict["NAME"]
    owner_url = embedded_postgres.addresses(postgres, name).owner_url
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for table in ("training_signup", "training_modulecompletion"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    seated(held, 1, "A")
    seated(held, 2, "B")
    ModuleCompletion.objects.filter(pk=done.pk).update(half_days=40)


def test_who_came_completes_the_module_once_with_a_certificate(together: Partnership) -> None:
    ada, bryn = leader(PARTNER, "Ada"), leader(PARTNER, "Bryn")
    held = session(LEAD, days=0.5)
    sessions.sign_up(held, PARTNER, [ada, bryn], **who())
    with pytest.raises(Conflict, match="has not begun"):
        sessions.record(held, [], version=1, **who())
    begun(held)
    mine = SignUp.objects.get(leader=ada)
    assert sessions.record(held, [mine.pk], version=1, **who()) == 1
    done = ModuleCompletion.objects.get()
    assert (done.leader, done.state, done.half_days) == (ada, "confirmed", 1)
    assert delivery.training.numbers.typed(done.number) == done.number
    assert standings(together)[MODULE, str(ada.pk)] is Standing.DONE
    assert standings(together)[MODULE, str(bryn.pk)] is Standing.OPEN
    assert SignUp.objects.get(leader=bryn).came is False
    with pytest.raises(Conflict, match="was held"):
        sessions.record(held, [mine.pk], version=2, **who())
    letter = Letter.objects.get(kind="training_certificate")
    assert letter.organisation == f"school:{PARTNER}"
    assert "Ada" not in str(letter.facts), "no letter names a leader"


def test_the_time_a_lead_gave_to_training_stands_once_and_only_where_it_taught(
    together: Partnership,
) -> None:
    ada, bryn = leader(PARTNER, "Ada"), leader(PARTNER, "Bryn")
    cyra, other = leader(SECOND, "Cyra"), running(SECOND, LEAD)
    for lead_urn, module in ((LEAD, MODULE), ("", FOR_ALL)):
        held = session(lead_urn, days=0.5, module=module)
        for urn, leaders in ((PARTNER, [ada, bryn]), (SECOND, [cyra])):
            sessions.sign_up(held, urn, leaders, **who())
        begun(held)
        all_ = [each.pk for each in SignUp.objects.filter(session=held)]
        assert sessions.record(held, all_, version=1, **who()) == 3
    found = queries.days_of([together.pk, other.pk])
    given = [day.lead_half_days for days in found.values() for day in days if day.lead_half_days]
    assert given == [1], "one session of the hub; the other was taught by the office"


def begun(held: TrainingSession) -> None:
    """Let a session have begun an hour ago."""
    started = clock.now() - datetime.timedelta(hours=1)
    TrainingSession.objects.filter(pk=held.pk).update(
        starts_at=started, ends_at=started + datetime.timedelta(minutes=30)
    )


def test_what_is_declared_counts_once_it_is_confirmed(together: Partnership) -> None:
    ada = leader(PARTNER)
    done = finishing.declare(together, ada, MODULE, completed_on=clock.day(), **who())
    assert standings(together)[MODULE, str(ada.pk)] is Standing.DECLARED
    with pytest.raises(Conflict, match="held already"):
        finishing.declare(together, ada, MODULE, completed_on=clock.day(), **who())
    (day,) = queries.days_of([together.pk])[together.pk]
    assert (day.kind, day.partner_half_days, day.is_agreed) == (DayKind.TRAINING, 1, False)
    finishing.settle(done, confirms=True, reason="", version=1, **who(f"school:{LEAD}"))
    assert standings(together)[MODULE, str(ada.pk)] is Standing.DONE
    (day,) = queries.days_of([together.pk])[together.pk]
    assert day.is_agreed
    assert day.evidence == f"training:{done.pk}"
    with pytest.raises(Conflict, match="settled already"):
        finishing.settle(done, confirms=False, reason="No", version=1, **who())
    assert {each.kind for each in Letter.objects.all()} == {
        "training_declared", "training_certificate",
    }  # fmt: skip


def test_what_is_not_confirmed_is_owed_again_and_can_be_declared_again(
    together: Partnership,
) -> None:
    ada = leader(PARTNER)
    done = finishing.declare(together, ada, MODULE, completed_on=clock.day(), **who())
    finishing.settle(done, confirms=False, reason="Not on our list", version=1, **who())
    assert standings(together)[MODULE, str(ada.pk)] is Standing.OPEN
    assert queries.days_of([together.pk]) == {together.pk: ()}
    assert Letter.objects.get(kind="training_refused").facts["reason"] == "Not on our list"
    again = finishing.declare(together, ada, MODULE, completed_on=clock.day(), **who())
    assert again.pk != done.pk


def test_a_declared_completion_is_confirmed_by_coming_and_stays_one(together: Partnership) -> None:
    ada, held = leader(PARTNER), session(LEAD, days=0.5)
    finishing.declare(together, ada, MODULE, completed_on=clock.day(), **who())
    sessions.sign_up(held, PARTNER, [ada], **who())
    begun(held)
    assert sessions.record(held, [SignUp.objects.get().pk], version=1, **who()) == 0
    assert ModuleCompletion.objects.get().state == "confirmed"


def test_days_at_the_hub_count_the_drive_there_and_back(together: Partnership) -> None:
    ada = leader(PARTNER)
    for lead, is_online, minutes in ((LEAD, False, 60.0), (LEAD, True, 0.0), ("", False, None)):
        held = session(lead, days=0.5, is_online=is_online)
        sessions.sign_up(held, PARTNER, [ada], **who())
        begun(held)
        with transaction.atomic():
            sessions.record(held, [SignUp.objects.get(session=held).pk], version=1, **who())
            (day,) = queries.days_of([together.pk])[together.pk]
            assert day.travel_minutes == minutes, (lead, is_online)
            transaction.set_rollback(True)


def test_a_settled_completion_never_changes(together: Partnership) -> None:
    done = finishing.declare(together, leader(PARTNER), MODULE, completed_on=clock.day(), **who())
    with pytest.raises(DatabaseError), transaction.atomic():
        ModuleCompletion.objects.filter(pk=done.pk).update(half_days=40)
    finishing.settle(done, confirms=True, reason="", version=1, **who())
    with pytest.raises(DatabaseError), transaction.atomic():
        ModuleCompletion.objects.filter(pk=done.pk).update(title="Another")
    with pytest.raises(DatabaseError), transaction.atomic():
        SchoolLeader.objects.all().delete()


def test_schools_are_reminded_once_and_only_when_it_is_near(together: Partnership) -> None:
    ada = leader(PARTNER)
    far, near, off = session(LEAD, days=9), session(LEAD, days=2), session(LEAD, days=1)
    for each in (far, near, off):
        sessions.sign_up(each, PARTNER, [ada], **who())
    sessions.cancel(off, reason="Snow", version=1, **who())
    for _ in range(3):
        tasks.remind(0)
    reminded = Letter.objects.filter(kind="training_reminder")
    assert [each.about for each in reminded] == [f"training-session:{near.pk}/training_reminder"]
    assert Letter.objects.get(kind="training_cancelled").facts["reason"] == "Snow"
    with pytest.raises(Conflict, match="is cancelled"):
        sessions.sign_up(off, PARTNER, [ada], **who())


def test_nobody_signs_up_for_what_has_begun(together: Partnership) -> None:
    with pytest.raises(Conflict, match="has begun"):
        sessions.sign_up(session(LEAD, days=-0.1), PARTNER, [leader(PARTNER)], **who())


def test_what_a_hub_is_owed_is_asked_in_few_questions(
    together: Partnership, django_assert_max_num_queries: Any
) -> None:
    others = [running(SECOND, LEAD)]
    leader(PARTNER)
    leader(SECOND, "Bryn", "behaviour", "inclusion")
    with django_assert_max_num_queries(4):
        counts = queries.tallies_of([together, *others], on=clock.day() + 400 * DAYS)
    assert counts[together.pk].n_overdue == counts[together.pk].n_required - (
        counts[together.pk].n_nobody
    )
    assert counts[others[0].pk].n_required > counts[together.pk].n_required - 2
