"""Training of a delivered year: leaders are named, complete modules, and owe the rest."""

import datetime
import functools
from collections.abc import Iterator, Mapping, Sequence

from django.utils import timezone

from schoolhubs.service.demo.delivered.joining import Told
from schoolhubs.service.demo.delivered.reading import Row, Step, in_turn, words
from schoolhubs.service.demo.year.told import DAY, Doing, lead, partner
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training.finishing import actions as finishing
from schoolhubs.service.training.leading import actions as leading
from schoolhubs.service.training.models import ModuleCompletion, SchoolLeader
from schoolhubs.service.training.sessions import actions as sessions

NAMED, SETTLED, AHEAD = 5 * DAY, 4 * DAY, 17 * DAY
STARTS, FINISHES = datetime.time(13, 30), datetime.time(16, 0)
N_SEATS = 40
# Completions before the last ones of a hub were confirmed; these wait for the lead.
WAIT = 6
Date = datetime.date
Named = dict[str, SchoolLeader]


def steps(told: Sequence[Told], rows: Mapping[str, Sequence[Row]], today: Date) -> Iterator[Step]:
    """Give what is done about the training of some partnerships, as at a day."""
    owing: dict[str, list[tuple[Told, Named, Row]]] = {}
    done: list[tuple[Date, Told, Named, Row]] = []
    for n, each in enumerate(told):
        ours = rows.get(each.record.partnership_id, ())
        named: Named = {}
        doing = partner(each.partnership, each.partnership.starts_on + NAMED)
        for leader in sorted({row["leader"] for row in ours}):
            name = functools.partial(_name, each, named, leader, 3 * n + int(leader), doing)
            yield doing.at, name
        for row in ours:
            if row["completed_on"]:
                done.append((Date.fromisoformat(row["completed_on"]), each, named, row))
            else:
                owing.setdefault(row["module"], []).append((each, named, row))
    done = sorted((one for one in done if one[0] <= today), key=lambda one: one[0])
    for at, (on, each, named, row) in enumerate(done):
        one = _Completed(each, named, row, on, waits=at >= len(done) - WAIT)
        yield from one.steps(today)
    yield from _ahead(told, owing, today)


def _name(told: Told, named: Named, leader: str, n: int, doing: Doing) -> None:
    post, duties = in_turn("posts", int(leader) - 1)
    given, family = in_turn("given_names", n), in_turn("family_names", n)
    named[leader] = leading.name(
        told.partnership.partner_urn, called=f"{given} {family}", post=post, duties=duties,
        succeeds=None, on=told.partnership.starts_on, **doing.said,
    )  # fmt: skip


class _Completed:
    """A module that a leader did: declared by the school, confirmed by whoever teaches."""

    def __init__(self, told: Told, named: Named, row: Row, on: Date, *, waits: bool) -> None:
        self.told, self.named, self.row, self.on, self.waits = told, named, row, on, waits
        self.made: ModuleCompletion | None = None

    def steps(self, today: Date) -> Iterator[Step]:
        declared = partner(self.told.partnership, self.on)
        yield declared.at, functools.partial(self._declare, declared)
        settled = lead(self.told.partnership, self.on + SETTLED)
        if settled.on <= today and not self.waits:
            yield settled.at, functools.partial(self._settle, settled)

    def _declare(self, doing: Doing) -> None:
        self.made = finishing.declare(
            self.told.partnership, self.named[self.row["leader"]], self.row["module"],
            completed_on=self.on, **doing.said,
        )  # fmt: skip

    def _settle(self, doing: Doing) -> None:
        assert self.made is not None
        finishing.settle(
            self.made, confirms=True, reason="", version=self.made.version, **doing.said
        )


def _ahead(
    told: Sequence[Told], owing: Mapping[str, Sequence[tuple[Told, Named, Row]]], today: Date
) -> Iterator[Step]:
    """Plan a session ahead of the module that most still owe, and sign some of them up."""
    running = [each.partnership for each in told if each.partnership.last_on > today + AHEAD]
    if not running or not owing:
        return
    module = max(owing, key=lambda name: len(owing[name]))
    doing = lead(running[0], today - 14 * DAY)
    wanted = [
        (each, named, row) for each, named, row in owing[module]
        if each.record.ended_on is None and each.partnership in running
    ]  # fmt: skip
    yield doing.at, functools.partial(_plan, running[0], module, today + AHEAD, wanted, doing)


def _plan(
    first: Partnership, module: str, day: Date, wanted: Sequence[tuple[Told, Named, Row]],
    doing: Doing,
) -> None:  # fmt: skip
    zone = timezone.get_current_timezone()
    day += (7 - day.weekday()) % 7 * DAY if day.weekday() > 4 else 0 * DAY
    planned = sessions.Planned(
        programme_id=first.programme_id, module=module, lead_urn=first.lead_urn,
        starts_at=datetime.datetime.combine(day, STARTS, zone),
        ends_at=datetime.datetime.combine(day, FINISHES, zone), is_online=False,
        where=words()["where"], n_places=N_SEATS,
    )  # fmt: skip
    session = sessions.plan(planned, **doing.said)
    for told, named, row in wanted[: N_SEATS // 2]:
        after = partner(told.partnership, doing.on + DAY)
        sessions.sign_up(
            session, told.partnership.partner_urn, [named[row["leader"]]], **after.said
        )
