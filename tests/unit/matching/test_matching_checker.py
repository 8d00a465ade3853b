"""The independent checker: silent on a good match, and heard on every corrupted one."""

import dataclasses
import datetime as dt

import polars as pl
import pytest

from schoolhubs.vocabulary.records.matching import Compatibility, FloorGroup, FloorResult

EARLIER = dt.date(2026, 4, 1)


@pytest.fixture
def given(small_round):
    """Give five schools, two leads, a pin, a ban, a conflict and a running partnership."""
    round_ = small_round(
        {
            "200001": [20, 30],
            "200002": [25, 130],
            "200003": [40, 20],
            "200004": [50, 60],
            "200005": [10, 10],
        },
        places={("100001", "core"): 3, ("100002", "core"): 2},
        partner={"200001": {"trust_id": "T"}},
        lead={"100002": {"trust_id": "T"}},
    )
    round_ = round_.ordering(
        ("pin", "200002", "100002"),
        ("ban", "200003", "100001"),
        ("conflict", "200004", "100002"),
    )
    return round_.running(("200005", "100001", "core", EARLIER, None))


def test_a_good_match_passes(given) -> None:
    result = given.match()
    assert result.matches.height == 4
    assert given.verify(result) == ()


def changed(result, urn: str, **values):
    """Change one row of the matches."""
    here = pl.col("urn") == urn
    columns = [
        pl.when(here).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in values.items()
    ]
    return dataclasses.replace(result, matches=result.matches.with_columns(columns))


def corrupt_twice(result):
    doubled = pl.concat([result.matches, result.matches.head(1)])
    return dataclasses.replace(result, matches=doubled)


def corrupt_missing(result):
    return dataclasses.replace(result, matches=result.matches.head(3))


def corrupt_hubs(result):
    return dataclasses.replace(result, hubs=result.hubs.with_columns(n_matched=pl.lit(0)))


def corrupt_running(result):
    nobody = result.already_placed.clear()
    extra = result.unmatched.clear().vstack(
        pl.DataFrame([("200005", 1, "", None, None)], schema=result.unmatched.schema, orient="row")
    )
    return dataclasses.replace(result, already_placed=nobody, unmatched=extra)


def corrupt_floor(result):
    floor = FloorResult(
        group="North", n_partners=9, n_matched=1, n_wanted=2, n_floor=2,
        need_share=None, national_need_share=None,
    )  # fmt: skip
    return dataclasses.replace(result, floors=(floor,))


@pytest.mark.parametrize(
    ("corrupt", "code"),
    [
        (corrupt_twice, "not_once"),
        (corrupt_missing, "left_out"),
        (corrupt_hubs, "hub_disagrees"),
        (corrupt_running, "runs_already"),
        (corrupt_floor, "false_floor"),
        (lambda r: dataclasses.replace(r, total_minutes=1.0), "total_disagrees"),
        (lambda r: changed(r, "200001", lead_urn="188888"), "unknown_school"),
        (lambda r: changed(r, "200001", lead_urn="100002"), "own_trust"),
        (lambda r: changed(r, "200001", lead_urn="100002"), "above_capacity"),
        (lambda r: changed(r, "200001", pathway="extended"), "wrong_pathway"),
        (lambda r: changed(r, "200001", minutes=3.0), "wrong_minutes"),
        (lambda r: changed(r, "200001", is_exception=True), "wrong_exception"),
        (lambda r: changed(r, "200002", is_exception=False), "wrong_exception"),
        (lambda r: changed(r, "200002", exception_reason=None), "no_reason"),
        (lambda r: changed(r, "200002", lead_urn="100001"), "pin_broken"),
        (lambda r: changed(r, "200003", lead_urn="100001"), "ban_broken"),
        (lambda r: changed(r, "200004", lead_urn="100002"), "conflict_broken"),
    ],
)
def test_a_corrupted_match_is_caught(given, corrupt, code) -> None:
    found = {problem.code for problem in given.verify(corrupt(given.match()))}
    assert code in found


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"absolute_maximum_minutes": 100}, "too_far"),
        ({"lead_phases": {"primary": frozenset({"secondary"})}}, "incompatible"),
        ({"compatibility": Compatibility.NEED_TYPE_AND_AGE}, "not_known"),
    ],
)
def test_a_match_made_under_other_rules_is_caught(given, change, code) -> None:
    result = given.match()
    stricter = given.but(rules=dataclasses.replace(given.rules, **change))
    assert code in {problem.code for problem in stricter.verify(result)}


