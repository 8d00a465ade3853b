"""Every hour: both schools are told of agreements that are over."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.sharing import actions


@app.periodic(cron="40 * * * *")
@app.task(name="sharing.tell_over", queueing_lock="sharing.tell_over", pass_context=False)
def tell_over(timestamp: int) -> None:
    """Tell of what is over on the day of a moment, given in seconds since 1970."""
    at = clock.moment_of(timestamp)
    on = timezone.localdate(at)
    actions.tell_over(on=on, at=clock.now(), place="sharing.tell_over")
