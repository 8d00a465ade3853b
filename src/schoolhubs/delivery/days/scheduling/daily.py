"""Days for visits whose weeks are chosen: whole days and halves, nobody in two places at once."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping

from ortools.sat.python import cp_model

from schoolhubs.delivery.days.ledger import Part
from schoolhubs.delivery.days.scheduling.given import Visit
from schoolhubs.delivery.days.scheduling.possible import Cell

# Half-days and journeys, by partner, leader and cell: numbers, or what a model has for them.
Key = tuple[str, str, Cell]
Numbers = Mapping[Key, tuple[cp_model.LinearExprT, cp_model.LinearExprT]]


@dataclasses.dataclass(frozen=True, slots=True)
class Some:
    """Visits of one leader to one partner in one cell, with the parts of each day that can be."""

    partner_id: str
    leader_id: str
    cell: Cell
    parts: Mapping[datetime.date, tuple[Part, ...]]

    @property
    def key(self) -> Key:
        """Name it."""
        return self.partner_id, self.leader_id, self.cell

    @property
    def days(self) -> frozenset[datetime.date]:
        """Give the days on which a visit is possible."""
        return frozenset(self.parts)


def draw(
    model: cp_model.CpModel, some: Collection[Some], numbers: Numbers
) -> dict[Visit, cp_model.IntVar]:
    """Add a switch for each possible visit, so many as there are journeys and half-days."""
    switches: dict[Visit, cp_model.IntVar] = {}
    trips, received = defaultdict(list), defaultdict(list)
    for one in some:
        half_days, n_trips = numbers[one.key]
        ours = []
        for on, parts in one.parts.items():
            for part in parts:
                visit = Visit(on=on, part=part, partner_id=one.partner_id, leader_id=one.leader_id)
                switch = switches[visit] = model.new_bool_var("")
                ours.append(visit)
                trips[one.leader_id, on].append(switch)
                for half in part.halves:
                    received[one.partner_id, on, half].append(switch)
        model.add(cp_model.LinearExpr.sum([switches[each] for each in ours]) == n_trips)
        counted = [switches[each] * each.n_half_days for each in ours]
        model.add(cp_model.LinearExpr.sum(counted) == half_days)
    for together in (*trips.values(), *received.values()):
        if len(together) > 1:
            model.add_at_most_one(together)
    return switches
