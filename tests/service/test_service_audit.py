"""The audit log: nobody changes it unseen. Each guard is also tried with the guard taken away."""

import dataclasses
import datetime
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from schoolhubs.service.audit import anchors
from schoolhubs.service.audit.actions import record
from schoolhubs.service.audit.chain import START, Anchor, Entry, faults
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.audit.queries import broken

AT = datetime.datetime(2026, 9, 4, 9, 30, tzinfo=datetime.UTC)


def chain(n: int) -> list[Entry]:
    """Make a whole chain of entries."""
    entries: list[Entry] = []
    for number in range(1, n + 1):
        entry = Entry(
            number=number, at=AT, by="officer", organisation="office", action="round.publish",
            subject=f"round:{number}", reason="agreed", place="/rounds", details={"n": number},
            previous_hash=entries[-1].hash if entries else START,
        )  # fmt: skip
        entries.append(dataclasses.replace(entry, hash=entry.digest()))
    return entries


def anchored(entries: list[Entry]) -> list[Anchor]:
    return [Anchor(number=entry.number, hash=entry.hash) for entry in entries]


def test_a_whole_chain_has_no_fault() -> None:
    entries = chain(20)
    assert list(faults(entries, anchored(entries))) == []


def test_a_thousand_attacks_are_all_found() -> None:
    draw = random.Random(4)
    whole = chain(30)
    kept = anchored(whole)

    def edit(entries: list[Entry]) -> None:
        at = draw.randrange(len(entries))
        field = draw.choice(["by", "action", "subject", "reason", "place", "organisation"])
        entries[at] = dataclasses.replace(entries[at], **{field: "another"})

    def edit_and_forge(entries: list[Entry]) -> None:
        """Change one entry and work out every digest after it again."""
        at = draw.randrange(len(entries))
        for place in range(at, len(entries)):
            previous = entries[place - 1].hash if place else START
            changed = {"reason": "another"} if place == at else {}
            entry = dataclasses.replace(entries[place], previous_hash=previous, **changed)
            entries[place] = dataclasses.replace(entry, hash=entry.digest())

    def delete(entries: list[Entry]) -> None:
        del entries[draw.randrange(len(entries))]

    def reorder(entries: list[Entry]) -> None:
        one, other = draw.sample(range(len(entries)), 2)
        entries[one], entries[other] = entries[other], entries[one]

    def cut_tail(entries: list[Entry]) -> None:
        del entries[draw.randrange(len(entries)) :]

    attacks: list[Callable[[list[Entry]], None]] = [edit, edit_and_forge, delete, reorder, cut_tail]
    for n in range(1_000):
        entries = list(whole)
        attacks[n % len(attacks)](entries)
        assert list(faults(entries, kept)), attacks[n % len(attacks)].__name__


def test_without_anchors_a_cut_tail_would_not_be_seen() -> None:
    assert list(faults(chain(30)[:20], [])) == []


def one(number: int) -> None:
    with transaction.atomic():
        record(
            by="officer", at=AT, action="round.publish", subject=f"round:{number}", place="/rounds"
        )


@pytest.mark.django_db
def test_entries_follow_one_another_and_verify() -> None:
    for number in range(5):
        one(number)
    rows = list(AuditEntry.objects.all())
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert broken() == (5, [])


def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        record(by="officer", at=AT, action="round.publish", subject="round:1", place="/rounds")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_auditentry SET reason = 'another'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
    ],
)
def test_the_services_own_role_can_neither_change_nor_delete(attack: str) -> None:
    one(1)
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


@pytest.mark.django_db
def test_the_services_role_is_no_superuser_and_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


def test_an_anchor_file_keeps_what_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    kept = anchored(chain(3))
    for anchor in kept:
        anchors.keep(path, anchor)
    assert list(anchors.read(path)) == kept
