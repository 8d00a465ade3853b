"""Takes up work whose worker is gone: by kill -9, by a power cut, by a server that was replaced."""

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from schoolhubs.service.jobs.actions import queue
from schoolhubs.service.jobs.models import UNFINISHED, Work

TASK = "jobs.do"


async def put_back() -> int:
    """Put jobs back into the queue whose worker has given no sign of life for long enough.

    Returns
    -------
    int
        How many.
    """
    silent = settings.ENVIRONMENT.silent_seconds
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)


def queue_lost() -> int:
    """Queue unfinished work that stands in no queue.

    Returns
    -------
    int
        How many pieces.
    """
    queued = ProcrastinateJob.objects.filter(task_name=TASK, status__in=("todo", "doing"))
    numbers = {args["work_id"] for args in queued.values_list("args", flat=True)}
    lost = [work for work in Work.objects.filter(state__in=UNFINISHED) if work.pk not in numbers]
    for work in lost:
        queue(work)
    return len(lost)
