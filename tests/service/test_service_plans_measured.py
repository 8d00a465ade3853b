"""Figures that the service holds are offered for a measure, wave by wave and year by year."""

import dataclasses
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from commands import schoolhubs
from drafting import HEAD, ON, knows, ready
from invented import AT, facts, register
from planned import whole_plan
from polled import poll, pupils, scored
from schoolhubs import diagnosis
from schoolhubs.attendance import behaviour
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis.models import BehaviourReturn
from schoolhubs.service.plans import actions as editing
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.service.plans.writing.measured import proposals
from schoolhubs.vocabulary.records.plan import ActionPlan, Measured
from schoolhubs.vocabulary.tables import csv_text
from signing import signed_in

pytestmark = pytest.mark.django_db
URN = "900001"
PLAN = f"/schools/{URN}/plan"
MEASURE = "pupil_safety_score"


@pytest.fixture(autouse=True)
def _school() -> None:
    register(facts(URN))


def two(row: dict[str, Any]) -> tuple[float, float, float]:
    """Give value and interval as a plan writes them, to two places."""
    value, low, high = (round(row[name], 2) for name in ("value", "low", "high"))
    return value, low, high


def waves() -> dict[str, dict[str, Any]]:
    """Poll pupils in two waves; the row of their safety scale by wave."""
    found = {}
    for wave, seed in (("2026-05", 3), ("2026-11", 4)):
        survey = poll(pupils(40, seed=seed, wave=wave))
        rows = scored(survey).record["scores"]
        (found[wave],) = [
            each for each in rows
            if (each["kind"], each["measure"], each["cut"]) == ("scale", "safety", "all")
        ]  # fmt: skip
    return found


def test_a_scale_is_offered_of_each_wave_with_its_interval_and_no_other() -> None:
    rows = waves()
    offered = {each.key: each.measured for each in proposals(URN) if each.measure == MEASURE}
    assert list(offered) == [f"survey-{MEASURE}-2026-11", f"survey-{MEASURE}-2026-05"]
    for wave, row in rows.items():
        told = offered[f"survey-{MEASURE}-{wave}"]
        assert (told.value, told.low, told.high) == two(row)
        assert told.low is not None and told.high is not None  # noqa: PT018
        assert told.low < told.value < told.high
    assert "survey of pupils, November 2026" in offered[f"survey-{MEASURE}-2026-11"].source


def returned(year: str, times: int, folder: Path) -> None:
    """Bring a return of 400 pupils, of whom a tenth were suspended so many times."""
    table = pl.DataFrame({"Susp": [times if n % 10 == 0 else 0 for n in range(400)]})
    table.write_csv(folder / "list.csv")
    told = {"name": "ours", "layout": "pupil", "columns": {"suspensions": "Susp"}}
    counted = behaviour.read_return(folder / "list.csv", behaviour.mapping.as_mapping(told))
    BehaviourReturn.objects.create(
        urn=URN, year=year, mapping=told, made_at=AT, made_by="head", organisation=f"school:{URN}",
        content=csv_text(diagnosis.finding.returned.publish(counted, urn=URN, year=year)),
    )  # fmt: skip


def test_the_newest_behaviour_return_of_each_year_is_offered(tmp_path: Path) -> None:
    for year, times in (("2024/25", 3), ("2024/25", 1), ("2025/26", 2)):
        returned(year, times, tmp_path)
    offered = {each.key: each.measured for each in proposals(URN)}
    assert list(offered) == [
        "behaviour-suspensions_per_100-2025/26", "behaviour-suspensions_per_100-2024/25"
    ]  # fmt: skip
    now = offered["behaviour-suspensions_per_100-2025/26"]
    before = offered["behaviour-suspensions_per_100-2024/25"]
    assert (now.value, before.value, now.n) == (20.0, 10.0, 400)
    assert now.low is not None and now.high is not None  # noqa: PT018
    assert now.low < 20.0 < now.high
    assert str(before.measured_on) == "2025-08-31"
    assert now.measured_on == AT.date()  # the year was not over when it was brought


def test_a_return_of_few_pupils_offers_nothing(tmp_path: Path) -> None:
    table = pl.DataFrame({"Susp": [1] * 20})
    table.write_csv(tmp_path / "list.csv")
    told = {"name": "ours", "layout": "pupil", "columns": {"suspensions": "Susp"}}
    counted = behaviour.read_return(tmp_path / "list.csv", behaviour.mapping.as_mapping(told))
    content = csv_text(diagnosis.finding.returned.publish(counted, urn=URN, year="2025/26"))
    BehaviourReturn.objects.create(
        urn=URN, year="2025/26", mapping=told, made_at=AT, made_by="head", organisation="x",
        content=content,
    )  # fmt: skip
    assert proposals(URN) == ()


def of_a_survey() -> ActionPlan:
    """Give the plan whose first objective is measured by a scale of the pupils' survey."""
    plan = whole_plan()
    objective = dataclasses.replace(
        plan.objectives[0], measure=MEASURE, baseline=Measured(value=50.0, low=46.0, high=54.0),
        expected_size=5.0, target=55.0,
    )  # fmt: skip
    return dataclasses.replace(plan, objectives=(objective, *plan.objectives[1:]))


def test_an_objective_of_a_survey_is_reviewed_with_its_figure_and_the_command_agrees(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    knows(monkeypatch)
    plan = ready(of_a_survey())
    editing.approve(plan, number=plan.number, on=ON, who=HEAD)
    row = waves()["2026-11"]
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN)
    page = f"{PLAN}/reviews/{plan.versions.last().record.objectives[0].objective_id}"
    assert f'value="survey-{MEASURE}-2026-05"' in head.get(page).content.decode()
    used = head.post(page, {"use": f"survey-{MEASURE}-2026-11", "comment": "Calmer corridors"})
    value, low, high = two(row)
    assert f'value="{value}"' in used.content.decode()
    sent = {
        "value": value, "low": low, "high": high, "rag": "",
        "source": "survey of pupils", "comment": "Calmer corridors", "version": plan.number,
        "measured_on-day": "22", "measured_on-month": "11", "measured_on-year": "2026",
    }  # fmt: skip
    assert head.post(page, sent).status_code == 302
    kept = TermReview.objects.get()
    (tmp_path / "plan.yaml").write_bytes(head.get(f"{PLAN}.yaml").content)
    (told,) = schoolhubs("plan", "progress", tmp_path / "plan.yaml")["reviews"]
    assert told["measured"]["value"] == kept.value == value
    come = told["progress"]
    assert (come["better_by"], come["low"], come["high"], come["rag"]) == (
        kept.better_by, kept.better_low, kept.better_high, kept.rag,
    )  # fmt: skip
