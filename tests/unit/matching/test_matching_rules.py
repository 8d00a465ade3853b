"""Hard rules: who may go where, limits on the minute, places, pins, bans."""

import datetime as dt
import math

import polars as pl
import pytest

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


@pytest.mark.parametrize(
    ("mine", "theirs", "is_matched"),
    [
        (["ASD"], ["SEMH", "ASD"], True),
        (["ASD"], ["SEMH"], False),
        (["ASD"], None, False),
        (None, None, True),
    ],
)
def test_special_schools_go_by_type_of_need(small_round, mine, theirs, is_matched) -> None:
    ages = {"age_low": 4, "age_high": 16}
    given = small_round(
        {"200001": [30]},
        partner={"200001": {"phase": "special", "need_types": mine, **ages}},
        lead={"100001": {"phase": "special", "need_types": theirs, **ages}},
        compatibility=Compatibility.NEED_TYPE_AND_AGE,
        lead_phases={},
    )
    assert given.match().matches.height == is_matched


@pytest.mark.parametrize(
    ("low", "high", "is_matched"),
    [(4, 12, True), (4, 11, False), (16, 19, False), (15, 19, True), (None, 12, False)],
)
def test_age_ranges_must_share_a_year_group(small_round, low, high, is_matched) -> None:
    given = small_round(
        {"200001": [30]},
        partner={"200001": {"need_types": ["ASD"], "age_low": low, "age_high": high}},
        lead={"100001": {"need_types": ["ASD"], "age_low": 11, "age_high": 16}},
        compatibility=Compatibility.NEED_TYPE_AND_AGE,
        lead_phases={},
    )
    assert given.match().matches.height == is_matched


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
