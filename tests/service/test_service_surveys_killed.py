"""Many answer at once, and the service is killed in the middle: nothing acknowledged is lost."""

import concurrent.futures
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from schoolhubs import diagnosis
from schoolhubs.service.surveys.models import Invitation, Route, Survey, SurveyAnswer
from surveyed import close, opened
from working import until

ITEMS = [each.name for each in diagnosis.instrument("pupil-survey").items]
AT_ONCE = 16


def points_of(n: int) -> dict[str, int]:
    """Give the answer of one pupil, other than everybody else's."""
    return {item: 1 + (n >> (2 * at)) % 4 for at, item in enumerate(ITEMS)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The pages, served as they are served, on this test's database."""

    def __init__(self) -> None:
        parts = connection.settings_dict
        host = parts["HOST"] or parts["OPTIONS"]["host"]
        self.port = free_port()
        self.environ = {
            **os.environ,
            "DATABASE_URL": f"postgresql://{parts['USER']}@/{parts['NAME']}?host={host}",
            "DJANGO_SETTINGS_MODULE": "schoolhubs.service.settings",
            "SCHOOLHUBS_HOSTS": '["127.0.0.1"]',
            "SCHOOLHUBS_BEHIND_TLS": "false",
            "SCHOOLHUBS_DATA": str(settings.ENVIRONMENT.data_folder),
            "SCHOOLHUBS_SECRET_KEY": settings.SECRET_KEY,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable, "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()",
            "--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--log-level", "error",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        until(self.answers, "the pages answer")

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            at = f"http://127.0.0.1:{self.port}{reverse('survey-enter')}"
            return bool(urllib.request.urlopen(at, timeout=5).status == 200)
        return False

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
            self.process = None

    def send(self, code: str, n: int) -> bool:
        """Send one pupil's answers as a browser does; whether they were acknowledged."""
        at = f"http://127.0.0.1:{self.port}{reverse('survey-questions', kwargs={'code': code})}"
        given = {f"item_{item}": value for item, value in points_of(n).items()}
        body = urllib.parse.urlencode({**given, "form": f"form-{n}"}).encode()
        try:
            done = urllib.request.urlopen(at, data=body, timeout=10)
        except (OSError, urllib.error.URLError):
            return False
        return bool(done.url.endswith("/sent/pupil-survey"))


@pytest.fixture
def server(own_database: None) -> Iterator[Server]:
    """Give the served pages; killed, whatever happens, by their own process group."""
    given = Server()
    try:
        yield given
    finally:
        given.kill()


Points = list[tuple[str, int]]


def kept(survey: Survey) -> list[Points]:
    """Close a survey; give what was answered, sorted."""
    close(survey)
    found = SurveyAnswer.objects.filter(survey=survey)
    return sorted(sorted(each.points.items()) for each in found)


def sent_by(pupils: Iterable[int]) -> list[Points]:
    """Give what some pupils answered, sorted."""
    return sorted(sorted(points_of(n).items()) for n in pupils)


def test_what_was_acknowledged_is_there_once_though_the_service_was_killed(server: Server) -> None:
    n_pupils, today = 240, timezone.localdate()
    survey, links = opened(
        route=Route.ONE_TIME_LINKS, n_codes=n_pupils, opens_on=today, closes_on=today
    )
    acknowledged: set[int] = set()
    server.start()

    def answer(n: int) -> None:
        if server.send(links[n], n):
            acknowledged.add(n)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pupils:
        waiting = [pupils.submit(answer, n) for n in range(n_pupils)]
        deadline = time.monotonic() + 60
        while len(acknowledged) < n_pupils // 4 and time.monotonic() < deadline:
            time.sleep(0.005)
        server.kill()
        concurrent.futures.wait(waiting)
    first = set(acknowledged)
    assert n_pupils // 4 <= len(first) < n_pupils
    connection.close()
    gone = n_pupils - Invitation.objects.count()
    assert gone >= len(first)
    server.start()
    for n in range(n_pupils):  # whoever got no thanks, and some who did, send again
        if n not in first or n % 7 == 0:
            answer(n)
    assert acknowledged == set(range(n_pupils))
    assert kept(survey) == sent_by(range(n_pupils))


def test_many_answer_at_once_and_each_of_them_counts_once(server: Server) -> None:
    """A class by its code; and one link from many windows, of which one counts."""
    today = timezone.localdate()
    days = {"opens_on": today, "closes_on": today}
    of_class, (code,) = opened(**days)
    of_links, (link, *_) = opened(
        route=Route.ONE_TIME_LINKS, n_codes=2, wave="2027-03", **days
    )  # fmt: skip
    server.start()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pupils:
        assert all(pupils.map(lambda n: server.send(code, n), range(120)))
    begin = threading.Barrier(AT_ONCE)

    def answer(n: int) -> bool:
        begin.wait(30)
        return server.send(link, 1_000 + n)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as windows:
        thanked = list(windows.map(answer, range(AT_ONCE)))
    assert thanked.count(True) == 1
    assert kept(of_class) == sent_by(range(120))
    assert kept(of_links) == sent_by([1_000 + thanked.index(True)])
