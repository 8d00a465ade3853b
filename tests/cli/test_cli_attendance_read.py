"""``attendance read`` stores a school's export, as its page says, and shows nothing of a pupil."""

import json
import re
from pathlib import Path

import pytest

import exporting as x
from commands import schoolhubs
from schoolhubs import attendance

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "read-marks.md"
BLOCK = re.compile(r"^```(csv|yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def given(tmp_path: Path) -> list[object]:
    """Save the files of the page, and give the command that reads them."""
    blocks = [text for _, text in BLOCK.findall(PAGE.read_text())]
    for name, text in zip(("export.csv", "mapping.yaml", "terms.yaml"), blocks, strict=True):
        x.saved(tmp_path, name, text)
    key = x.saved(tmp_path, "office.key", x.KEY.hex())
    return [
        "attendance", "read", "--from", tmp_path / "export.csv", "--mapping",
        tmp_path / "mapping.yaml", "--urn", x.URN, "--terms", tmp_path / "terms.yaml",
        "--key-file", key, "--out", tmp_path / "marks",
    ]  # fmt: skip


def test_the_page_works_as_it_is_typed(given: list[object], tmp_path: Path) -> None:
    answer = schoolhubs(*given)
    assert (answer["marks"], answer["rows"], answer["pupils"], answer["weeks"]) == (6, 6, 2, 1)
    assert answer["mapping"] == "Marks by session, from our own system"
    assert answer["problems"] == []
    found = attendance.measure(tmp_path / "marks", by=["school"])
    assert found.select("sess_possible", "sess_overall", "sess_auth_illness").row(0) == (6, 3, 2)


def test_reading_twice_changes_nothing(given: list[object], tmp_path: Path) -> None:
    schoolhubs(*given)
    schoolhubs(*given)
    assert attendance.measure(tmp_path / "marks")["sess_possible"].item() == 6


def test_half_an_export_is_refused_unless_it_is_to_replace(
    given: list[object], tmp_path: Path
) -> None:
    schoolhubs(*given)
    export = tmp_path / "export.csv"
    export.write_text("".join(export.read_text().splitlines(keepends=True)[:5]))
    refused = str(schoolhubs(*given, code=4))
    assert "2 marks of 1 pupil" in refused
    assert "--replace" in refused
    assert attendance.measure(tmp_path / "marks")["sess_possible"].item() == 6
    schoolhubs(*given, "--replace")
    assert attendance.measure(tmp_path / "marks")["sess_possible"].item() == 4


def test_a_bad_row_stops_it_unless_good_rows_are_to_be_kept(
    given: list[object], tmp_path: Path
) -> None:
    with (tmp_path / "export.csv").open("a") as export:
        export.write(f"{x.UPNS[1]},{x.SURNAMES[1]},28/10/2024,AM,/,8\n")
    refused = schoolhubs(*given, code=3)
    assert [(each["code"], each["row"]) for each in refused["problems"]] == [("outside_term", 8)]
    assert not (tmp_path / "marks").exists()
    kept = schoolhubs(*given, "--keep-good")
    assert (kept["marks"], kept["rows_left_out"], kept["left_out"]) == (6, 1, {"outside_term": 1})
    said = json.dumps([refused, kept]).casefold()
    written = [path.read_bytes() for path in (tmp_path / "marks").rglob("*") if path.is_file()]
    assert written
    for marker in (*x.UPNS, *x.SURNAMES, "Example", "Sample"):
        assert marker.casefold() not in said
        assert not [data for data in written if marker.encode() in data]


def test_a_weak_key_is_refused(given: list[object], tmp_path: Path) -> None:
    (tmp_path / "office.key").write_text("secret")
    assert "openssl rand" in str(schoolhubs(*given, code=2))
