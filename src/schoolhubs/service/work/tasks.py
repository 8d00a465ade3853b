"""Every hour: schools are written to of what falls due."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.work import telling


@app.periodic(cron="55 * * * *")
@app.task(name="work.tell_due", queueing_lock="work.tell_due", pass_context=False)
def tell_due(timestamp: int) -> None:
    """Write of what falls due on the day of a moment, given in seconds since 1970."""
    at = clock.moment_of(timestamp)
    telling.tell_due(on=timezone.localdate(at), at=clock.now(), place="work.tell_due")
