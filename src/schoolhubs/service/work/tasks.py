"""Every hour: schools are written to of what falls due."""

import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs.service.work import telling


@app.periodic(cron="55 * * * *")
@app.task(name="work.tell_due", queueing_lock="work.tell_due", pass_context=False)
def tell_due(timestamp: int) -> None:
    """Write of what falls due on the day of a moment, given in seconds since 1970."""
    at = datetime.datetime.fromtimestamp(timestamp, tz=datetime.UTC)
    telling.tell_due(on=timezone.localdate(at), at=timezone.now(), place="work.tell_due")
