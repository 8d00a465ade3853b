"""One request sent many times at the same moment: it has its effect once."""

import threading
import uuid
from collections import Counter

import pytest
from django.db import connection

from keyed import Program, key_for
from peopled import NUMBERS, OWN, peopled
from schoolhubs.service.api.manners import repeats
from schoolhubs.service.audit.models import AuditEntry

N = 8
BEGIN = {"programme_id": "special-ap-hubs-example", "urn": NUMBERS[OWN]["partner"][0]}


def begin_at_once() -> Counter[int]:
    """Send one request from several threads; the statuses of its answers."""
    world = peopled()
    _, token = key_for(world.organisations[OWN, "partner"], "write:applications")
    repeat, start = uuid.uuid4().hex, threading.Barrier(N)
    statuses: Counter[int] = Counter()

    def ask() -> None:
        client = Program(token)
        client.raise_request_exception = False
        start.wait()
        try:
            said = client.change("/api/v1/applications", BEGIN, repeat=repeat)
            statuses[said.status_code] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(N)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.total() == N
    return statuses


@pytest.mark.usefixtures("own_database")
def test_the_same_request_many_times_at_once_has_one_effect() -> None:
    statuses = begin_at_once()
    assert set(statuses) <= {201, 409}  # 409: the same request is being answered
    assert statuses[201] >= 1
    assert AuditEntry.objects.filter(action="application.begin").count() == 1


@pytest.mark.usefixtures("own_database")
def test_without_the_lock_it_would_be_begun_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock off, all go ahead together: only the database's own constraint stops the others."""
    together = threading.Barrier(N)

    def nobody_waits(_: str) -> bool:
        together.wait()
        return True

    monkeypatch.setattr(repeats, "_alone", nobody_waits)
    assert set(begin_at_once()) - {201, 409}
