"""Every hour: reminders of milestones, and what partnerships that are over had come to."""

from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.milestones.turning import completing, reminding


# After terms have turned, at 20 past, so that what starts today is reminded of today.
@app.periodic(cron="45 * * * *")
@app.task(name="milestones.turn", queueing_lock="milestones.turn", pass_context=False)
def turn(timestamp: int) -> None:
    """Turn to the day of a moment, given in seconds since 1970."""
    with clock.one_look():
        on, at = timezone.localdate(clock.moment_of(timestamp)), clock.now()
        completing.keep_completions(on=on, at=at, place="milestones.turn")
        reminding.remind(on=on, at=at, place="milestones.turn")
