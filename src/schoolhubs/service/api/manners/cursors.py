"""Pages of a list, one after another: a page begins after a row, not at a number.

A row that is added or removed while somebody pages moves no other: each is seen once.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

from schoolhubs.service.api.manners.problems import Refused

Row = TypeVar("Row", bound=Model)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of those that follow; blank at the end."""

    rows: Sequence[Row]
    next_cursor: str


def page(
    rows: QuerySet[Row],
    *,
    by: Sequence[str],
    of: str,
    asked: Mapping[str, Any],
    cursor: str,
    limit: int,
    read: Callable[[QuerySet[Row]], Sequence[Row]] = list,
) -> Page[Row]:
    """Give one page of a list.

    Parameters
    ----------
    rows
        The whole list, as asked for, in any order.
    by
        Fields whose values are unique together and never change; the list goes by them.
    of, asked
        The list's name and its filters: a cursor leads on in the list it came from alone.
    cursor
        From the page before; blank for the first.
    limit
        Rows on the page.

    Raises
    ------
    Refused
        ``not_found`` for a cursor that leads nowhere.
    """
    salt = f"api.cursor {of} {sorted((name, str(value)) for name, value in asked.items())}"
    if cursor:
        rows = rows.filter(_after(by, _opened(cursor, salt, len(by))))
    found = read(rows.order_by(*by)[: limit + 1])
    shown = found[:limit]
    following = ""
    if len(found) > limit:
        last = [getattr(shown[-1], name) for name in by]
        following = signing.dumps(last, salt=salt)
    return Page(rows=shown, next_cursor=following)


def _opened(cursor: str, salt: str, n: int) -> list[Any]:
    try:
        values = signing.loads(cursor, salt=salt)
    except signing.BadSignature:
        values = None
    if not isinstance(values, list) or len(values) != n:
        detail = (
            "The cursor leads nowhere. Take it as it is from the page before, and keep the rest."
        )
        raise Refused("not_found", detail)
    return values


def _after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """Say what comes after a row: greater in the first field, or equal there and after in the rest.

    >>> _after(["urn"], ["900001"])
    <Q: (AND: ('urn__gt', '900001'))>
    """
    greater = Q(**{f"{by[0]}__gt": values[0]})
    if len(by) == 1:
        return greater
    return greater | (Q(**{by[0]: values[0]}) & _after(by[1:], values[1:]))
