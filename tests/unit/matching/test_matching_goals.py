"""The goals in order, ties, and rounds that are empty or tight."""

import math

import numpy as np
import polars as pl
import pytest

from schoolhubs import matching
from schoolhubs.vocabulary.records.matching import FloorGroup


def values(result) -> dict[str, float]:
    return {goal.goal: goal.value for goal in result.goals}


def test_need_comes_before_everything_else(small_round) -> None:
    given = small_round({"200001": [5], "200002": [200]}, need={"200001": 8, "200002": 9})
    assert given.pairs() == {"200002": "100001"}


def test_a_school_without_need_takes_a_free_place(small_round) -> None:
    given = small_round({"200001": [5], "200002": [10]}, need={"200001": 0, "200002": 1}, places=2)
    assert values(given.match())["schools"] == 2


def test_fewer_exceptions_come_before_fewer_minutes(small_round) -> None:
    given = small_round({"200001": [10, 119], "200002": [119, 121]})
    assert given.pairs() == {"200001": "100002", "200002": "100001"}, "not 131 minutes, one over"


def test_a_rising_price_shortens_the_worst_journey(small_round) -> None:
    journeys = {"200001": [10, 50], "200002": [60, 95]}
    assert small_round(journeys).match().matches["minutes"].to_list() == [10, 95]
    steep = small_round(journeys, long_journey_steps=((60, 0.5),)).match()
    assert steep.matches["minutes"].to_list() == [50, 60]
    assert values(steep)["weighted minutes"] == 110
    assert values(steep)["minutes"] == steep.total_minutes == 110


def test_similar_schools_settle_equal_journeys(small_round) -> None:
    context = ("n_pupils", "fsm_ever_percent", "sen_support_percent", "eal_percent")
    small, large = dict.fromkeys(context, 10), dict.fromkeys(context, 50)
    given = small_round(
        {"200001": [20, 20], "200002": [20, 20]},
        partner={"200001": large, "200002": small},
        lead={"100001": small, "100002": large},
    )
    assert given.pairs() == {"200001": "100002", "200002": "100001"}


def test_only_what_the_definition_names_tells_likeness(small_round) -> None:
    schools = {
        "partner": {"200001": {"n_pupils": 50, "eal_percent": 1}, "200002": {"n_pupils": 10}},
        "lead": {"100001": {"n_pupils": 10, "eal_percent": 1}, "100002": {"n_pupils": 50}},
    }
    by_size = small_round({"200001": [20, 20], "200002": [20, 20]}, **schools)
    assert by_size.pairs() == {"200001": "100002", "200002": "100001"}
    by_nothing = small_round({"200001": [20, 20], "200002": [20, 20]}, alike_by=(), **schools)
    assert by_nothing.pairs() == {"200001": "100001", "200002": "100002"}
    assert values(by_nothing.match())["similarity"] == 0


def test_a_missing_characteristic_is_neither_near_nor_far(small_round) -> None:
    given = small_round(
        {"200001": [20, 20], "200002": [20, 20]},
        partner={"200001": {"n_pupils": 100}, "200002": {"eal_percent": 5}},
        lead={"100001": {"n_pupils": 300}, "100002": {"n_pupils": 120}},
    )
    assert given.pairs() == {"200001": "100002", "200002": "100001"}


def test_load_is_shared_by_size_counting_partnerships_that_run(small_round) -> None:
    journeys = {f"20000{n}": [30, 30] for n in range(1, 7)}
    given = small_round(journeys, places={("100001", "core"): 4, ("100002", "core"): 8})
    assert given.match().hubs["n_matched"].to_list() == [2, 4]
    held = [(f"20009{n}", "100002", "core", given.on, None) for n in range(4)]
    assert given.running(*held).match().hubs["n_matched"].to_list() == [3, 3]


def test_ties_fall_by_urn(small_round) -> None:
    given = small_round({"200001": [30, 30], "200002": [30, 30], "200003": [30, 30]})
    result = given.match()
    assert result.matches.select("urn", "lead_urn").rows() == [
        ("200001", "100001"),
        ("200002", "100002"),
    ]
    assert result.unmatched["reason"].to_list() == [
        (
            "both core places open to it within 240 minutes (100001, 100002) are taken by schools "
            "of greater or equal need"
        )
    ]


