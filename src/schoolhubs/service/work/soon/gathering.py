"""Gathers what falls due for an actor, of every kind, in one look at the database."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet, Value

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon import planned, shared, surveyed, termly
from schoolhubs.service.work.soon.delivered import days, training, visits

KINDS = {
    "surveyed": surveyed, "planned": planned, "shared": shared, "days": days, "visits": visits,
    "training": training, "termly": termly,
}  # fmt: skip


def waiting(actor: Actor, *, on: datetime.date) -> Iterator[Item]:
    """Give what falls due for an actor by a day; nothing of which there is none."""
    asked = [each for name in KINDS if (each := _asked(name, actor, on)) is not None]
    if not asked:
        return
    first, *others = asked
    found: list[tuple[str, dict[str, Any]]] = list(first.union(*others, all=True))
    for name, kind in KINDS.items():
        ours = [told for which, told in found if which == name]
        if kind is termly:
            ours = termly.freshened(ours, actor, on)
        for told in ours:
            yield from kind.items(told, actor, on)


def _asked(name: str, actor: Actor, on: datetime.date) -> QuerySet[Any, Any] | None:
    found = KINDS[name].rows(actor, on)
    if found is None:
        return None
    rows, told = found
    asked: QuerySet[Any, Any] = rows.order_by().values_list(Value(name), told)
    return asked
