"""/metrics: for this machine alone, and true."""

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from schoolhubs.service.jobs.models import Work
from schoolhubs.service.letters.models import Letter

pytestmark = pytest.mark.django_db


def value_of(told: str, name: str) -> float:
    return next(float(line.split()[-1]) for line in told.splitlines() if line.startswith(name))


def test_metrics_count_requests_and_work(client: Client) -> None:
    asked = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=1)
    Work.objects.create(kind="round", asked_at=asked, asked_by="ada", place="tests")
    line = 'schoolhubs_requests_total{method="GET",route="healthz",status="200"}'
    client.get("/healthz")
    before = value_of(client.get("/metrics").content.decode(), line)
    client.get("/healthz")
    answer = client.get("/metrics")
    told = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert value_of(told, line) == before + 1
    assert value_of(told, 'schoolhubs_jobs{state="waiting"}') == 1
    assert 55 < value_of(told, "schoolhubs_queue_age_seconds") < 120
    assert "900001" not in told


def test_metrics_count_letters_and_how_long_they_wait(client: Client) -> None:
    now = timezone.now()
    told: dict[str, Any] = {
        "facts": {}, "path": "/account", "written_at": now, "written_by": "ada", "place": "tests",
        "organisation": "school:900001",
    }  # fmt: skip
    for n, (minutes, state) in enumerate([(-5, "waiting"), (-2, "sending"), (60, "waiting")]):
        Letter.objects.create(
            kind="application_received", about=f"application:{n}", to="a@b.example", state=state,
            reference=uuid.uuid4(), not_before=now + datetime.timedelta(minutes=minutes), **told,
        )  # fmt: skip
    said = client.get("/metrics").content.decode()
    assert value_of(said, 'schoolhubs_letters{state="waiting"}') == 2
    assert value_of(said, 'schoolhubs_letters{state="sending"}') == 1
    assert value_of(said, 'schoolhubs_letters{state="failed"}') == 0
    assert 299 < value_of(said, "schoolhubs_letters_age_seconds") < 360
    assert "b.example" not in said


def test_without_letters_nothing_waits(client: Client) -> None:
    said = client.get("/metrics").content.decode()
    assert value_of(said, "schoolhubs_letters_age_seconds") == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_metrics_are_not_there_for_others(client: Client, sent: dict[str, Any]) -> None:
    assert client.get("/metrics", **sent).status_code == 404
    assert client.get("/metrics").status_code == 200  # negative control
