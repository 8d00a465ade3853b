"""Modules that partners declare as done, and that wait for their lead to confirm them."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training.models import CompletionState, ModuleCompletion
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon.rules import name_of
from schoolhubs.vocabulary.words import counted


def rows(actor: Actor, on: datetime.date) -> tuple[QuerySet[Partnership], JSONObject] | None:  # noqa: ARG001
    """Give the partners of the actor's hubs that declared a module, with how many."""
    led = own_urns(actor, *LEADS)
    if not led:
        return None
    declared = ModuleCompletion.objects.filter(
        partnership=OuterRef("pk"), state=CompletionState.DECLARED
    )
    n = declared.order_by().values("partnership").annotate(n=Count("pk")).values("n")
    told = JSONObject(
        n=Subquery(n), urn=F("partner_urn"), lead=F("lead_urn"), school=name_of("partner_urn")
    )
    return Partnership.objects.filter(Exists(declared), lead_urn__in=led), told


def items(told: Mapping[str, Any], actor: Actor, on: datetime.date) -> Iterator[Item]:  # noqa: ARG001
    """Give what one partner declared."""
    words = counted(told["n"], "completion of training", "completions of training")
    yield Item(
        words=f"Confirm {words}, {told['school'] or 'URN ' + told['urn']}",
        href=reverse("hub-training", kwargs={"lead_urn": told["lead"]}),
        why="The school declared it. It counts, with a certificate, once you confirm it.",
    )
