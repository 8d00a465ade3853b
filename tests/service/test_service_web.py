"""Every answer carries the headers that keep a page safe, and health says what is so."""

import json

import pytest
from django.test import Client


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
