"""Agreements on what a lead sees of its partner that come to their end."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.partnerships.pages.seen import SPEAK_FOR_PARTNER
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.service.sharing.queries import in_force
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon.rules import ahead, name_of


def rows(actor: Actor, on: datetime.date) -> tuple[QuerySet[Agreement], JSONObject] | None:
    """Give the agreements of the actor's schools that end soon, on either side."""
    ours, led = own_urns(actor, *SPEAK_FOR_PARTNER), own_urns(actor, *LEADS)
    if not ours and not led:
        return None
    of_us = Q(partnership__partner_urn__in=ours) | Q(partnership__lead_urn__in=led)
    ending = Agreement.objects.filter(
        in_force(on), of_us, finishes_on__lte=on + ahead("agreement_days")
    )
    urn = "partnership__partner_urn"
    return ending, JSONObject(urn=urn, finishes_on="finishes_on", school=name_of(urn))


def items(told: Mapping[str, Any], actor: Actor, on: datetime.date) -> Iterator[Item]:  # noqa: ARG001
    """Give one agreement that ends."""
    last_on = datetime.date.fromisoformat(told["finishes_on"]) - datetime.timedelta(days=1)
    yield Item(
        words=f"The agreement on sharing of {told['school'] or 'URN ' + told['urn']} ends",
        href=reverse("sharing", kwargs={"urn": told["urn"]}),
        why=f"Its last day is {day(last_on)}. Another can be proposed once it is over, or sooner "
        "if this one is ended.",
    )  # fmt: skip
