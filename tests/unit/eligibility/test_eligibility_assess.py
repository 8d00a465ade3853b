"""Assessing many schools at once: who is judged, how answers come in, replay of a past date."""

import datetime
from collections.abc import Callable

import polars as pl

from schoolhubs import eligibility, programmes
from schoolhubs.vocabulary.records.rules import RulesAsAt

Facts = Callable[..., pl.DataFrame]


def rules_on(programme_id: str, on: str) -> RulesAsAt:
    return programmes.load(programme_id).as_at(datetime.date.fromisoformat(on))


def verdicts(assessed: pl.DataFrame) -> dict[tuple[str, str], str]:
    return {(row[0], row[1]): row[2] for row in assessed.iter_rows()}


def applied(*rows: dict[str, str | None]) -> pl.DataFrame:
    answers = {"leadership_capacity": "yes", "ready_to_change": "yes"}
    return pl.DataFrame([{**answers, **row} for row in rows], infer_schema_length=None)


def test_everybody_is_judged_when_nobody_applied(facts: Facts) -> None:
    assessed = eligibility.assess(facts({}, {}), None, rules_on("rise-hubs-2025", "2026-01-05"))
    assert assessed.select("urn", "pathway").rows() == [
        ("900001", "enhanced"),
        ("900001", "regional"),
        ("900002", "enhanced"),
        ("900002", "regional"),
    ]


def test_unknown_answers_cannot_tell_and_assumed_ones_say_so(facts: Facts) -> None:
    rules = rules_on("rise-hubs-2025", "2026-01-05")
    unknown = eligibility.assess(facts({}), None, rules)
    assumed = eligibility.assess(facts({}), None, rules, answers_assumed=True)
    assert verdicts(unknown)["900001", "enhanced"] == "cannot tell"
    assert verdicts(assumed)["900001", "enhanced"] == "yes"
    reason = assumed.row(0, named=True)["rule_wants_support"]
    assert reason["is_assumed"]
    assert "assumed" in reason["value"]
    assert reason["source"] == "assumed for planning; the application asks it"
    assert reason["value"] == "assumed to ask for any"
    unasked = unknown.row(0, named=True)["rule_wants_support"]
    assert (unasked["verdict"], unasked["source"]) == ("cannot tell", "no application")
    reason = assumed.row(0, named=True)["rule_ready_to_change"]
    assert reason["is_assumed"]
    assert "assumed for planning" in reason["source"]


def test_an_answer_given_is_never_overruled_by_assuming(facts: Facts) -> None:
    rules = rules_on("rise-hubs-2025", "2026-01-05")
    given = applied({"urn": "900001", "ready_to_change": "no"})
    assumed = eligibility.assess(facts({}), given, rules, answers_assumed=True)
    assert verdicts(assumed)["900001", "enhanced"] == "no"
    assert assumed.row(0, named=True)["binding_rule"] == "ready_to_change"


def test_wanting_a_pathway_is_asking_for_it_or_for_any(facts: Facts) -> None:
    rules = rules_on("rise-hubs-2025", "2026-01-05")
    given = applied(
        {"urn": "900001", "pathway": "regional"},
        {"urn": "900002", "pathway": "enhanced"},
        {"urn": "900003", "pathway": None},
        {"urn": "900004", "pathway": "regional"},
        {"urn": "900004", "pathway": "enhanced"},
    )
    assessed = eligibility.assess(facts({}, {}, {}, {}), given, rules)
    enhanced = assessed.filter(pl.col("pathway") == "enhanced")
    assert enhanced["verdict"].to_list() == ["no", "yes", "yes", "yes"]
    wants = enhanced["rule_wants_support"].struct.field("value").to_list()
    assert wants[0] == "an application for regional"
    assert wants[3] == "an application for enhanced, regional"


def test_only_applicants_are_judged_but_trusts_by_all_schools(facts: Facts) -> None:
    trust = {"trust_id": "7", "establishment_type": "Free schools", "overall_grade": 1}
    every = facts(trust, {**trust, "overall_grade": 2, "was_inspected_in_trust": True})
    given = pl.DataFrame(
        {"urn": ["900001"], "leadership_capacity": ["yes"], "ready_to_change": ["yes"]}
    )
    rules = rules_on("behaviour-hubs-2021", "2022-10-01")
    assessed = eligibility.assess(every, given, rules)
    assert set(assessed["urn"]) == {"900001"}
    assert verdicts(assessed)["900001", "multi_school"] == "yes"


