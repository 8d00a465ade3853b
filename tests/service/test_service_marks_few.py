"""No rate of few pupils is told anywhere on the attendance lead's page, under any name."""

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schoolhubs import attendance, diagnosis
from schoolhubs.service.attendance.lead import pictures, sentences, told
from schoolhubs.vocabulary.frames import MARKS

URN = "900001"
GROUPS = {7: 60, 8: 25, 9: 60}  # the school may have a rate, and so may two of its year groups
MONDAYS = [datetime.date(2025, 9, 8) + datetime.timedelta(7 * n) for n in range(4)]
COUNTS = ("Pupils", "Sessions missed")


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("marks")
    groups = [group for group, n in GROUPS.items() for _ in range(n)]
    rows = [
        {"urn": URN, "pupil": pupil, "week_on": monday, "year": "2025/26", "term": "autumn",
         "half_term": 1, "year_group": group, "marks": "II////////" if pupil % 2 else "//////////"}
        for pupil, group in enumerate(groups) for monday in MONDAYS
    ]  # fmt: skip
    attendance.MarksStore(folder).append(MARKS.fill(pl.DataFrame(rows)))
    found = diagnosis.finding.marked.found_in(folder, URN)
    assert found is not None
    return found


def rates_of_few(content: dict[str, Any]) -> set[tuple[str, str]]:
    """Give the table and column of every number told of the small year group, counts left out."""
    found = set()
    for name, table in pictures.tables(content).items():
        for row in table.rows(named=True):
            if "Year 8" in row.values():
                cells = {each: row[each] for each in row if each not in COUNTS}
                found |= {(name, each) for each, cell in cells.items() if is_number(cell)}
            if "Y8" in row and is_number(row["Y8"]):
                found.add((name, "Y8"))
    return found


def is_number(cell: object) -> bool:
    try:
        float(str(cell))
    except ValueError:
        return False
    return True


def test_no_rate_of_few_pupils_is_told_under_any_name(content: dict[str, Any]) -> None:
    assert rates_of_few(content) == set()


def test_the_search_sees_them_where_the_rule_is_off(content: dict[str, Any]) -> None:
    told_by = {**content["told_by"], "rate_base": 0}
    assert ("by-day", "Week") in rates_of_few({**content, "told_by": told_by})


def test_addressable_absence_is_withheld_with_absence(content: dict[str, Any]) -> None:
    few = next(row for row in content["tables"]["year_group"] if row["year_group"] == "8")
    assert (few["sess_overall_percent"], few["sess_overall_percent_mark"]) == (None, "u")
    assert told.with_addressable(few)["addressable_percent"] is None
    assert told.with_addressable({**few, "sess_overall_percent": 9.0})["addressable_percent"]


def test_the_page_says_how_far_rounding_can_put_a_rate(content: dict[str, Any]) -> None:
    exact = content | {"tables": {}}
    assert sentences.said_of_rounding(told.off_by(exact)) == ""
    whole, most = told.off_by(content) or (0, 0)
    true = 10.0  # every second pupil misses one day of five
    rows = {row["year_group"]: row for row in content["tables"]["year_group"]}
    assert abs(rows["9"]["sess_overall_percent"] - true) <= most
    assert 0 < whole < most < 1
    assert f"can be off by {whole:.1f} points" in sentences.said_of_rounding((whole, most))


def test_where_no_pupil_was_there_at_both_times_it_says_so() -> None:
    row = {
        "compared": "last_half_term", "points": 3.0, "before_percent": 5.0, "now_percent": 8.0,
        "low": 1.0, "high": 5.0, "finding": "rose", "is_parted": False, "same_pupils_points": None,
    }  # fmt: skip
    assert "other pupils were counted" in sentences.said_of_change(row)
    assert "other pupils" not in sentences.said_of_change({**row, "same_pupils_points": 3.0})


def test_a_file_of_changes_has_numbers_in_its_cells(content: dict[str, Any]) -> None:
    row = {
        "compared": "last_half_term", "kind": "all", "what": "all", "points": -3.0, "low": -5.0,
        "before_percent": 8.0, "now_percent": 5.0, "high": -1.0, "finding": "fell",
    }  # fmt: skip
    table = pictures.tables({**content, "changes": [row]})["since-last-half-term"]
    assert table["Change (points)"].to_list() == [-3.0]
    assert table["Likely from (points)"].to_list() == [-5.0]
