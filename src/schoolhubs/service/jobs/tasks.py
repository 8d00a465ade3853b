"""The one task of the queue: do a piece of work, by its number."""

import datetime

from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from schoolhubs.service import clock
from schoolhubs.service.jobs import doing

LONGEST_WAIT_SECONDS = 60


class WhenItMayHelp(BaseRetryStrategy):
    """Tries again after 1, 2, 4 … seconds, and only what another try may mend."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when to try again; never, for anything that was parked."""
        if not isinstance(exception, doing.TryAgain):
            return None
        seconds = min(2**job.attempts, LONGEST_WAIT_SECONDS)
        return RetryDecision(retry_at=timezone.now() + datetime.timedelta(seconds=seconds))


@app.task(name="jobs.do", retry=WhenItMayHelp())
def do(work_id: int) -> None:
    """Do a piece of work; done already, it does nothing."""
    with clock.one_look():
        doing.do(work_id, clock=clock.now)
