"""How much is taken from whom: counted in the database, the one place all processes share."""

import datetime
import functools
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.models import CountedRequests
from schoolhubs.vocabulary.written.stored import read_facts

TABLE = Path(__file__).with_name("limits.yaml")
FORGOTTEN_AFTER = 10  # stretches of time
COUNT = """
    INSERT INTO api_countedrequests AS told (who, began_at, n) VALUES (%s, %s, 1)
    ON CONFLICT (who, began_at) DO UPDATE SET n = told.n + 1 RETURNING n
"""


@functools.cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return dict(read_facts(TABLE.read_text(encoding="utf-8")))


def limit(name: str) -> int:
    """Give a limit by its name.

    >>> limit("kept_hours") >= 24
    True
    """
    return int(_table()[name]["value"])


def count(who: str, allowed: int, *, at: datetime.datetime) -> None:
    """Count a request, and refuse it where there were too many in this stretch of time.

    Raises
    ------
    Refused
        ``too_many``, with the seconds until the next stretch in Retry-After.
    """
    seconds = limit("window_seconds")
    began = datetime.datetime.fromtimestamp(at.timestamp() // seconds * seconds, datetime.UTC)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [who, began])
        n = cursor.fetchone()[0]
    if n == 1:
        old = began - datetime.timedelta(seconds=seconds * FORGOTTEN_AFTER)
        CountedRequests.objects.filter(began_at__lt=old).delete()
    if n > allowed:
        left = math.ceil(seconds - (at - began).total_seconds())
        detail = f"At most {allowed:,} requests are answered in {seconds} seconds."
        raise Refused("too_many", detail, headers={"Retry-After": str(max(left, 1))})


def address_of(request: HttpRequest) -> str:
    """Name where a request comes from, so that the address itself is kept nowhere.

    Behind proxies, each puts the address it was called from at the end of ``X-Forwarded-For``; the
    settings say how many of them are ours.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    passed_on = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    n = settings.ENVIRONMENT.n_proxies
    if n and len(passed_on) >= n:
        address = passed_on[-n].strip()
    return f"address:{salted_hmac('api.limits', address, algorithm='sha256').hexdigest()}"
