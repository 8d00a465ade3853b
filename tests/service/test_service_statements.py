"""Start page and statements: what they say of cookies and doors is so."""

import html
import re
from typing import Any

import pytest
from django.conf import settings as given
from django.test import Client

from invented import facts, register
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from signing import signed_in

PUBLIC = ("/", "/eligibility", "/programmes", "/accessibility", "/cookies", "/privacy", "/sign-in")


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_sets_no_cookie_and_loads_nothing_from_elsewhere(
    client: Client, address: str
) -> None:
    answer = client.get(address)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert text.count("<h1") == 1
    loaded = re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=\"([^\"]+)", text)
    assert loaded
    assert [each for each in loaded if not each.startswith("/static/")] == []


@pytest.mark.django_db
def test_signing_in_sets_the_cookies_the_page_names_and_no_other(client: Client) -> None:
    register(facts("900001"))
    named = words(client.get("/cookies"))
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn="900001")
    head.get("/account")
    assert set(head.cookies) == {given.SESSION_COOKIE_NAME, given.CSRF_COOKIE_NAME}
    assert all(name in named for name in head.cookies)
    assert "12 hours, or when you sign out" in named


@pytest.mark.django_db
def test_every_door_of_the_start_page_opens(client: Client) -> None:
    text = client.get("/").content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    doors = re.findall(r"href=\"(/[^\"#]*)\"", main)
    assert {"/eligibility", "/sign-in", "/programmes"} <= set(doors)
    assert [door for door in doors if client.get(door).status_code != 200] == []
    assert all(programmes.load(each).title in text for each in given.ENVIRONMENT.programme_ids)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accessibility", "/privacy"])
def test_a_statement_names_whom_to_ask_or_says_that_nobody_is_named(
    client: Client, address: str, settings: Any
) -> None:
    assert "name no email address" in words(client.get(address))
    settings.ENVIRONMENT = given.ENVIRONMENT.model_copy(update={"contact": "ask@hubs.example"})
    answer = client.get(address)
    assert 'href="mailto:ask@hubs.example"' in answer.content.decode()
    assert "name no email address" not in words(answer)
