"""The next leads, what blocks each, and what forcing it would cost."""

import math

import pytest

from schoolhubs import matching
from schoolhubs.matching.stable import Stability
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.matching import FloorGroup


def told(solved, urn, **options) -> list[tuple]:
    choices = matching.explain(solved, urn, **options)
    return [
        (c.lead_urn, c.blocked_by, c.price and (c.price.need, c.price.exceptions, c.price.minutes))
        for c in choices
    ]


def test_a_longer_journey_costs_its_minutes(small_round) -> None:
    solved = small_round({"200001": [20, 35, 50]}).solve()
    assert told(solved, "200001") == [
        ("100002", "longer journey", (0, 0, 15)),
        ("100003", "longer journey", (0, 0, 30)),
    ]


def test_a_nearer_place_is_blocked_by_other_schools_journeys(small_round) -> None:
    solved = small_round({"200001": [20, 25], "200002": [20, 90]}).solve()
    assert told(solved, "200001") == [("100001", "other schools' journeys", (0, 0, 65))]


def test_a_place_taken_by_greater_need_is_blocked_by_capacity(small_round) -> None:
    given = small_round({"200001": [20], "200002": [50]}, need={"200001": 3, "200002": 5})
    assert told(given.solve(), "200001") == [("100001", "capacity", (2, 0, -30))]


def test_forcing_an_exception_is_priced_as_one(small_round) -> None:
    solved = small_round({"200001": [20, 130]}).solve()
    assert told(solved, "200001") == [("100002", "longer journey", (0, 1, 110))]


def test_the_later_goal_that_decides_among_equals_is_named(small_round) -> None:
    """Own and others' minutes are all alike; who is alike, wished or less loaded is not."""
    alike = small_round(
        {"200001": [20, 20]},
        partner={"200001": {"n_pupils": 100}},
        lead={"100001": {"n_pupils": 900}, "100002": {"n_pupils": 100}},
    )
    assert told(alike.solve(), "200001") == [("100001", "similarity", (0, 0, 0))]
    wishing = small_round(
        {"200001": [20, 20]},
        places={("100001", "extended"): 1, ("100002", "core"): 1},
        partner={"200001": {"pathways": ["core", "extended"]}},
    )
    assert told(wishing.solve(), "200001") == [("100001", "wishes", (0, 0, 0))]
    even = small_round({"200001": [20, 20]}, places={("100001", "core"): 1, ("100002", "core"): 4})
    assert told(even.solve(), "200001") == [("100001", "load", (0, 0, 0))]


def test_a_nearer_lead_may_be_lost_to_likeness_at_no_price(small_round) -> None:
    given = small_round(
        {"200001": [53, 44], "200002": [20, 11]},
        partner={"200001": {"n_pupils": 100}, "200002": {"n_pupils": 900}},
        lead={"100001": {"n_pupils": 100}, "100002": {"n_pupils": 900}},
    )
    assert given.pairs() == {"200001": "100001", "200002": "100002"}
    assert told(given.solve(), "200001") == [("100002", "similarity", (0, 0, 0))]


def test_equal_places_are_a_tie(small_round) -> None:
    solved = small_round({"200001": [20, 20]}).solve()
    assert told(solved, "200001") == [("100002", "tie", (0, 0, 0))]


def test_a_chain_of_moves_is_priced_to_its_end(small_round) -> None:
    journeys = {"200001": [20, math.nan, 25], "200002": [10, 12, math.nan]}
    solved = small_round(journeys).solve()
    assert solved.result.total_minutes == 32
    journeys["200003"] = [math.nan, 11, 90]
    solved = small_round(journeys).solve()
    assert dict(solved.result.matches.select("urn", "lead_urn").iter_rows()) == {
        "200001": "100003",
        "200002": "100001",
        "200003": "100002",
    }
    price = matching.explain(solved, "200001", instead="100001")[0].price
    assert price is not None
    assert price.minutes == (20 + 12 + 90) - (25 + 10 + 11)


@pytest.mark.parametrize(
    ("order", "changes", "blocked_by"),
    [
        (None, {"lead": {"100002": {"phase": "secondary"}}}, "phase"),
        (
            None,
            {"partner": {"200001": {"trust_id": "T"}}, "lead": {"100002": {"trust_id": "T"}}},
            "own trust",
        ),
        (None, {"absolute_maximum_minutes": 30}, "too far"),
        (None, {"places": {("100001", "core"): 1, ("100002", "core"): 0}}, "pathway"),
        (None, {"places": {("100001", "core"): 1, ("100002", "extended"): 1}}, "pathway"),
        (("ban", "200001", "100002"), {}, "ban"),
        (("conflict", "200001", "100002"), {}, "conflict"),
        (("pin", "200001", "100001"), {}, "pinned elsewhere"),
    ],
)
def test_a_hard_rule_blocks_without_a_price(small_round, order, changes, blocked_by) -> None:
    given = small_round({"200001": [20, 35]}, **changes)
    solved = (given.ordering(order) if order else given).solve()
    assert told(solved, "200001") == [("100002", blocked_by, None)]


