"""Hard rules: who may go where, limits on the minute, places, pins, bans."""

import datetime as dt
import math

import polars as pl
import pytest

from schoolhubs import matching
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.matching import Compatibility

NAN = math.nan
FAR_LEADS = {"lead": {"100001": {"phase": "all_through"}, "100002": {"phase": "secondary"}}}


@pytest.mark.parametrize(
    ("partner_phase", "lead_phase", "is_matched"),
    [
        ("primary", "primary", True),
        ("primary", "secondary", False),
        ("primary", "all_through", True),
        ("all_through", "secondary", True),
        ("secondary", "primary", False),
        ("special", "special", False),
    ],
)
def test_phase_follows_the_definitions_table(
    small_round, partner_phase, lead_phase, is_matched
) -> None:
    given = small_round(
        {"200001": [30]},
        partner={"200001": {"phase": partner_phase}},
        lead={"100001": {"phase": lead_phase}},
    )
    assert given.match().matches.height == is_matched


WHOLE = {"need_types": ["ASD"], "age_low": 4, "age_high": 16}
NOT_SHARED = "no lead school shares its need type and age range"
NEED, AGE = "need type not known", "age range not known"


def by_need_and_age(small_round, mine, theirs, **rules):
    """One partner and one lead of a special school, told by what differs from ``WHOLE``."""
    return small_round(
        {"200001": [30]},
        partner={"200001": {"phase": "special", **WHOLE, **mine}},
        lead={"100001": {"phase": "special", **WHOLE, **theirs}},
        compatibility=Compatibility.NEED_TYPE_AND_AGE,
        lead_phases={},
        **rules,
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "is_matched"),
    [
        ({"need_types": ["ASD"]}, {"need_types": ["SEMH", "ASD"]}, True),
        ({"need_types": ["ASD"]}, {"need_types": ["SEMH"]}, False),
        ({"age_high": 12}, {"age_low": 11}, True),
        ({"age_high": 11}, {"age_low": 11}, False),
        ({"age_low": 16, "age_high": 19}, {}, False),
        ({"age_low": 15, "age_high": 19}, {}, True),
        ({"need_types": ["SEMH"], "age_low": None}, {}, False),
        ({"need_types": None, "age_low": 16, "age_high": None}, {}, False),
    ],
)
@pytest.mark.parametrize("may_match_unknown", [True, False])
def test_special_schools_go_by_type_of_need_and_a_shared_year_group(
    small_round, mine, theirs, is_matched, may_match_unknown
) -> None:
    """What was read decides, whatever else is not known and however that is treated."""
    given = by_need_and_age(small_round, mine, theirs, may_match_unknown=may_match_unknown)
    result = given.match()
    assert result.matches["not_known"].to_list() == [None] * is_matched
    assert result.unmatched["reason"].to_list() == [NOT_SHARED] * (not is_matched)
    assert given.verify(result) == ()


@pytest.mark.parametrize(
    ("mine", "theirs", "not_known", "reason"),
    [
        ({"need_types": None}, {}, NEED, "whether a lead shares its need type is not known"),
        ({}, {"need_types": []}, NEED, "whether a lead shares its need type is not known"),
        (
            {"need_types": None},
            {"need_types": None},
            NEED,
            "whether a lead shares its need type is not known",
        ),
        ({"age_low": None}, {}, AGE, "whether a lead shares its age range is not known"),
        ({}, {"age_high": None}, AGE, "whether a lead shares its age range is not known"),
        (
            {"need_types": None, "age_low": None, "age_high": None},
            {},
            "need type and age range not known",
            "whether a lead shares its need type and age range is not known",
        ),
    ],
)
def test_what_is_not_known_is_never_a_mismatch(small_round, mine, theirs, not_known, reason):
    free = by_need_and_age(small_round, mine, theirs, may_match_unknown=True)
    matched = free.match()
    assert matched.matches["not_known"].to_list() == [not_known]
    assert free.verify(matched) == ()

    waits = by_need_and_age(small_round, mine, theirs)
    left = waits.match()
    assert left.unmatched["reason"].to_list() == [reason]
    assert matching.explain(waits.solve(), "200001")[0].blocked_by == not_known
    assert waits.verify(left) == ()
    assert "not_known" in {problem.code for problem in waits.verify(matched)}
    fault = f"200001 is pinned to 100001, but {not_known}, and the definition waits until it is"
    assert codes(waits.ordering(("pin", "200001", "100001"))) == [("impossible_pin", fault)]


