"""Moves of a partnership that are not in the table are impossible in the database too."""

from typing import Any

from django.db import migrations

from schoolhubs.service.eligibility import states

FORWARD = """
CREATE TABLE partnerships_move (
    from_state varchar(12) NOT NULL,
    to_state varchar(12) NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
CREATE FUNCTION partnership_moves_by_the_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a partnership begins as a proposal, not %', NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM partnerships_move m
        WHERE m.from_state = OLD.state AND m.to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'a partnership does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'a change of a partnership raises its version'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.partner_urn, NEW.lead_urn, NEW.pathway, NEW.programme_id, NEW.cohort_id)
        IS DISTINCT FROM
        (OLD.partner_urn, OLD.lead_urn, OLD.pathway, OLD.programme_id, OLD.cohort_id) THEN
        RAISE EXCEPTION 'a partnership keeps its schools, pathway and cohort'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER partnership_moves_by_the_table BEFORE INSERT OR UPDATE
    ON partnerships_partnership
    FOR EACH ROW EXECUTE FUNCTION partnership_moves_by_the_table();
"""
BACK = """
DROP TRIGGER partnership_moves_by_the_table ON partnerships_partnership;
DROP FUNCTION partnership_moves_by_the_table();
DROP TABLE partnerships_move;
"""


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Copy the table of moves; the service's role reads it and cannot write it."""
    with schema_editor.connection.cursor() as cursor:
        pairs = sorted({(start, to) for start, to, _ in states.moves(states.PARTNERSHIP)})
        cursor.executemany("INSERT INTO partnerships_move VALUES (%s, %s)", pairs)
        cursor.execute(
            """
            SELECT DISTINCT grantee::text FROM information_schema.role_table_grants
            WHERE table_name = 'partnerships_move' AND grantee <> grantor
            """
        )
        for (grantee,) in cursor.fetchall():
            cursor.execute(
                f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON partnerships_move FROM "{grantee}"'
            )


class Migration(migrations.Migration):
    """States move by the table; a partnership keeps its schools."""

    dependencies = (("partnerships", "0001_initial"),)
    operations = (
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunPython(fill, migrations.RunPython.noop),
    )
