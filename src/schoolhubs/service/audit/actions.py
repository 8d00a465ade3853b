"""Writes the audit log. Every action calls :func:`record` last, inside its own transaction."""

import dataclasses
import datetime
import functools
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from schoolhubs.service.audit import anchors
from schoolhubs.service.audit.chain import START, Anchor, Entry
from schoolhubs.service.audit.models import AuditEntry

CHAIN_LOCK = 7_203_411  # any number, the same in every process: writers queue for the chain's end
LAST = "SELECT number, hash FROM audit_auditentry ORDER BY number DESC LIMIT 1"


def record(
    *,
    by: str,
    at: datetime.datetime,
    action: str,
    subject: str,
    place: str,
    organisation: str = "",
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """Add an entry to the chain, as part of the transaction that did the thing.

    The lock is held to the end of the transaction, which is why this is an action's last step.
    Once committed, the entry is anchored outside the database.

    Raises
    ------
    RuntimeError
        If called outside a transaction: the thing done and its entry must stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry is written in the transaction of what it tells of")
    number, previous = _end()
    entry = Entry(
        number=number, at=at, by=by, organisation=organisation, action=action, subject=subject,
        reason=reason, place=place, details=details or {}, previous_hash=previous,
    )  # fmt: skip
    entry = dataclasses.replace(entry, hash=entry.digest())
    AuditEntry.from_record(entry).save(force_insert=True)
    anchor = Anchor(number=entry.number, hash=entry.hash)
    path = settings.ENVIRONMENT.anchors_file
    transaction.on_commit(functools.partial(anchors.keep, path, anchor))
    return entry


def _end() -> tuple[int, str]:
    """Wait for the chain's end, and give the next entry's number and the digest it follows.

    One journey for both, as every action of the service queues here; the second statement sees
    what was committed while the first one waited.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock(%s); {LAST}", [CHAIN_LOCK])
        cursor.nextset()
        last = cursor.fetchone()
    return (last[0] + 1, last[1]) if last else (1, START)
