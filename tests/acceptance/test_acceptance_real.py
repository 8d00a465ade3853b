"""The round on real published files, as the tutorial tells it, with the figures it prints."""

import re
import shlex
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from commands import schoolhubs

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "tutorials" / "real-data.md"
FOLDERS = ("absence", "census", "gias", "performance", "ofsted", "reference", "hubs")

pytestmark = [pytest.mark.real_data]


def printed() -> dict[str, str]:
    """Give the figures that the tutorial prints."""
    rows = re.findall(r"^\| ([^|]+) \| ([\d,.]+) \|$", PAGE.read_text(), re.MULTILINE)
    return {name: value.replace(",", "") for name, value in rows}


@pytest.fixture(scope="module")
def done(shared_data: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Type the tutorial's two commands, writing to a folder of our own."""
    for name in FOLDERS:
        shared_data.path(name)
    out = tmp_path_factory.mktemp("real")
    answer: dict[str, Any] = {}
    for line in PAGE.read_text().splitlines():
        if line.startswith(".venv/bin/schoolhubs "):
            words = shlex.split(line)[1:]
            moved = [
                str(out / word.removeprefix("output/"))
                if word.startswith("output/")
                else word.replace("../shared/data", str(shared_data.folder))
                for word in words
            ]
            answer = schoolhubs(*moved)
    return out / "real-round", answer


def test_the_figures_in_the_tutorial_are_those_of_the_run(
    done: tuple[Path, dict[str, Any]],
) -> None:
    _, answer = done
    minutes = answer["travel_minutes"]
    told = {name: str(value) for name, value in answer.items()} | {
        "median minutes": f"{minutes['median']:.0f}",
        "95 in 100 at most, minutes": f"{minutes['p95']:.0f}",
        "longest, minutes": f"{minutes['maximum']:.0f}",
    }
    figures = printed()
    assert len(figures) == 10
    assert figures == {name: told[name] for name in figures}


def test_the_real_round_is_proved_and_says_that_it_is_a_rehearsal(
    done: tuple[Path, dict[str, Any]],
) -> None:
    folder, answer = done
    assert answer["is_proven_optimal"] is True
    assert answer["is_rehearsal"] is True
    assert answer["is_synthetic"] is False
    report = (folder / "report.html").read_text()
    assert "Rehearsal" in report
    assert "Synthetic" not in report


def test_the_real_leads_lead_and_stand_ins_are_flagged(
    done: tuple[Path, dict[str, Any]], shared_data: Any
) -> None:
    folder, _ = done
    named = pl.read_csv(
        shared_data.path("hubs/hub_lead_schools_partial_compiled.csv"), infer_schema=False
    ).drop_nulls("urn")
    hubs = pl.read_csv(folder / "hubs.csv", infer_schema=False).unique("lead_urn")
    assert hubs.height == 57
    assert set(named["urn"]) <= set(hubs["lead_urn"])
    added = hubs.filter(pl.col("is_topped_up") == "true")
    assert set(added["lead_urn"]).isdisjoint(named["urn"])
    assert added.height == 57 - named.height

    decided = pl.read_csv(folder / "decisions.csv", infer_schema=False)
    refused = decided.filter(pl.col("pathway") == "regional", pl.col("verdict") == "no")
    leads = refused.filter(pl.col("binding_rule") == "not_a_lead")
    stand_ins = leads.filter(pl.col("is_stand_in_lead") == "true")
    assert set(stand_ins["urn"]) == set(added["lead_urn"])
    assert stand_ins["reason"].str.contains("not appointed by the programme").all()
    assert not leads.filter(pl.col("urn").is_in(named["urn"].to_list()))["reason"].str.contains(
        "stand-in"
    ).any()  # fmt: skip
    others = refused.height - leads.height
    said = f"Of the {refused.height:,} that may not join, {others:,} are of phases"
    assert said in PAGE.read_text()
    assert f"{named.height} are on the list, and {added.height} are stand-ins" in PAGE.read_text()


def test_nobody_is_matched_to_another_phase_or_to_itself(
    done: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = done
    matches = pl.read_csv(folder / "matches.csv", infer_schema=False)
    assert matches.filter(pl.col("urn") == pl.col("lead_urn")).height == 0
    hubs = pl.read_csv(folder / "hubs.csv", infer_schema=False).unique("lead_urn")
    joined = matches.join(hubs.select("lead_urn", lead_phase="phase"), on="lead_urn")
    assert joined.height == matches.height
    pairs = set(joined.select("phase", "lead_phase").unique().rows())
    apart = {("primary", "secondary"), ("secondary", "primary")}
    assert pairs.isdisjoint(apart)
