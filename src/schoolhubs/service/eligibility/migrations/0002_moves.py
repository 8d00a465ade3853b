"""Moves between states that are not in the table are impossible in the database too."""

from typing import Any

from django.db import migrations

from schoolhubs.service.eligibility import states

FORWARD = """
CREATE TABLE eligibility_move (
    from_state varchar(20) NOT NULL,
    to_state varchar(20) NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
CREATE FUNCTION application_moves_by_the_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('draft', 'submitted') THEN
            RAISE EXCEPTION 'an application begins as a draft or sent, not %', NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM eligibility_move m
        WHERE m.from_state = OLD.state AND m.to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'an application does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'a change of an application raises its version'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_moves_by_the_table BEFORE INSERT OR UPDATE ON eligibility_application
    FOR EACH ROW EXECUTE FUNCTION application_moves_by_the_table();
"""
BACK = """
DROP TRIGGER application_moves_by_the_table ON eligibility_application;
DROP FUNCTION application_moves_by_the_table();
DROP TABLE eligibility_move;
"""
WRITTEN_ONCE = """
CREATE FUNCTION decision_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision is written once: a new one stands beside it'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER decision_is_written_once BEFORE UPDATE OR DELETE ON eligibility_decision
    FOR EACH ROW EXECUTE FUNCTION decision_is_written_once();
"""
REWRITABLE = """
DROP TRIGGER decision_is_written_once ON eligibility_decision;
DROP FUNCTION decision_is_written_once();
"""


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Copy the table of moves; the service's role reads it and cannot write it."""
    with schema_editor.connection.cursor() as cursor:
        pairs = sorted({(start, to) for start, to, _ in states.moves()})
        cursor.executemany("INSERT INTO eligibility_move VALUES (%s, %s)", pairs)
        cursor.execute(
            """
            SELECT DISTINCT grantee::text FROM information_schema.role_table_grants
            WHERE table_name = 'eligibility_move' AND grantee <> grantor
            """
        )
        for (grantee,) in cursor.fetchall():
            cursor.execute(
                f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON eligibility_move FROM "{grantee}"'
            )


class Migration(migrations.Migration):
    """States move by the table; decisions are written once."""

    dependencies = (("eligibility", "0001_initial"),)
    operations = (
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(WRITTEN_ONCE, REWRITABLE),
    )
