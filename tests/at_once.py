"""Two things at the same moment, the second of which has to wait for the locks of the first."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from schoolhubs.vocabulary.errors import Conflict


def wait_until_somebody_waits() -> None:
    """Wait until a transaction waits for another's lock, in this database.

    Other databases of the same server, those of tests at the same time, have waits of their own.
    """
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # kept for a transaction otherwise
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waited")


def at_once(first: Callable[[], Any], second: Callable[[], Any]) -> list[str]:
    """Let one thing be done while another is done and not yet kept; give what was refused.

    The first holds its locks, lets the second begin, and is kept once that one waits for them.
    """
    began, refused = threading.Event(), []

    def before() -> None:
        with transaction.atomic():
            first()
            began.set()
            wait_until_somebody_waits()

    def meanwhile() -> None:
        assert began.wait(10)
        second()

    def run(act: Callable[[], Any]) -> None:
        try:
            act()
        except Conflict as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(each,)) for each in (before, meanwhile)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return refused