def test_a_lead_that_may_suit_is_told_before_one_that_does_not(small_round) -> None:
    given = small_round(
        {"200001": [30, 40]},
        partner={"200001": WHOLE},
        lead={"100001": {**WHOLE, "need_types": ["SEMH"]}, "100002": {"age_low": 4}},
        compatibility=Compatibility.NEED_TYPE_AND_AGE,
        lead_phases={},
    )
    told = "whether a lead shares its need type and age range is not known"
    assert given.match().unmatched["reason"].to_list() == [told]


@pytest.mark.parametrize(("minutes", "is_exception"), [(119, False), (120, False), (121, True)])
def test_the_preferred_limit_is_broken_above_it_only(small_round, minutes, is_exception) -> None:
    row = small_round({"200001": [minutes]}).match().matches.row(0, named=True)
    assert row["is_exception"] is is_exception
    assert (row["exception_reason"] is not None) is is_exception


@pytest.mark.parametrize(("minutes", "is_matched"), [(239, True), (240, True), (240.01, False)])
def test_the_absolute_limit_is_never_broken(small_round, minutes, is_matched) -> None:
    result = small_round({"200001": [minutes]}).match()
    assert result.matches.height == is_matched
    if not is_matched:
        row = result.unmatched.row(0, named=True)
        assert row["reason"] == "no lead that suits it is within 240 minutes"
        assert (row["nearest_lead_urn"], row["nearest_minutes"]) == ("100001", 240.01)


def test_a_place_that_cannot_be_reached_is_not_a_long_journey(small_round) -> None:
    result = small_round({"200001": [NAN]}).match()
    row = result.unmatched.row(0, named=True)
    assert row["reason"] == "no lead that suits it can be reached by road or ferry"
    assert row["nearest_lead_urn"] is None
    assert row["nearest_minutes"] is None


def test_own_trust_is_refused_and_can_be_switched_on(small_round) -> None:
    trust = {"trust_id": "TR1"}
    given = small_round({"200001": [30]}, partner={"200001": trust}, lead={"100001": trust})
    assert given.match().unmatched["reason"].to_list() == [
        "the only leads that suit it are in its own trust"
    ]
    allowed = small_round(
        {"200001": [30]}, partner={"200001": trust}, lead={"100001": trust}, forbids_own_trust=False
    )
    assert allowed.pairs() == {"200001": "100001"}


def test_two_schools_without_a_trust_do_not_share_one(small_round) -> None:
    assert small_round({"200001": [30]}).pairs() == {"200001": "100001"}


def test_a_lead_is_nobodys_partner(small_round) -> None:
    result = small_round({"100001": [30, 40], "200001": [50, 60]}, places=5).match()
    assert result.matches["urn"].to_list() == ["200001"]
    assert result.unmatched["reason"].to_list() == ["it is a lead school itself"]


@pytest.mark.parametrize("kind", ["ban", "conflict"])
def test_bans_and_conflicts_keep_two_schools_apart(small_round, kind) -> None:
    given = small_round({"200001": [10, 90]}).ordering((kind, "200001", "100001"))
    assert given.pairs() == {"200001": "100002"}


def test_a_conflict_stands_whichever_school_is_written_first(small_round) -> None:
    given = small_round({"200001": [10, 90]})
    turned = given.ordering(("conflict", "100001", "200001"))
    assert turned.pairs() == {"200001": "100002"}
    assert turned.verify(turned.match()) == ()
    assert "conflict_broken" in {problem.code for problem in turned.verify(given.match())}
    assert given.ordering(("ban", "100001", "200001")).pairs() == {"200001": "100001"}


def test_a_ban_on_a_school_of_another_round_does_no_harm(small_round) -> None:
    given = small_round({"200001": [10]}).ordering(("ban", "299999", "100001"))
    assert given.pairs() == {"200001": "100001"}


def test_a_pin_is_kept_though_it_serves_less_need_and_breaks_the_preferred_limit(
    small_round,
) -> None:
    given = small_round({"200001": [130], "200002": [10]}, need={"200001": 1, "200002": 9})
    result = given.ordering(("pin", "200001", "100001")).match()
    row = result.matches.row(0, named=True)
    assert (row["urn"], row["is_pinned"], row["is_exception"]) == ("200001", True, True)
    assert row["exception_reason"].startswith("pinned by the programme office")


def test_places_are_counted_by_pathway(small_round) -> None:
    given = small_round(
        {"200001": [10], "200002": [10], "200003": [10]},
        places={("100001", "core"): 1, ("100001", "extended"): 5},
        partner={"200003": {"pathways": ["extended"]}},
    )
    result = given.match()
    assert result.matches["urn"].to_list() == ["200001", "200003"]
    assert result.hubs.select("pathway", "n_free", "n_matched").rows() == [
        ("core", 1, 1),
        ("extended", 5, 1),
    ]


