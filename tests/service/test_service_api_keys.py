"""The office makes keys, sees them, and ends them."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from keyed import Program
from peopled import NUMBERS, OWN, World, peopled
from providing import provider
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.api.models import ApiKey
from schoolhubs.service.audit.models import AuditEntry
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
NEW = "/office/api-keys/new"
PARTNER = NUMBERS[OWN]["partner"][0]


@pytest.fixture
def world() -> Iterator[World]:
    with provider(role_seconds=3_600):
        yield peopled()


@pytest.fixture
def office(world: World) -> WatchfulClient:
    return world.client(Role.OFFICE_ADMINISTRATOR)


def filled_in(**changes: Any) -> dict[str, Any]:
    """Give the form filled in as it should be, but for the changes."""
    on = timezone.localdate() + datetime.timedelta(days=90)
    said = {
        "organisation": PARTNER, "name": "Our own system", "scopes": ["read:applications"],
        "expires_day": on.day, "expires_month": on.month, "expires_year": on.year, **changes,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def test_a_key_is_made_on_the_page_shown_once_and_opens_what_it_says(
    world: World, office: WatchfulClient
) -> None:
    made = office.post(NEW, filled_in())
    shown = re.compile(r'<code class="hubs-key">(hubs_\w{8}_[\w-]{40,})</code>')
    token = shown.findall(made.content.decode())[0]
    client = Program(token, world.organisations[OWN, "partner"])
    assert client.get("/api/v1/applications").status_code == 200
    assert client.get("/api/v1/rounds").status_code == 403
    key = ApiKey.objects.get(name="Our own system")
    for address in ("/office/api-keys", f"/office/api-keys/{key.prefix}"):
        page = office.get(address).content.decode()
        assert key.prefix in page
        assert token not in page
    assert AuditEntry.objects.filter(
        action="api_key.make", subject=f"api_key:{key.prefix}"
    ).exists()
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_a_form_sent_twice_makes_one_key(world: World, office: WatchfulClient) -> None:
    """The second key would open as much, and nobody would know of it."""
    office.post(NEW, filled_in())
    again = office.post(NEW, filled_in())
    text = again.content.decode()
    assert "has a key in use that is called “Our own system”" in text
    assert "hubs_" not in text
    assert ApiKey.objects.filter(name="Our own system").count() == 1
    assert "hubs_" in office.post(NEW, filled_in(name="Another system")).content.decode()
    ApiKey.objects.filter(name="Our own system").update(
        ended_at=timezone.now(), ended_by="office", ended_reason="Lost"
    )
    assert "hubs_" in office.post(NEW, filled_in()).content.decode()


def test_a_key_is_ended_with_a_reason(world: World, office: WatchfulClient) -> None:
    key, token = world.keys[OWN]
    page = f"/office/api-keys/{key.prefix}"
    bare = office.post(page, {"reason": " "})
    assert bare.content.decode().count("Enter why the key is ended") == 2
    assert office.post(page, {"reason": "The system was replaced"}).status_code == 302
    assert "The system was replaced" in office.get(page).content.decode()
    assert Program(token).get("/api/v1/programmes").status_code == 401
    assert office.post(page, {"reason": "Once more"}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"organisation": ""}, "Enter the URN, UID, authority code or name"),
        ({"organisation": "999999"}, "No organisation that has signed in is called that"),
        ({"name": ""}, "Enter what the key is for"),
        ({"scopes": ["read:everything"]}, "Select scopes from the list"),
        (
            {"organisation": "own office", "scopes": ["write:applications"]},
            "cannot have this scope",
        ),
        ({"expires_day": ""}, "The day the key expires must include a day"),
        ({"expires_year": 2_099}, "must be after today and no later than"),
        ({"expires_year": 2_020}, "must be after today and no later than"),
    ],
)
def test_what_is_to_be_mended_is_said_twice_and_nothing_is_lost(
    office: WatchfulClient, changes: dict[str, Any], said: str
) -> None:
    before = ApiKey.objects.count()
    page = office.post(NEW, filled_in(**changes)).content.decode()
    assert page.count(said) == 2  # in the summary and at the field
    for name, value in filled_in(**changes).items():
        if name not in changes and name != "scopes":
            assert f'value="{value}"' in page, name
    assert ApiKey.objects.count() == before


def test_pages_of_keys_take_few_queries(
    office: WatchfulClient, world: World, django_assert_max_num_queries: Any
) -> None:
    for address in ("/office/api-keys", NEW, f"/office/api-keys/{world.keys[OWN][0].prefix}"):
        with django_assert_max_num_queries(15):
            assert office.get(address).status_code == 200
