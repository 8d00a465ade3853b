"""Keeps what is due of each partnership for the list of one's work, so that it asks little."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from schoolhubs import delivery
from schoolhubs.service.milestones.models import TasksKept
from schoolhubs.service.milestones.standing.together import Together

NOW = (delivery.milestones.Standing.SOON, delivery.milestones.Standing.OVERDUE)


def keep_tasks(found: Iterable[Together]) -> None:
    """Keep the tasks that are due soon or overdue of all partnerships that run, and of no other."""
    told = {each.partnership.pk: _tasks(each) for each in found}
    with transaction.atomic():
        before = dict(TasksKept.objects.select_for_update().values_list("pk", "tasks"))
        TasksKept.objects.filter(pk__in=before.keys() - told.keys()).delete()
        new = [
            TasksKept(partnership_id=pk, tasks=tasks)
            for pk, tasks in told.items()
            if before.get(pk) != tasks
        ]
        TasksKept.objects.bulk_create(
            new, batch_size=1_000, update_conflicts=True, unique_fields=["partnership"],
            update_fields=["tasks"],
        )  # fmt: skip


def _tasks(found: Together) -> list[dict[str, Any]]:
    return [
        {
            "title": due.milestone.title,
            "due_on": due.due_on.isoformat(),
            "is_late": due.standing is delivery.milestones.Standing.OVERDUE,
            "minutes": due.milestone.expected_minutes,
            "roles": list(due.milestone.roles),
        }
        for due in found.dues
        if due.standing in NOW
    ]
