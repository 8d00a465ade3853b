"""Every answer carries the headers that keep a page safe: file, redirect, refusal and fault too.

``WatchfulClient`` looks at the headers of every answer that any test of the service gets, which are
those of every address, method and role. Here stand those that no address gives by itself.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from django.utils import timezone

from peopled import peopled
from safe_headers import faults_of
from schoolhubs.service import urls
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.jobs.models import Product
from watchful import WatchfulClient


@allow(public=True)
def fault(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@allow(public=True)
def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


@allow(public=True)
def too_many(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "1"})


class Faulty:
    """The addresses of the service, and three that go wrong."""

    urlpatterns = (
        *urls.urlpatterns,
        path("fault", fault, name="fault"),
        path("suspicious", suspicious, name="suspicious"),
        path("too-many", too_many, name="too-many"),
    )
    handler400, handler403 = staticmethod(urls.handler400), staticmethod(urls.handler403)
    handler404, handler500 = staticmethod(urls.handler404), staticmethod(urls.handler500)


@pytest.fixture
def faulty(settings: Any) -> Iterator[None]:
    sys.modules["faulty_urls"] = Faulty  # type: ignore[assignment]
    settings.ROOT_URLCONF = "faulty_urls"
    yield
    del sys.modules["faulty_urls"]


def client(**named: Any) -> WatchfulClient:
    made = WatchfulClient(**named)
    made.raise_request_exception = False
    return made


def strict() -> WatchfulClient:
    return client(enforce_csrf_checks=True)


def a_download(world: Any) -> HttpResponse:
    work = Product.objects.values_list("work_id", flat=True)[0]
    return world.client(Role.OFFICE_ADMINISTRATOR).get(f"/jobs/{work}/file")


def a_file(_: Any) -> HttpResponse:
    found = next(Path(settings.STATIC_ROOT).rglob("*.css"))
    return client().get(f"/static/{found.relative_to(settings.STATIC_ROOT)}")


def a_conflict(world: Any) -> HttpResponse:
    """Agree a decision that somebody agreed meanwhile."""
    world.decision.agreed_by, world.decision.agreed_at = "another", timezone.now()
    world.decision.save()
    where = f"/office/applications/{world.decision.application.reference}"
    actor = world.client(Role.OFFICE_CASEWORKER)
    return actor.post(f"{where}/decisions/{world.decision.pk}/agree")


ANSWERS: dict[str, tuple[int, Callable[[Any], HttpResponse]]] = {
    "page": (200, lambda _: client().get("/")),
    "health": (200, lambda _: client().get("/healthz")),
    "static file": (200, a_file),
    "download": (200, a_download),
    "redirect": (302, lambda _: client().get("/office/applications")),
    "unreadable": (400, lambda _: client().get("/suspicious")),
    "unknown host": (400, lambda _: client().get("/", HTTP_HOST="elsewhere.example")),
    "form of another site": (403, lambda _: strict().post("/sign-in/start")),
    "role": (403, lambda world: world.client(Role.PARTNER_SCHOOL_HEAD).get("/people")),
    "nothing there": (404, lambda _: client().get("/no-such-page")),
    "method": (405, lambda _: client().post("/healthz")),
    "conflict": (409, a_conflict),
    "too many": (429, lambda _: client().get("/too-many")),
    "fault": (500, lambda _: client().get("/fault")),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_is_safe(kind: str) -> None:
    status, ask = ANSWERS[kind]
    answer = ask(peopled())
    assert answer.status_code == status
    assert faults_of(answer) == []


@pytest.mark.django_db
@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=60)
@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 301), ("elsewhere.example", 400)])
def test_so_is_an_answer_without_tls(host: str, status: int) -> None:
    answer = client().get("/", HTTP_HOST=host)
    assert answer.status_code == status
    assert faults_of(answer) == []
    with_tls = client().get("/", secure=True)
    assert with_tls.headers["Strict-Transport-Security"] == "max-age=60"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ("csp.middleware.CSPMiddleware", ["Content-Security-Policy"]),
        ("django.middleware.clickjacking.XFrameOptionsMiddleware", ["X-Frame-Options"]),
        (
            "schoolhubs.service.web.requests.NumberedRequests",
            ["Cross-Origin-Resource-Policy", "Permissions-Policy", "X-Request-ID", "Cache-Control"],
        ),
    ],
)
def test_with_a_guard_off_it_is_seen(without: str, missing: list[str], settings: Any) -> None:
    """The control: each middleware taken away, the headers it sets are missed."""
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != without]
    with pytest.raises(AssertionError) as seen:
        client().get("/healthz")
    assert str(seen.value) == f"GET /healthz answers without a whole {', '.join(missing)}"


@pytest.mark.django_db
def test_a_weaker_policy_is_seen(settings: Any) -> None:
    weak = {"DIRECTIVES": {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}}
    weak["DIRECTIVES"]["style-src"] = ["'self'", "'unsafe-inline'"]
    settings.CONTENT_SECURITY_POLICY = weak
    with pytest.raises(AssertionError, match="Content-Security-Policy"):
        client().get("/healthz")


DEPLOYED = {
    "DATABASE_URL": "postgresql://service:secret@database/schoolhubs",
    "SCHOOLHUBS_SECRET_KEY": "only-for-checking-Kt3-9vQzL0xWb7RfYp2mHs8cJd5aGe1nUo4iTq6wEz",
    "SCHOOLHUBS_HOSTS": '["hubs.example.org"]',
    "SCHOOLHUBS_ON_GOV_UK": "true",
    "SCHOOLHUBS_BEHIND_TLS": "true",
    "SCHOOLHUBS_SIGN_IN_ISSUER": "https://signin.example.org",
}


def checked(**changes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "schoolhubs.service", "manage", "check"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCHOOLHUBS_")}
    return subprocess.run(
        [*command, "--deploy", "--fail-level", "WARNING"],
        env={**kept, **DEPLOYED, **changes},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_deployment_is_checked_without_a_warning() -> None:
    done = checked()
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_a_deployment_without_tls_would_be_warned_of() -> None:
    done = checked(SCHOOLHUBS_BEHIND_TLS="false")
    assert done.returncode == 1
    for code in ("security.W004", "security.W008", "security.W012", "security.W016"):
        assert code in done.stderr
