"""Letters are written with what they tell of, to those who may be written to, and sent in order."""

import dataclasses
import datetime
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from invented import facts, register
from posting import AT, TOLD, WHO, draft, post, written
from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.letters import actions, kinds, tasks
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.letters.models import Letter, State
from schoolhubs.service.letters.post import sending
from schoolhubs.service.letters.post.local_notify import Faults, template_ids
from schoolhubs.service.letters.post.notify import Notify, NotThere, Refused, Taken
from schoolhubs.vocabulary.errors import Conflict, UsageError
from watchful import log_lines

OFFICE: dict[str, Any] = {"by": "ann", "organisation": "office:1", "at": AT, "place": "tests"}


def somebody(subject: str, key: str, *roles: Role, **changes: Any) -> Person:
    kind, _, number = key.partition(":")
    named = {"school": "urn", "trust": "uid"}[kind]
    organisation, _ = Organisation.objects.get_or_create(
        sign_in_id=key, defaults={"kind": kind, named: number, "name": key}
    )
    told = {"email": f"{subject}@people.example", "name": subject, **changes}
    person = Person.objects.create(
        subject=subject, first_signed_in_at=AT, last_signed_in_at=AT, **told
    )
    Membership.objects.create(
        person=person, organisation=organisation, roles=list(roles), checked_at=AT
    )
    return person


def addresses() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("to", flat=True))


@pytest.mark.django_db
def test_a_letter_is_written_and_its_sending_asked_for_in_one_transaction() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        # pytest-django wraps each test in a transaction; outside one it is refused.
        outside_a_transaction(lambda: actions.write([draft()], **WHO))
    assert written(draft()) == 1
    assert ProcrastinateJob.objects.filter(task_name="letters.send").count() == 1
    with transaction.atomic():
        actions.write([draft(about="application:AB-1/2")], **WHO)
        transaction.set_rollback(True)
    assert Letter.objects.count() == 1
    assert ProcrastinateJob.objects.filter(task_name="letters.send").count() == 1


def outside_a_transaction(do: Any) -> None:
    connection = transaction.get_connection()
    was, connection.in_atomic_block = connection.in_atomic_block, False
    try:
        do()
    finally:
        connection.in_atomic_block = was


@pytest.mark.django_db
def test_the_same_occasion_is_written_of_once() -> None:
    assert written(draft(), draft()) == 1
    assert written(draft(), draft(about="application:AB-1/2")) == 1
    assert Letter.objects.count() == 2
    twin = Letter.objects.first()
    assert twin is not None
    twin.pk, twin.reference = None, "0" * 32
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.django_db
def test_it_goes_to_those_who_declare_else_to_the_trust_else_to_the_application() -> None:
    register(facts("900001", trust_id="9001"), facts("900002"))
    written(draft(about="a"))
    somebody("exec", "trust:9001", Role.PARTNER_TRUST)
    written(draft(about="b"))
    somebody("head", "school:900001", Role.PARTNER_SCHOOL_HEAD)
    somebody("deputy", "school:900001", Role.PARTNER_SCHOOL_ATTENDANCE)
    somebody("lead", "school:900001", Role.LEAD_SCHOOL)
    written(draft(about="c"))
    assert addresses() == ["head@900001.example", "exec@people.example", "head@people.example"]


@pytest.mark.django_db
def test_nobody_to_write_to_is_shown_and_mended_by_somebody_signing_in() -> None:
    register(facts("900001"))
    assert written(draft(addresses=())) == 1
    letter = Letter.objects.get()
    assert (letter.state, letter.to) == (State.NOBODY, "")
    assert ProcrastinateJob.objects.filter(task_name="letters.send").count() == 0
    with pytest.raises(Conflict, match="Partner school, headteacher"):
        actions.try_again(letter, **OFFICE)
    for subject in ("head", "deputy"):
        somebody(subject, "school:900001", Role.PARTNER_SCHOOL_HEAD)
    actions.try_again(letter, **OFFICE)
    assert addresses() == ["head@people.example", "deputy@people.example"]
    assert set(Letter.objects.values_list("state", flat=True)) == {State.WAITING}
    entry = AuditEntry.objects.get(action="letter.try-again")
    assert "@" not in str(entry.details)


