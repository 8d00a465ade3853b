"""Marks a model: its rows have a history, or are written once.

Either is kept by triggers in the database, so that bulk changes and plain SQL are no way around it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, overload

import pghistory
import pgtrigger
from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from pghistory.trigger import Event

Model = TypeVar("Model", bound=type[models.Model])
MARK, HISTORY, WRITTEN_ONCE = "kept_as", "history", "written once"
ALREADY_THERE = "already there"


@overload
def with_history(model: Model) -> Model: ...
@overload
def with_history(
    *, without: Sequence[str] = (), without_keys: Mapping[str, Sequence[str]] | None = None
) -> Callable[[Model], Model]: ...
def with_history(
    model: Any = None,
    *,
    without: Sequence[str] = (),
    without_keys: Mapping[str, Sequence[str]] | None = None,
) -> Any:
    """Keep what rows were: each insert, update and delete leaves an event that nothing changes.

    Parameters
    ----------
    without
        Fields left out of events: those that change by themselves, and those that name people,
        so that a name can be taken out of the service.
    without_keys
        Of a JSON field, the keys left out of events for the same reason; the rest is kept.
    """

    def mark(marked: Model) -> Model:
        events = pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
        for event in events:
            event.add_event_trigger = _adding(event, without_keys or {})  # type: ignore[method-assign]
        pghistory.track(
            *events,
            exclude=list(without),
            append_only=True,
            context_id_field=None,  # type: ignore[arg-type]
            obj_field=pghistory.ObjForeignKey(related_name="+"),
            meta={"ordering": ("pgh_id",)},
        )(marked)
        setattr(marked, MARK, HISTORY)
        return marked

    return mark if model is None else mark(model)


class _Event(Event):
    """Writes an event without some keys of JSON fields."""

    without_keys: Mapping[str, Sequence[str]]

    def get_func(self, model: Any) -> pgtrigger.Func:
        """Give what the trigger does, the keys taken off the row's values."""
        told = super().get_func(model).func  # type: ignore[no-untyped-call]
        for column, keys in self.without_keys.items():
            whole = f'{self.row}."{column}"'
            less = "".join(f" - '{key}'" for key in keys)
            told = told.replace(whole, f"({whole}{less})")
        return pgtrigger.Func(told)  # type: ignore[no-untyped-call]


def _adding(
    event: pghistory.RowEvent, without_keys: Mapping[str, Sequence[str]]
) -> Callable[[Any], None]:
    """Give what registers an event's trigger, in place of the library's own."""

    def add(event_model: Any) -> None:
        trigger = _Event(  # type: ignore[no-untyped-call]
            event_model=event_model, label=event.label, name=event.trigger_name, row=event.row,
            operation=event.operation, condition=event.condition, level=event.level,
        )  # fmt: skip
        trigger.without_keys = without_keys
        pgtrigger.register(trigger)(event_model.pgh_tracked_model)

    return add


def written_once(model: Model) -> Model:
    """Refuse to change a row once it is written; it may still be deleted with what it belongs to.

    Such rows need no history: they never were anything else.
    """
    pgtrigger.register(pgtrigger.Protect(name="written_once", operation=pgtrigger.Update))(model)
    setattr(model, MARK, WRITTEN_ONCE)
    return model


def keep_rows_already_there(app: str, name: str) -> RunPython:
    """Begin the history of rows that were there before their table had one.

    The last operation of the migration that gives the table its history.
    """

    def keep(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        event = apps.get_model(app, f"{name}Event")._meta
        table = apps.get_model(app, name)._meta
        assert table.pk is not None
        kept = {each.column for each in event.fields if not each.column.startswith("pgh_")}
        quoted = editor.quote_name
        columns = ", ".join(quoted(each.column) for each in table.fields if each.column in kept)
        key = quoted(table.pk.column)
        editor.execute(
            f"INSERT INTO {quoted(event.db_table)} "  # noqa: S608 - names of our own tables
            f"({columns}, pgh_created_at, pgh_label, pgh_obj_id) "
            f"SELECT {columns}, now(), '{ALREADY_THERE}', {key} "
            f"FROM {quoted(table.db_table)} ORDER BY {key}"
        )

    return RunPython(keep, RunPython.noop)
