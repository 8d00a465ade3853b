"""What happened in a partnership: support days, training, networking, a withdrawal."""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from schoolhubs.synthetic.delivered.pairing import Pair
from schoolhubs.vocabulary.calendar import Term, term_finishes_on
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, MissedDay

Row = dict[str, str]


@dataclasses.dataclass(slots=True, kw_only=True)
class Lived:
    """A partnership with what happened in it.

    Parameters
    ----------
    days
        Of every ledger; open days are added when the bookings of the hub are known.
    missed
        Support days that were planned and did not take place.
    support, training
        Rows of the files of that name.
    ended_on
        None where it ran to its last day.
    not_so
        Evidence of a day that was agreed and turned out not to have taken place; blank for none.
    """

    pair: Pair
    days: list[DaySpent]
    missed: list[MissedDay]
    support: list[Row]
    training: list[Row]
    ended_on: datetime.date | None
    not_so: str = ""

    def runs_on(self, on: datetime.date) -> bool:
        """Tell whether the partnership had not ended."""
        return self.ended_on is None or on < self.ended_on


def days_of_terms(pair: Pair, facts: Mapping[str, Any]) -> list[list[datetime.date]]:
    """Give the weekdays of each term on which something may take place."""
    found, day = [], pair.starts_on
    while day < pair.finishes_on:
        (first_month, first), (last_month, last) = facts["terms"][Term.holding(day).value]
        start, end = (datetime.date(day.year, m, d) for m, d in
                      ((first_month, first), (last_month, last)))  # fmt: skip
        n = (end - start).days + 1
        every = (start + datetime.timedelta(days=at) for at in range(n))
        found.append([each for each in every if each.weekday() < 5])
        day = term_finishes_on(day)
    return found


def live(pair: Pair, facts: Mapping[str, Any], rng: np.random.Generator) -> Lived:
    """Live through a partnership; the same stream of chance gives the same."""
    terms = days_of_terms(pair, facts)
    ended_on = None
    if rng.random() < facts["shares"]["withdrawn"]:
        every = [day for term in terms for day in term]
        ended_on = every[int(rng.integers(len(every) // 5, len(every)))]
    lived = Lived(pair=pair, days=[], missed=[], support=[], training=[], ended_on=ended_on)
    _support(lived, terms, facts, rng)
    _network(lived, terms, facts, rng)
    _train(lived, terms, facts, rng)
    given = [day.evidence for day in lived.days if day.kind is DayKind.SUPPORT_DAY]
    if given and rng.random() < facts["shares"]["not_so"]:
        lived.not_so = given[int(rng.integers(len(given)))]
    return lived


def not_later(lived: Lived, until: datetime.date) -> None:
    """Take out what lies after a day: days are planned then, modules owed, and nobody has left."""
    if lived.ended_on is not None and lived.ended_on > until:
        lived.ended_on = None
    lived.days = [day for day in lived.days if day.on <= until]
    lived.missed = [day for day in lived.missed if day.on <= until]
    if lived.not_so not in {day.evidence for day in lived.days}:
        lived.not_so = ""
    for row in lived.support:
        if max(row["planned_on"], row["given_on"]) > until.isoformat():
            on = row["given_on"] or row["planned_on"]
            row.update(planned_on=on, given_on="", state="planned", agreed="no")
    for row in lived.training:
        if row["completed_on"] > until.isoformat():
            row["completed_on"] = ""


def _support(
    lived: Lived,
    terms: list[list[datetime.date]],
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> None:
    """Plan the days promised, spread over the terms, and give most of them."""
    pathway, shares = lived.pair.rules.pathway(lived.pair.pathway), facts["shares"]
    for at in range(round(pathway.lead_days_per_partner)):
        term = terms[at * len(terms) // max(round(pathway.lead_days_per_partner), 1)]
        planned = term[int(rng.integers(len(term)))]
        if not lived.runs_on(planned):
            continue
        luck, name = rng.random(), f"{lived.pair.partnership_id}-{at + 1}"
        state, on = "given", planned
        if luck < shares["missed"]:
            state = "missed"
        elif luck < shares["missed"] + shares["late"]:
            state, on = "late", _later(planned, terms, facts, rng)
        agreed = bool(rng.random() >= shares["only_claimed"])
        happened = state != "missed" and lived.runs_on(on) and on < lived.pair.finishes_on
        lived.support.append(
            {
                "support_day": name, "partnership_id": lived.pair.partnership_id,
                "planned_on": planned.isoformat(), "given_on": on.isoformat() if happened else "",
                "state": state if happened else "missed", "half_days": "2",
                "agreed": "yes" if happened and agreed else "no",
            }
        )  # fmt: skip
        if not happened:
            lived.missed.append(MissedDay(on=planned, half_days=2, evidence=f"support_day:{name}"))
        if happened:
            lived.days.append(
                DaySpent(
                    kind=DayKind.SUPPORT_DAY, on=on, partner_half_days=2, lead_half_days=2,
                    travel_minutes=float(rng.integers(*facts["travel_minutes"])),
                    evidence=f"support_day:{name}", is_agreed=agreed,
                )
            )  # fmt: skip


def _later(
    planned: datetime.date,
    terms: list[list[datetime.date]],
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> datetime.date:
    """Give a day of school some weeks on; the first day after the partnership if there is none."""
    from_on = planned + datetime.timedelta(days=int(rng.integers(*facts["late_days"])))
    days = (day for term in terms for day in term if day >= from_on)
    return next(days, datetime.date.max)


def _network(
    lived: Lived,
    terms: list[list[datetime.date]],
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> None:
    rules = next((e for k, e in lived.pair.rules.events.items() if "network" in k), None)
    if rules is None:
        return
    for at, term in enumerate(terms):
        # Everybody of a hub meets on one day, which its number and the term make.
        on = term[(int(lived.pair.lead_urn) * 7 + at) % len(term)]
        if rng.random() < facts["shares"]["networks"] and lived.runs_on(on):
            name = f"networking:{lived.pair.lead_urn}-{at + 1}"
            lived.days.append(
                DaySpent(kind=DayKind.NETWORKING, on=on, partner_half_days=rules.half_days,
                         evidence=f"{name}-{lived.pair.urn}")
            )  # fmt: skip


def _train(
    lived: Lived,
    terms: list[list[datetime.date]],
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> None:
    training = lived.pair.rules.training
    if training is None:
        return
    for module in training.modules:
        if lived.pair.pathway not in module.pathways or not module.is_required:
            continue
        term = terms[min(module.due_by_term, len(terms)) - 1]
        for leader in range(1, facts["n_leaders"] + 1):
            on = term[int(rng.integers(len(term)))]
            done = rng.random() < facts["shares"]["trained"] and lived.runs_on(on)
            name = f"{lived.pair.partnership_id}-{module.module}-{leader}"
            lived.training.append(
                {
                    "partnership_id": lived.pair.partnership_id, "urn": lived.pair.urn,
                    "leader": str(leader), "module": module.module,
                    "completed_on": on.isoformat() if done else "",
                }
            )  # fmt: skip
            if done:
                lived.days.append(
                    DaySpent(kind=DayKind.TRAINING, on=on, partner_half_days=module.half_days,
                             evidence=f"completion:{name}")
                )  # fmt: skip


def rows_of_withdrawals(every: list[Lived]) -> Iterator[Row]:
    """Give each partnership that ended early."""
    for one in every:
        if one.ended_on is not None:
            yield {
                "partnership_id": one.pair.partnership_id, "urn": one.pair.urn,
                "ended_on": one.ended_on.isoformat(), "reason": "The school withdrew",
            }  # fmt: skip