@pytest.mark.django_db
def test_somebody_whose_access_is_stopped_gets_none_of_any() -> None:
    register(facts("900001"))
    somebody("head", "school:900001", Role.PARTNER_SCHOOL_HEAD, is_stopped=True)
    written(draft(addresses=("Head@People.example", "deputy@900001.example")))
    assert addresses() == ["deputy@900001.example"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "no such"}, "no kind of letter called no such"),
        ({"facts": {"school": "Ash"}}, "not so: .'programme', 'reference'."),
        ({"facts": {**TOLD, "pupil": "Ben"}}, "not so: .'pupil'."),
    ],
)
def test_a_draft_takes_the_facts_of_its_kind_and_no_others(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        draft(**changes)


@pytest.mark.django_db
def test_the_letters_of_a_national_publication_are_written_in_seconds(
    django_assert_max_num_queries: Any,
) -> None:
    drafts = [draft(about=f"round:1/{n}", urn=f"{900_000 + n}") for n in range(11_000)]
    began = time.perf_counter()
    with django_assert_max_num_queries(20):
        assert written(*drafts) == 11_000
    seconds = time.perf_counter() - began
    print(f"\n11,000 letters written in {seconds:.1f} s")
    assert seconds < 15


@pytest.mark.django_db
def test_letters_are_sent_in_order_with_their_words() -> None:
    written(*(draft(about=f"application:AB-1/{n}") for n in range(3)), draft(urn="900002"))
    with post() as there:
        assert sending.send_due(there.sender()) is None
        sent = there.box.accepted
    assert [each.state for each in Letter.objects.all()] == [State.SENT] * 4
    ours = [each["reference"] for each in sent if each["email_address"] == "head@900001.example"]
    assert ours == [str(each.reference) for each in Letter.objects.all()[:3]]
    assert sent[0]["subject"] == "Ash School: application AB-1 received"
    assert "https://hubs.example/applications" in sent[0]["body"]
    assert "((" not in sent[0]["body"]
    assert Letter.objects.get(notify_id=sent[0]["id"]).sent_at is not None


@pytest.mark.django_db
def test_the_task_sends_and_comes_again_for_what_is_left() -> None:
    written(draft())
    tasks.send()  # without settings nothing is sent, and nothing is lost
    assert Letter.objects.get().state == State.WAITING
    with post(Faults(error=1)) as there:
        tasks.send()
        tasks.send()
    assert Letter.objects.get().n_tries == 1
    again = ProcrastinateJob.objects.filter(queueing_lock="letters.send again")
    assert again.count() == 1
    with post() as there:
        Letter.objects.update(not_before=AT)
        tasks.look_around(0)
        assert len(there.box.accepted) == 1


@pytest.mark.django_db
def test_what_notify_refuses_is_stopped_with_what_to_do_and_lets_others_pass() -> None:
    written(draft(addresses=("no address",)), draft(about="application:AB-1/2"))
    with post() as there, log_lines() as lines:
        sending.send_due(there.sender())
        sending.send_due(there.sender())
        stopped, sent = Letter.objects.order_by("pk")
        assert (stopped.state, sent.state) == (State.FAILED, State.SENT)
        assert "status 400 (ValidationError). Check the address" in stopped.fault
        assert not [line for line in lines if "no address" in line or "@" in line]
        Letter.objects.filter(pk=stopped.pk).update(to="head@900001.example")
        assert actions.try_all_again(**OFFICE) == 1
        sending.send_due(there.sender())
    assert set(Letter.objects.values_list("state", flat=True)) == {State.SENT}
    with pytest.raises(Conflict, match="not stopped any more"):
        actions.try_again(stopped, **OFFICE)


@pytest.mark.django_db
def test_a_wrong_key_stops_few_letters_and_not_all() -> None:
    written(*(draft(urn=f"{900_100 + n}") for n in range(40)))
    with post() as there:
        told = settings.ENVIRONMENT.notify(kinds.kinds())
        wrong = dataclasses.replace(told, api_key=told.api_key[:-1] + "!")
        sending.send_due(there.sender(notify=Notify(wrong)))
    stopped = Letter.objects.filter(state=State.FAILED)
    assert stopped.count() == kinds.sending().n_at_once
    assert "status 403 (AuthError). Check the key" in stopped[0].fault


@pytest.mark.django_db
def test_too_many_waits_as_long_as_notify_says() -> None:
    written(draft())
    with post(Faults(too_many=1, retry_after=77)) as there:
        sending.send_due(there.sender())
    letter = Letter.objects.get()
    assert (letter.state, letter.may_be_out) == (State.WAITING, False)
    wait = (letter.not_before - timezone.now()).total_seconds()
    assert 70 < wait <= 77


@pytest.mark.django_db
def test_a_letter_tried_too_often_is_stopped() -> None:
    written(draft())
    with post(Faults(error=1)) as there:
        rules = dataclasses.replace(kinds.sending(), most_tries=2)
        for _ in range(2):
            Letter.objects.update(not_before=AT)
            sending.send_due(there.sender(rules=rules))
    letter = Letter.objects.get()
    assert (letter.state, letter.may_be_out) == (State.FAILED, True)
    assert "tried 2 times" in letter.fault


@pytest.mark.django_db
def test_the_addresses_of_old_letters_are_forgotten() -> None:
    written(draft(), draft(about="later"), draft(about="waits"))
    with post() as there:
        sending.send_due(there.sender())
    Letter.objects.filter(about="waits").update(state=State.WAITING, sent_at=None, notify_id="")
    Letter.objects.filter(about="later").update(written_at=AT + datetime.timedelta(days=10))
    kept_from = AT + datetime.timedelta(days=5)
    assert actions.forget(before=kept_from, by="cron", at=AT, place="tests") == 1
    assert addresses() == ["", "head@900001.example", "head@900001.example"]
    assert written(draft()) == 0  # forgotten, yet written


@pytest.mark.django_db
def test_old_addresses_are_forgotten_by_the_clock_and_by_command(capsys: Any) -> None:
    written(draft(), draft(about="new"))
    with post() as there:
        sending.send_due(there.sender())
        sending.send_due(there.sender())
    old = timezone.now() - datetime.timedelta(days=kinds.address_days() + 1)
    Letter.objects.update(written_at=timezone.now())
    Letter.objects.filter(about="new").update(written_at=old)
    tasks.forget(0)
    assert addresses() == ["head@900001.example", ""]
    call_command("letters_forget", "--days", "0")
    assert "1 addresses older than 0 days" in capsys.readouterr().out
    assert addresses() == ["", ""]


def test_the_templates_are_printed_to_be_set_up_in_notify(capsys: Any) -> None:
    call_command("letters_templates")
    said = capsys.readouterr().out
    assert said.count("Subject: ") == len(kinds.kinds())
    assert "((school)) may join ((programme))" in said
    assert "SCHOOLHUBS_NOTIFY_TEMPLATES={" in said


# -- the local Notify answers as the real one ------------------------------------------------


def test_the_local_notify_answers_as_notify_does() -> None:
    sent = {"kind": "application_received", "facts": {**TOLD, "link": "x", "contact": "y"}}
    with post() as there:
        notify = there.sender().notify
        taken = notify.send(to="ada@school.example", reference="r-1", **sent)
        assert isinstance(taken, Taken)
        assert notify.ask("r-1") == taken
        assert notify.ask("r-2") == NotThere()
        less = {**sent, "facts": TOLD}
        assert notify.send(to="ada@school.example", reference="r-3", **less) == Refused(
            status=400, errors=("BadRequestError",)
        )
        client = notify._client()
        assert client.get_notification_by_id(taken.notify_id)["reference"] == "r-1"
    assert [each["reference"] for each in there.box.accepted] == ["r-1"]


def test_each_kind_of_letter_reads_well_and_holds_its_facts() -> None:
    for kind, letter in kinds.kinds().items():
        facts_of_it = {name: f"<{name}>" for name in (*letter.takes, *kinds.ALWAYS)}
        text = kinds.filled(letter.subject + letter.body, facts_of_it)
        assert "((" not in text, kind
        assert all(f"<{name}>" in text for name in letter.takes), kind
        assert not {"please", "sorry", "valid", "kindly"} & set(text.casefold().split()), kind
        assert letter.roles, kind
        Draft(kind=kind, about="x", organisation_key="school:1", path="/",
              facts=dict.fromkeys(letter.takes, "x"))  # fmt: skip


def test_what_is_missing_to_send_letters_is_named() -> None:
    with pytest.raises(UsageError) as told:
        settings.ENVIRONMENT.notify(kinds.kinds())
    for name in ("NOTIFY_API_KEY", "SCHOOLHUBS_ADDRESS", "NOTIFY_TEMPLATES", "withdrawn"):
        assert name in str(told.value)
    left = {kind: each for kind, each in template_ids().items() if kind != "deferred"}
    with post():
        short = settings.ENVIRONMENT.model_copy(update={"notify_templates": left})
        with pytest.raises(UsageError, match=r"no template for deferred"):
            short.notify(kinds.kinds())
