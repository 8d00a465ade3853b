"""Leads are topped up by rule: only schools that qualify, spread by need of a lead nearby."""

import dataclasses

import polars as pl

from schoolhubs import selection
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.rules import LeadSelection

RULE = LeadSelection(
    overall_grades=frozenset({1, 2}),
    maximum_points_over_phase=0.0,
    minimum_pupils=100,
    phase_shares={"primary": 0.5, "secondary": 0.5},
    counted_as={"all_through": "secondary"},
    nearness_counts_to_km=150.0,
)


def school(urn: int, **changes: object) -> dict[str, object]:
    """Describe a primary in the South West that qualifies, but for the changes."""
    return {
        "urn": str(urn),
        "school_name": f"School {urn}",
        "phase": "primary",
        "region": "South West",
        "is_state_funded": True,
        "is_open": True,
        "is_placed_at_successor": False,
        "is_context_later": False,
        "is_inspection_of_predecessor": False,
        "overall_grade": 1,
        "absence_mean_percent": 4.0,
        "absence_phase_percent": 4.0,
        "n_pupils": 100,
        "lat": 50.7,
        "lon": -3.5,
        **changes,
    }


def facts(*schools: dict[str, object]) -> pl.DataFrame:
    return frames.SCHOOL_FACTS.fill(pl.DataFrame(schools, infer_schema_length=None))


def leads(*urns: str) -> pl.DataFrame:
    return frames.LEADS.fill(pl.DataFrame({"urn": urns}, schema={"urn": pl.String}))


def test_exactly_at_each_limit_qualifies() -> None:
    assert selection.qualifying(facts(school(900001)), RULE)["urn"].to_list() == ["900001"]


def test_just_past_a_limit_or_unknown_does_not_qualify() -> None:
    schools = facts(
        school(900001, overall_grade=3),
        school(900002, absence_mean_percent=4.01),
        school(900003, n_pupils=99),
        school(900004, is_open=False),
        school(900005, is_state_funded=False),
        school(900006, overall_grade=None),
        school(900007, absence_mean_percent=None),
        school(900008, lat=None, lon=None),
        school(900009, phase="special"),
    )
    assert selection.qualifying(schools, RULE).height == 0


def test_leads_given_are_kept_and_those_added_are_flagged() -> None:
    schools = facts(*(school(900001 + n, lon=-3.5 + n / 100) for n in range(6)))
    full = selection.top_up(leads("900003"), schools, RULE, to_n=3)
    assert full.height == 3
    assert full["urn"][0] == "900003"
    assert full["is_topped_up"].to_list() == [None, True, True]
    assert full["urn"].is_unique().all()


def test_enough_leads_means_none_added() -> None:
    given = leads("900001", "900002")
    assert selection.top_up(given, facts(school(900003)), RULE, to_n=2).equals(given)


def test_fewer_qualify_than_wanted_gives_all_that_do() -> None:
    schools = facts(school(900001), school(900002, overall_grade=4))
    assert selection.top_up(leads(), schools, RULE, to_n=5)["urn"].to_list() == ["900001"]


def test_the_lead_goes_where_most_schools_are_without_one() -> None:
    crowd = [school(900001 + n, lat=54.9 + n / 1000, region="North East") for n in range(20)]
    lonely = [school(900101, lat=50.1, lon=-5.5)]
    served = [school(900201 + n, lat=51.5, lon=-0.1, region="London") for n in range(20)]
    full = selection.top_up(leads("900201"), facts(*crowd, *lonely, *served), RULE, to_n=2)
    assert full["urn"][1].startswith("9000")


def test_places_follow_the_phase_shares() -> None:
    primaries = [school(900001 + n) for n in range(40)]
    secondaries = [school(900101 + n, phase="secondary") for n in range(10)]
    full = selection.top_up(leads(), facts(*primaries, *secondaries), RULE, to_n=8)
    n_secondary = sum(urn.startswith("9001") for urn in full["urn"])
    assert (full.height, n_secondary) == (8, 4)


def test_a_lead_fills_the_place_of_the_phase_it_is_counted_as() -> None:
    schools = facts(
        school(900001, phase="all_through"),
        *(school(900011 + n) for n in range(4)),
        *(school(900101 + n, phase="secondary") for n in range(4)),
    )
    as_itself = dataclasses.replace(RULE, counted_as={"all_through": "primary"})
    added = {
        rule.counted_as["all_through"]: selection.top_up(leads("900001"), schools, rule, to_n=2)
        for rule in (RULE, as_itself)
    }
    assert added["secondary"]["urn"][1] in {"900011", "900012", "900013", "900014"}
    assert added["primary"]["urn"][1] in {"900101", "900102", "900103", "900104"}


def test_beyond_the_stated_distance_a_lead_brings_nobody_nearer() -> None:
    crowd = [school(900001 + n, lat=50.1, lon=-5.5, overall_grade=4) for n in range(9)]
    pool = [school(900101, lat=51.5), school(900102, lat=50.2, lon=-5.4)]
    near = dataclasses.replace(RULE, nearness_counts_to_km=5.0)
    chosen = [
        selection.top_up(leads(), facts(*crowd, *pool), rule, to_n=1)["urn"][0]
        for rule in (RULE, near)
    ]
    assert chosen == ["900102", "900101"], "within 5 km both serve only themselves, so URN decides"


def test_the_answer_does_not_depend_on_row_order() -> None:
    schools = facts(*(school(900001 + n, lon=-3.5 + (n * 7 % 11) / 50) for n in range(11)))
    shuffled = schools.sample(fraction=1.0, shuffle=True, seed=5)
    first = selection.top_up(leads(), schools, RULE, to_n=4)
    assert first.equals(selection.top_up(leads(), shuffled, RULE, to_n=4))
