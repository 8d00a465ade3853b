"""Answers kept for repeated requests are erased once a day; they can hold what people wrote."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs.service.api.manners.repeats import forget


# Each hour, though days count: a run is dropped where no worker was there for ten minutes.
@app.periodic(cron="37 * * * *")
@app.task(name="api.forget", queueing_lock="api.forget", pass_context=False)
def forget_answers(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Erase the kept answers that are too old to be given again."""
    forget(at=timezone.now())
