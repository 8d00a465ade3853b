"""One lock for the money of a programme: whatever changes it comes one after another."""

import zlib

from django.db import connection

MONEY_LOCK = 7_203_413  # any number; the programme's own is the second half of the lock


def alone_with_money(programme_id: str) -> None:
    """Queue for the money of a programme, to the end of the transaction."""
    with connection.cursor() as cursor:
        own = zlib.crc32(programme_id.encode()) % 2**31
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MONEY_LOCK, own])
