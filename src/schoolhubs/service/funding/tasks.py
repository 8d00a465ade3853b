"""Every hour: sides whose time is over, and who have not declared it, are written to once."""

from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.funding.declaring.due import tell_due


@app.periodic(cron="50 * * * *")
@app.task(name="funding.tell_due", queueing_lock="funding.tell_due", pass_context=False)
def tell(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Write to whoever has a declaration due by the day of the service's clock."""
    tell_due(on=clock.day(), at=clock.now(), place="funding.tell_due")
