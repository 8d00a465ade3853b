"""A cohort of invented schools with their applications and a published round, to partner with."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F

from invented import AT, ON, PROGRAMME, facts, register
from schoolhubs import programmes
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.models import Outcome, Placement, PublishedRound, Round
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import RegisterSnapshot

RULES = programmes.load(PROGRAMME).as_at(ON)
LEAD, SECOND_LEAD = "900010", "900011"
OFFICE: dict[str, Any] = {"by": "officer", "at": AT, "place": "/office"}


def agreed(urn: str, *, sides: Sequence[str] = ("partner", "lead")) -> Partnership:
    """Let both schools accept what is proposed to one, in this order."""
    for side in sides:
        one = of(urn)
        actions.answer(
            one, side=side, says="accepts", version=one.version, by=side, organisation="school:1",
            at=AT, place="/",
        )  # fmt: skip
    return of(urn)


def applied(snapshot: RegisterSnapshot, urns: Sequence[str], state: str = "eligible") -> None:
    """Store an application of each school, sent and decided."""
    made = Application.objects.bulk_create(
        Application(
            reference=f"T-{urn}", programme_id=PROGRAMME, cohort_id=RULES.cohort_id, urn=urn,
            state="submitted", pathways=["enhanced"], begun_at=AT, begun_by="head",
            submitted_at=AT, submitted_by="head", applied_on=ON, snapshot=snapshot,
            answers={
                "pathways": ["enhanced"], "leadership_capacity": True, "ready_to_change": True,
            },
        )
        for urn in urns
    )  # fmt: skip
    if state != "submitted":
        ours = Application.objects.filter(pk__in=[each.pk for each in made])
        ours.update(state=state, version=F("version") + 1)


def a_round(
    snapshot: RegisterSnapshot,
    places: Mapping[str, str],
    *,
    pathway: str = "enhanced",
    places_per_lead: int | None = None,
) -> Round:
    """Store a round that gave each school a lead, or none where its lead is blank.

    ``places_per_lead`` is tried in it in place of the definition's.
    """
    tried = {} if places_per_lead is None else {"places_per_lead": {pathway: places_per_lead}}
    made = Round.objects.create(
        programme_id=PROGRAMME, cohort_id=RULES.cohort_id, definition_version="1", on=ON,
        snapshot=snapshot, made_at=AT, made_by="officer", is_synthetic=True, summary={},
        record={"travel": {"source": "estimate", "band_share": 0.8}}, pack=b"",
        changes=tried,
    )  # fmt: skip
    Placement.objects.bulk_create(
        Placement(
            round=made, urn=urn, outcome=Outcome.MATCHED if lead else Outcome.UNMATCHED,
            name=f"School {urn}", phase="primary", region="South West",
            pathway=pathway if lead else "", lead_urn=lead, minutes=21.0 if lead else None,
            record={"minutes_low": 15.0, "minutes_high": 29.0, "travel_source": "estimated"},
        )
        for urn, lead in places.items()
    )  # fmt: skip
    return made


def published(round_: Round) -> Round:
    """Point the cohort's schools to a round and propose what it matched."""
    PublishedRound.objects.update_or_create(
        programme_id=PROGRAMME, cohort_id=round_.cohort_id,
        defaults={"round": round_, "published_at": AT, "published_by": "officer", "reason": "Yes"},
    )  # fmt: skip
    actions.propose(round_, **OFFICE)
    return round_


def world(
    places: Mapping[str, str],
    leads: tuple[str, ...] = (LEAD, SECOND_LEAD),
    *,
    n_places: int | None = None,
) -> tuple[RegisterSnapshot, Round]:
    """Store schools, hubs, applications and the published round that placed them.

    ``n_places`` is what each hub states of the Enhanced pathway; without it the definition stands.
    """
    schools = [facts(urn) for urn in (*places, *leads)]
    snapshot = register(*schools, leads=leads)
    if n_places is not None:
        Hub.objects.filter(lead_urn__in=leads).update(places={"enhanced": n_places})
    applied(snapshot, list(places))
    return snapshot, published(a_round(snapshot, places))


def of(urn: str) -> Partnership:
    """Give a school's newest partnership."""
    return Partnership.objects.filter(partner_urn=urn).latest("pk")


def state_of(urn: str) -> str:
    """Give the state of a school's application."""
    return Application.objects.get(urn=urn).state


def term_day(year: int, month: int, day: int = 1) -> datetime.date:
    """Give a day, short to write."""
    return datetime.date(year, month, day)
