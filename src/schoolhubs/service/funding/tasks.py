"""Every hour: sides whose time is over are written to once; what nobody declares lapses."""

from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.funding.declaring.due import tell_due
from schoolhubs.service.funding.declaring.lapsing import lapse_due


@app.periodic(cron="50 * * * *")
@app.task(name="funding.tell_due", queueing_lock="funding.tell_due", pass_context=False)
def tell(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Write to whoever has a declaration due by the service's clock; let others lapse."""
    on, at, place = clock.day(), clock.now(), "funding.tell_due"
    tell_due(on=on, at=at, place=place)
    lapse_due(on=on, at=at, place=place)
