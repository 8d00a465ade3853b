"""The sentence of each kind of rule, word for word, when it is not met and when it cannot tell."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from schoolhubs import eligibility, programmes

Facts = Callable[..., pl.DataFrame]
BEHAVIOUR, RISE, SPECIAL = "behaviour-hubs-2021", "rise-hubs-2025", "special-ap-hubs-example"
ANSWERS = {
    "leadership_capacity": "yes",
    "ready_to_change": "yes",
    "dual_registration_agreed": "yes",
    "n_senior_leaders": "3",
    "n_visits_hosted": "6",
    "pathway": None,
}
UNINSPECTED = {"inspection_framework": None, "overall_grade": None, "inspected_on": None}
CALM = {"absence_percent": 4.0, "persistent_absence_percent": 8.0}
TRUST = {"trust_id": "77", "trust_name": "The Trust", "establishment_type": "Free schools"}
AP = {"phase": "special", "age_high": 19}
REGISTER = "school register as at 2026-01-05"
ABSENCE = "Pupil absence in schools in England (school census), 2017/18, 6 half terms"
OFSTED = "Ofsted, inspected 2019-03-12; Ofsted management information, March 2019"

CASES: dict[str, tuple[str, str, Mapping[str, Any], Mapping[str, Any], str]] = {
    "one_of, not met": (
        RISE, "regional", {"phase": "nursery"}, {},
        (f"Not met: the school is a mainstream primary or secondary. We read nursery ({REGISTER}). "
        "It would pass if its phase were primary, middle deemed primary, middle deemed secondary, "
        "secondary or all through."),
    ),
    "one_of, not known": (
        RISE, "regional", {"region": None}, {},
        (f"Cannot tell: the school is in England. Nothing is known of it ({REGISTER}). It would "
        "pass if its region were known to be one of the nine regions of England."),
    ),
    "one_of, closed": (
        RISE, "regional", {"is_open": False, "successor_urns": ["900500"]}, {},
        (f"Not met: the school is open. We read closed ({REGISTER}). It would pass if it applied "
        "under the URN of its successor, 900500."),
    ),
    "at_least, not met": (
        SPECIAL, "paired", {**AP, "n_pupils": 9}, {},
        ("Not met: the school is large enough to send staff. We read 9 pupils (no pupil figures "
        "are known by 2026-01-05). It would pass if its roll were 10 pupils or more."),
    ),
    "at_most, not known": (
        SPECIAL, "paired", {**AP, "age_high": None}, {},
        (f"Cannot tell: the school teaches pupils of school age. Nothing is known of it "
        f"({REGISTER}). It would pass if its highest age were known and were at most 19 years."),
    ),
    "answer_is, not met": (
        BEHAVIOUR, "core", {}, {"ready_to_change": "no"},
        ("Not met: the school is ready to make changes. We read no (application). It would pass if "
        "the application answered yes to “Is the school ready to make changes to its behaviour "
        "culture?”."),
    ),
    "answer_is, not answered": (
        BEHAVIOUR, "core", {}, {"ready_to_change": None},
        ("Cannot tell: the school is ready to make changes. Not answered in the application. It "
        "would pass if the application answered yes to “Is the school ready to make changes to "
        "its behaviour culture?”."),
    ),
    "answer_at_least, not met": (
        BEHAVIOUR, "core", {}, {"n_senior_leaders": "2"},
        ("Not met: the school names enough senior leaders. We read 2 (application). It would pass "
        "if the application answered at least 3 leaders to “How many senior leaders does the "
        "school name for the programme?”."),
    ),
    "asks_for, not met": (
        RISE, "enhanced", {}, {"pathway": "regional"},
        ("Not met: the school wants the support. We read an application for regional (application)"
        ". It would pass if there were an application for Enhanced, or one that leaves the pathway "
        "open."),
    ),
    "framework, not met": (
        BEHAVIOUR, "core", {"overall_grade": 1}, {},
        ("Not met: the last graded inspection is one the programme takes. We read Outstanding "
        f"({OFSTED}). It would pass if its overall grade were Good, Requires improvement or "
        "Inadequate."),
    ),
    "framework, not inspected": (
        BEHAVIOUR, "core", UNINSPECTED, {},
        ("Cannot tell: the last graded inspection is one the programme takes. No graded inspection "
        "is known by 2026-01-05. It would pass if a graded inspection were known and gave Good, "
        "Requires improvement or Inadequate (in an inspection with an overall grade)."),
    ),
    "cannot_tell": (
        BEHAVIOUR, "core", {"inspection_framework": "report_card", "overall_grade": None}, {},
        ("Cannot tell: the last graded inspection is one the programme takes. We read "
        f"an inspection with a report card ({OFSTED}). It would pass if the programme "
        "office decided that it passes; the rule asks for an overall grade, "
        "which report cards do not give."),
    ),
    "any_of, not met": (
        RISE, "enhanced", CALM, {},
        ("Not met: the school has significant attendance or behaviour challenges. We read absence "
        "4 % against 4 % for the phase; persistent absence 8 % against 8 % for the phase "
        f"({ABSENCE}). It would pass if its absence were 5 % or more, or its persistent absence "
        "were 13 % or more."),
    ),
    "any_of, withheld": (
        RISE, "enhanced",
        {**CALM, "persistent_absence_percent": None, "persistent_absence_mark": "SUPP"}, {},
        ("Cannot tell: the school has significant attendance or behaviour challenges. We read "
        "absence 4 % against 4 % for the phase; persistent absence withheld (SUPP) "
        f"({ABSENCE}). It would pass if its absence were 5 % or more, or its persistent absence "
        "were known and were at least 5 percentage points above the phase's figure."),
    ),
    "trust_has, one school of two": (
        BEHAVIOUR, "multi_school", TRUST, {},
        ("Not met: the trust has several schools. We read 1 of 1 open school of the trust, such as "
        f"URN 900001 (trust The Trust (77), {REGISTER}). It would pass if the trust had 1 more "
        "open school."),
    ),
    "not_a_lead": (
        RISE, "regional", {"urn": "900777", "absence_urn": "900777"}, {},
        ("Not met: the school does not lead a hub of the programme. We read a lead school (the "
        "programme's list of lead schools). It would pass if it stopped leading a hub of the "
        "programme."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_sentence(
    facts: Facts, case: tuple[str, str, Mapping[str, Any], Mapping[str, Any], str]
) -> None:
    programme, pathway, school, answers, sentence = case
    rules = programmes.load(programme).as_at(datetime.date(2026, 1, 5))
    known = facts(school)
    applied = pl.DataFrame({"urn": known["urn"], **ANSWERS, **answers})
    found = eligibility.assess(known, applied, rules, lead_urns=["900777"])
    assert found.filter(pl.col("pathway") == pathway)["reason"].item() == sentence


def test_a_missing_value_never_borrows_that_of_a_later_rule(facts: Facts) -> None:
    # Two rules cannot tell: the answer, which is missing, and the trust's, which read something.
    one = {**TRUST, "overall_grade": None}
    rules = programmes.load(BEHAVIOUR).as_at(datetime.date(2022, 10, 1))
    found = eligibility.assess(facts(one, one), None, rules)
    row = found.filter(pl.col("pathway") == "multi_school").row(0, named=True)
    assert row["binding_rule"] == "leadership_capacity"
    assert (
        row["rule_trust_school_inspected_in_trust"]["value"] == "0 of 2 open schools of the trust"
    )
    assert "Not answered in the application." in row["reason"]
    assert "We read" not in row["reason"]


def test_several_conditions_of_a_trust_read_as_one_clause(facts: Facts) -> None:
    one = {**TRUST, "overall_grade": 1, "was_inspected_in_trust": True}
    rules = programmes.load(BEHAVIOUR).as_at(datetime.date(2022, 10, 1))
    found = eligibility.assess(facts(one, one), None, rules, answers_assumed=True)
    said = found.filter(pl.col("pathway") == "multi_school")["reason"][0]
    assert said.endswith(
        "It would pass if 1 more open school of the trust met this: overall grade Good, Requires "
        "improvement or Inadequate and inspected while in the trust."
    )
