"""Moves of a support day that are not in the table are impossible in the database too."""

from typing import Any

from django.db import migrations

from schoolhubs.delivery import days

FORWARD = """
CREATE TABLE delivery_move (
    from_state varchar(10) NOT NULL,
    to_state varchar(10) NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
CREATE FUNCTION support_day_moves_by_the_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('planned', 'delivered') THEN
            RAISE EXCEPTION 'a support day begins as planned or delivered, not %', NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM delivery_move m
        WHERE m.from_state = OLD.state AND m.to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'a support day does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'a change of a support day raises its version'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.partnership_id, NEW.kind) IS DISTINCT FROM (OLD.partnership_id, OLD.kind) THEN
        RAISE EXCEPTION 'a support day keeps its partnership and its kind'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER support_day_moves_by_the_table BEFORE INSERT OR UPDATE ON delivery_supportday
    FOR EACH ROW EXECUTE FUNCTION support_day_moves_by_the_table();
"""
BACK = """
DROP TRIGGER support_day_moves_by_the_table ON delivery_supportday;
DROP FUNCTION support_day_moves_by_the_table();
DROP TABLE delivery_move;
"""


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Copy the table of moves; the service's role reads it and cannot write it."""
    with schema_editor.connection.cursor() as cursor:
        pairs = sorted({(start, to) for start, to, _ in days.states.moves()})
        cursor.executemany("INSERT INTO delivery_move VALUES (%s, %s)", pairs)
        cursor.execute(
            """
            SELECT DISTINCT grantee::text FROM information_schema.role_table_grants
            WHERE table_name = 'delivery_move' AND grantee <> grantor
            """
        )
        for (grantee,) in cursor.fetchall():
            cursor.execute(
                f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON delivery_move FROM "{grantee}"'
            )


class Migration(migrations.Migration):
    """States move by the table."""

    dependencies = (("delivery", "0003_events"),)
    operations = (
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunPython(fill, migrations.RunPython.noop),
    )
