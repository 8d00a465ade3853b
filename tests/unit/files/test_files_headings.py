"""Headings of a table somebody brought: whatever the file, and never a line about a person."""

from pathlib import Path

import polars as pl
import pytest

import exporting as x
from schoolhubs import files
from schoolhubs.vocabulary.errors import DataProblem

ROW = dict.fromkeys(("UPN", "Surname", "Date", "Mark"), "z")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_text_says_its_headings_and_what_parts_them(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "marks.csv"
    lines = ["Made by a system, for you", separator.join(ROW), separator.join(ROW.values())]
    path.write_text("\n".join(lines))
    assert files.read_headings(path) == files.Headings(names=tuple(ROW), separator=separator)


@pytest.mark.parametrize("written", [x.as_csv, x.as_xlsx, x.as_parquet])
def test_every_kind_of_file_says_its_headings(tmp_path: Path, written: object) -> None:
    path = x.saved(tmp_path, "export", written(x.SESSION_HEADINGS, x.session_rows()))  # type: ignore[operator]
    assert files.read_headings(path).names == x.SESSION_HEADINGS


@pytest.mark.parametrize(
    "line",
    [
        f"{x.UPNS[0]},{x.SURNAMES[0]},8",
        f"{x.SURNAMES[0]},09/09/2024,AM",
        f"{x.SURNAMES[0]},Adeyemi,/",
        "",
        "UPN,upn",
    ],
)
def test_a_line_about_a_person_is_no_headings_and_is_not_quoted(tmp_path: Path, line: str) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(f"{line}\n{line}\n")
    with pytest.raises(DataProblem) as caught:
        files.read_headings(path)
    said = f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"
    assert not any(each.casefold() in said.casefold() for each in (*x.UPNS, *x.SURNAMES))


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    for name, held in (("a", b"%PDF-1"), ("b", b""), ("c", b"PK\x03\x04broken")):
        path = tmp_path / name
        path.write_bytes(held)
        with pytest.raises(DataProblem):
            files.read_headings(path)
    path = tmp_path / "d.parquet"
    pl.DataFrame({"UPN": ["z"], "Mark": ["/"]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataProblem):
        files.read_headings(path)
