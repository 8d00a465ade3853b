"""The page on measuring absence says what its own marks give."""

from pathlib import Path

import polars as pl

from schoolhubs import attendance

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "measure-absence.md"


def test_the_marks_of_the_page_give_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(PAGE.read_text().split("```csv\n")[1].split("```")[0])
    found = attendance.measure(path, by=["school", "year_group"])
    third = found.row(by_predicate=pl.col("year_group") == 8, named=True)
    fourth = found.row(by_predicate=pl.col("year_group") == 9, named=True)
    assert (third["sess_possible"], third["enrolments_pa_50_exact"]) == (4, 1)
    assert (fourth["sess_dual"], fourth["sess_possible"], fourth["sess_overall"]) == (4, 6, 1)
    assert fourth["sess_auth_part_time"] == 1
