"""Changes happen once, however often a program asks: the answer is kept with the effect."""

import datetime
import hashlib
import re
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from schoolhubs.service.api.manners.limits import limit
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.models import ApiKey, KeptAnswer

HEADER = "Idempotency-Key"
WRITTEN = re.compile(r"[\w.:-]{1,100}", re.ASCII)
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7203412))"


def once(
    request: HttpRequest,
    key: ApiKey,
    answer: Callable[[], HttpResponseBase],
    *,
    at: datetime.datetime,
) -> HttpResponseBase:
    """Answer a change, or give again what was answered the first time.

    Effect and kept answer are one transaction: either both stand or neither does. An answer that
    refused changed nothing and is not kept, so that what is mended can be asked under the same key.

    Raises
    ------
    Refused
        Without an Idempotency-Key; for one that was used for another request; and while the same
        request is being answered.
    """
    named = request.headers.get(HEADER, "")
    if not WRITTEN.fullmatch(named):
        detail = f"{HEADER} must be 1 to 100 letters, digits, full stops, colons or hyphens."
        raise Refused("repeat_key_missing", detail if named else "")
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        if not _alone(f"{key.prefix} {named}"):
            raise Refused("being_answered", headers={"Retry-After": "1"})
        kept = KeptAnswer.objects.filter(
            key=key, idempotency_key=named, at__gt=_since(at)
        ).first()  # fmt: skip
        if kept:
            return _again(kept, fingerprint)
        response = answer()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        forget(at=at)
        _keep(key, named, fingerprint, response, at)
    return response


def forget(*, at: datetime.datetime) -> int:
    """Erase the answers that are too old to be given again; how many there were.

    Each change does, and once an hour a job does, for where no program asks any more.
    """
    return KeptAnswer.objects.filter(at__lte=_since(at)).delete()[0]


def _since(at: datetime.datetime) -> datetime.datetime:
    return at - datetime.timedelta(hours=limit("kept_hours"))


def _fingerprint(request: HttpRequest) -> str:
    asked = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(asked + request.body).hexdigest()


def _alone(name: str) -> bool:
    """Hold a lock to the end of the transaction; tell whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [name])
        return bool(cursor.fetchone()[0])


def _again(kept: KeptAnswer, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        raise Refused("repeated_otherwise")
    response = HttpResponse(kept.body, status=kept.status)
    for name, value in kept.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep(
    key: ApiKey, named: str, fingerprint: str, response: HttpResponseBase, at: datetime.datetime
) -> None:
    assert isinstance(response, HttpResponse)
    told = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    KeptAnswer.objects.create(
        key=key, idempotency_key=named, fingerprint=fingerprint, status=response.status_code,
        headers=told, body=response.content.decode(), at=at,
    )  # fmt: skip
