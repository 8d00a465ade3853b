"""What every page shows of who is signed in."""

import dataclasses
import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from schoolhubs.service.accounts import sessions
from schoolhubs.service.accounts.actors import ANYBODY, Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL
from schoolhubs.service.accounts.roles import FINANCE, LEADS, OFFICE, PARTNER_SCHOOL, Role

AUDITS = frozenset({Role.AUDITOR, Role.OFFICE_ADMINISTRATOR})
PARTNERS = frozenset({*PARTNER_SCHOOL, Role.PARTNER_TRUST})
# More would not stand in one line; the others are on the page of one's work.
MOST_IN_NAVIGATION = 5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A page that people are led to: its name in urls.py, its words, and the roles that see it.

    No roles stands for everybody. ``why`` says what it is for, on the page of one's work.
    ``after_a_hub`` leads there also whoever held such a role for a hub that is over.
    ``in_demonstrations`` is for what no running service has.
    """

    name: str
    words: str
    why: str = ""
    roles: frozenset[Role] = frozenset()
    in_demonstrations: bool = False
    after_a_hub: bool = False


# What a role wants most stands first: the navigation shows no more than fit.
DOORS = (
    Door(
        name="my-applications", words="Your applications", roles=PARTNERS,
        why="Apply, and see how far each application has come",
    ),
    Door(
        name="my-partnerships", words="Your partnerships", roles=PARTNERS,
        why="The hubs proposed to you: accept, or say what does not work",
    ),
    Door(
        name="own-attendance", words="Your attendance",
        roles=frozenset({*PARTNERS, Role.LEAD_SCHOOL}),
        why="Where, when and why absence is, from the school’s own marks",
    ),
    Door(
        name="own-target", words="Your attendance target",
        roles=frozenset({*PARTNERS, *LEADS}),
        why="What absence to expect, what to aim for, and how to challenge it",
    ),
    Door(
        name="own-journey", words="Your way", roles=PARTNERS,
        why="From the match to the first review: what is done, and what comes next",
    ),
    Door(
        name="own-terms", words="Term by term", roles=frozenset({*PARTNERS, *LEADS}),
        why="What each term asks of whom by when, and how long it takes",
    ),
    Door(
        name="own-surveys", words="Your surveys", roles=frozenset({*PARTNERS, *LEADS}),
        why="Ask pupils and staff, and see what they said",
    ),
    Door(
        name="own-survey-words", words="What pupils wrote",
        roles=frozenset({Role.SCHOOL_SAFEGUARDING}),
        why="In surveys that name you; read it within one school day",
    ),
    Door(
        name="own-self-assessment", words="Your self-assessment", roles=frozenset(PARTNER_SCHOOL),
        why="Look at your school, each alone, then talk about where you differ",
    ),
    Door(
        name="own-plan", words="Your action plan", roles=PARTNERS,
        why="What the school changes, for whom, how anybody will know, and the equality screens",
    ),
    Door(
        name="own-money", words="Your money", roles=frozenset({*PARTNERS, *LEADS}),
        after_a_hub=True,
        why="What you get, why and when; declare the time given",
    ),
    Door(
        name="payment-runs", words="Payment runs", roles=frozenset(FINANCE),
        why="Prepare, agree, hand over, confirm; clawbacks and samples",
    ),
    Door(
        name="declarations", words="Declarations",
        roles=frozenset({*FINANCE, *OFFICE, Role.AUDITOR}),
        why="Time that schools declared, to be checked before it is paid",
    ),
    Door(
        name="events", words="Open days", roles=PARTNERS,
        why="Open days and networking of your hub: book places, or wait for some",
    ),
    Door(
        name="own-training", words="Your training", roles=PARTNERS,
        why="What each of your leaders owes and has done, sessions, certificates",
    ),
    Door(
        name="my-hub", words="Your hub", roles=frozenset(LEADS),
        why="Schools that wait for your answer, and your places by term",
    ),
    Door(
        name="queue", words="Applications", roles=frozenset({*OFFICE, Role.AUDITOR}),
        why="Every one, with its history",
    ),
    Door(
        name="rounds", words="Rounds", roles=frozenset({*OFFICE, Role.AUDITOR}),
        why="Match schools with hubs, try changes, publish",
    ),
    Door(
        name="objections", words="Objections", roles=frozenset({*OFFICE, Role.AUDITOR}),
        why="Matches that do not work, and requests for a further year",
    ),
    Door(
        name="stuck", words="Stuck partnerships", roles=frozenset({*SEE_EVERY_SCHOOL, *LEADS}),
        why="Why, since when, whose turn it is, and what comes next",
    ),
    Door(
        name="every-hub-days", words="Support days", roles=frozenset(SEE_EVERY_SCHOOL),
        why="Days promised, delivered and agreed, and which hubs fall behind",
    ),
    Door(
        name="intakes", words="Intakes", roles=frozenset({*OFFICE, Role.AUDITOR}),
        why="When schools can apply, and who waits for a place",
    ),
    Door(
        name="office-overview", words="Hubs", roles=frozenset(SEE_EVERY_SCHOOL),
        why="Reach, load and unmet need, on a map",
    ),
    Door(
        name="own-authority", words="Schools and hubs", roles=frozenset({Role.LOCAL_AUTHORITY}),
        why="Who is with which hub in your area",
    ),
    Door(
        name="figures", words="Figures", roles=frozenset({Role.EVALUATOR}),
        why="Cohorts and outcomes, naming no person",
    ),
    Door(
        name="hub-events", words="Your open days", roles=frozenset(LEADS),
        why="Prepare open days and networking, see who comes, share places out",
    ),
    Door(
        name="office-events", words="Open days", roles=frozenset(SEE_EVERY_SCHOOL),
        why="Open days and networking of every hub, and who waits",
    ),
    Door(name="letters", words="Letters", roles=frozenset({*PARTNERS, *LEADS}),
         why="What we wrote to you"),
    Door(
        name="office-letters", words="Letters", roles=frozenset({*OFFICE, Role.AUDITOR}),
        why="What was sent, and what stopped",
    ),
    Door(
        name="office-targets", words="Attendance targets", roles=frozenset(SEE_EVERY_SCHOOL),
        why="The model they come from, every school’s target, what schools challenge",
    ),
    Door(
        name="training-sessions", words="Training sessions", roles=frozenset(LEADS),
        why="Plan them, see who comes, record who came, confirm what partners declare",
    ),
    Door(
        name="office-training", words="Training", roles=frozenset(SEE_EVERY_SCHOOL),
        why="What partners of each hub owe and have done, hub by hub",
    ),
    Door(
        name="audit", words="Audit log", roles=AUDITS, why="Who did what, when and why",
    ),
    Door(name="eligibility", words="Is my school eligible?", why="Find a school and its answer"),
    Door(name="resources", words="Resources",
         why="Guidance, research and practice, by what it helps with"),
    Door(name="programmes", words="Programmes", why="What each offers, asks and pays"),
    Door(
        name="trust-tracks", words="Trust tracks", why="Two years of a trust with a lead trust",
        roles=frozenset({Role.PARTNER_TRUST, Role.LEAD_TRUST, *OFFICE, Role.AUDITOR}),
    ),
    Door(
        name="payment-runs", words="Payment runs", roles=frozenset({*OFFICE, Role.AUDITOR}),
        why="What was paid, and what waits",
    ),
    Door(name="imports", words="School register", roles=frozenset(OFFICE),
         why="Check and bring in a newer one"),
    Door(name="jobs", words="Jobs", roles=frozenset(OFFICE),
         why="Work under way, and what stopped"),
    Door(
        name="clock", words="Demonstration clock", in_demonstrations=True,
        roles=frozenset({Role.OFFICE_ADMINISTRATOR}), why="Let days, weeks and terms pass",
    ),
    Door(name="people", words="People", roles=AUDITS, why="Who has signed in; stop access"),
    Door(name="api-keys", words="API keys", roles=AUDITS, why="Which systems may ask and write"),
)  # fmt: skip


def doors_of(actor: Actor) -> list[Door]:
    """Give the pages an actor is led to, most wanted first."""
    is_demo, was = settings.ENVIRONMENT.is_demo, actor.as_it_was()
    return [
        door
        for door in DOORS
        if (not door.roles or (was if door.after_a_hub else actor).holds(*door.roles))
        and (is_demo or not door.in_demonstrations)
    ]


def about_the_actor(request: HttpRequest) -> dict[str, Any]:
    """Give every page the actor and the navigation of its roles."""
    actor: Actor = getattr(request, "actor", ANYBODY)
    shown = [_door(request, door.name, door.words) for door in doors_of(actor)]
    shown = shown[:MOST_IN_NAVIGATION]
    if actor.is_signed_in:
        shown.insert(0, _door(request, "work", "Your work"))
        shown.append(_door(request, "account", "Your account"))
    else:
        shown.append(_door(request, "sign-in", "Sign in"))
    ending = _ending(request) if actor.is_signed_in else None
    return {"actor": actor, "navigation": shown, "session_ending": ending}


def _ending(request: HttpRequest) -> sessions.Ending:
    told = settings.ENVIRONMENT
    return sessions.ending(
        request.session, at=timezone.now(),
        idle=datetime.timedelta(minutes=told.idle_minutes),
        longest=datetime.timedelta(hours=told.session_hours),
    )  # fmt: skip


def _door(request: HttpRequest, name: str, words: str) -> dict[str, Any]:
    address = reverse(name)
    is_here = request.path == address
    return {
        "text": words,
        "href": address,
        "current": is_here,
        "active": not is_here and request.path.startswith(f"{address}/"),
    }
