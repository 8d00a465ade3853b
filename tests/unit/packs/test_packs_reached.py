"""What the report says of reach is true of every row of the table below it."""

import polars as pl
import pytest

from schoolhubs.packs.said.reached import FEWEST_SPOKEN_OF, least_reached


def table(**groups: tuple[int, int]) -> pl.DataFrame:
    """Give groups as (matched, of so many)."""
    return pl.DataFrame(
        {
            "region": [name.replace("_", " ") for name in groups],
            "matched": [matched for matched, _ in groups.values()],
            "unmatched": [n - matched for matched, n in groups.values()],
        }
    )


def test_a_small_group_passed_over_is_said_and_named_where_it_got_nothing() -> None:
    rows = table(North_East=(0, 15), North_West=(7, 100), London=(30, 60), South_West=(0, 3))
    title, sentence = least_reached(rows, "region")
    assert title == "Lowest reach among larger regions: the North West, 7%"
    assert sentence == (
        "37 of 178 schools have a hub; among regions with 20 or more eligible schools, the "
        "smallest share in the North West, 7 of 100; none in the North East (0 of 15) and the "
        "South West (0 of 3)."
    )


def test_where_no_group_is_passed_over_the_claim_is_of_all() -> None:
    title, sentence = least_reached(table(North_West=(7, 100), London=(30, 60)), "region")
    assert title == "Reach is lowest in the North West, at 7%"
    assert (
        sentence == "37 of 160 schools have a hub; the smallest share in the North West, 7 of 100."
    )


@pytest.mark.parametrize(
    ("n", "lowest"), [(FEWEST_SPOKEN_OF - 1, "London"), (FEWEST_SPOKEN_OF, "the North East")]
)
def test_a_group_is_large_enough_at_the_number_that_is_said(n: int, lowest: str) -> None:
    title, _ = least_reached(table(North_East=(1, n), London=(20, 40)), "region")
    assert lowest in title


def test_groups_that_are_all_small_are_compared_with_each_other() -> None:
    title, sentence = least_reached(table(North_East=(0, 3), London=(1, 4)), "region")
    assert title == "Reach is lowest in the North East, at 0%"
    assert "or more" not in sentence
    assert "none" not in sentence  # it is the lowest, so it stands there already


def test_groups_whose_shares_read_the_same_are_all_named() -> None:
    rows = table(North_West=(48, 100), London=(483, 1_000), South_West=(271, 500))
    title, sentence = least_reached(rows, "region")
    assert title == "Reach is lowest in 2 regions, at 48%"
    assert sentence.endswith(
        "the smallest share in the North West (48 of 100) and London (483 of 1,000), 48% each."
    )


def test_phases_are_groups_of_schools() -> None:
    rows = table(Primary=(40, 50), Secondary=(10, 20)).rename({"region": "phase"})
    _, sentence = least_reached(rows, "phase")
    assert sentence.endswith("the smallest share among secondary schools, 10 of 20.")


def test_schools_of_unknown_region_are_not_nobody() -> None:
    assert least_reached(table(Not_known=(1, 4)), "region")[0] == (
        "No school of a known region was put to matching"
    )
    assert least_reached(table(), "region")[0] == "No school was put to matching"


def test_where_every_school_has_a_hub_no_group_is_lowest() -> None:
    title, sentence = least_reached(table(North_East=(3, 3), London=(60, 60)), "region")
    assert title == "Every eligible school in every region is reached"
    assert sentence == "63 of 63 schools have a hub."
