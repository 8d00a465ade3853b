"""Says who makes the changes from here on: events take it over from the database session.

Only what finds the change again in the audit log and the logs: the subject of the sign-in, the
organisation's key, the request's number, and the page or command. No name, no address typed.

Every statement that may change rows is led by one that says so to PostgreSQL, for the length of
its transaction. (The library's own way does the same, and breaks on ``executemany`` and on
statements without parameters that hold a percent sign.)
"""

import contextlib
import contextvars
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg import sql as quoting

KNOWN = frozenset({"by", "organisation", "place", "request", "job", "command"})
CHANGING = re.compile(r"\s*(insert|update|delete|merge|with)\b", re.IGNORECASE)
TOLD = "SELECT set_config('pghistory.context_metadata', {}, true)"
_said: contextvars.ContextVar[Mapping[str, str] | None] = contextvars.ContextVar(
    "said of changes", default=None
)


@contextlib.contextmanager
def changes(**said: str) -> Iterator[None]:
    """Name what is changed while inside; inside another, add to what that one says until the end.

    Parameters
    ----------
    said
        Any of :data:`KNOWN`.
    """
    token = _said.set({**(_said.get() or {}), **_known(said)})
    try:
        yield
    finally:
        _said.reset(token)


def say(**said: str) -> None:
    """Add to what is said of the changes under way; outside of :func:`changes`, nothing happens."""
    known, before = _known(said), _said.get()
    if before is not None:
        _said.set({**before, **known})


def _known(said: Mapping[str, str]) -> dict[str, str]:
    if unknown := set(said) - KNOWN:
        raise TypeError(
            f"history says {', '.join(sorted(KNOWN))} and not {', '.join(sorted(unknown))}"
        )
    return {name: value for name, value in said.items() if value}


def listen() -> None:
    """Have every connection to the database told, from its first statement on."""
    connection_created.connect(_open, dispatch_uid="history")


def _open(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _tell not in connection.execute_wrappers:
        connection.execute_wrappers.append(_tell)


def _tell(
    execute: Callable[..., Any], command: Any, params: Any, many: bool, context: Mapping[str, Any]
) -> Any:
    """Say who changes what a statement changes, ahead of the statement."""
    said = _said.get()
    if not said or not isinstance(command, str) or not CHANGING.match(command):
        return execute(command, params, many, context)
    told = TOLD.format(quoting.Literal(json.dumps(said, sort_keys=True)).as_string(None))
    if many:
        # Cannot be led by another; within a transaction what was said before holds.
        if context["connection"].in_atomic_block:
            context["cursor"].cursor.execute(told)
        return execute(command, params, many, context)
    ahead = told.replace("%", "%%") if params is not None else told
    result = execute(f"{ahead}; {command}", params, many, context)
    while result is not None and result.nextset():
        pass  # what the statement itself gave comes last
    return result
