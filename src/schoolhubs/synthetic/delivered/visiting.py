"""Open days of each hub and term: who booked, who waited, who came, who stayed away."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from schoolhubs import programmes
from schoolhubs.synthetic.delivered.living import Lived, Row, days_of_terms
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent
from schoolhubs.vocabulary.records.funding import MoneyRules

# What a lead hosts for all its partners at once, and how its programme names it.
HOSTED = {DayKind.OPEN_DAY: "open", DayKind.NETWORKING: "network"}


def visit(
    every: Iterable[Lived], facts: Mapping[str, Any], seed: int
) -> tuple[list[Row], list[Row]]:
    """Hold the open days of every hub and add each visit to the partner's days.

    Returns
    -------
    Rows of the open days, and of the bookings. Places are never oversold: who does not fit waits,
    and the first who fits takes places that a cancelled booking frees.
    """
    hubs: dict[tuple[str, str], list[Lived]] = defaultdict(list)
    for one in every:
        hubs[one.pair.rules.programme_id, one.pair.lead_urn].append(one)
    days: list[Row] = []
    bookings: list[Row] = []
    for at, key in enumerate(sorted(hubs)):
        rng = np.random.default_rng([seed, 401, at])
        hub = hubs[key]
        rules = next((e for k, e in hub[0].pair.rules.events.items() if "open" in k), None)
        if rules is None:
            continue
        for term, dates in enumerate(days_of_terms(hub[0].pair, facts)):
            wanted = [one for one in hub if rng.random() < facts["shares"]["books"]]
            parties = [int(rng.integers(1, rules.largest_party + 1)) for _ in wanted]
            n = max(rules.n_a_term, sum(parties) // rules.n_places)
            held = sorted(dates[int(each)] for each in rng.choice(len(dates), n, replace=False))
            for number, on in enumerate(held):
                name = f"{key[1]}-{term + 1}-{number + 1}"
                days.append(
                    {"open_day": name, "programme_id": key[0], "lead_urn": key[1],
                     "on": on.isoformat(), "places": str(rules.n_places)}
                )  # fmt: skip
                mine = [(o, p) for i, (o, p) in enumerate(zip(wanted, parties, strict=True))
                        if i % n == number]  # fmt: skip
                bookings += _hold(name, on, mine, rules.n_places, rules.half_days,
                                  _money(hub[0]), facts, rng)  # fmt: skip
    return days, bookings


def host(every: Iterable[Lived]) -> None:
    """Add what leads spent on open days and networking: once an event, however many came.

    It stands in the record of the oldest partnership of those that came, as the service has it.
    """
    seen: set[str] = set()
    for one in every:
        for at, day in enumerate(one.days):
            event = day.evidence.removesuffix(f"-{one.pair.urn}")
            if day.kind in HOSTED and event not in seen:
                seen.add(event)
                rules = next(
                    each for name, each in one.pair.rules.events.items()
                    if HOSTED[day.kind] in name
                )  # fmt: skip
                one.days[at] = dataclasses.replace(day, lead_half_days=rules.half_days)


def _money(one: Lived) -> MoneyRules:
    return programmes.load(one.pair.rules.programme_id).money(one.pair.starts_on)


def _hold(
    name: str,
    on: datetime.date,
    wanted: list[tuple[Lived, int]],
    n_places: int,
    half_days: int,
    money: MoneyRules,
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> list[Row]:
    left, states = n_places, []
    for one, party in wanted:
        fits = party <= left and one.runs_on(on)
        left -= party if fits else 0
        cancels = fits and rng.random() < facts["shares"]["cancels"]
        left += party if cancels else 0
        states.append("cancelled" if cancels else "booked" if fits else "waiting")
    for at, (one, party) in enumerate(wanted):
        if states[at] == "waiting" and party <= left and one.runs_on(on):
            states[at], left = "booked", left - party
    rows = []
    for at, (one, party) in enumerate(wanted):
        state = states[at]
        if state == "booked" and on <= facts["until"]:
            away = rng.random() < facts["shares"]["stays_away"]
            state = "stayed_away" if away else "came"
        booking = f"{name}-{one.pair.urn}"
        rows.append(
            {"booking": booking, "open_day": name, "urn": one.pair.urn,
             "partnership_id": one.pair.partnership_id, "party": str(party), "state": state}
        )  # fmt: skip
        if state == "came":
            one.days.append(
                DaySpent(
                    kind=DayKind.OPEN_DAY, on=on, evidence=f"booking:{booking}",
                    partner_half_days=money.half_days(DayKind.OPEN_DAY, half_days, party),
                )
            )  # fmt: skip
    return rows
