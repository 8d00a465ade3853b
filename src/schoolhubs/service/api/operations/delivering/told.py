"""Partnerships and their days in the shape of answers, and as the table that the page gives."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.api.manners.saying import Table
from schoolhubs.service.delivery import queries
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.reach import PARTNERS
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership, Says

# What was ended before both had said yes never came about.
TOGETHER = Q(state__in=(*HOLDS_A_PLACE, "finished")) | Q(
    state="ended", partner_says=Says.ACCEPTS, lead_says=Says.ACCEPTS
)
OF_DAYS = (
    "partner", "partner_urn", "lead_urn", "on", "part", "kind", "state", "leaders",
    "lead_half_days", "partner_half_days", "travel_minutes", "focus", "evidence", "reason",
)  # fmt: skip
OF_PARTNERSHIP = (
    "programme_id", "cohort_id", "partner_urn", "lead_urn", "pathway", "state", "starts_on",
    "finishes_on",
)  # fmt: skip


def partnerships_for(actor: Actor) -> QuerySet[Partnership]:
    """Give the partnerships of an actor's schools that came about; all to those who see all."""
    rows = Partnership.objects.filter(TOGETHER)
    if actor.holds(*reach.SEE_EVERY_SCHOOL):
        return rows
    ours, led = reach.own_urns(actor, *PARTNERS), reach.own_urns(actor, *LEADS)
    return rows.filter(Q(partner_urn__in=ours) | Q(lead_urn__in=led))


def partnership(found: Partnership, held: Iterable[SupportDay]) -> dict[str, Any]:
    """Give a partnership with its ledger."""
    ledger = queries.ledger_of(found, held)
    return {
        **{name: getattr(found, name) for name in OF_PARTNERSHIP},
        "partnership_id": found.pk,
        "ledger": {
            **dataclasses.asdict(ledger), "undated": ledger.undated, "beyond": ledger.beyond
        },
    }  # fmt: skip


def day(one: SupportDay) -> dict[str, Any]:
    """Give a day."""
    pure = queries.pure(one)
    names = (
        "partnership_id", "kind", "on", "part", "held_at", "state", "focus", "n_partner_leaders",
        "travel_minutes", "evidence", "observation", "next_step", "reason", "version",
    )  # fmt: skip
    return {
        **{name: getattr(one, name) for name in names},
        "day_id": one.pk,
        "leaders": [{"leader_id": e.pk, "name": e.name} for e in queries.leaders_on(one)],
        "lead_half_days": pure.lead_half_days,
        "partner_half_days": pure.partner_half_days,
    }


def table_of_days(answer: Mapping[str, Any]) -> Table:
    """Give the days of a ledger as the page's CSV has them."""
    about = {name: answer[name] for name in ("partner", "partner_urn", "lead_urn")}
    rows = [
        {**each, **about, "leaders": ", ".join(one["name"] for one in each["leaders"])}
        for each in answer["days"]
    ]
    return OF_DAYS, rows


def table_of_partnerships(answer: Mapping[str, Any]) -> Table:
    """Give partnerships with the figures of their ledgers, a row a partnership."""
    rows = [{**each, **each["ledger"]} for each in answer["items"]]
    figures = tuple(answer["items"][0]["ledger"]) if answer["items"] else ()
    return ("partnership_id", *OF_PARTNERSHIP, *figures), rows
