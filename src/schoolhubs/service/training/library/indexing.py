"""Copies the library's words to where PostgreSQL searches them, after each migration, as its owner.

The files are the truth. The service's role reads the copy and cannot write it.
"""

from typing import Any

from django.db import connections
from psycopg import sql

from schoolhubs import delivery
from schoolhubs.vocabulary.root_causes import root_causes

TABLE = "training_indexedresource"
GRANTEES = """
SELECT DISTINCT grantee::text FROM information_schema.role_table_grants
WHERE table_name = %s AND grantee <> grantor
"""
# A title weighs most, then what it is, then causes and who published it.
INSERT = """
INSERT INTO training_indexedresource (resource_id, digest, words) VALUES (
    %s, %s,
    setweight(to_tsvector('english', %s), 'A') || setweight(to_tsvector('english', %s), 'B')
    || setweight(to_tsvector('english', %s), 'C')
)
"""


def copy(using: str = "default", **_: Any) -> None:
    """Copy the words; where nothing is other than before, nothing is written."""
    with connections[using].cursor() as cursor:
        if TABLE not in connections[using].introspection.table_names(cursor):
            return
        cursor.execute(GRANTEES, [TABLE])
        for (grantee,) in cursor.fetchall():
            take = sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}")
            cursor.execute(take.format(sql.Identifier(TABLE), sql.Identifier(grantee)))
        library = delivery.resources.library()
        cursor.execute("SELECT resource_id, digest FROM training_indexedresource")
        if dict(cursor.fetchall()) == {name: each.digest for name, each in library.items()}:
            return
        cursor.execute("DELETE FROM training_indexedresource")
        for name, each in library.items():
            causes = " ".join(root_causes()[cause].title for cause in each.root_causes)
            rest = f"{causes} {each.publisher} {delivery.resources.kinds()[each.kind]}"
            cursor.execute(INSERT, [name, each.digest, each.title, each.about, rest])
