"""Copies what each pathway asks for before a sanction changes to where the database's gate reads.

The definitions are the truth; the copy is made anew after every migration, by the owner. The
service's role cannot write it.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connections
from psycopg import sql

from schoolhubs import programmes

TABLE = "plans_needed"
NO_STEP = "none"  # as the definitions write that nothing comes first
GRANTEES = """
SELECT DISTINCT grantee::text FROM information_schema.role_table_grants
WHERE table_name = %s AND grantee <> grantor
"""


def needed() -> Iterator[tuple[str, str, str, str]]:
    """Give programme, pathway, first day and steps (as JSON) of every definition.

    Examples
    --------
    >>> [row[2:] for row in needed() if row[:2] == ("rise-hubs-2025", "regional")]
    [('2025-12-05', '[]')]
    """
    for name in programmes.list_ids():
        for path, setting in programmes.load(name).settings.items():
            if path[0] == "pathways" and path[-1] == "audit_steps":
                for entry in setting.entries:
                    yield (
                        name,
                        path[1],
                        entry.from_on.isoformat(),
                        json.dumps([step for step in entry.value if step != NO_STEP]),
                    )


def copy(using: str = "default", **_: Any) -> None:
    """Copy what is needed; where nothing is other than before, nothing is written."""
    with connections[using].cursor() as cursor:
        if TABLE not in connections[using].introspection.table_names(cursor):
            return
        cursor.execute(GRANTEES, [TABLE])
        for (grantee,) in cursor.fetchall():
            take = sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}")
            cursor.execute(take.format(sql.Identifier(TABLE), sql.Identifier(grantee)))
        cursor.execute("DELETE FROM plans_needed")
        rows = list(needed())
        cursor.executemany("INSERT INTO plans_needed VALUES (%s, %s, %s, %s::jsonb)", rows)
