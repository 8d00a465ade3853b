"""Work out a schedule as a job; each hour, remind partners and tell of coaching that stopped."""

import datetime

from django.urls import reverse
from procrastinate.contrib.django import app

from schoolhubs.delivery import days
from schoolhubs.service import clock
from schoolhubs.service.delivery.doing import coaching, giving_back, proposing, reminding
from schoolhubs.service.delivery.models import Proposal
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Work
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.progress import Progress

BY = "schoolhubs"


def work_out_schedule(work: Work, progress: Progress) -> Effect:
    """Find dates for the partners of the lead that the order names."""
    lead_urn = work.order["lead"]
    progress("gathering days, leaders and term dates", 0, 1)
    given = proposing.gather(lead_urn, clock.day())
    if given is None:
        raise SchoolhubsError("Every day that was promised has its date, or is over.")
    if not given.leaders:
        raise SchoolhubsError("No leader is named yet. Name the leaders who go to partners first.")
    found = days.schedule(given, progress=progress)

    def effect() -> Result:
        Proposal.objects.create(
            programme_id="", lead_urn=lead_urn, work=work, basis=proposing.basis_of(given),
            record=proposing.record_of(given, found), made_at=clock.now(), made_by=work.asked_by,
        )  # fmt: skip
        return Result(path=reverse("hub-proposal", args=[lead_urn]))

    return effect


@app.periodic(cron="20 * * * *")
@app.task(name="delivery.remind", queueing_lock="delivery.remind", pass_context=False)
def remind(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Remind partners of days that wait, tell of coaching that stopped, free what nobody needs."""
    remind_on(clock.day(), at=clock.now(), place="delivery.remind")


def remind_on(on: datetime.date, *, at: datetime.datetime, place: str) -> int:
    """Do what a day brings; done already, nothing. Give how many were told of something."""
    giving_back.give_back(on=on, by=BY, at=at, place=place)
    told = reminding.remind(by=BY, at=at, place=place)
    return told + coaching.tell_missed(on=on, by=BY, at=at, place=place)


register(
    Kind(
        name=proposing.SCHEDULE, title="Finding dates for support days", work_out=work_out_schedule
    )
)
