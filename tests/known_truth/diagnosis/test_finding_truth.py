"""A cause that was planted in a school comes out on top, and in a school without one none does."""

import pytest

import finding
from schoolhubs import diagnosis
from schoolhubs.diagnosis.finding import Inputs
from schoolhubs.vocabulary.records.diagnosis import Diagnosis, Observation


def drafted(held: object, **more: object) -> Diagnosis:
    told = finding.told(held)  # type: ignore[arg-type]
    return diagnosis.diagnose(
        Inputs(urn=finding.URN, setting="mainstream", marks=told, **more)  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("seed", range(3))
def test_planted_fridays_come_out_on_top(seed: int) -> None:
    seen = Observation(
        observation_id="o1", root_cause="week_uneven", by="school", says="for",
        text="Friday afternoon was half empty.",
    )  # fmt: skip
    found = drafted(finding.marks(friday=0.06, seed=seed), observations=(seen,))
    assert found.findings[0].finding_id == "week_uneven"
    assert found.findings[0].how_sure == "shown"
    assert "Fridays" in found.findings[0].evidence[0].text


@pytest.mark.parametrize("seed", range(3))
def test_planted_absence_without_a_reason_comes_out_on_top(seed: int) -> None:
    low = {"staff": finding.scores("staff", ["absence_followed_up"])}
    found = drafted(finding.marks(no_reason=0.03, seed=seed), scores=low)
    assert found.findings[0].finding_id == "first_day_late"
    assert found.findings[0].how_sure == "shown"


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_year_seven_comes_out_on_top(seed: int) -> None:
    found = drafted(finding.marks(entry=0.06, seed=seed))
    assert found.findings[0].finding_id == "joining_hard"


def test_where_nothing_was_planted_marks_seldom_name_anything() -> None:
    """Weekdays and year groups together are wrongly named in few schools of twenty."""
    named = [
        each.finding_id
        for seed in range(20)
        for each in drafted(finding.marks(pupils=150, weeks=4, seed=100 + seed)).findings
        if each.how_sure != "cannot_tell"
    ]
    assert len(named) <= 3
