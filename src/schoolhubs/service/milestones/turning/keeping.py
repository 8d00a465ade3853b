"""Keeps what is due of each partnership for the list of one's work, so that it asks little."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from schoolhubs import delivery
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.milestones.models import TasksKept
from schoolhubs.service.milestones.standing.shown import OF_LEADS
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.partnerships.models import Partnership

Task = dict[str, Any]
NOW = (delivery.milestones.Standing.SOON, delivery.milestones.Standing.OVERDUE)


def keep_tasks(found: Iterable[Together], *, looked_to: int) -> None:
    """Keep the tasks that are due soon or overdue of all partnerships that run, and of no other.

    Parameters
    ----------
    looked_to
        The last entry of the audit log before the ledgers were read.
    """
    told = {each.partnership.pk: _tasks(each) for each in found}
    with transaction.atomic():
        before = dict(TasksKept.objects.select_for_update().values_list("pk", "tasks"))
        TasksKept.objects.filter(pk__in=before.keys() - told.keys()).delete()
        _save({pk: tasks for pk, tasks in told.items() if before.get(pk) != tasks}, looked_to)
        TasksKept.objects.filter(looked_to__lt=looked_to).update(looked_to=looked_to)


def keep_anew(partnership_ids: Collection[int], *, on: datetime.date) -> dict[int, list[Task]]:
    """Work the tasks of some partnerships out anew, keep them and give them."""
    looked_to = last_entry()
    rows = Partnership.objects.filter(pk__in=partnership_ids, state="running")
    told = {each.partnership.pk: _tasks(each)
            for each in together(rows.select_related("extends"), on=on)}  # fmt: skip
    with transaction.atomic():
        _save(told, looked_to)
    return told


def last_entry() -> int:
    """Give the number of the last entry of the audit log; 0 where there is none."""
    last = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first()
    return last or 0


def _save(told: Mapping[int, list[Task]], looked_to: int) -> None:
    TasksKept.objects.bulk_create(
        [TasksKept(partnership_id=pk, tasks=tasks, looked_to=looked_to)
         for pk, tasks in told.items()],
        batch_size=1_000, update_conflicts=True, unique_fields=["partnership"],
        update_fields=["tasks", "looked_to"],
    )  # fmt: skip


def _tasks(found: Together) -> list[Task]:
    return [
        {
            "title": due.milestone.title,
            "due_on": due.due_on.isoformat(),
            "is_late": due.standing is delivery.milestones.Standing.OVERDUE,
            "minutes": due.milestone.expected_minutes,
            "roles": list(due.milestone.roles),
            "is_for_all": due.milestone.done_when in OF_LEADS,
        }
        for due in found.dues
        if due.standing in NOW
    ]
