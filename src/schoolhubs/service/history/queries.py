"""Reads events back as changes: which field was what before and after, when, and by whom."""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import pghistory.core
import pghistory.models
from django.db import models

KINDS = {"insert": "made", "update": "changed", "delete": "deleted", "already there": "kept from"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field, before and after; before is None where the row was made."""

    name: str
    before: Any
    after: Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one row.

    Parameters
    ----------
    at, kind
        When; ``made``, ``changed``, ``deleted``, or ``kept from`` where history began later than
        the row.
    by, organisation, place, request
        As said when it happened; blank for a change past the service, made in the database itself.
    fields
        What is other than before.
    """

    at: datetime.datetime
    kind: str
    by: str
    organisation: str
    place: str
    request: str
    fields: tuple[FieldChange, ...]


def changes_of(row: models.Model) -> list[Change]:
    """Give the changes of one row, oldest first, with one query."""
    (event_model,) = pghistory.core.event_models(tracks_model=type(row))
    events = event_model._default_manager.filter(pgh_obj_id=row.pk).order_by("pgh_id")
    return list(_told(events))


def last_changed(rows: Sequence[models.Model]) -> dict[int, datetime.datetime]:
    """Give when each of some rows of one table was last changed, by its number; one query.

    Rows without an event are left out.
    """
    if not rows:
        return {}
    (event_model,) = pghistory.core.event_models(tracks_model=type(rows[0]))
    events = event_model._default_manager.filter(pgh_obj_id__in=[each.pk for each in rows])
    told = events.order_by().values_list("pgh_obj_id").annotate(models.Max("pgh_created_at"))
    return dict(told)


def _told(events: Iterable[Any]) -> Iterable[Change]:
    before: dict[str, Any] = {}
    for event in events:
        after = {
            field.name: getattr(event, field.attname)
            for field in event._meta.fields
            if not field.name.startswith("pgh_")
        }
        said = event.pgh_context or {}
        yield Change(
            at=event.pgh_created_at,
            kind=KINDS[event.pgh_label],
            by=said.get("by") or said.get("command", ""),
            organisation=said.get("organisation", ""),
            place=said.get("place", ""),
            request=said.get("request", ""),
            fields=tuple(
                FieldChange(name=name, before=before.get(name), after=value)
                for name, value in after.items()
                if before.get(name) != value
            ),
        )
        before = after
