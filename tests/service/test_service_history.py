"""History: whatever changes a row leaves an event, and nothing changes an event."""

import datetime
import importlib
import json
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from invented import AT, PROGRAMME, facts, register
from peopled import peopled
from schoolhubs.service import embedded_postgres
from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.history import guarding, naming
from schoolhubs.service.history.queries import changes_of
from schoolhubs.service.history.wording import lines_about
from schoolhubs.service.network.models import Hub
from schoolhubs.service.schools.models import School

STARTED = datetime.date(2026, 9, 1)


def hub() -> Hub:
    return Hub.objects.create(programme_id=PROGRAMME, lead_urn="900001")


def sql(command: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(command, values)


def sql_plain(command: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(command)


@pytest.mark.django_db
def test_each_way_of_changing_a_row_leaves_an_event() -> None:
    one = hub()
    one.started_on = STARTED
    one.save()
    Hub.objects.filter(pk=one.pk).update(lead_urn="900002")
    sql("UPDATE network_hub SET lead_urn = '900003' WHERE id = %s", one.pk)
    sql("UPDATE network_hub SET lead_urn = '900003' WHERE id = %s", one.pk)  # changes nothing
    sql("DELETE FROM network_hub WHERE id = %s", one.pk)
    told = changes_of(one)
    assert [each.kind for each in told] == ["made", "changed", "changed", "changed", "deleted"]
    assert [
        (field.name, field.before, field.after) for each in told[1:] for field in each.fields
    ] == [
        ("started_on", None, STARTED),
        ("lead_urn", "900001", "900002"),
        ("lead_urn", "900002", "900003"),
    ]


@pytest.mark.django_db
def test_rows_made_in_bulk_each_have_their_event() -> None:
    Hub.objects.bulk_create(Hub(programme_id=PROGRAMME, lead_urn=f"90{n:04}") for n in range(50))
    made = apps.get_model("network", "HubEvent").objects.filter(pgh_label="insert")
    assert made.count() == 50


@pytest.mark.django_db
def test_an_event_says_who_where_and_by_which_request() -> None:
    with naming.changes(request="a1"):
        naming.say(by="officer", organisation="office:1", place="hubs")
        one = hub()
    (change,) = changes_of(one)
    assert (change.by, change.organisation, change.place, change.request) == (
        "officer", "office:1", "hubs", "a1",
    )  # fmt: skip


@pytest.mark.django_db
def test_what_is_said_inside_ends_there() -> None:
    with naming.changes(command="manage work"):
        with naming.changes(by="officer", job="7"):
            first = hub()
        second = Hub.objects.create(programme_id=PROGRAMME, lead_urn="900002")
    assert [changes_of(first)[0].by, changes_of(second)[0].by] == ["officer", "manage work"]


@pytest.mark.django_db
def test_a_request_names_the_changes_it_makes() -> None:
    world = peopled()
    client = world.client(Role.OFFICE_CASEWORKER)
    agree = {"reference": world.decision.application.reference, "decision_id": world.decision.pk}
    answer = client.post(
        reverse("case-agree", kwargs=agree), {"version": world.decision.application.version}
    )
    assert answer.status_code == 302
    change = changes_of(world.decision)[-1]
    assert "agreed_by" in {field.name for field in change.fields}
    assert change.by == world.people["own", Role.OFFICE_CASEWORKER].subject
    assert change.organisation == world.organisations["own", "office"].key
    assert (change.place, change.request) == ("case-agree", answer.headers["X-Request-ID"])


@pytest.mark.django_db
def test_statements_with_percent_signs_and_many_at_once_are_named_too() -> None:
    one = hub()
    with naming.changes(by="100% Ada's"):
        sql_plain("UPDATE network_hub SET programme_id = '5%' WHERE lead_urn LIKE '9%'")
        Hub.objects.filter(programme_id__contains="%").update(programme_id="6%")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE network_hub SET lead_urn = %s WHERE id = %s",
                [("900002", one.pk), ("900003", one.pk)],
            )
    assert [each.by for each in changes_of(one)] == ["", *["100% Ada's"] * 4]


@pytest.mark.django_db
def test_what_a_statement_gives_is_not_lost_behind_what_is_said_ahead_of_it() -> None:
    with naming.changes(by="officer"):
        one = hub()
        assert one.pk == Hub.objects.get().pk
        assert Hub.objects.update(lead_urn="900002") == 1
        with connection.cursor() as cursor:
            cursor.execute("WITH all_hubs AS (SELECT 1) SELECT * FROM all_hubs")
            assert cursor.fetchall() == [(1,)]


@pytest.mark.django_db
def test_what_is_said_ends_with_the_request() -> None:
    with naming.changes(by="officer"):
        pass
    naming.say(by="nobody listens")
    (change,) = changes_of(hub())
    assert change.by == ""


def test_history_says_nothing_it_does_not_know() -> None:
    with pytest.raises(TypeError, match="email"), naming.changes(email="a.head@example.org"):
        pass


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}"])
def test_the_services_role_can_change_no_event_of_any_app(attack: str) -> None:
    tables = guarding.event_tables()
    assert "eligibility_applicationevent" in tables
    for table in tables:
        refused = pytest.raises(DatabaseError, match="permission denied")
        with refused, transaction.atomic():
            sql(attack.format(table))
        refused = pytest.raises(DatabaseError, match="permission denied")
        with refused, transaction.atomic():
            sql(f"TRUNCATE {table}")


