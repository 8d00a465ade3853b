"""Half-days of a partner: promised, planned, delivered, evidenced, agreed; travel apart."""

import datetime
from typing import Any

import pytest

from schoolhubs.delivery.days import ledger, states
from schoolhubs.delivery.days.ledger import Part, SupportDay
from schoolhubs.vocabulary.errors import Conflict

ON = datetime.date(2026, 11, 20)


def day(state: str, part: Part = Part.DAY, **changes: Any) -> SupportDay:
    return SupportDay(on=ON, part=part, state=state, **{"leaders": ("Ada",), **changes})


def test_each_figure_counts_its_own_days() -> None:
    told = ledger.ledger(
        [
            day("planned", leaders=("Ada", "Ben")),
            day("delivered", Part.AM, has_evidence=True, travel_minutes=40),
            day("agreed", has_evidence=True),
            day("disputed"), day("missed"), day("cancelled"),
        ],
        entitled_days=10,
    )  # fmt: skip
    assert (told.entitled, told.planned, told.delivered) == (20, 4, 3)
    assert (told.evidenced, told.agreed, told.disputed, told.missed) == (3, 2, 2, 2)
    assert told.undated == 20 - 4 - 3 - 2
    assert (told.travel_minutes, told.n_without_travel) == (40, 1)


def test_travel_is_part_of_no_half_day() -> None:
    near, far = (
        ledger.ledger([day("agreed", travel_minutes=n)], entitled_days=1) for n in (5, 500)
    )
    assert near.agreed == far.agreed == 2


def test_more_than_was_promised_is_told_apart() -> None:
    told = ledger.ledger([day("agreed"), day("planned")], entitled_days=1)
    assert (told.undated, told.beyond) == (0, 2)


def test_every_state_can_be_reached_and_each_move_is_between_states() -> None:
    reached = set(states.begins())
    for _ in states.moves():
        reached |= {to for start, to, _ in states.moves() if start in reached}
    assert reached == set(states.meanings())
    assert {each for start, to, _ in states.moves() for each in (start, to)} <= reached


def test_nobody_agrees_to_their_own_claim() -> None:
    """The safety of the ledger: what the lead claims the partner agrees, and no other way."""
    assert {by for _, to, by in states.moves() if to == "agreed"} == {"partner", "office"}
    assert ("delivered", "agreed", "office") not in states.moves()
    with pytest.raises(Conflict, match="the lead school cannot bring it"):
        states.check_move("delivered", "agreed", by="lead")
