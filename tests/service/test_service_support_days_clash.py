"""A leader is barred from two places by the database itself, whoever plans and however fast."""

import threading
from typing import Any

import psycopg
import pytest
from django.db import connection

from delivering import LEAD, PARTNER, leader, planned, school_day, together
from invented import facts, register
from schoolhubs.service import embedded_postgres
from schoolhubs.service.delivery.models import LeaderHalfDay
from schoolhubs.vocabulary.errors import Conflict


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("is_barred", [True, False])
def test_of_two_who_plan_a_leader_at_once_one_is_told(*, is_barred: bool, postgres: str) -> None:
    """And the control: with the database's bar taken away both would get the leader."""
    register(facts(PARTNER), facts("900002"), facts(LEAD), leads=(LEAD,))
    one, other, ada = together(), together("900002"), leader()
    on = school_day(one)
    if not is_barred:
        take_the_bar_away(postgres)
    refused: list[str] = []
    ready = threading.Barrier(2)

    def plan(partnership: Any) -> None:
        ready.wait(timeout=10)
        try:
            planned(partnership, ada, on=on)
        except Conflict as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=plan, args=(each,)) for each in (one, other)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)
    held = LeaderHalfDay.objects.filter(leader=ada, on=on, half="am", is_held=True).count()
    assert (len(refused), held) == ((1, 1) if is_barred else (0, 2))


def take_the_bar_away(postgres: str) -> None:
    owner_url = embedded_postgres.addresses(postgres, connection.settings_dict["NAME"]).owner_url
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("DROP INDEX a_leader_is_in_one_place")
