"""What an organisation and its people hold as at now."""

import datetime
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.roles import OrganisationKind, Role
from schoolhubs.service.network.models import Hub
from schoolhubs.service.network.queries import hubs_not_over
from schoolhubs.service.schools.models import School

MOST_FOUND = 50


def roles_that_hold(membership: Membership, *, on: datetime.date) -> frozenset[Role]:
    """Give the roles that count on a day: the person's, where the organisation's own state agrees.

    A role held for the wrong kind of organisation, for a closed one, or to lead a hub that the
    organisation neither leads on that day nor is to lead, counts for nothing.
    """
    fitting = _fitting(membership)
    of_hubs = {role for role in fitting if role.meaning.leads_a_hub}
    if of_hubs and not leads_a_hub(membership.organisation, on=on):
        return fitting - of_hubs
    return fitting


def roles_before(
    membership: Membership, held: frozenset[Role], *, on: datetime.date
) -> frozenset[Role]:
    """Give the roles that count no more, beside those that do, as their hub is over by a day.

    Of an organisation that never led one there are none.
    """
    gone = _fitting(membership) - held
    return gone if gone and led_a_hub(membership.organisation, on=on) else frozenset()


def _fitting(membership: Membership) -> frozenset[Role]:
    """Give the roles held for the right kind of organisation, while that is open."""
    organisation = membership.organisation
    if not organisation.is_open:
        return frozenset()
    held = (Role(code) for code in membership.roles)
    return frozenset(role for role in held if role.meaning.organisation == organisation.kind)


def leads_a_hub(organisation: Organisation, *, on: datetime.date) -> bool:
    """Tell whether a school, or a school of a trust, leads a hub on a day, or is to lead one."""
    return hubs_led_by(organisation, on=on).exists()


def led_a_hub(organisation: Organisation, *, on: datetime.date) -> bool:
    """Tell whether a school, or a school of a trust, led a hub that is over by a day."""
    return _of_leads(organisation, Hub.objects.filter(finished_on__lte=on)).exists()


def hubs_led_by(organisation: Organisation, *, on: datetime.date) -> QuerySet[Hub]:
    """Give the hubs led by a school, or by the schools of a trust, that are not over on a day."""
    return _of_leads(organisation, hubs_not_over(on))


def _of_leads(organisation: Organisation, hubs: QuerySet[Hub]) -> QuerySet[Hub]:
    """Give those of some hubs that a school, or the schools of a trust, lead or led."""
    if organisation.kind == OrganisationKind.SCHOOL:
        return hubs.filter(lead_urn=organisation.urn)
    if organisation.kind == OrganisationKind.TRUST:
        return hubs.filter(lead_urn__in=urns_of_trust(organisation))
    return hubs.none()


def urns_of_trust(organisation: Organisation) -> list[str]:
    """Give the schools of a trust by the current school register.

    They are read once for a row of the organisation, which is read anew for each request.
    """
    kept: list[str] | None = organisation.__dict__.get("_urns_of_trust")
    if kept is None:
        kept = organisation.__dict__["_urns_of_trust"] = _urns_of_trust(organisation.uid)
    return list(kept)


def _urns_of_trust(uid: str) -> list[str]:
    if not uid:
        return []
    schools = School.objects.filter(snapshot__currentregister__only=True, trust_id=uid)
    return list(schools.filter(is_open=True).order_by("urn").values_list("urn", flat=True))


def people() -> QuerySet[Person]:
    """Give everybody who ever signed in, with where they belong."""
    return Person.objects.prefetch_related("membership_set__organisation")


def names_of_people(subjects: Iterable[str]) -> dict[str, str]:
    """Give the names of the people behind some subjects of the sign-in, where they are known."""
    known = Person.objects.filter(subject__in=set(subjects)).exclude(name="")
    return dict(known.values_list("subject", "name"))


def find_people(typed: str) -> list[Person]:
    """Find people by part of the name, email address or organisation; the latest first.

    Nothing typed finds everybody; at most :data:`MOST_FOUND` are given.
    """
    found = people().order_by("-last_signed_in_at", "pk")
    for word in typed.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(email__icontains=word)
            | Exists(
                Membership.objects.filter(person=OuterRef("pk"), organisation__name__icontains=word)
            )
        )
    return list(found[:MOST_FOUND])


def named_in(urn: str, name: str, *roles: Role) -> bool:
    """Tell whether somebody of a school with one of some roles goes by a name, post left out."""
    held = Membership.objects.filter(
        organisation__kind=OrganisationKind.SCHOOL, organisation__urn=urn,
        roles__overlap=[role.value for role in roles],
    )  # fmt: skip
    known = {_plain(str(each.person)) for each in held.select_related("person")}
    return _plain(name.partition(",")[0]) in known


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
