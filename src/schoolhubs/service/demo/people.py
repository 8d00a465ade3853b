"""The people of the demonstration: one for each role, at schools of the synthetic England."""

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from schoolhubs import eligibility, programmes
from schoolhubs.service.accounts.local_people import (
    LocalMembership,
    LocalPerson,
    read_people,
    write_people,
)
from schoolhubs.service.accounts.roles import OF_PEOPLE, OrganisationKind, Role
from schoolhubs.service.demo.delivered.joining import BY as DELIVERED
from schoolhubs.service.demo.further import starting
from schoolhubs.service.demo.further.choosing import (
    EXTRAS,
    MIDWAY,
    REVIEWING,
    Extra,
    running_with,
)
from schoolhubs.service.demo.sign_in import PEOPLE_FILE
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.models import Outcome, Placement
from schoolhubs.service.matching.queries import newest_published
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.queries import facts_around, schools_of
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.records.eligibility import Verdict

CATEGORY = {
    OrganisationKind.SCHOOL: ("001", "Establishment", "urn"),
    OrganisationKind.TRUST: ("010", "Multi-Academy Trust", "uid"),
    OrganisationKind.LOCAL_AUTHORITY: ("002", "Local Authority", "establishmentNumber"),
}
NAMED = {
    OrganisationKind.OFFICE: ("demo-office", "Hubs programme office"),
    OrganisationKind.EVALUATOR: ("demo-evaluator", "Institute for Hub Evaluation"),
    OrganisationKind.AUDITOR: ("demo-auditor", "Hub Audit Partners"),
}
# Invented names, one for each role, in the order of the roles.
NAMES = (
    "Amara Vexley", "Bryn Torrowby", "Chidi Harnwick", "Dara Quellmore", "Esme Fallowgate",
    "Farid Oxmantle", "Gwen Marchbury", "Hari Lindquill", "Imogen Starrowe", "Jonah Pellwick",
    "Kezia Wainmoor", "Rosalind Tarnbeck", "Lucian Droverley", "Maeve Corrigold",
    "Nikhil Aldersey", "Orla Tennickle", "Piers Hollowmead",
)  # fmt: skip
# One more headteacher, whose school can apply today.
APPLICANT, APPLICANTS_NAME = "demo-partner-school-head-applying", "Priya Sandermoor"
MOST_ASKED = 300  # schools that are asked whether they can apply
GROUPS = {
    "Programme office": (
        Role.OFFICE_READ, Role.OFFICE_CASEWORKER, Role.OFFICE_ADMINISTRATOR,
        Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.BEHAVIOUR_ADVISER,
    ),
    "Lead schools and their trusts": (Role.LEAD_SCHOOL, Role.LEAD_TRUST),
    "Partner schools and their trusts": (
        Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_SCHOOL_LEADER,
        Role.PARTNER_SCHOOL_GOVERNOR, Role.SCHOOL_SAFEGUARDING, Role.PARTNER_TRUST,
    ),
    "Looking on": (Role.LOCAL_AUTHORITY, Role.EVALUATOR, Role.AUDITOR),
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RoleCard:
    """One role to sign in with."""

    title: str
    may: str
    subject: str
    name: str
    organisations: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CardGroup:
    """The roles of one kind of organisation."""

    title: str
    cards: tuple[RoleCard, ...]


def school_of(subject: str) -> str:
    """Give the URN of the school at which somebody of the demonstration is; blank if nobody is."""
    for each in read_people(people_file()):
        if each.subject == subject:
            return str(each.memberships[0].organisation.get("urn") or "")
    return ""


def role_cards() -> tuple[CardGroup, ...]:
    """Give the cards of the demonstration in progress."""
    people = {each.subject: each for each in read_people(people_file())}
    groups = [
        CardGroup(title=title, cards=tuple(_cards(people, roles)))
        for title, roles in GROUPS.items()
    ]
    for title, extras in (
        ("Partner schools further on the way", EXTRAS),
        ("A hub whose partners start next term, and are paid", starting.EXTRAS),
    ):
        if further := tuple(_extra_cards(people, extras)):
            groups.insert(-1, CardGroup(title=title, cards=further))
    return tuple(groups)


def _extra_cards(people: Mapping[str, LocalPerson], extras: Iterable[Extra]) -> Iterator[RoleCard]:
    for each in extras:
        if each.subject in people:
            card = _card(people[each.subject], each.role)
            yield dataclasses.replace(card, title=each.title, may=each.may)


def _cards(people: Mapping[str, LocalPerson], roles: Iterable[Role]) -> Iterator[RoleCard]:
    """Give a card for each role; a headteacher's is followed by that of one who can apply."""
    for role in roles:
        yield _card(people[subject_of(role)], role)
        if role == Role.PARTNER_SCHOOL_HEAD and APPLICANT in people:
            yield dataclasses.replace(
                _card(people[APPLICANT], role),
                title=f"{role.meaning.title}, has not applied yet",
                may="Apply: the school may join, and applications are open.",
            )


def people_file() -> Path:
    """Where the people are kept, for the pages and for the local provider."""
    return settings.ENVIRONMENT.data_folder / PEOPLE_FILE


def keep_people(
    snapshot: RegisterSnapshot,
    programme_id: str,
    starting_at: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Choose the schools, trusts and the authority of the demonstration; once and for all.

    ``starting_at`` are the schools of the cohort that begins with the next term.

    Returns
    -------
    int
        People who can sign in.
    """
    if not people_file().is_file():
        people = [*_people(snapshot, programme_id), *_starting(snapshot, starting_at)]
        write_people(people_file(), people)
    return len(read_people(people_file()))


NOBODY = (
    "No match of the published round is between schools of two trusts, so the demonstration "
    "lacks people to sign in with. Make a larger synthetic England."
)


def _people(snapshot: RegisterSnapshot, programme_id: str) -> Iterator[LocalPerson]:
    lead, partner, second = chosen(snapshot, programme_id)
    if second == partner:
        raise SchoolhubsError(NOBODY)
    at = {
        Role.LEAD_SCHOOL: (_school(lead),),
        Role.LEAD_TRUST: (_trust(lead),),
        Role.PARTNER_SCHOOL_HEAD: (_school(partner),),
        Role.PARTNER_SCHOOL_ATTENDANCE: (_school(partner), _school(second)),
        Role.PARTNER_SCHOOL_LEADER: (_school(partner),),
        Role.PARTNER_SCHOOL_GOVERNOR: (_school(partner),),
        Role.SCHOOL_SAFEGUARDING: (_school(partner),),
        Role.PARTNER_TRUST: (_trust(partner),),
        Role.LOCAL_AUTHORITY: (_authority(partner),),
    }
    for role, name in zip(OF_PEOPLE, NAMES, strict=True):
        organisations = at.get(role) or (_named(role.meaning.kind),)
        yield _person(subject_of(role), name, role, organisations)
    if applicant := can_apply(snapshot, programme_id):
        role = Role.PARTNER_SCHOOL_HEAD
        yield _person(APPLICANT, APPLICANTS_NAME, role, (_school(applicant),))
    running = running_with(lead.urn, programme_id)
    further = running and schools_of(snapshot).filter(urn=running.partner_urn).first()
    if further:
        at_school = {REVIEWING: further, MIDWAY: second}
        for each in EXTRAS:
            yield _person(each.subject, each.name, each.role, (_school(at_school[each.at]),))


def _starting(snapshot: RegisterSnapshot, urns: Mapping[str, str]) -> Iterator[LocalPerson]:
    schools = {each.urn: each for each in schools_of(snapshot).filter(urn__in=urns.values())}
    for each in starting.EXTRAS if urns else ():
        at = _school(schools[urns[each.at]])
        yield _person(each.subject, each.name, each.role, (at,))


def _person(
    subject: str, name: str, role: Role, organisations: Iterable[dict[str, Any]]
) -> LocalPerson:
    given, family = name.split()
    return LocalPerson(
        subject=subject,
        given_name=given,
        family_name=family,
        email=f"{given}.{family}@example.org".lower(),
        memberships=[
            LocalMembership(organisation=each, roles=[role.value]) for each in organisations
        ],
    )


def can_apply(snapshot: RegisterSnapshot, programme_id: str) -> School | None:
    """Choose a school that has not applied, leads no hub, and may join by the rules of today.

    None where the first few hundred hold no such school.
    """
    applied = Application.objects.filter(programme_id=programme_id).values("urn")
    rules = programmes.load(programme_id).as_at(snapshot.on)
    hubs = Hub.objects.filter(programme_id=programme_id)
    lead_urns = list(hubs.values_list("lead_urn", flat=True))
    placed = Placement.objects.filter(round=newest_published(programme_id)).values("urn")
    free = schools_of(snapshot).filter(is_open=True).exclude(phase="other")
    for taken in (applied, lead_urns, placed):
        free = free.exclude(urn__in=taken)
    for each in free.order_by("urn")[:MOST_ASKED]:
        said = eligibility.explain(
            facts_around(each), None, rules, urn=each.urn, answers_assumed=True, lead_urns=lead_urns
        )
        if any(decision.verdict is Verdict.YES for decision in said):
            return each
    return None


def chosen(snapshot: RegisterSnapshot, programme_id: str) -> tuple[School, School, School]:
    """Choose a pair that the published round matched, and a second school of the partner's trust.

    Lead and partner are in trusts, each in its own, so that every role has somebody to be; where
    no match is so, the first match there is, and its partner once more. A lead that works with a
    school already comes first, so that there is more to see.
    """
    round_ = newest_published(programme_id)
    matched = Placement.objects.filter(round=round_, outcome=Outcome.MATCHED).order_by("urn")
    in_trusts = schools_of(snapshot).filter(is_open=True).exclude(trust_id="").defer("words")
    trust_of = dict(in_trusts.values_list("urn", "trust_id"))
    size = collections.Counter(trust_of.values())
    pairs = _liveliest_first(programme_id, matched.values_list("urn", "lead_urn"), trust_of)
    for urn, lead_urn in pairs:
        partner_trust, lead_trust = trust_of.get(urn), trust_of.get(lead_urn)
        if partner_trust and lead_trust and partner_trust != lead_trust and size[partner_trust] > 1:
            partner = in_trusts.get(urn=urn)
            others = in_trusts.filter(trust_id=partner_trust).exclude(urn=urn)
            free = others.exclude(urn__in=_told_of(programme_id).values("partner_urn"))
            second = (free if free.exists() else others).order_by("urn")[0]
            return in_trusts.get(urn=lead_urn), partner, second
    for urn, lead_urn in matched.values_list("urn", "lead_urn")[:1]:
        partner = schools_of(snapshot).get(urn=urn)
        return schools_of(snapshot).get(urn=lead_urn), partner, partner
    raise SchoolhubsError(NOBODY)


def _told_of(programme_id: str) -> QuerySet[Partnership]:
    return Partnership.objects.filter(programme_id=programme_id, proposed_by=DELIVERED)


def _liveliest_first(
    programme_id: str, pairs: Iterable[tuple[str, str]], trust_of: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Put pairs first whose lead works with schools already, and whose trust has schools that do.

    Of several, those of a delivered year come first: there is most to see.
    """
    running = set(
        Partnership.objects.filter(programme_id=programme_id, state="running")
        .values_list("lead_urn", flat=True)
    )  # fmt: skip
    told = list(_told_of(programme_id).values_list("partner_urn", "lead_urn"))
    n_of_lead = collections.Counter(lead_urn for _, lead_urn in told)
    n_of_trust = collections.Counter(trust_of[urn] for urn, _ in told if urn in trust_of)

    def liveliness(pair: tuple[str, str]) -> tuple[bool, int, int]:
        trust_id = trust_of.get(pair[0], "")
        return pair[1] not in running, -n_of_lead[pair[1]], -n_of_trust[trust_id]

    return sorted(pairs, key=liveliness)


def _school(school: School) -> dict[str, Any]:
    return _numbered(OrganisationKind.SCHOOL, school.urn, school.name)


def _trust(school: School) -> dict[str, Any]:
    return _numbered(OrganisationKind.TRUST, school.trust_id, school.facts["trust_name"])


def _authority(school: School) -> dict[str, Any]:
    return _numbered(OrganisationKind.LOCAL_AUTHORITY, school.facts["la_code"], school.la_name)


def _numbered(kind: OrganisationKind, number: str, name: str) -> dict[str, Any]:
    category, category_name, told_as = CATEGORY[kind]
    numbers = dict.fromkeys(("urn", "uid", "ukprn", "establishmentNumber"))
    return {
        "id": f"demo-{kind.value}-{number}",
        "name": name,
        "category": {"id": category, "name": category_name},
        **numbers,
        told_as: number,
        "status": {"id": 1, "name": "Open"},
    }


def _named(kind: OrganisationKind) -> dict[str, Any]:
    sign_in_id, name = NAMED[kind]
    return {"id": sign_in_id, "name": name, "status": {"id": 1, "name": "Open"}}


def subject_of(role: Role) -> str:
    """Give whom somebody in a role is known as to the provider."""
    return f"demo-{role.value.replace('_', '-')}"


def _card(person: LocalPerson, role: Role) -> RoleCard:
    return RoleCard(
        title=role.meaning.title,
        may=role.meaning.may,
        subject=person.subject,
        name=person.name,
        organisations=tuple(each.organisation["name"] for each in person.memberships),
    )
