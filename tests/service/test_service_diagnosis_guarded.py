"""The guards of a confirmed diagnosis, taken away: without them it would change, and go."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from diagnosed import confirmed_day
from invented import ON
from schoolhubs.service import embedded_postgres
from schoolhubs.service.diagnosis.models import KeptDiagnosis

CHANGE = "UPDATE diagnosis_keptdiagnosis SET record = '{}'"
REMOVE = "DELETE FROM diagnosis_keptdiagnosis"


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("own_database")
def test_without_its_guards_a_confirmed_diagnosis_would_change_and_go(postgres: str) -> None:
    """The control: it is these two triggers that refuse, and nothing before them."""
    kept = confirmed_day("900001", ON)
    for statement in (CHANGE, REMOVE):
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"):
            run(statement)
    name = connection.settings_dict["NAME"]
    owner_url = embedded_postgres.addresses(postgres, name).owner_url
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE diagnosis_keptdiagnosis DISABLE TRIGGER USER")
    run(CHANGE)
    kept.refresh_from_db()
    assert kept.record == {}
    run(REMOVE)
    assert not KeptDiagnosis.objects.exists()
