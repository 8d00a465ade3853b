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
    is_settled
        No change was under way. Where one is, its event may be older than the newest seen and
        still come to light later, under the same stamp.
    """

    newest: tuple[int, ...]
    is_settled: bool


def stamp_of(*tables: type[models.Model]) -> Stamp:
    """Give what tables with a history have come to, with one query.

    Whatever changes them, in bulk or by plain SQL too, leaves an event. A change takes its place
    in the database's list of those under way before its event is numbered: so where a stamp is
    settled, no event up to the newest can be hidden, and the next change has a greater number.
    """
    newest = ", ".join(
        f'coalesce((SELECT max(pgh_id) FROM "{_events_of(each)._meta.db_table}"), 0)'  # noqa: S608
        for each in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(now_) = pg_snapshot_xmax(now_), "  # noqa: S608
            f"{newest} FROM pg_current_snapshot() AS now_"
        )
        is_settled, *found = cursor.fetchone()
    return Stamp(newest=tuple(found), is_settled=is_settled)


def _events_of(table: type[models.Model]) -> type[models.Model]:
    events: list[type[models.Model]] = pghistory.core.event_models(tracks_model=table)
    (found,) = events
    return found