@pytest.mark.parametrize(
    "lead", [{"need_types": ["SEMH"]}, {"age_high": 4}, {"age_low": 16, "age_high": None}]
)
def test_need_types_and_ages_that_do_not_suit_are_caught(given, lead) -> None:
    whole = {"need_types": ["ASD"], "age_low": 4, "age_high": 16}
    by_need = {"compatibility": Compatibility.NEED_TYPE_AND_AGE, "may_match_unknown": True}

    def told(frame, changes):
        return frame.with_columns(
            pl.lit(value, dtype=frame.schema[name]).alias(name) for name, value in changes.items()
        )

    good = given.but(
        partners=told(given.partners, whole), leads=told(given.leads, whole),
        rules=dataclasses.replace(given.rules, **by_need),
    )  # fmt: skip
    result = good.match()
    assert good.verify(result) == ()
    unsuited = good.but(leads=told(good.leads, lead))
    assert "incompatible" in {problem.code for problem in unsuited.verify(result)}


def test_a_journey_that_cannot_be_made_is_caught(given) -> None:
    result = given.match()
    minutes = given.travel.minutes.copy()
    minutes[0] = float("nan")
    flooded = given.but(travel=dataclasses.replace(given.travel, minutes=minutes))
    assert "unreachable" in {problem.code for problem in flooded.verify(result)}


def test_a_lead_as_a_partner_is_caught(given) -> None:
    result = given.match()
    promoted = pl.concat([given.leads, given.partners.select(given.leads.columns).head(1)])
    assert "lead_as_partner" in {p.code for p in given.but(leads=promoted).verify(result)}


# --- floors: counted and worked out again, certificates followed -------------------------------


@pytest.fixture
def with_floors(small_round):
    """Give three places and three regions that ask for five; two of them stay one short."""
    regions = dict.fromkeys(("200001", "200002", "200003"), "North")
    regions |= {"200004": "South", "200005": "West"}
    return small_round(
        {urn: [20, 30] for urn in regions},
        places={("100001", "core"): 2, ("100002", "core"): 1},
        need={"200001": 4, "200002": 4, "200003": 4, "200004": 6, "200005": 2},
        partner={urn: {"region": region} for urn, region in regions.items()},
        floor_group=FloorGroup.REGION,
        floor_share=1.0,
    )


def test_good_floors_pass(with_floors) -> None:
    result = with_floors.match()
    floors = [(floor.group, floor.n_wanted, floor.n_floor) for floor in result.floors]
    assert floors == [("North", 3, 2), ("South", 1, 1), ("West", 1, 0)]
    assert with_floors.verify(result) == ()


def floor_changed(result, of, **values):
    floors = tuple(
        dataclasses.replace(floor, **values) if floor.group == of else floor
        for floor in result.floors
    )
    return dataclasses.replace(result, floors=floors)


@pytest.mark.parametrize(
    "corrupt",
    [
        lambda r: dataclasses.replace(r, floors=()),
        lambda r: dataclasses.replace(r, floors=r.floors[1:]),
        lambda r: floor_changed(r, "West", group="East"),
        lambda r: floor_changed(r, "South", n_partners=2),
        lambda r: floor_changed(r, "South", n_matched=2),
        lambda r: floor_changed(r, "South", n_wanted=0, n_floor=0),
        lambda r: floor_changed(
            r, "West", n_wanted=0, n_floor=0, binding_lead_urns=(), n_binding_places=0
        ),
        lambda r: floor_changed(r, "North", n_wanted=2),
        lambda r: floor_changed(r, "South", n_floor=0),
        lambda r: floor_changed(r, "West", n_floor=1),
        lambda r: floor_changed(r, "West", binding_lead_urns=()),
        lambda r: floor_changed(r, "West", binding_lead_urns=("100001",), n_binding_places=1),
        lambda r: floor_changed(r, "South", binding_lead_urns=("100001",), n_binding_places=1),
        lambda r: floor_changed(r, "North", need_share=0.9),
        lambda r: floor_changed(r, "North", national_need_share=None),
    ],
)
def test_a_false_floor_is_caught(with_floors, corrupt) -> None:
    found = {problem.code for problem in with_floors.verify(corrupt(with_floors.match()))}
    assert found == {"false_floor"}


def test_a_floor_that_could_have_been_met_is_caught(with_floors) -> None:
    """The answer to another question: there a place was wanting, here there is one."""
    scarce = with_floors.match()
    plenty = with_floors.but(capacity=with_floors.capacity.with_columns(n_places=pl.lit(3)))
    faults = [p.fault for p in plenty.verify(scarce) if p.code == "false_floor"]
    assert any("has a place that it can have" in fault for fault in faults)


def test_a_floor_left_unfair_is_caught(with_floors) -> None:
    """North stays two short, though South and West have what they ask for."""
    pinned = with_floors.ordering(("pin", "200004", "100001"), ("pin", "200005", "100001"))
    unfair = pinned.match()
    assert [floor.n_floor for floor in unfair.floors] == [1, 1, 1]
    assert pinned.verify(unfair) == (), "pins come before floors"
    faults = [problem.fault for problem in with_floors.verify(unfair)]
    assert any("though South could give it a place" in fault for fault in faults)
