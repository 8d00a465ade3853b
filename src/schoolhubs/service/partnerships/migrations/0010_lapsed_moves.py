"""A proposal can lapse: the table of moves in the database follows states.yaml again."""

from typing import Any

from django.db import migrations

from schoolhubs.service.eligibility import states


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Put in the moves that are new; a move that was taken away goes."""
    pairs = sorted({(start, to) for start, to, _ in states.moves(states.PARTNERSHIP)})
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DELETE FROM partnerships_move")
        cursor.executemany("INSERT INTO partnerships_move VALUES (%s, %s)", pairs)


class Migration(migrations.Migration):
    """The moves of a partnership in states.yaml, as they are now."""

    dependencies = (("partnerships", "0009_lapsed"),)
    operations = (migrations.RunPython(fill, migrations.RunPython.noop),)
