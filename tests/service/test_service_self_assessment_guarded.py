"""The guard of finished self-assessments, taken away: without it they would change."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from invented import AT
from schoolhubs import diagnosis
from schoolhubs.service import embedded_postgres
from schoolhubs.service.diagnosis.assessing import actions
from schoolhubs.service.diagnosis.assessing.actions import Given
from schoolhubs.service.diagnosis.models import AssessmentAnswer

CHANGE = "UPDATE diagnosis_assessmentanswer SET value = 1"
DONE = {"by": "ada", "organisation": "school:900001", "at": AT, "place": "tests"}


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("own_database")
def test_without_the_guard_a_finished_one_would_change(postgres: str) -> None:
    """The control: it is the trigger that refuses, and nothing before it."""
    asked = diagnosis.instrument("attendance-mainstream")
    one = actions.begin("900001", asked, **DONE)  # type: ignore[arg-type]
    given = [Given(item=each.name, value=3) for each in asked.items]
    actions.answer(one, given, label="Head", **DONE)  # type: ignore[arg-type]
    actions.finish(one, on=AT.date(), **DONE)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError):
        run(CHANGE)
    name = connection.settings_dict["NAME"]
    owner_url = embedded_postgres.addresses(postgres, name).owner_url
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE diagnosis_assessmentanswer DISABLE TRIGGER USER")
    run(CHANGE)
    assert set(AssessmentAnswer.objects.values_list("value", flat=True)) == {1}
