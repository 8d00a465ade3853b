"""What goes out is text that no spreadsheet runs and no browser obeys; numbers stay numbers."""

import csv
import io
import json
import re

import polars as pl
import pytest

from gallery.making import cells_of
from gallery.payloads import PAYLOADS
from schoolhubs.vocabulary.tables import RISKY_STARTS, csv_text

EXPORTS = ("decisions.csv", "matches.csv", "unmatched.csv", "hubs.csv")
NUMBER = re.compile(r"-\d+(\.\d+)?(e-?\d+)?")


def runnable(cells: list[str]) -> list[str]:
    """Give the cells that a spreadsheet would run; a negative number is none."""
    return [c for c in cells if c.startswith(RISKY_STARTS) and not NUMBER.fullmatch(c)]


@pytest.fixture
def pack(round_on, tmp_path):
    """Run a round of schools whose names are formulas; two of them lead."""
    (tmp_path / "leads.csv").write_text(
        "urn,capacity_enhanced,capacity_regional\n900001,2,2\n900011,2,2\n"
    )
    applied = "".join(f"9000{n:02},=1+1\n" for n in range(1, 21))
    (tmp_path / "applications.csv").write_text(f"urn,note\n{applied}")
    code, out, err = round_on(
        *(tmp_path / "round", "--leads", tmp_path / "leads.csv"),
        *("--applications", tmp_path / "applications.csv"),
    )
    assert code == 0, err
    return tmp_path / "round", json.loads(out)


def test_no_cell_of_a_round_pack_is_run(pack):
    folder, _ = pack
    seen = set()
    for name in EXPORTS:
        rows = cells_of(folder / name)
        cells = [cell for row in rows for cell in row]
        seen |= {cell.removeprefix("'") for cell in cells}
        assert runnable(cells) == [], name
        assert len(rows) > 1, f"{name} has no row, so it shows nothing"
    assert set(PAYLOADS) <= seen  # the names did come through, and whole


def test_without_the_guard_the_same_cells_would_run():
    frame = pl.DataFrame({"school_name": list(PAYLOADS)})
    plain = [row[0] for row in csv.reader(io.StringIO(frame.write_csv()))]
    guarded = [row[0] for row in csv.reader(io.StringIO(csv_text(frame)))]

    assert len(runnable(plain)) == 8
    assert runnable(guarded) == []


@pytest.mark.parametrize("start", RISKY_STARTS)
@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.List(pl.String)])
def test_every_risky_start_in_every_kind_of_text(start, dtype):
    text = f"{start}1+1"
    value = [text] if isinstance(dtype, pl.List) else text
    frame = pl.DataFrame({"name": [value]}, schema={"name": dtype})

    (_, (cell,)) = csv.reader(io.StringIO(csv_text(frame), newline=""))

    assert cell == f"'{text}"


def test_negative_numbers_stay_numbers():
    frame = pl.DataFrame({"minutes": [-1.5, 2.0], "places": [-3, 4], "text": ["-1.5", "2"]})

    again = pl.read_csv(io.StringIO(csv_text(frame)))

    assert again["minutes"].to_list() == [-1.5, 2.0]
    assert again["places"].to_list() == [-3, 4]
    assert again["text"].to_list() == ["'-1.5", "2"]


def test_the_report_shows_names_and_obeys_none(pack):
    folder, _ = pack
    report = (folder / "report.html").read_text(encoding="utf-8")

    assert "<script>alert(1)</script>" not in report
    assert "&lt;script&gt;alert(1)" in report
