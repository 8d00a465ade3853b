"""What the how-to pages have people write by hand and type is taken as it stands there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from click.testing import CliRunner

from schoolhubs import diagnosis
from schoolhubs.cli.main import schoolhubs
from schoolhubs.vocabulary.root_causes import root_causes
from schoolhubs.vocabulary.written.reading import LOADER

DOCS = Path(__file__).resolve().parents[2] / "docs"
NAMED = re.compile(
    r"`([\w.-]+\.(?:csv|json|yaml))`[^`]*:\n\n```(?:csv|json|yaml)\n(.*?)^```", re.M | re.S
)


def write(page: str, folder: Path) -> list[str]:
    """Write every file that the page names before it shows it; give their names."""
    found = NAMED.findall((DOCS / "how-to" / page).read_text("utf-8"))
    for name, text in found:
        (folder / name).write_text(text, encoding="utf-8")
    return [name for name, _ in found]


def type_(page: str, words: str) -> None:
    """Type the lines of the page that begin so, and see each end well."""
    text = (DOCS / "how-to" / page).read_text("utf-8")
    lines = re.findall(rf"^\.venv/bin/schoolhubs ({words}.*)$", text, re.MULTILINE)
    assert lines
    for line in lines:
        done = CliRunner().invoke(schoolhubs, shlex.split(line))
        assert done.exit_code == 0, f"{line}\n{done.output}"


def test_a_survey_is_scored_from_the_files_of_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = ["pupils.csv", "roll.csv", "staff.csv", "staff-roles.csv"]
    assert write("score-a-survey.md", tmp_path) == files
    type_("score-a-survey.md", "survey score .*--wave 2026-11")
    for respondents in ("pupils", "staff"):
        shown = pl.read_csv(tmp_path / f"{respondents}-2026-11" / "scores.csv")["value"]
        assert shown.null_count() == len(shown) > 0, "so few answers tell nothing, as the page says"


def test_a_behaviour_return_is_read_into_a_diagnosis_as_the_pages_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert write("behaviour-return.md", tmp_path) == ["behaviour.yaml", "return.csv"]
    type_("behaviour-return.md", "attendance behaviour")
    drafted = ["school.json", "observations.csv", "barriers.csv"]
    assert write("draft-a-diagnosis.md", tmp_path / "inputs") == drafted
    type_("draft-a-diagnosis.md", "diagnosis draft")


def test_every_root_cause_stands_on_the_page_the_how_tos_lead_to() -> None:
    page = (DOCS / "reference" / "root-causes.md").read_text("utf-8")
    within, outside = page.split("## Outside the school")
    for name, each in root_causes().items():
        assert f"| `{name}` | **{each.title}.**" in (within if each.side == "practice" else outside)


def test_the_notice_and_the_page_agree_on_what_is_kept_of_time() -> None:
    kept = "No time is kept with an answer"
    assert any(kept in each for each in diagnosis.instrument("staff-survey").notice.privacy)
    assert kept in (DOCS / "explanation" / "surveys.md").read_text("utf-8")


@pytest.mark.parametrize("package", ["diagnosis", "plans", "vocabulary"])
def test_no_sentence_of_a_list_is_cut_off_at_a_comma(package: str) -> None:
    """In braces and without quotes, YAML takes what follows a comma for a key without a value."""
    for path in sorted((DOCS.parent / "src" / "schoolhubs" / package).rglob("*.yaml")):
        cut = list(cut_off(yaml.load(path.read_text("utf-8"), Loader=LOADER)))
        assert not cut, f"{path.name}: put quotes round the sentence that ends in {cut}"
    assert list(cut_off(yaml.load("{a: One, or two}", Loader=LOADER))) == ["or two"]


def cut_off(held: Any) -> Iterator[str]:
    """Give the keys that are words of a sentence."""
    if isinstance(held, dict):
        yield from (key for key, value in held.items() if value is None and " " in str(key))
    below = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    for each in below:
        yield from cut_off(each)


def test_money_is_checked_from_the_files_of_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    records = tmp_path / "records"
    records.mkdir()
    of_records = ["partnerships.csv", "days.csv", "declarations.csv", "declared_days.csv"]
    assert write("check-the-money.md", records) == [*of_records, "run.csv", "confirmation.csv"]
    for name in ("run.csv", "confirmation.csv"):
        (records / name).rename(tmp_path / name)
    type_("check-the-money.md", "funding statement .*--period 2022/23")
    type_("check-the-money.md", "funding reconcile")
    type_("check-the-money.md", "funding budget")
    done = CliRunner().invoke(
        schoolhubs,
        ["funding", "statement", "--programme", "behaviour-hubs-2021", "--records", "records",
         "--period", "2022/23"],
    )  # fmt: skip
    assert "£3,093.75" in done.output
    assert "£2,400.00" in done.output
