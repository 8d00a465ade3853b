"""One school explained is the school as it stands among all of England; missing is never no."""

import datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolhubs import eligibility, programmes
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.rules import RulesAsAt

maybe = lambda values: st.one_of(st.none(), values)  # noqa: E731 - a short word for a strategy
percent = st.sampled_from([0.0, 3.99, 5.0, 6.0, 9.5, 10.0, 12.34])
SCHOOL = st.fixed_dictionaries(
    {
        "is_open": st.booleans(),
        "is_state_funded": st.booleans(),
        "region": maybe(st.sampled_from(["London", "Wales (pseudo)"])),
        "establishment_type": maybe(st.sampled_from(["Free schools", "Community school"])),
        "phase": st.sampled_from(
            ["primary", "middle_deemed_secondary", "special", "alternative_provision", "nursery"]
        ),
        "n_pupils": maybe(st.sampled_from([5, 10, 200])),
        "age_high": maybe(st.sampled_from([11, 19, 25])),
        "trust_id": maybe(st.sampled_from(["1", "2"])),
        "inspection_framework": maybe(
            st.sampled_from(["overall_grades", "no_overall_grade", "report_card"])
        ),
        "overall_grade": maybe(st.integers(1, 4)),
        "attendance_and_behaviour": maybe(st.sampled_from(["Needs attention", "Exceptional"])),
        "was_inspected_in_trust": maybe(st.booleans()),
        "is_inspection_of_predecessor": st.booleans(),
        "inspection_urn": st.just("900900"),
        "absence_percent": maybe(percent),
        "absence_phase_percent": maybe(percent),
        "persistent_absence_percent": maybe(percent),
        "persistent_absence_phase_percent": maybe(percent),
        "absence_series": st.just("census"),
        "absence_year": st.just("2017/18"),
        "absence_half_terms": st.just(6),
        "school_name": st.just("A school"),
        "is_placed_at_successor": st.just(value=False),
        "is_context_later": st.just(value=False),
    }
)
ANSWER = st.sampled_from(["yes", "no", "", None])
DATES = st.sampled_from(["2018-09-01", "2020-06-01", "2021-09-01", "2022-10-01", "2026-01-05"])
MAY_BE_UNKNOWN = (
    "region",
    "establishment_type",
    "n_pupils",
    "age_high",
    "trust_id",
    "overall_grade",
    "attendance_and_behaviour",
    "was_inspected_in_trust",
    "absence_percent",
    "absence_phase_percent",
    "persistent_absence_percent",
    "persistent_absence_phase_percent",
)
quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def facts_of(schools: list[dict[str, object]]) -> pl.DataFrame:
    rows = [{**school, "urn": f"{900001 + place}"} for place, school in enumerate(schools)]
    return frames.SCHOOL_FACTS.fill(pl.DataFrame(rows, infer_schema_length=None))


def rules_of(programme_id: str, on: str) -> RulesAsAt:
    return programmes.load(programme_id).as_at(datetime.date.fromisoformat(on))


@quick
@given(
    schools=st.lists(SCHOOL, min_size=1, max_size=6),
    answers=st.lists(ANSWER, min_size=6, max_size=6),
    programme_id=st.sampled_from(programmes.list_ids()),
    on=DATES,
    is_assumed=st.booleans(),
)
def test_explain_says_what_assess_says(schools, answers, programme_id, on, is_assumed) -> None:  # type: ignore[no-untyped-def]
    facts, rules = facts_of(schools), rules_of(programme_id, on)
    questions = {question.question: answers[: facts.height] for question in rules.questions}
    given_answers = pl.DataFrame({"urn": facts["urn"], **questions})
    assumed = {"answers_assumed": is_assumed, "lead_urns": ["900002"]}
    assessed = eligibility.assess(facts, given_answers, rules, **assumed)
    whole = eligibility.decisions(assessed, rules)
    alone = tuple(
        decision
        for urn in facts["urn"]
        for decision in eligibility.explain(facts, given_answers, rules, urn=urn, **assumed)
    )
    assert alone == whole


@quick
@given(
    school=SCHOOL,
    forgotten=st.sets(st.sampled_from(MAY_BE_UNKNOWN), min_size=1, max_size=4),
    programme_id=st.sampled_from(programmes.list_ids()),
    on=DATES,
)
def test_forgetting_a_figure_never_makes_a_no(school, forgotten, programme_id, on) -> None:  # type: ignore[no-untyped-def]
    """With a value gone, no rule that did not say no before may say it now."""
    rules = rules_of(programme_id, on)
    less = {**school, **dict.fromkeys(forgotten)}
    before = eligibility.assess(facts_of([school]), None, rules, answers_assumed=True)
    after = eligibility.assess(facts_of([less]), None, rules, answers_assumed=True)
    said = {row["pathway"]: row["verdict"] for row in before.iter_rows(named=True)}
    for row in after.iter_rows(named=True):
        if row["verdict"] == "no":
            assert said[row["pathway"]] == "no"


@quick
@given(school=SCHOOL, programme_id=st.sampled_from(programmes.list_ids()), on=DATES)
def test_every_rule_gives_words(school, programme_id, on) -> None:  # type: ignore[no-untyped-def]
    rules = rules_of(programme_id, on)
    assessed = eligibility.assess(facts_of([school]), None, rules, lead_urns=[])
    for decision in eligibility.decisions(assessed, rules):
        for reason in decision.reasons:
            assert reason.threshold
            assert reason.source
            assert reason.rule_source
            assert bool(reason.would_pass_if) == (reason.verdict.value != "yes"), reason


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_a_school_of_which_nothing_is_known_is_never_refused(programme_id: str) -> None:
    rules = programmes.load(programme_id).as_at(datetime.date(2026, 1, 5))
    stranger = pl.DataFrame({"urn": ["900001"]})
    assessed = eligibility.assess(frames.SCHOOL_FACTS.empty(), stranger, rules, lead_urns=[])
    assert set(assessed["verdict"]) == {"cannot tell"}
