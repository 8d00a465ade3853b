"""A local sign-in provider for tests: the settings that lead to it, and who can sign in there."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.test.utils import override_settings
from pydantic import SecretStr

from schoolhubs.service.accounts.local_people import LocalMembership, LocalPerson
from schoolhubs.service.accounts.local_provider import Directory, application
from schoolhubs.service.environment import Environment
from schoolhubs.service.stand_in import running

CLIENT, SECRET = "schoolhubs-tests", "only for tests " * 3


def told(issuer: str, **changes: Any) -> Environment:
    """Give the settings of a service whose sign-in provider is at an address."""
    return settings.ENVIRONMENT.model_copy(
        update={
            "sign_in_issuer": issuer,
            "sign_in_client_id": CLIENT,
            "sign_in_client_secret": SecretStr(SECRET),
            "sign_in_api_url": issuer,
            "sign_in_api_secret": SecretStr(SECRET),
            "sign_in_service_id": CLIENT,
            "organisation_kinds": {"the-office": "office", "the-auditor": "auditor"},
            **changes,
        }
    )


@contextlib.contextmanager
def provider(*people: LocalPerson, **changes: Any) -> Iterator[Directory]:
    """Run a local provider, with the service set up for it, while inside."""
    directory = Directory(people)
    app = application(directory, client_id=CLIENT, api_secret=SECRET)
    with running(app) as issuer, override_settings(ENVIRONMENT=told(issuer, **changes)):
        yield directory


def school(urn: str, name: str = "", **changes: Any) -> dict[str, Any]:
    """Give a school as DfE Sign-in tells it."""
    return {
        "id": f"school-{urn}",
        "name": name or f"School {urn}",
        "category": {"id": "001", "name": "Establishment"},
        "urn": urn,
        "status": {"id": 1, "name": "Open"},
        **changes,
    }


def somebody(*memberships: tuple[dict[str, Any], list[str]], subject: str = "ada") -> LocalPerson:
    """Give a person with organisations and the role codes held there."""
    return LocalPerson(
        subject=subject,
        given_name=subject.title(),
        family_name="Vexley",
        email=f"{subject}@example.org",
        memberships=[
            LocalMembership(organisation=organisation, roles=roles)
            for organisation, roles in memberships
        ],
    )