def test_the_solver_picks_among_pathways_and_prefers_the_wished_one(small_round) -> None:
    both = {"pathways": ["extended", "core"]}
    given = small_round(
        {"200001": [10], "200002": [10], "200003": [10]},
        places={("100001", "core"): 2, ("100001", "extended"): 2},
        partner={"200001": both, "200002": both, "200003": both},
    )
    assert given.match().matches["pathway"].to_list().count("extended") == 2


# --- instructions that cannot be followed -------------------------------------------------


def codes(given) -> list[tuple[str, str]]:
    with pytest.raises(DataProblem) as caught:
        given.match()
    return [(problem.code, problem.fault) for problem in caught.value.problems]


def test_pins_above_capacity_name_the_schools_and_the_places(small_round) -> None:
    given = small_round({"200001": [10], "200002": [20], "200003": [30]}, places=2)
    pins = [("pin", urn, "100001") for urn in ("200001", "200002", "200003")]
    assert codes(given.ordering(*pins)) == [
        (
            "pins_above_capacity",
            (
                "3 schools are pinned to core places of lead 100001, which has 2 free: "
                "200001, 200002, 200003"
            ),
        )
    ]


def test_pins_fit_only_if_every_set_of_pathways_has_room(small_round) -> None:
    either = {"pathways": ["core", "extended"]}
    places = {("100001", "core"): 1, ("100001", "extended"): 1}
    two = {"200001": [10], "200002": [20]}
    pins = [("pin", "200001", "100001"), ("pin", "200002", "100001")]
    fits = small_round(two, places=places, partner={"200001": either})
    assert set(fits.ordering(*pins).match().matches["pathway"]) == {"core", "extended"}
    both_core = small_round(two, places=places)
    assert [code for code, _ in codes(both_core.ordering(*pins))] == ["pins_above_capacity"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"partner": {"200001": {"phase": "secondary"}}}, "the rule on phase forbids this pair"),
        ({"absolute_maximum_minutes": 9}, "the rule on too far forbids this pair"),
        (
            {"partner": {"200001": {"pathways": ["extended"]}}},
            "100001 offers no place on a pathway it may be placed in",
        ),
        (
            {"partner": {"200001": {"trust_id": "T"}}, "lead": {"100001": {"trust_id": "T"}}},
            "the rule on own trust forbids this pair",
        ),
    ],
)
def test_a_pin_that_a_rule_forbids_is_refused(small_round, change, why) -> None:
    given = small_round({"200001": [10]}, **change).ordering(("pin", "200001", "100001"))
    assert codes(given) == [("impossible_pin", f"200001 is pinned to 100001, but {why}")]


@pytest.mark.parametrize("kind", ["ban", "conflict"])
def test_a_pin_to_a_banned_lead_is_refused(small_round, kind) -> None:
    given = small_round({"200001": [10]})
    given = given.ordering(("pin", "200001", "100001"), (kind, "200001", "100001"))
    fault = f"200001 is pinned to 100001, but the rule on {kind} forbids this pair"
    assert codes(given) == [("impossible_pin", fault)]


def test_every_impossible_instruction_is_listed_at_once(small_round) -> None:
    given = small_round({"200001": [10, 20]}).ordering(
        ("pin", "200001", "100001"),
        ("pin", "200001", "100002"),
        ("pin", "299999", "100001"),
        ("pin", "200001", "188888"),
    )
    assert [code for code, _ in codes(given)] == [
        "pinned_twice",
        "impossible_pin",
        "impossible_pin",
    ]


def test_unknown_schools_and_words_are_refused(small_round) -> None:
    given = small_round({"200001": [10]}, places={("177777", "core"): 3})
    given = given.ordering(("wish", "200001", "100001"))
    day = dt.date(2026, 4, 1)
    given = given.running(("200009", "166666", "core", day, None))
    assert [code for code, _ in codes(given)] == [
        "capacity_of_unknown_lead",
        "partnership_of_unknown_lead",
        "unknown_override",
    ]


def test_negative_numbers_and_schools_without_journeys_are_refused(small_round) -> None:
    given = small_round({"200001": [10]}, places=-1, need={"200001": -4})
    stranger = given.partners.with_columns(urn=pl.lit("200005"), need_weight=pl.lit(1, pl.Int64))
    given = given.but(partners=pl.concat([given.partners, stranger]))
    assert [code for code, _ in codes(given)] == ["negative_number", "negative_number", "no_travel"]


def test_a_repeated_partner_is_refused(small_round) -> None:
    given = small_round({"200001": [10]})
    twice = given.but(partners=pl.concat([given.partners, given.partners]))
    assert [code for code, _ in codes(twice)] == ["repeated_key"]
