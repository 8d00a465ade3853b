"""The way to a later day, as a job: a week at a time, each step with what its hour would bring.

Unlike other work it makes its changes step by step while it is worked out, each by itself, because
each step must be seen by the next. The clock stands where it came to if it is cut off, and the next
try goes on from there; what the hourly jobs did before, they do not do again.
"""

import datetime
import functools

from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicTask

from schoolhubs.service import clock
from schoolhubs.service.clock import actions
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Work
from schoolhubs.vocabulary.progress import Progress

# So that what falls due on the way happens in order: a survey opens, then closes, then is scored.
LONGEST_STEP = datetime.timedelta(days=7)
EVERY_MINUTE = "* * * * *"


def work_out(work: Work, progress: Progress) -> Effect:
    """Go to the day that the order names."""
    to, first = datetime.date.fromisoformat(work.order["to"]), clock.day()
    n_days = max((to - first).days, 0)
    while True:
        on = min(clock.day() + LONGEST_STEP, to)
        actions.put_forward(on, by=work.asked_by, place=work.place)
        progress("what the days on the way bring", max(n_days - (to - on).days, 0), n_days)
        run_hourly()
        if clock.day() >= to:
            return functools.partial(Result, path=reverse("clock"), facts={"to": to.isoformat()})


def run_hourly() -> list[str]:
    """Run every job of the hour at the clock's time, in the order of their minutes.

    Returns
    -------
    list
        Their names.
    """
    stamp, names = int(timezone.now().timestamp()), []
    for each in hourly():
        each.task.func(timestamp=stamp)
        names.append(each.task.name)
    return names


def hourly() -> list[PeriodicTask[..., object, ...]]:
    """Give the jobs of the hour; those of every minute come by themselves."""
    known = app.periodic_registry.periodic_tasks.values()
    return sorted(
        (each for each in known if each.cron != EVERY_MINUTE),
        key=lambda each: (int(each.cron.split()[0]), each.task.name),
    )


register(Kind(name=actions.KIND, title="Putting the clock forward", work_out=work_out))
