"""A signed-in client, for tests of pages; the sign-in itself is tested with a real provider."""

from django.utils import timezone

from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.roles import Role
from watchful import WatchfulClient, marker_of


def signed_in(*roles: Role, urn: str = "", kind: str = "", subject: str = "ada") -> WatchfulClient:
    """Give a client whose person holds some roles.

    They are held for one school; without a URN, for an organisation of the person's own, an
    office or of another kind.
    """
    now = timezone.now()
    kind = kind or ("school" if urn else "office")
    known_as = urn or subject
    organisation, _ = Organisation.objects.get_or_create(
        sign_in_id=f"{kind}-{known_as}",
        defaults={"kind": kind, "urn": urn, "name": f"{kind} {known_as}"},
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
