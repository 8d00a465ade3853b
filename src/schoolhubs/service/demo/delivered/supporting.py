"""Support days of a delivered year: planned, given, late, missed, claimed, struck, ahead."""

import collections
import datetime
from collections.abc import Iterator, Mapping, Sequence

from schoolhubs.delivery import days
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery.doing import people, planning, recording
from schoolhubs.service.delivery.models import Leader, SupportDay
from schoolhubs.service.demo.delivered.joining import Told
from schoolhubs.service.demo.delivered.reading import Row, Step, in_turn, words
from schoolhubs.service.demo.people import subject_of
from schoolhubs.service.demo.year.told import DAY, Doing, lead, office, partner

WHOLE_DAY = days.ledger.Part.DAY
BEFORE, ANSWERED, STRUCK = 21 * DAY, 2 * DAY, 8 * DAY
Date = datetime.date


class Leaders:
    """The leaders of a lead who go to partners: each is at one school on a day."""

    def __init__(self, lead_urn: str, doing: Doing) -> None:
        self._lead_urn, self._doing = lead_urn, doing
        self._known: list[Leader] = []
        self._busy: dict[Date, set[int]] = collections.defaultdict(set)

    def free_on(self, *on: Date) -> Leader:
        """Give one who has nothing on some days, and takes them; there are as many as it takes."""
        n = next(at for at in range(100) if not any(at in self._busy[day] for day in on))
        for day in on:
            self._busy[day].add(n)
        every = words()["leaders_of_leads"]
        while len(self._known) <= n:
            name, job = every[len(self._known) % len(every)]
            again = len(self._known) // len(every)
            self._known.append(
                people.add(
                    self._lead_urn, name=f"{name} {'I' * (again + 1)}" if again else name, job=job,
                    **self._doing.said,
                )
            )  # fmt: skip
        return self._known[n]


def steps(told: Sequence[Told], rows: Mapping[str, Sequence[Row]], today: Date) -> Iterator[Step]:
    """Give what is done about the support days of some partnerships, as at a day."""
    of_lead = {
        each.partnership.lead_urn: Leaders(
            each.partnership.lead_urn, lead(each.partnership, each.partnership.starts_on)
        )
        for each in told
    }
    for each in told:
        ours = rows.get(each.record.partnership_id, ())
        schools = planning.calendars_of(each.partnership) if ours else []
        travel = {day.evidence: day.travel_minutes for day in each.record.days}
        for n, row in enumerate(ours):
            minutes = travel.get(f"support_day:{row['support_day']}")
            one = _Day(each, n, row, of_lead[each.partnership.lead_urn], schools)
            yield from one.steps(today, None if minutes is None else round(minutes))


class _Day:
    """One support day: what is done about it, step by step."""

    def __init__(
        self, told: Told, n: int, row: Row, leaders: Leaders,
        schools: Sequence[days.school_days.SchoolDays],
    ) -> None:  # fmt: skip
        self.one, self.n, self.row, self.schools = told.partnership, n, row, schools
        self.planned_on = self._open_from(Date.fromisoformat(row["planned_on"]))
        self.given_on = Date.fromisoformat(row["given_on"]) if row["given_on"] else None
        every = {self.planned_on, self.given_on} - {None}
        self.leader = leaders.free_on(*(each for each in every if each is not None))
        self.day: SupportDay | None = None

    def _open_from(self, on: Date) -> Date:
        """Give a day, or the next on which both schools are open within the partnership."""
        ahead = (on + n * DAY for n in range(60))
        last = self.one.last_on
        return next(
            (d for d in ahead if d <= last and not any(s.why_not(d) for s in self.schools)), on
        )

    def steps(self, today: Date, minutes: int | None) -> Iterator[Step]:
        began = self.one.starts_on
        if self._is_open(self.planned_on):
            planned_by = lead(self.one, max(min(self.planned_on - BEFORE, today), began))
            yield planned_by.at, lambda: self._plan(planned_by)
        if self.given_on is None:
            if self.row["state"] == "missed" and self.planned_on + DAY <= today:
                missed_by = lead(self.one, self.planned_on)
                yield missed_by.at, lambda: self._miss(missed_by)
            return
        if self.given_on > today:
            return
        given_by = lead(self.one, self.given_on)
        yield given_by.at, lambda: self._record(given_by, minutes)
        is_struck = self.row["state"] == "struck"
        answered_by = partner(self.one, self.given_on + ANSWERED)
        if (self.row["agreed"] == "yes" or is_struck) and answered_by.on <= today:
            yield answered_by.at, lambda: self._agree(answered_by)

    def _is_open(self, on: Date) -> bool:
        return not any(each.why_not(on) for each in self.schools)

    def _date(self, on: Date) -> planning.Date:
        return planning.Date(on=on, part=WHOLE_DAY, leaders=[self.leader])

    def _plan(self, doing: Doing) -> None:
        self.day = planning.plan(
            self.one, self._date(self.planned_on), focus=in_turn("focus", self.n),
            today=doing.on, schools=self.schools, **doing.said,
        )  # fmt: skip

    def _miss(self, doing: Doing) -> None:
        if self.day is not None:
            recording.miss(
                self.day, side="lead", reason=in_turn("why_missed", self.n),
                version=self.day.version, **doing.said,
            )  # fmt: skip

    def _record(self, doing: Doing, minutes: int | None) -> None:
        done = recording.Done(
            date=self._date(doing.on), focus=in_turn("focus", self.n),
            evidence=in_turn("evidence", self.n), n_partner_leaders=2, travel_minutes=minutes,
        )  # fmt: skip
        version = self.day.version if self.day else 0
        self.day = recording.record(
            self.one, done, today=doing.on, day=self.day, version=version, **doing.said
        )

    def _agree(self, doing: Doing) -> None:
        assert self.day is not None
        self.day = recording.answer(self.day, agrees=True, version=self.day.version, **doing.said)


def strike(
    told: Sequence[Told], rows: Mapping[str, Sequence[Row]], *, after: Date, today: Date
) -> Iterator[tuple[Told, Date, Step]]:
    """Give the days that turned out not to have taken place, as the office settles them.

    Nothing of a year is struck before its money was paid.
    """
    caseworker = subject_of(Role.OFFICE_CASEWORKER)
    for each in told:
        for row in rows.get(each.record.partnership_id, ()):
            on = max(Date.fromisoformat(row["given_on"] or "0001-01-01") + STRUCK, after)
            if row["state"] == "struck" and on <= today:
                doing = office(caseworker, on)
                given_on = Date.fromisoformat(row["given_on"])
                yield each, on, (doing.at, _struck(each, given_on, doing))


def _struck(told: Told, given_on: Date, doing: Doing) -> "_Striking":
    return _Striking(told, given_on, doing)


class _Striking:
    """The office opens an agreed day again and decides that it did not take place."""

    def __init__(self, told: Told, given_on: Date, doing: Doing) -> None:
        self.told, self.given_on, self.doing = told, given_on, doing

    def __call__(self) -> None:
        why = words()["why_struck"]
        for to in ("disputed", "missed"):
            day = SupportDay.objects.get(
                partnership=self.told.partnership, on=self.given_on,
                state__in=("agreed", "disputed"),
            )  # fmt: skip
            recording.settle(day, to=to, reason=why, version=day.version, **self.doing.said)
