"""Every hour: schools are reminded of sessions to come; places nobody needs come free."""

from django.db import transaction
from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.training import telling
from schoolhubs.service.training.sessions import giving_back

BY = "schoolhubs"


@app.periodic(cron="20 * * * *")
@app.task(name="training.remind", queueing_lock="training.remind", pass_context=False)
def remind(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Remind of the sessions that are near; of each once, however often this runs."""
    at = clock.now()
    giving_back.give_back(by=BY, at=at, place="training.remind")
    with transaction.atomic():
        letters.write(telling.reminders(at=at), by=BY, at=at, place="training.remind")