def test_shuffled_rows_and_a_rerun_change_nothing(small_round) -> None:
    rng = np.random.default_rng(5)
    journeys = {f"2000{n:02}": rng.integers(10, 14, 4).tolist() for n in range(40)}
    given = small_round(journeys, places=5)
    first = given.match()
    shuffled = given.but(
        partners=given.partners.sample(fraction=1, shuffle=True, seed=1),
        leads=given.leads.sample(fraction=1, shuffle=True, seed=2),
        capacity=given.capacity.sample(fraction=1, shuffle=True, seed=3),
    )
    for again in (given.match(), shuffled.match()):
        for table in ("matches", "unmatched", "hubs"):
            assert getattr(again, table).equals(getattr(first, table))
        assert values(again) == values(first)


def test_every_goal_meets_its_bound(small_round) -> None:
    result = small_round({"200001": [30, 20], "200002": [10, 40]}).match()
    assert [goal.value for goal in result.goals] == [goal.bound for goal in result.goals]
    assert result.is_proven_optimal
    assert result.total_minutes == result.lower_bound_minutes == 30
    assert result.solver.startswith("OR-Tools")


# --- nothing to match, nobody to match with -----------------------------------------------


def test_an_empty_cohort_is_matched(small_round) -> None:
    given = small_round({}, places=3)
    result = given.match()
    assert (result.matches.height, result.unmatched.height, result.hubs.height) == (0, 0, 1)
    assert result.is_proven_optimal
    assert given.verify(result) == ()


def test_no_leads_at_all(small_round) -> None:
    given = small_round({"200001": []}, places={})
    assert given.match().unmatched["reason"].to_list() == ["there are no lead schools"]
    assert given.match().unmatched["nearest_lead_urn"].to_list() == [None]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"places": 0}, "no lead open to it within 240 minutes offers a place in core"),
        ({"places": {}}, "no lead open to it within 240 minutes offers a place in core"),
        ({"partner": {"200001": {"pathways": []}}}, "it may be placed on no pathway"),
        (
            {"partner": {"200001": {"phase": "secondary"}}},
            "no lead school suits its phase (secondary)",
        ),
    ],
)
def test_one_partner_without_a_place_is_told_what_binds(small_round, changes, reason) -> None:
    result = small_round({"200001": [10]}, **changes).match()
    assert result.unmatched["reason"].to_list() == [reason]


def test_everybody_banned(small_round) -> None:
    given = small_round({"200001": [10], "200002": [20]}, places=2)
    given = given.ordering(("ban", "200001", "100001"), ("ban", "200002", "100001"))
    assert set(given.match().unmatched["reason"]) == {
        "the only leads that suit it are banned for it by the office"
    }


def test_an_unmatched_school_is_told_whom_it_lost_to(small_round) -> None:
    given = small_round({"200001": [10], "200002": [20]}, need={"200001": 3, "200002": 7})
    assert given.match().unmatched["reason"].to_list() == [
        (
            "the only core place open to it within 240 minutes (100001) is taken by a school of "
            "greater need"
        )
    ]


def test_an_unmatched_school_of_greater_need_is_told_that_pins_press(small_round) -> None:
    given = small_round({"200001": [10], "200002": [20]}, need={"200001": 3, "200002": 7})
    result = given.ordering(("pin", "200001", "100001")).match()
    assert "and freeing it would leave" in result.unmatched["reason"].item()
    assert "or by pins and floors" in result.unmatched["reason"].item()


def test_exceptions_tell_their_reason_and_price(small_round) -> None:
    alone = small_round({"200001": [130]}).match()
    assert alone.matches["exception_reason"].to_list() == [
        "no lead that suits it has a place within 120 minutes"
    ]
    pressed = small_round({"200001": [30, 130], "200002": [30, math.nan]}, need={"200002": 4})
    result = pressed.match()
    assert result.matches["exception_reason"].to_list() == [
        (
            "a place within 120 minutes would mean 4 need points fewer served, 1 journey fewer "
            "over the limit, 1 school fewer matched, 130.0 minutes less in all"
        ),
        None,
    ]


def test_an_exception_that_only_another_could_take_over_says_so(small_round) -> None:
    given = small_round({"200001": [130, 30], "200002": [150, 40]}, long_journey_steps=((60, 0.5),))
    assert given.match().matches["exception_reason"].to_list() == [
        (
            "a place within 120 minutes would mean another school over the limit instead, with "
            "20.0 minutes more counting long journeys more, 10.0 minutes more in all"
        ),
        None,
    ]


