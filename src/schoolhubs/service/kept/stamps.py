"""Tells whether anything changed: the newest events of some tables, for what is kept of them."""

import dataclasses

import pghistory.core
from django.db import connection, models


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What some tables had come to at a moment.

    Parameters
    ----------
    newest
        The newest event of each table, 0 where there is none yet.
    before
        Every change numbered below this was over, as far as the database tells in one look.
    is_alone
        None of those below was still under way.
    """

    newest: tuple[int, ...]
    before: int
    is_alone: bool


def stamp_of(*tables: type[models.Model]) -> Stamp:
    """Give what tables with a history have come to, with one query.

    Whatever changes them, in bulk or by plain SQL too, leaves an event.
    """
    newest = ", ".join(
        f'coalesce((SELECT max(pgh_id) FROM "{_events_of(each)._meta.db_table}"), 0)'  # noqa: S608
        for each in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(now_) = pg_snapshot_xmax(now_), "  # noqa: S608
            f"pg_snapshot_xmax(now_)::text::bigint, {newest} FROM pg_current_snapshot() AS now_"
        )
        is_alone, before, *found = cursor.fetchone()
    return Stamp(newest=tuple(found), before=before, is_alone=is_alone)


def is_settled(stamp: Stamp) -> bool:
    """Tell whether no change was under way when a stamp was read, with two queries at most.

    Where one was, its event may be older than the newest seen and come to light later under the
    same stamp, so that nothing may be kept under it. Below ``before`` the stamp itself knows. A
    change numbered from there on either still holds the lock on its number, or has let go of it
    since, and then the next look counts further. It takes its number before its first event's: so
    one that begins later has a greater event than any that the stamp saw.
    """
    if not stamp.is_alone:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' "
            "AND mode = 'ExclusiveLock' AND pid <> pg_backend_pid()"
        )
        (n_under_way,) = cursor.fetchone()
        if n_under_way:
            return False
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (before,) = cursor.fetchone()
    return bool(before == stamp.before)


def _events_of(table: type[models.Model]) -> type[models.Model]:
    events: list[type[models.Model]] = pghistory.core.event_models(tracks_model=table)
    (found,) = events
    return found
