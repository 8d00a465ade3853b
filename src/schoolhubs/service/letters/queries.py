"""Who gets a letter, and which letters an organisation or the office sees."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q, QuerySet

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import NUMBERED, Membership, Organisation, Person
from schoolhubs.service.accounts.queries import urns_of_trust
from schoolhubs.service.accounts.roles import OrganisationKind
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.letters.kinds import kinds
from schoolhubs.service.letters.models import UNFINISHED, Letter
from schoolhubs.service.schools import queries as schools

ON_A_PAGE = 50
SCHOOL = f"{OrganisationKind.SCHOOL.value}:"
TRUST = f"{OrganisationKind.TRUST.value}:"


def addresses_of(drafts: Sequence[Draft]) -> list[tuple[str, ...]]:
    """Give where each of some letters goes, in as many queries for one as for thousands.

    People known for the organisation in a role that declares; else those of the school's trust;
    else the addresses that came with the draft; else none. Somebody whose access is stopped gets
    none of any.
    """
    keys = {draft.organisation_key for draft in drafts}
    trusts = _trusts_of(keys)
    known = _known(keys | set(trusts.values()))
    stopped = _stopped({each for draft in drafts for each in draft.addresses})
    found = []
    for draft in drafts:
        roles = kinds()[draft.kind].roles
        own = _in_roles(known.get(draft.organisation_key, ()), roles)
        of_trust = _in_roles(known.get(trusts.get(draft.organisation_key, ""), ()), roles)
        given = [each for each in draft.addresses if each.casefold() not in stopped]
        found.append(tuple(dict.fromkeys(own or of_trust or given)))
    return found


Known = Mapping[str, Sequence[tuple[str, frozenset[str]]]]


def _known(keys: Collection[str]) -> Known:
    """Give address and roles of everybody who may be written to, by organisation."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        kind, _, number = key.partition(":")
        numbers[kind].add(number)
    wanted = Q(pk__in=[])
    for kind, held in numbers.items():
        named = NUMBERED.get(OrganisationKind(kind), "sign_in_id")
        wanted |= Q(organisation__kind=kind, **{f"organisation__{named}__in": held})
    rows = (
        Membership.objects.filter(wanted, organisation__is_open=True, person__is_stopped=False)
        .exclude(person__email="")
        .select_related("person", "organisation")
        .order_by("person_id")
    )
    known: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for each in rows:
        known[each.organisation.key].append((each.person.email, frozenset(each.roles)))
    return known


def _in_roles(known: Iterable[tuple[str, frozenset[str]]], roles: Collection[str]) -> list[str]:
    return [address for address, held in known if held & set(roles)]


def _stopped(addresses: Collection[str]) -> set[str]:
    """Give those of some addresses that belong to somebody whose access is stopped."""
    if not addresses:
        return set()
    stopped = Person.objects.filter(is_stopped=True).exclude(email="")
    told = {each.casefold() for each in stopped.values_list("email", flat=True)}
    return told & {each.casefold() for each in addresses}


def _trusts_of(keys: Collection[str]) -> dict[str, str]:
    """Give the key of each school's trust, by the current register; schools without one are out."""
    urns = {key.removeprefix(SCHOOL) for key in keys if key.startswith(SCHOOL)}
    snapshot = schools.current_snapshot() if urns else None
    if snapshot is None:
        return {}
    rows = schools.schools_of(snapshot).filter(urn__in=urns).exclude(trust_id="")
    return {
        f"{SCHOOL}{urn}": f"{TRUST}{trust_id}"
        for urn, trust_id in rows.values_list("urn", "trust_id")
    }


def written_before(drafts: Sequence[Draft]) -> set[tuple[str, str, str]]:
    """Give kind, subject and organisation of those of some letters that were written already."""
    rows = Letter.objects.filter(about__in={draft.about for draft in drafts})
    return set(rows.values_list("kind", "about", "organisation"))


def counts() -> dict[str, int]:
    """Count the letters in each state."""
    return dict(Letter.objects.order_by().values_list("state").annotate(n=Count("pk")))


def waiting_seconds(*, at: datetime.datetime) -> float:
    """Give how long the oldest letter that may go has waited to be sent; 0 where none waits."""
    unsent = Letter.objects.filter(state__in=UNFINISHED, not_before__lte=at)
    oldest = unsent.aggregate(oldest=Min("not_before"))["oldest"]
    return max((at - oldest).total_seconds(), 0.0) if oldest else 0.0


def listed(*, state: str, kind: str, typed: str, page: int) -> Page[Letter]:
    """Give one page of the letters that match, newest first; blank filters match all.

    ``typed`` is a URN, a trust's number, or part of what a letter is about, such as a reference.
    """
    letters = Letter.objects.order_by("-pk")
    if state:
        letters = letters.filter(state=state)
    if kind:
        letters = letters.filter(kind=kind)
    if typed:
        keys = [f"{start}{typed}" for start in (SCHOOL, TRUST)]
        letters = letters.filter(Q(organisation__in=keys) | Q(about__icontains=typed))
    return Paginator(letters, ON_A_PAGE).get_page(page)


def own(actor: Actor) -> QuerySet[Letter]:
    """Give the letters to an actor's organisation, and to the schools of a trust, newest first.

    One that went to several people stands once.
    """
    organisation = actor.organisation
    if organisation is None:
        return Letter.objects.none()
    keys = [organisation.key]
    if organisation.kind == OrganisationKind.TRUST:
        keys += [f"{SCHOOL}{urn}" for urn in urns_of_trust(organisation)]
    ours = Letter.objects.filter(organisation__in=keys).order_by()
    firsts = ours.values("kind", "about", "organisation").annotate(first=Min("pk")).values("first")
    return Letter.objects.filter(pk__in=firsts).order_by("-pk")


def names_of(keys: Collection[str]) -> dict[str, str]:
    """Give the name of each organisation: as it signs in, else as the school register has it."""
    named = dict.fromkeys(keys, "")
    urns = {key.removeprefix(SCHOOL) for key in keys if key.startswith(SCHOOL)}
    uids = {key.removeprefix(TRUST) for key in keys if key.startswith(TRUST)}
    snapshot = schools.current_snapshot() if urns else None
    if snapshot is not None:
        rows = schools.schools_of(snapshot).filter(urn__in=urns).values_list("urn", "name")
        named |= {f"{SCHOOL}{urn}": name for urn, name in rows}
    for each in Organisation.objects.filter(Q(urn__in=urns) | Q(uid__in=uids)):
        if each.key in named:
            named[each.key] = named[each.key] or each.name
    return {key: name or key.replace(":", " ").capitalize() for key, name in named.items()}