def test_a_school_without_need_is_given_no_exception(small_round) -> None:
    """At equal need fewer exceptions come before more schools."""
    given = small_round({"200001": [130], "200002": [10]}, need={"200001": 0}, places=2)
    result = given.match()
    assert result.matches["urn"].to_list() == ["200002"]
    assert result.unmatched["reason"].to_list() == [
        (
            "the free core places open to it within 240 minutes are over 120 minutes away, and "
            "only a school with need points is given an exception"
        )
    ]
    order = [goal.goal for goal in result.goals]
    assert order[:4] == ["need", "exceptions", "schools", "minutes"]
    choice = matching.explain(given.solve(), "200001")[0]
    assert (choice.price.exceptions, choice.price.schools) == (1, -1)


def test_progress_and_clock_are_told_of_each_goal(small_round) -> None:
    heard: list[tuple[str, int, int]] = []
    ticks = iter(range(100))
    given = small_round({"200001": [30]})
    result = matching.match(
        *given.tables,
        **given.dated,
        progress=lambda stage, done, total: heard.append((stage, done, total)),
        clock=lambda: float(next(ticks)),
    )
    assert heard[-1] == ("matching", len(result.goals), len(result.goals))
    assert [goal.seconds for goal in result.goals] == [1.0] * len(result.goals)


# --- floors ---------------------------------------------------------------------------------


def two_regions(small_round, **changes):
    """Give two places near ten schools: eight of greater need in the south, two in the north."""
    south = {f"20000{n}": [20] for n in range(1, 9)}
    north = {"200011": [40], "200012": [50]}
    return small_round(
        {**south, **north},
        places=changes.pop("places", 5),
        need=dict.fromkeys(south, 10) | dict.fromkeys(north, 9),
        partner={urn: {"region": "South"} for urn in south}
        | {urn: {"region": "North"} for urn in north},
        floor_group=FloorGroup.REGION,
        **changes,
    )


def test_without_a_floor_a_region_can_go_empty_handed(small_round) -> None:
    result = two_regions(small_round, floor_share=0.0).match()
    assert result.matches["urn"].str.starts_with("20001").sum() == 0


def test_a_floor_is_the_share_of_the_national_share(small_round) -> None:
    north, south = two_regions(small_round, floor_share=0.9).match().floors
    # 50 of 98 points can be served: 0.9 x 50/98 of 18 points is one school, of 80 points four.
    assert (north.group, north.n_wanted, north.n_floor, north.n_matched) == ("North", 1, 1, 1)
    assert (south.group, south.n_wanted, south.n_floor, south.n_matched) == ("South", 4, 4, 4)
    assert south.need_share == 0.5
    assert south.national_need_share == 49 / 98
    assert south.binding_lead_urns == ()


def test_floors_that_cannot_all_be_met_are_lowered_evenly_with_a_certificate(small_round) -> None:
    north, south = two_regions(small_round, floor_share=1.0).match().floors
    assert (north.n_wanted, south.n_wanted) == (2, 5), "five places cannot hold seven"
    assert (north.n_matched, south.n_matched) == (1, 4)
    for floor in (north, south):
        assert (floor.binding_lead_urns, floor.n_binding_places) == (("100001",), 5)


def test_a_floor_that_no_place_can_serve_is_lowered_with_a_certificate(small_round) -> None:
    given = two_regions(small_round, floor_share=0.9)
    cut_off = given.travel.minutes.copy()
    cut_off[-2:] = math.nan
    given = given.but(travel=type(given.travel)(**{**_fields(given.travel), "minutes": cut_off}))
    north, south = given.match().floors
    assert (north.n_wanted, north.n_floor, north.n_matched) == (1, 0, 0)
    assert (north.binding_lead_urns, north.n_binding_places) == ((), 0)
    assert south.n_matched == 5


def _fields(record) -> dict:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_pins_lower_a_floor_that_they_leave_no_room_for(small_round) -> None:
    given = two_regions(small_round, floor_share=0.9, places=1)
    given = given.ordering(("pin", "200001", "100001"))
    result = given.match()
    assert result.matches["urn"].to_list() == ["200001"]
    assert given.verify(result) == ()


def test_floors_within_phase_need_a_region(small_round) -> None:
    given = small_round(
        {"200001": [20], "200002": [30]},
        floor_group=FloorGroup.REGION_AND_PHASE,
        floor_share=0.5,
        partner={"200001": {"region": None}, "200002": {"region": "London"}},
    )
    assert [floor.group for floor in given.match().floors] == [
        "London, primary",
        "Region not known, primary",
    ]


def test_no_rows_of_any_table_are_lost(small_round) -> None:
    result = two_regions(small_round, floor_share=0.9).match()
    told = pl.concat([result.matches["urn"], result.unmatched["urn"]])
    assert sorted(told) == sorted(two_regions(small_round).partners["urn"])
