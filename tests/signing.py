"""A signed-in client, for tests of pages; the sign-in itself is tested with a real provider."""

from django.utils import timezone

from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.roles import Role
from watchful import WatchfulClient, marker_of


def signed_in(*roles: Role, urn: str = "", subject: str = "ada") -> WatchfulClient:
    """Give a client whose person holds some roles for one school, or without a URN the office."""
    now = timezone.now()
    kind = "school" if urn else "office"
    organisation, _ = Organisation.objects.get_or_create(
        sign_in_id=f"{kind}-{urn}", defaults={"kind": kind, "urn": urn, "name": f"{kind} {urn}"}
    )
    person, _ = Person.objects.get_or_create(
        subject=subject,
        defaults={
            "first_signed_in_at": now,
            "last_signed_in_at": now,
            "name": subject,
            "email": f"{subject}@{marker_of(organisation.key)}.example",
        },
    )
    Membership.objects.update_or_create(
        person=person,
        organisation=organisation,
        defaults={"roles": list(roles), "checked_at": now},
    )
    client = WatchfulClient()
    client.act_as(person, organisation)
    return client
