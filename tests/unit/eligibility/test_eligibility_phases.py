"""A rule with parts for some phases alone: published absence, or the school's own word."""

import datetime

import polars as pl
import pytest

from schoolhubs import eligibility, programmes
from schoolhubs.vocabulary import frames

RULES = programmes.load("special-ap-hubs-example").as_at(datetime.date(2026, 2, 2))
SCHOOL = {
    "urn": "900001",
    "school_name": "A school",
    "is_open": True,
    "is_state_funded": True,
    "region": "London",
    "age_high": 16,
    "n_pupils": 60,
    "is_placed_at_successor": False,
    "is_context_later": False,
    "is_inspection_of_predecessor": False,
}
OTHERS = {"ready_to_change": "yes", "dual_registration_agreed": "yes", "n_visits_hosted": "6"}


def need(answer: str | None, **facts: object) -> dict[str, object]:
    school = frames.SCHOOL_FACTS.fill(pl.DataFrame([{**SCHOOL, **facts}]))
    row = {"urn": "900001", "pathway": "paired", **OTHERS, "much_time_missed": answer}
    applied = pl.DataFrame([row], schema_overrides={"much_time_missed": pl.String})
    (decided,) = eligibility.assess(school, applied, RULES).filter(pathway="paired").to_dicts()
    reason: dict[str, object] = decided["rule_needs_support"]
    return reason


@pytest.mark.parametrize(
    ("answer", "verdict"), [("yes", "yes"), ("no", "no"), (None, "cannot tell")]
)
def test_alternative_provision_is_judged_by_its_own_word(answer: str | None, verdict: str) -> None:
    said = need(answer, phase="alternative_provision")
    assert said["verdict"] == verdict
    assert said["threshold"] == "an answer of yes"
    where = "application" if answer else "not answered in the application"
    assert said["source"] == where
    assert said["value"] == (f"an answer of {answer}" if answer else None)
    assert "absence" not in str(said["would_pass_if"])


def test_a_special_school_is_judged_by_what_is_published_of_it_alone() -> None:
    figures = {
        "phase": "special",
        "absence_percent": 12.0,
        "absence_phase_percent": 13.0,
        "persistent_absence_percent": 30.0,
        "persistent_absence_phase_percent": 36.0,
    }
    said = need("yes", **figures)
    assert said["verdict"] == "no"
    assert "answer" not in f"{said['threshold']} {said['value']} {said['would_pass_if']}"
    assert need("yes", **{**figures, "absence_percent": 15.0})["verdict"] == "yes"
    withheld = {**figures, "absence_percent": None, "persistent_absence_percent": None}
    assert need("yes", **withheld)["verdict"] == "cannot tell"


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {
            "absence_percent": 4.0, "absence_phase_percent": 5.0,
            "persistent_absence_percent": 40.0, "persistent_absence_phase_percent": 13.0,
        },
    ],
)  # fmt: skip
def test_a_school_that_no_part_speaks_of_is_told_of_whom_the_rule_speaks(
    figures: dict[str, float],
) -> None:
    """Not what would do for another kind of school, nor the blanks of parts that would pass."""
    said = need("yes", phase="primary", **figures)
    assert said["verdict"] == "cannot tell"
    assert said["would_pass_if"] == "its phase were alternative provision or special"


def test_a_part_that_passes_leaves_no_blank_in_a_list_of_what_would_do() -> None:
    for phase in ("primary", "special", "alternative_provision"):
        for answer in ("yes", "no", None):
            text = str(need(answer, phase=phase)["would_pass_if"])
            assert not text.startswith(", or")
            assert not text.endswith("or ")
            assert ", or ," not in text
