"""Every answer carries the headers that keep a page safe, and health says what is so."""

import json

import pytest
from django.test import Client

SAFE = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/eligibility", "/no-such-page", "/healthz"])
def test_every_answer_carries_safe_headers_and_a_number(client: Client, address: str) -> None:
    answer = client.get(address)
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert len(answer.headers["X-Request-ID"]) == 32


@pytest.mark.django_db
def test_ready_only_with_every_migration(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert json.loads(answer.content)["checks"] == {"database": True, "migrations": True}


@pytest.mark.django_db
def test_a_page_without_an_address_says_so_and_leads_back(client: Client) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
