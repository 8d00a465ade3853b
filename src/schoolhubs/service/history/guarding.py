"""Keeps events as they were written, also from the service's own role.

Triggers refuse to change or delete an event, whoever asks. Beyond them the service's role is not
granted to try, and the way that the trigger library offers around its triggers, a setting that any
session may make for itself, is closed.
"""

from typing import Any

import pghistory.core
from django.db import connections
from psycopg import sql

GRANTEES = """
SELECT DISTINCT grantee FROM information_schema.role_table_grants
WHERE table_schema = 'public' AND table_name = %s AND grantee <> grantor
  AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
"""
NOTHING_IS_IGNORED = """
CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name NAME)
RETURNS BOOLEAN AS $$ BEGIN RETURN FALSE; END; $$ LANGUAGE plpgsql;
"""


def event_tables() -> list[str]:
    """Name the tables that hold events, of every app."""
    return sorted(model._meta.db_table for model in pghistory.core.event_models())


def guard(using: str = "default", **_: Any) -> None:
    """Take from every role but the owner the right to change or delete events.

    Run after every migration by the owner; again, it changes nothing.
    """
    with connections[using].cursor() as cursor:
        held = set(connections[using].introspection.table_names(cursor))
        for table in held.intersection(event_tables()):
            cursor.execute(GRANTEES, [table])
            for (grantee,) in cursor.fetchall():
                role = sql.SQL("PUBLIC") if grantee == "PUBLIC" else sql.Identifier(grantee)
                command = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}")
                cursor.execute(command.format(sql.Identifier(table), role))
        cursor.execute("SELECT 1 FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'")
        if cursor.fetchone():
            cursor.execute(NOTHING_IS_IGNORED)
