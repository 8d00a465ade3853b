"""A decision can be taken back: the table of moves in the database follows states.yaml again."""

from typing import Any

from django.db import migrations

from schoolhubs.service.eligibility import states


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Put in the moves that are new; a move that was taken away goes."""
    pairs = sorted({(start, to) for start, to, _ in states.moves()})
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DELETE FROM eligibility_move")
        cursor.executemany("INSERT INTO eligibility_move VALUES (%s, %s)", pairs)


class Migration(migrations.Migration):
    """The moves of states.yaml, as they are now."""

    dependencies = (("eligibility", "0006_queue_in_order"),)
    operations = (migrations.RunPython(fill, migrations.RunPython.noop),)