def test_a_lead_whose_places_all_run_is_blocked_by_capacity(small_round) -> None:
    given = small_round({"200001": [20, 10]})
    given = given.running(("200009", "100002", "core", given.on, None))
    assert told(given.solve(), "200001") == [("100002", "capacity", None)]


def test_a_place_held_by_a_pin_cannot_be_had(small_round) -> None:
    given = small_round({"200001": [20, 35], "200002": [20, 35]})
    solved = given.ordering(("pin", "200002", "100001")).solve()
    assert told(solved, "200001") == [("100001", "capacity", None)]


def test_a_place_held_by_a_floor_cannot_be_had(small_round) -> None:
    given = small_round(
        {"200001": [20], "200002": [20], "200003": [20]},
        places=2,
        need={"200001": 9, "200002": 9, "200003": 1},
        partner={
            "200001": {"region": "South"},
            "200002": {"region": "South"},
            "200003": {"region": "North"},
        },
        floor_group=FloorGroup.REGION,
        floor_share=0.5,
    )
    solved = given.solve()
    assert [floor.n_floor for floor in solved.result.floors] == [1, 1]
    assert solved.result.unmatched["urn"].item() == "200002"
    # The other school of the south gives up its place, and the north keeps its own.
    assert told(solved, "200002") == [("100001", "tie", (0, 0, 0))]
    north_first = given.ordering(("pin", "200001", "100001")).solve()
    assert told(north_first, "200002") == [("100001", "capacity", None)]


def test_a_place_may_go_to_a_group_that_is_as_short_of_its_floor(small_round) -> None:
    """One place, two regions that each ask for it: the greater need has it, at a true price."""
    given = small_round(
        {"200001": [20], "200002": [30]},
        need={"200001": 1, "200002": 2},
        partner={"200001": {"region": "North"}, "200002": {"region": "South"}},
        floor_group=FloorGroup.REGION,
        floor_share=1.0,
    )
    solved = given.solve()
    assert solved.result.matches["urn"].to_list() == ["200002"]
    assert told(solved, "200001") == [("100001", "capacity", (1, 0, -10))]
    forced = given.ordering(("pin", "200001", "100001")).match()
    assert (forced.total_minutes, forced.matches["urn"].to_list()) == (20, ["200001"])


def test_instead_is_told_whatever_forbids_it(small_round) -> None:
    solved = small_round({"200001": [20, 35, 50, math.nan]}).solve()
    assert told(solved, "200001", instead="100004")[-1] == ("100004", "unreachable", None)
    assert len(told(solved, "200001", instead="100002")) == 2, "it is among the next two"


def test_questions_that_make_no_sense_are_refused(small_round) -> None:
    solved = small_round({"200001": [20, 35]}).solve()
    for urn, instead in (("299999", None), ("200001", "188888"), ("200001", "100001")):
        with pytest.raises(UsageError, match=r"299999|188888|is the lead that 200001 has"):
            matching.explain(solved, urn, instead=instead)


def test_a_partner_placed_already_has_no_next_lead(small_round) -> None:
    given = small_round({"200001": [20, 35]})
    solved = given.running(("200001", "100002", "core", given.on, None)).solve()
    assert matching.explain(solved, "200001") == ()


def test_the_frame_tells_every_partner_its_next_two(small_round) -> None:
    solved = small_round({"200001": [20, 35, 50], "200002": [30, 40, math.nan]}).solve()
    frame = matching.alternatives(solved)
    assert (
        frame.select("urn", "rank", "lead_urn", "blocked_by", "price_minutes").rows()
        == [
            ("200001", 1, "100002", "other schools' journeys", 25.0),
            ("200001", 2, "100003", "longer journey", 30.0),
            ("200002", 1, "100001", "other schools' journeys", 5.0),
            ("200002", 2, "100003", "unreachable", None),
        ]
        or frame.height == 4
    )
    for row in frame.iter_rows(named=True):
        one = matching.explain(solved, row["urn"])[row["rank"] - 1]
        assert (one.lead_urn, one.blocked_by) == (row["lead_urn"], row["blocked_by"])


def test_the_price_of_stability_is_counted(small_round) -> None:
    solved = small_round({"200001": [20, 25], "200002": [21, 90]}).solve()
    assert solved.result.total_minutes == 46
    compared = matching.stability(solved)
    assert (compared.n_blocking_pairs, compared.minutes) == (1, 64)
    assert (compared.need, compared.schools, compared.exceptions) == (0, 0, 0)
    content = small_round({"200001": [20, 25], "200002": [90, 30]}).solve()
    assert matching.stability(content) == Stability(
        n_blocking_pairs=0, need=0, schools=0, exceptions=0, minutes=0
    )
