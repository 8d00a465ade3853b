"""A school says that it used a resource; its plan says so too."""

import datetime

from django.db import IntegrityError, transaction

from schoolhubs import delivery
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.plans.actions import Who
from schoolhubs.service.plans.board.actions import comment
from schoolhubs.service.plans.queries import plan_of
from schoolhubs.service.training.library.models import ResourceUse
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.root_causes import root_causes

ALREADY = "Your school has said already that it used this for the same thing. Nothing was saved."
NOT_FOR_THAT = "This resource is not for that. Nothing was saved; choose what it was for."


def use(
    resource: delivery.resources.Resource,
    urn: str,
    root_cause: str,
    *,
    on: datetime.date,
    who: Who,
) -> ResourceUse:
    """Note that a school used a resource and what for, also among the comments on its plan.

    Raises
    ------
    Conflict
        If it was noted already, or the resource is for something else.
    """
    if root_cause not in resource.root_causes:
        raise Conflict(NOT_FOR_THAT)
    try:
        with transaction.atomic():
            plan = plan_of(urn)
            made = ResourceUse.objects.create(
                urn=urn, resource_id=resource.resource_id, root_cause=root_cause,
                version=resource.version, plan=plan, used_on=on, made_at=who.at, made_by=who.by,
            )  # fmt: skip
            if plan is not None:
                words = f"Used “{resource.title}” for: {root_causes()[root_cause].title}."
                comment(plan, words=words, who=who)
            audit.record(
                by=who.by, organisation=who.organisation, at=who.at, action="resource.use",
                place=who.place, subject=f"resource:{resource.resource_id}",
                details={"urn": urn, "root_cause": root_cause},
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(ALREADY) from error
    return made