def test_an_applicant_the_register_does_not_hold_cannot_be_told(facts: Facts) -> None:
    rules = rules_on("rise-hubs-2025", "2026-01-05")
    assessed = eligibility.assess(facts({}), applied({"urn": "900999"}), rules)
    assert verdicts(assessed) == {
        ("900999", "enhanced"): "cannot tell",
        ("900999", "regional"): "cannot tell",
    }


def test_answers_are_taken_from_the_application_for_the_pathway(facts: Facts) -> None:
    rules = rules_on("behaviour-hubs-2021", "2022-10-01")
    given = pl.DataFrame(
        {
            "urn": ["900001", "900001"],
            "pathway": ["core", "extended"],
            "leadership_capacity": ["yes", "no"],
            "ready_to_change": ["yes", "yes"],
            "n_senior_leaders": ["3", "3"],
        }
    )
    said = verdicts(eligibility.assess(facts({}), given, rules))
    assert said["900001", "core"] == "yes"
    assert said["900001", "extended"] == "no"


def test_row_order_does_not_matter(facts: Facts) -> None:
    every = facts(*({"overall_grade": grade} for grade in (1, 2, 3, 4)))
    rules = rules_on("behaviour-hubs-2021", "2022-10-01")
    shuffled = every.sample(fraction=1, shuffle=True, seed=4)
    assert eligibility.assess(every, None, rules).equals(eligibility.assess(shuffled, None, rules))


def test_replay_of_a_past_date_gives_the_answer_of_then(facts: Facts) -> None:
    """Judged today by rules and facts of June 2020: only Requires improvement may join."""
    then = facts({"overall_grade": 2}, {"overall_grade": 3})
    now = facts({"overall_grade": 2}, {"overall_grade": 1})  # the second was inspected since
    on_the_day = eligibility.assess(then, None, rules_on("behaviour-hubs-2021", "2020-06-01"))
    later = eligibility.assess(
        now, None, rules_on("behaviour-hubs-2021", "2023-06-01"), answers_assumed=True
    )
    replayed = eligibility.assess(then, None, rules_on("behaviour-hubs-2021", "2020-06-01"))
    assert replayed.equals(on_the_day)
    grades = replayed.filter(pl.col("pathway") == "core")["rule_ofsted_grade"].struct
    assert grades.field("verdict").to_list() == ["no", "yes"]
    grades = later.filter(pl.col("pathway") == "core")["rule_ofsted_grade"].struct
    assert grades.field("verdict").to_list() == ["yes", "no"]


def test_the_sentence_says_rule_value_source_and_way_out(facts: Facts) -> None:
    rules = rules_on("behaviour-hubs-2021", "2022-10-01")
    row = eligibility.assess(facts({"overall_grade": 1}), None, rules).row(0, named=True)
    assert row["binding_rule"] == "ofsted_grade"
    assert row["reason"] == (
        "Not met: the last graded inspection is one the programme takes. We read Outstanding "
        "(Ofsted, inspected 2019-03-12; Ofsted management information, March 2019). It would pass "
        "if its overall grade were Good, Requires improvement or Inadequate."
    )


def test_a_definition_in_a_folder_of_ones_own_decides(facts: Facts, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """A new programme needs no Python: copy, rename, change a threshold, run."""
    source = programmes.load("special-ap-hubs-example").folder
    folder = tmp_path / "forest-schools-2027"
    folder.mkdir()
    for path in source.glob("*.yaml"):
        text = path.read_text()
        text = text.replace("special-ap-hubs-example", "forest-schools-2027")
        if path.name == "eligibility.yaml":
            text = text.replace("[special, alternative_provision]", "[primary]")
        text = text.replace("{2026-01-01: 10}", "{2026-01-01: 201}")
        (folder / path.name).write_text(text)
    rules = programmes.load(str(folder)).as_at(datetime.date(2026, 2, 1))
    every = facts({"n_pupils": 200, "age_high": 11}, {"n_pupils": 201, "age_high": 11})
    said = verdicts(eligibility.assess(every, None, rules, answers_assumed=True))
    assert rules.programme_id == "forest-schools-2027"
    assert said["900001", "open_days"] == "no"
    assert said["900002", "open_days"] == "yes"
    assert rules.pathway("open_days").places_per_lead == 12
