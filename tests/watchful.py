"""A test client that watches: no answer and no log line may carry another organisation's words.

Every organisation of the test data has a marker word of its own in whatever is private to it.
"""

import contextlib
import gzip
import hashlib
import io
import logging
import zipfile
from collections.abc import Collection, Iterator
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from safe_headers import faults_of
from schoolhubs.service.accounts import sessions
from schoolhubs.service.accounts.models import Organisation, Person
from schoolhubs.service.web.logs import JsonLines

# Digits as letters, so that a marker is one word wherever words are looked for.
LETTERS = str.maketrans("0123456789", "ghijklmnop")


class Leak(AssertionError):
    """Private words of one organisation reached another."""


# One word for each organisation that private data is made for; it stands nowhere else.
MARKERS: dict[str, str] = {}


def marker_of(key: str) -> str:
    """Give the marker word of an organisation, by its key such as ``school:900001``."""
    letters = hashlib.sha256(key.encode()).hexdigest().translate(LETTERS)
    return MARKERS.setdefault(key, f"zq{letters[:14]}")


def text_of(response: HttpResponse) -> str:
    """Give everything an answer says: head, and body with any archive in it opened."""
    content = b"".join(response) if response.streaming else response.content
    if response.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return "\n".join([head, *(each.decode("utf-8", "replace") for each in _opened(content))])


def _opened(content: bytes) -> Iterator[bytes]:
    yield content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name)


def refuse_markers(text: str, *, own: Collection[str] = (), where: str) -> None:
    """Fail if a text carries the marker of an organisation other than its own."""
    said = text.casefold()
    found = sorted(key for key, word in MARKERS.items() if key not in own and word in said)
    if found:
        raise Leak(f"{where} carries the private words of {', '.join(found)}")


@contextlib.contextmanager
def log_lines() -> Iterator[list[str]]:
    """Collect what is written to the log while inside, as the service writes it."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Kept()
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)


class WatchfulClient(Client):
    """Django's test client, which looks at every answer, its headers and every log line.

    ``own`` holds the key of the organisation it acts for, and of others whose words it may read
    by right, as a trust may those of its schools. ``sees_all`` is set for offices and
    auditors, whose pages may name every organisation; log lines may still name none.
    """

    own: Collection[str] = frozenset()
    sees_all = False

    def request(self, **request: Any) -> HttpResponse:
        """Answer, and look at the answer."""
        with log_lines() as lines:
            response = super().request(**request)
        where = f"{request.get('REQUEST_METHOD')} {request.get('PATH_INFO')}"
        if faults := faults_of(response):
            raise AssertionError(f"{where} answers without a whole {', '.join(faults)}")
        refuse_markers("\n".join(lines), where=f"the log of {where}")
        if not self.sees_all:
            refuse_markers(text_of(response), own=self.own, where=where)
        return response

    def act_as(self, person: Person, organisation: Organisation | None) -> None:
        """Begin a session as the sign-in does; what the person may do is asked for as ever."""
        session = self.session
        session.flush()
        now = timezone.now().isoformat()
        session[sessions.PERSON] = person.pk
        session[sessions.SIGNED_IN_AT] = session[sessions.SEEN_AT] = now
        if organisation:
            session[sessions.ORGANISATION] = organisation.pk
        session.save()
        from django.conf import settings

        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        self.own = frozenset({organisation.key} if organisation else ())
        self.sees_all = bool(organisation) and organisation.kind in {"office", "auditor"}
