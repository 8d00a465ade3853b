"""No line of the log names a person or what somebody typed: those of a whole journey are read."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.http import HttpRequest, HttpResponse
from django.urls import path

from invented import PROGRAMME, facts, register
from providing import provider, school, somebody
from schoolhubs.service import urls
from schoolhubs.service.accounts import oidc
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.schools.models import CurrentRegister
from schoolhubs.service.web.logs import JsonLines
from watchful import WatchfulClient, log_lines

ONE = f"/applications/{PROGRAMME}/900001"
# Whoever signs in, whom they name, and what they type.
PRIVATE = (
    "zelda", "vexley", "quillfeather", "marrowby", "tansworth", "@", "mildewed", "zz1",
)  # fmt: skip
ZELDA = somebody((school("900001"), ["partner_school_head"]), subject="zelda")
OFFICER = somebody(
    ({"id": "the-office", "name": "Hubs office"}, ["office_administrator"]), subject="quillfeather"
)
ANSWERS: dict[str, dict[str, Any]] = {
    "pathways": {"pathways": ["enhanced", "regional"]},
    "leaders": {"first": "Zelda Vexley, head", "second": "Bo Marrowby", "third": "Cy Tansworth"},
    "email": {"email": "office@marrowby.example"},
    "leadership_capacity": {"leadership_capacity": "yes"},
    "ready_to_change": {"ready_to_change": "yes"},
    "tried": {"tried": "The mildewed plan of Mrs Quillfeather."},
    "travel": {"travel": ""},
}


@allow(public=True)
def fault(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"cannot read {request.GET['typed']}")


class Faulty:
    """The addresses of the service, and one that fails on what was typed."""

    urlpatterns = (*urls.urlpatterns, path("fault", fault, name="fault"))
    handler400, handler403 = staticmethod(urls.handler400), staticmethod(urls.handler403)
    handler404, handler500 = staticmethod(urls.handler404), staticmethod(urls.handler500)


@pytest.fixture
def faulty(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "urls_with_a_fault", Faulty)
    settings.ROOT_URLCONF = "urls_with_a_fault"
    oidc.provider.cache_clear()


def signed_in(person: Any) -> WatchfulClient:
    client = WatchfulClient()
    client.raise_request_exception = False
    address = client.get("/sign-in/start").headers["Location"]
    back = requests.get(
        f"{address}&login_hint={person.subject}", allow_redirects=False, timeout=5
    ).headers["Location"]
    client.get(back.removeprefix("http://testserver"))
    client.sees_all = True  # its pages are looked at elsewhere
    return client


def journey() -> None:
    """Go the way of a school and an office, with every kind of refusal and fault on it."""
    register(facts("900001"))
    with provider(ZELDA, OFFICER):
        head = signed_in(ZELDA)
        head.post(f"{ONE}/start")
        for step, answer in ANSWERS.items():
            version = Application.objects.get().version
            head.post(f"{ONE}/questions/{step}", {**answer, "version": version})
            head.post(f"{ONE}/questions/{step}", {**answer, "version": version})  # out of date
        current = CurrentRegister.objects.get().snapshot_id
        version = Application.objects.get().version
        sent = {"declared": "yes", "version": version, "register": current}
        head.post(f"{ONE}/check", sent)
        reference = Application.objects.get().reference
        for address in ("/eligibility?typed=ZZ1+1AA", "/no-such/zelda", "/people?typed=Tansworth"):
            head.get(address)
        head.get("/fault?typed=Quillfeather")
        head.get("/", HTTP_HOST="marrowby.example")
        officer = signed_in(OFFICER)
        officer.get("/office/applications?typed=Marrowby")
        where = f"/office/applications/{reference}"
        decided = {"pathway": "enhanced", "verdict": "no", "reason": "Mrs Marrowby rang"}
        officer.post(where, decided)
        officer.post(where, {"reason": "The mildewed plan"})
        head.post("/sign-out")
    assert Application.objects.get().state != "draft"


def named(lines: list[str]) -> set[str]:
    """Give the private words that some lines carry."""
    return {word for word in PRIVATE for line in lines if word in line.casefold()}


@pytest.mark.django_db
@pytest.mark.usefixtures("faulty")
def test_no_line_of_a_journey_names_anybody() -> None:
    with log_lines() as lines:
        journey()
    assert len(lines) > 30
    assert named(lines) == set()


def with_messages(self: logging.Formatter, record: logging.LogRecord) -> str:
    return logging.Formatter().format(record)


def with_addresses(self: logging.Formatter, record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    return f"{record.getMessage()} {request.get_full_path() if request else ''}"


@pytest.mark.django_db
@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize(
    ("formatted", "seen"),
    [(with_messages, {"quillfeather"}), (with_addresses, {"zelda", "tansworth"})],
)
def test_lines_written_in_the_usual_way_would(
    formatted: Callable[..., str], seen: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: faults told by their message, or requests by their address, are seen."""
    logger = logging.getLogger("django.request")
    monkeypatch.setattr(JsonLines, "format", formatted)
    monkeypatch.setattr(logger, "level", logging.WARNING)
    logger.manager._clear_cache()  # type: ignore[attr-defined]
    with log_lines() as lines:
        journey()
    assert seen <= named(lines)
