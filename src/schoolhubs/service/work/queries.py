"""What waits for an actor, by role: only what the role may do, with how much of it there is."""

import dataclasses
import datetime
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, F, Q
from django.urls import reverse

from schoolhubs import programmes
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.pages import doors_of
from schoolhubs.service.accounts.queries import urns_of_trust
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import DECIDERS, LEADS, OFFICE, PARTNER_SCHOOL, Role
from schoolhubs.service.eligibility.models import DECIDABLE, Application, HumanDecision
from schoolhubs.service.funding.office.waiting import steps_of_money
from schoolhubs.service.imports.models import Import, Step
from schoolhubs.service.jobs.models import State
from schoolhubs.service.jobs.queries import seen_by
from schoolhubs.service.matching.models import PublishedRound
from schoolhubs.service.partnerships.lapsing.queries import to_propose_again
from schoolhubs.service.partnerships.lapsing.rules import answer_by
from schoolhubs.service.partnerships.models import ExtensionRequest, Objection, Partnership
from schoolhubs.service.partnerships.pages import two_years
from schoolhubs.service.partnerships.pages.seen import SPEAK_FOR_PARTNER, names_of, waits_for
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.page.stages import Stage, stages_of
from schoolhubs.service.targets.queries import open_challenges
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon import gathering
from schoolhubs.vocabulary.words import counted

