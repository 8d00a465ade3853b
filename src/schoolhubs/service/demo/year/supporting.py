"""Support days of the demonstration: some agreed, some late, missed or disputed, some ahead."""

import datetime
from collections.abc import Sequence

from schoolhubs.delivery import days
from schoolhubs.service.delivery.doing import people, planning, recording
from schoolhubs.service.delivery.models import Leader
from schoolhubs.service.demo.year.told import DAY, lead, partner, story
from schoolhubs.service.partnerships.models import Partnership

FIRST_AFTER, APART, AHEAD = 21 * DAY, 24 * DAY, 9 * DAY
WHOLE_DAY = days.ledger.Part.DAY
MINUTES_OF_TRAVEL = 80


def tell(partnership: Partnership, n: int, *, on: datetime.date) -> None:
    """Tell of the days of one partnership, the ``n``-th that is told of."""
    happened: Sequence[str] = story()["support"]["days"][n % len(story()["support"]["days"])]
    if not happened:
        return
    leaders = _leaders(partnership, on=on)
    schools = planning.calendars_of(partnership)
    was, ahead = partnership.starts_on + FIRST_AFTER - APART, on
    for number, what in enumerate(happened):
        wanted = ahead + AHEAD if what == "planned" else was + APART
        day = next(
            each for each in (wanted + k * DAY for k in range(70))
            if not any(school.why_not(each) for school in schools)
        )  # fmt: skip
        if what == "planned":
            ahead = day
        elif day > on - 3 * DAY:
            continue  # so much has not been yet
        else:
            was = day
        _tell_one(partnership, what, day, number, leaders, schools, on)


def _tell_one(
    partnership: Partnership, what: str, day: datetime.date, n: int, leaders: Sequence[Leader],
    schools: Sequence[days.school_days.SchoolDays], on: datetime.date,
) -> None:  # fmt: skip
    said = story()["support"]
    focus = said["focus"][n % len(said["focus"])]
    date = planning.Date(on=day, part=WHOLE_DAY, leaders=[leaders[n % len(leaders)]])
    if what in {"planned", "missed"}:
        before = min(day - 21 * DAY, on)
        planned = planning.plan(
            partnership, date, focus=focus, today=before, schools=schools,
            **lead(partnership, before).said,
        )  # fmt: skip
        if what == "missed":
            recording.miss(
                planned, side="lead", reason=said["why_missed"], version=planned.version,
                **lead(partnership, day).said,
            )  # fmt: skip
        return
    done = recording.Done(
        date=date, focus=focus, evidence=said["evidence"], n_partner_leaders=2,
        travel_minutes=MINUTES_OF_TRAVEL,
    )  # fmt: skip
    made = recording.record(partnership, done, today=day, **lead(partnership, day).said)
    if what != "waits":
        recording.answer(
            made, agrees=what == "agreed", version=made.version,
            reason="" if what == "agreed" else said["why_disputed"],
            **partner(partnership, day + 2 * DAY).said,
        )  # fmt: skip


def _leaders(partnership: Partnership, *, on: datetime.date) -> list[Leader]:
    found = list(Leader.objects.filter(lead_urn=partnership.lead_urn, stopped_on__isnull=True))
    began = lead(partnership, min(partnership.starts_on, on)).said
    return found or [
        people.add(partnership.lead_urn, name=name, job=job, **began)
        for name, job in story()["support"]["leaders"]
    ]