def owner_of(postgres: str) -> psycopg.Connection[Any]:
    name = connection.settings_dict["NAME"]
    return psycopg.connect(embedded_postgres.addresses(postgres, name).owner_url, autocommit=True)


@pytest.mark.usefixtures("own_database")
def test_without_the_guard_only_the_trigger_stands_and_without_both_nothing(postgres: str) -> None:
    """The control: each guard taken away, what it guards against comes through."""
    hub()
    attack = "UPDATE network_hubevent SET pgh_label = 'delete'"
    with owner_of(postgres) as owner:
        owner.execute(f"GRANT UPDATE ON network_hubevent TO {embedded_postgres.SERVICE}")
        with pytest.raises(DatabaseError, match="Cannot update or delete"):
            sql(attack)
        owner.execute("ALTER TABLE network_hubevent DISABLE TRIGGER USER")
    sql(attack)
    assert changes_of(Hub.objects.get())[0].kind == "deleted"


IGNORE = "SELECT set_config('pgtrigger.ignore', %s, false)"


def silent_update(one: Hub) -> int:
    """Change a row with every trigger told to look away; give how many events there are then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'network_hub'::regclass")
        names = ",".join(name for (name,) in cursor.fetchall() if name.startswith("pgtrigger"))
        cursor.execute(IGNORE, ["{" + names + "}"])
    Hub.objects.filter(pk=one.pk).update(lead_urn="900009")
    return len(changes_of(one))


@pytest.mark.usefixtures("own_database")
def test_no_session_can_tell_the_triggers_to_look_away(postgres: str) -> None:
    assert silent_update(hub()) == 2


@pytest.mark.usefixtures("own_database")
def test_with_the_librarys_own_function_a_session_could(postgres: str) -> None:
    """The control of the test above."""
    with owner_of(postgres) as owner:
        owner.execute(
            guarding.NOTHING_IS_IGNORED.replace(
                "RETURN FALSE",
                "RETURN trigger_name = ANY(current_setting('pgtrigger.ignore', true)::text[])",
            )
        )
    assert silent_update(hub()) == 1


@pytest.mark.django_db
def test_a_row_written_once_is_never_changed() -> None:
    register(facts("900001"))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        School.objects.update(name="Another")
    School.objects.all().delete()
    assert not School.objects.exists()


@pytest.mark.django_db
def test_a_sign_in_leaves_no_event_and_no_name_is_kept() -> None:
    person = Person.objects.create(
        subject="s1", name="Ada Marker", email="ada@marker.example", first_signed_in_at=AT,
        last_signed_in_at=AT,
    )  # fmt: skip
    Person.objects.update(last_signed_in_at=AT + datetime.timedelta(days=1), name="Ada B Marker")
    person.is_stopped = True
    person.save()
    told = changes_of(person)
    assert [each.kind for each in told] == ["made", "changed"]
    assert [field.name for field in told[1].fields] == ["is_stopped"]
    assert "marker" not in str(told).lower()


@pytest.mark.django_db
def test_roles_checked_again_and_the_same_leave_no_event() -> None:
    person = Person.objects.create(subject="s1", first_signed_in_at=AT, last_signed_in_at=AT)
    office = Organisation.objects.create(sign_in_id="o", kind="office", name="Office")
    held = Membership.objects.create(person=person, organisation=office, roles=[], checked_at=AT)
    held.checked_at = AT + datetime.timedelta(minutes=1)
    held.save()
    held.roles = ["auditor"]
    held.save()
    assert [
        (field.before, field.after) for each in changes_of(held)[1:] for field in each.fields
    ] == [([], ["auditor"])]


NAMES = {"leaders": ["Ada Marker", "Ben Marker", "Cy Marker"], "email": "ada@marker.example"}
EVENTS = "SELECT string_agg(row_to_json(e)::text, ' ') FROM eligibility_applicationevent e"


def named() -> Application:
    """Change and delete an application that names people, in every way there is."""
    register(facts("900001"))
    one = Application.objects.create(
        reference="AB-NAMED", programme_id=PROGRAMME, cohort_id="c", urn="900001", begun_at=AT,
        begun_by="head", answers={**NAMES, "tried": "Calls"},
    )  # fmt: skip
    one.answers, one.version = {**one.answers, "tried": "Visits"}, 2
    one.save()
    sql("UPDATE eligibility_application SET version = 3 WHERE id = %s", one.pk)
    sql("DELETE FROM eligibility_application WHERE id = %s", one.pk)
    return one


def events() -> str:
    with connection.cursor() as cursor:
        cursor.execute(EVENTS)
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_no_event_of_an_application_names_anybody_and_its_other_answers_are_kept() -> None:
    changes = changes_of(named())
    assert [each.kind for each in changes] == ["made", "changed", "changed", "deleted"]
    answers = [field.after for each in changes for field in each.fields if field.name == "answers"]
    assert answers == [{"tried": "Calls"}, {"tried": "Visits"}]
    assert "marker" not in events().lower()


@pytest.mark.usefixtures("own_database")
def test_names_in_events_of_an_earlier_version_are_taken_out_and_no_other_word(
    postgres: str,
) -> None:
    one = named()
    table = "eligibility_applicationevent"
    before = json.dumps({**NAMES, "tried": "Calls"})
    migration = importlib.import_module(
        "schoolhubs.service.eligibility.migrations.0008_names_out_of_history"
    )
    with owner_of(postgres) as owner:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(f"UPDATE {table} SET answers = %s::jsonb", [before])
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        assert "marker" in events().lower()
        owner.execute(migration.TAKE_NAMES_OUT)
    assert "marker" not in events().lower()
    kept = apps.get_model("eligibility", "ApplicationEvent").objects.filter(pgh_obj_id=one.pk)
    assert list(kept.values_list("answers", flat=True)) == [{"tried": "Calls"}] * 4
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(f"UPDATE {table} SET version = 3")


@pytest.mark.django_db
def test_who_agreed_and_decided_is_named_where_changes_are_told() -> None:
    world = peopled()
    officer = world.people["own", Role.OFFICE_CASEWORKER]
    agree = {"reference": world.decision.application.reference, "decision_id": world.decision.pk}
    world.client(Role.OFFICE_CASEWORKER).post(
        reverse("case-agree", kwargs=agree), {"version": world.decision.application.version}
    )
    (line,) = [
        each for each in lines_about([world.decision], labels={}) if "Agreed by" in each.what
    ]
    assert line.after == line.who == str(officer)
    assert officer.subject not in (line.after, line.before)