MOST_SCHOOLS = 12


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolsStages:
    """One of the actor's schools, and how far it has come in each programme."""

    urn: str
    name: str
    stages: tuple[Stage, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the page shows."""

    waiting: tuple[Item, ...]
    schools: tuple[SchoolsStages, ...]
    n_more_schools: int
    to_look_at: tuple[Item, ...]


def work_of(actor: Actor, *, on: datetime.date) -> Work:
    """Gather what waits for an actor on a day."""
    snapshot = schools.current_snapshot()
    own, n_more = _own_schools(actor, snapshot, on)
    return Work(
        waiting=tuple(_waiting(actor, on)),
        schools=own,
        n_more_schools=n_more,
        to_look_at=tuple(_to_look_at(actor)),
    )


def _waiting(actor: Actor, on: datetime.date) -> Iterator[Item]:
    """Give what somebody must do before others can go on; nothing of which there is none."""
    if actor.holds(*DECIDERS):
        yield from _to_decide()
        yield from _to_agree(actor)
        yield from _to_settle()
    yield from _to_pay(actor)
    yield from _to_answer(actor)
    yield from gathering.waiting(actor, on=on)
    if actor.holds(Role.OFFICE_ADMINISTRATOR):
        n = Import.objects.filter(step=Step.CHECKED, organisation=actor.organisation_key).count()
        if n:
            words = counted(n, "import was checked and waits", "imports were checked and wait")
            yield Item(words=f"{words} for a choice", href=reverse("imports"))
    if actor.holds(*OFFICE):
        n = seen_by(actor.organisation_key).filter(state=State.FAILED).count()
        if n:
            words = counted(n, "job has stopped", "jobs have stopped")
            yield Item(words=words, href=reverse("jobs"), why="Each says why.")


def _to_decide() -> Iterator[Item]:
    kinds = {
        "undecided": ("application waits for a person’s decision", "The rules cannot tell."),
        "submitted": ("application was sent and not checked yet", ""),
    }
    rows = Application.objects.filter(state__in=kinds).values("state").annotate(n=Count("pk"))
    counts = {row["state"]: row["n"] for row in rows.order_by()}
    for state, (words, why) in kinds.items():
        if n := counts.get(state, 0):
            many = words.replace("application waits", "applications wait").replace(
                "application was", "applications were"
            )
            href = f"{reverse('queue')}?state={state}"
            yield Item(words=counted(n, words, many), href=href, why=why)


def _to_pay(actor: Actor) -> Iterator[Item]:
    """Give declarations to be checked, and the steps of payments that wait for this person."""
    words = {
        "declarations": ("declaration of time waits to be checked",
                         "declarations of time wait to be checked"),
        "payment-runs": ("payment run waits for you", "payment runs wait for you"),
        "clawbacks": ("clawback waits to be agreed", "clawbacks wait to be agreed"),
        "money-decisions": ("decision about money waits to be agreed",
                            "decisions about money wait to be agreed"),
    }  # fmt: skip
    for name, n in steps_of_money(actor).items():
        if n:
            yield Item(words=counted(n, *words[name]), href=reverse(name))


def _to_settle() -> Iterator[Item]:
    """Give what schools brought to the office about their partnerships and targets."""
    if n := Objection.objects.filter(state="open").count():
        words = counted(n, "school says that its match does not work",
                        "schools say that their match does not work")  # fmt: skip
        yield Item(words=words, href=reverse("objections"))
    waiting = open_challenges().aggregate(n=Count("pk"), schools=Count("urn", distinct=True))
    if n := waiting["n"]:
        schools = counted(waiting["schools"], "school", "schools")
        words = f"{counted(n, 'challenge', 'challenges')} of an attendance target, by {schools}"
        yield Item(words=words, href=reverse("target-challenges"))
    if n := to_propose_again().count():
        words = counted(n, "proposal has lapsed", "proposals have lapsed")
        yield Item(words=words, href=reverse("objections"))
    asked = ExtensionRequest.objects.filter(
        state="asked", partner_at__isnull=False, lead_at__isnull=False
    )
    if n := asked.count():
        words = counted(n, "further year was asked for", "further years were asked for")
        yield Item(words=words, href=reverse("objections"))


def _to_answer(actor: Actor) -> Iterator[Item]:
    """Give the matches that wait for this person's answer."""
    urns = {*own_urns(actor, *SPEAK_FOR_PARTNER), *own_urns(actor, *LEADS)}
    of_schools = Q(partner_trust_id="") & (Q(partner_urn__in=urns) | Q(lead_urn__in=urns))
    of_trusts = Q(pk__in=two_years.tracks_of(actor).values("pk"))
    proposed = Partnership.objects.filter(of_schools | of_trusts, state="proposed").order_by("pk")
    waiting = [each for each in proposed if urns and waits_for(actor, each)]
    names = names_of([each.partner_urn for each in waiting[:MOST_SCHOOLS]])
    for each in waiting[:MOST_SCHOOLS]:
        name = names.get(each.partner_urn, f"URN {each.partner_urn}")
        yield _answer_to(each, name)
    if len(waiting) > MOST_SCHOOLS and actor.holds(*LEADS):
        more = counted(len(waiting) - MOST_SCHOOLS, "more match waits", "more matches wait")
        yield Item(words=f"{more} for your answer", href=reverse("my-hub"))


def _answer_to(proposed: Partnership, name: str) -> Item:
    """Lead to where a proposal is answered; that of trusts is in no round, and has its own page."""
    why = f"Accept it, or say that it does not work, by {day(answer_by(proposed))}."
    if proposed.is_of_trusts:
        href = reverse("trust-track", kwargs={"track_id": proposed.pk})
        return Item(words=f"The two-year track of {name}", href=href, why=why)
    ours = {"programme_id": proposed.programme_id, "urn": proposed.partner_urn}
    return Item(words=f"The match of {name}", href=reverse("match", kwargs=ours), why=why)


def _to_agree(actor: Actor) -> Iterator[Item]:
    """Give decisions against the rules that wait for this person's, as the second pair of eyes."""
    against = Q(rules_said__in=("yes", "no")) & ~Q(rules_said=F("verdict"))
    waiting = HumanDecision.objects.that_stand().filter(
        against, agreed_by="", application__state__in=DECIDABLE
    ).exclude(decided_by=actor.by)  # fmt: skip
    for each in waiting.select_related("application")[:MOST_SCHOOLS]:
        reference = each.application.reference
        yield Item(
            words=f"Agree or leave a decision against the rules: {reference}",
            href=reverse("case", kwargs={"reference": reference}),
            why="A second person must look at it.",
        )


def _own_schools(
    actor: Actor, snapshot: RegisterSnapshot | None, on: datetime.date
) -> tuple[tuple[SchoolsStages, ...], int]:
    organisation = actor.organisation
    if snapshot is None or organisation is None:
        return (), 0
    if not actor.holds(*PARTNER_SCHOOL, Role.PARTNER_TRUST):
        return (), 0
    urns = [organisation.urn] if organisation.urn else urns_of_trust(organisation)
    ours = schools.schools_of(snapshot).filter(urn__in=urns[:MOST_SCHOOLS]).order_by("name")
    shown = list(ours.values_list("urn", "name"))
    found = stages_of(actor, snapshot, [urn for urn, _ in shown], on=on)
    return (
        tuple(SchoolsStages(urn=urn, name=name, stages=found[urn]) for urn, name in shown),
        max(len(urns) - MOST_SCHOOLS, 0),
    )


def _to_look_at(actor: Actor) -> Iterator[Item]:
    """Give the pages of the role, those first that it will want most."""
    for door in doors_of(actor):
        yield Item(words=door.words, href=reverse(door.name), why=door.why)
    published = set(PublishedRound.objects.values_list("programme_id", flat=True))
    for programme_id in settings.ENVIRONMENT.programme_ids:
        if programme_id in published:
            title = programmes.load(programme_id).title
            href = reverse("hubs", kwargs={"programme_id": programme_id})
            yield Item(words=f"Hubs of {title}", href=href, why="On a map of England")
