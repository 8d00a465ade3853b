"""Who leads, and how a list is topped up when some on it do not lead on the day."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl

from schoolhubs import programmes
from schoolhubs.runs.parts import leads
from schoolhubs.vocabulary import frames

Facts = Callable[..., pl.DataFrame]
RULES = programmes.load("behaviour-hubs-2021").as_at(datetime.date(2022, 10, 1))
LATER = {"leads_from": datetime.date(2023, 1, 1)}


def listed(*rows: dict[str, Any]) -> pl.DataFrame:
    return frames.LEADS.fill(pl.DataFrame(rows, infer_schema_length=None))


def test_ten_leads_stand_though_three_on_the_list_begin_later(facts: Facts) -> None:
    schools = facts(*[{"lat": 50.0 + place / 10} for place in range(20)])
    given = listed(
        *({"urn": f"{urn}", **LATER} for urn in (900001, 900002, 900003)),
        *({"urn": f"{urn}"} for urn in (900004, 900005)),
    )
    found = leads.settle(given, schools, RULES, top_up_to=10)
    assert found.schools.height == 10
    assert found.listed["is_topped_up"].fill_null(value=False).sum() == 8
    assert set(found.schools["urn"]).isdisjoint({"900001", "900002", "900003"})
    assert found.set_aside["reason"].to_list() == ["leads from a later day"] * 3


def test_a_partner_is_never_made_a_lead_by_rule_until_its_partnership_is_over(
    facts: Facts,
) -> None:
    schools = facts(*[{"lat": 50.0 + place / 10} for place in range(6)])
    given, began = listed({"urn": "900001"}), datetime.date(2021, 9, 1)
    row = {"lead_urn": "900001", "pathway": "core", "started_on": began}
    finished = {"900002": None, "900003": datetime.date(2022, 10, 2), "900004": RULES.on}
    rows = [row | {"partner_urn": urn, "finished_on": day} for urn, day in finished.items()]
    partnerships = frames.PARTNERSHIPS.fill(pl.DataFrame(rows))
    found = leads.settle(given, schools, RULES, top_up_to=6, partnerships=partnerships)
    assert found.schools["urn"].to_list() == ["900001", "900004", "900005", "900006"]
    assert leads.settle(given, schools, RULES, top_up_to=6).schools.height == 6


def test_closed_later_finished_and_unknown_leads_count_for_nothing(facts: Facts) -> None:
    schools = facts({"is_open": False}, {}, {}, *[{"lat": 51.0 + n / 10} for n in range(9)])
    given = listed(
        {"urn": "900001"},
        {"urn": "900002", **LATER},
        {"urn": "900003", "leads_until": datetime.date(2022, 10, 1)},
        {"urn": "900099"},
        {"urn": "900004"},
    )
    found = leads.settle(given, schools, RULES, top_up_to=4)
    assert found.schools.height == 4
    assert "900004" in found.schools["urn"].to_list()
    assert found.set_aside.rows() == [
        ("900001", "is not open and has no one open successor"),
        ("900002", "leads from a later day"),
        ("900003", "no longer leads"),
        ("900099", "is not in the school register"),
    ]
    said = " ".join(leads.notes(found))
    assert said.startswith(
        "4 listed leads take no part (is not in the school register: 900099; "
        "is not open and has no one open successor: 900001; "
        "leads from a later day: 900002; no longer leads: 900003)."
    )
    assert "3 of 4 leads were added by rule, not appointed." in said


def test_a_list_that_is_long_enough_is_left_alone(facts: Facts) -> None:
    schools = facts({}, {}, {})
    given = listed({"urn": "900001"}, {"urn": "900002"})
    for wanted in (None, 1, 2):
        found = leads.settle(given, schools, RULES, top_up_to=wanted)
        assert found.schools["urn"].to_list() == ["900001", "900002"]
        assert list(leads.notes(found)) == []


def test_one_lead_is_spoken_of_in_the_singular(facts: Facts) -> None:
    found = leads.settle(listed({"urn": "900001", **LATER}), facts({}, {}), RULES, top_up_to=1)
    assert list(leads.notes(found)) == [
        "1 listed lead takes no part (leads from a later day: 900001).",
        "1 of 1 lead was added by rule, not appointed.",
    ]


def test_fewer_leads_than_were_asked_for_are_told(facts: Facts) -> None:
    found = leads.settle(listed({"urn": "900001"}), facts({}, {}, {}), RULES, top_up_to=50)
    assert list(leads.notes(found, ["900001", "900003"])) == [
        "2 of 3 leads were added by rule, not appointed.",
        "1 applicant is counted out for leading by that rule: a lead is nobody's partner.",
        (
            "50 leads were asked for and 3 leads stand: no more schools meet the definition's rule "
            "for leads."
        ),
    ]
