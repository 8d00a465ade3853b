"""What a partnership's term asks of somebody: due soon or overdue, with the minutes it takes."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.urls import reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.milestones.models import TasksKept
from schoolhubs.service.milestones.turning import keeping
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon.rules import name_of
from schoolhubs.vocabulary.words import counted

MOST_SHOWN = 8
PARTNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)


def rows(actor: Actor, on: datetime.date) -> tuple[QuerySet[TasksKept], JSONObject] | None:  # noqa: ARG001
    """Give the tasks of the actor's partnerships as last looked at, and what was done since."""
    ours, led = own_urns(actor, *PARTNERS), own_urns(actor, *LEADS)
    if not ours and not led:
        return None
    held = TasksKept.objects.filter(
        Q(partnership__partner_urn__in=ours) | Q(partnership__lead_urn__in=led),
        partnership__state="running",
    )
    urn = "partnership__partner_urn"
    told = JSONObject(
        number=F("partnership_id"), partner=F(urn), lead=F("partnership__lead_urn"),
        tasks=F("tasks"), school=name_of(urn), is_old=Exists(_since(actor)),
    )  # fmt: skip
    return held, told


def _since(actor: Actor) -> QuerySet[AuditEntry]:
    """Give what the actor's organisation or either school did since the tasks were looked at."""
    done_by: list[Any] = [
        Concat(Value("school:"), OuterRef(f"partnership__{side}_urn"), output_field=TextField())
        for side in ("partner", "lead")
    ]
    about = Concat(
        Value("partnership:"), Cast(OuterRef("partnership_id"), TextField()),
        output_field=TextField(),
    )  # fmt: skip
    ours = Q(organisation__in=[*done_by, Value(actor.organisation_key)]) | Q(subject=about)
    return AuditEntry.objects.filter(ours, number__gt=OuterRef("looked_to"))


def freshened(found: list[dict[str, Any]], actor: Actor, on: datetime.date) -> list[dict[str, Any]]:
    """Give the tasks as they stand now: what a school just did waits for nobody any more."""
    old = [each["number"] for each in found if each["is_old"] and _of_actor(each, actor)]
    anew = keeping.keep_anew(old, on=on) if old else {}
    fresh = [{**each, "tasks": anew.get(each["number"], each["tasks"])} for each in found]
    return _said_once(fresh, own_urns(actor, *LEADS))


def _said_once(found: list[dict[str, Any]], led: Collection[str]) -> list[dict[str, Any]]:
    """Let what a lead holds for all its partners stand once, with how many they are."""
    n: Counter[tuple[str, ...]] = Counter(
        _held(each, task) for each in found for task in each["tasks"] if task.get("is_for_all")
    )
    said: set[tuple[str, ...]] = set()
    told = []
    for each in found:
        tasks = []
        for task in each["tasks"]:
            key = _held(each, task)
            if each["lead"] in led and task.get("is_for_all"):
                if key in said:
                    continue
                said.add(key)
                task = {**task, "n_partners": n[key]}
            tasks.append(task)
        told.append({**each, "tasks": tasks})
    return told


def _held(told: Mapping[str, Any], task: Mapping[str, Any]) -> tuple[str, ...]:
    return told["lead"], task["title"], task["due_on"]


def _of_actor(told: Mapping[str, Any], actor: Actor) -> list[Mapping[str, Any]]:
    is_lead = told["lead"] in own_urns(actor, *LEADS)
    return [each for each in told["tasks"] if _is_mine(each, actor, is_lead=is_lead)]


def items(told: Mapping[str, Any], actor: Actor, on: datetime.date) -> Iterator[Item]:  # noqa: ARG001
    """Give a school each of its tasks; a lead, the oldest task of each partner."""
    is_lead = told["lead"] in own_urns(actor, *LEADS)
    mine = _of_actor(told, actor)
    shown = mine[: 1 if is_lead else MOST_SHOWN]
    name = told["school"] or f"URN {told['partner']}"
    href = reverse("terms", kwargs={"partnership_id": told["number"]})
    for each in shown:
        due_on = datetime.date.fromisoformat(each["due_on"])
        minutes = counted(each["minutes"], "minute")
        by = f"{'Was due' if each['is_late'] else 'Due'} by {day(due_on)}; takes about {minutes}."
        n = each.get("n_partners", 1)
        whose = name if n == 1 else counted(n, "partner")
        yield Item(
            words=f"{'Overdue: ' if each['is_late'] else ''}{each['title']}, {whose}",
            href=href if n == 1 else reverse("hub-events"),
            why=by + _more(len(mine) - len(shown) if each is shown[-1] and n == 1 else 0),
        )  # fmt: skip


def _more(n: int) -> str:
    return f" {counted(n, 'more task waits', 'more tasks wait')} there." if n else ""


def _is_mine(task: Mapping[str, Any], actor: Actor, *, is_lead: bool) -> bool:
    roles = LEADS if is_lead else PARTNERS
    return any(role.value in task["roles"] and actor.holds(role) for role in roles)
