"""The ledger keeps what went out, whole, and nothing that was hidden."""

from pathlib import Path

import polars as pl
import pytest

from schoolhubs import disclosure
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.disclosure import Release, TableLayout

LAYOUT = TableLayout(
    dimensions=("area", "fsm"), counts=("n", "pa"), sums={"sess": "n"},
    totals={"area": {"s1": "all", "s2": "all"}, "fsm": "all"}, within={"pa": "n"},
    rates={"pa_percent": ("pa", "n")}, overlapping={"fsm": ("pa",)},
)  # fmt: skip
HIDDEN = 7


def released() -> Release:
    table = pl.DataFrame(
        {
            "area": ["s1", "s2", "all"],
            "fsm": ["all"] * 3,
            "n": [HIDDEN, 8, 15],
            "pa": [0, 0, 0],
            "sess": [777, 888, 1665],
        }
    )
    return disclosure.protect(table, LAYOUT, disclosure.rules(), name="summer").release


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    disclosure.write_release(tmp_path, released())
    (found,) = disclosure.read_releases(tmp_path)

    assert (found.name, found.layout, found.rules) == ("summer", LAYOUT, disclosure.rules())
    assert found.table.equals(released().table)
    assert disclosure.read_releases(tmp_path / "none") == ()


def test_nothing_hidden_is_kept(tmp_path: Path) -> None:
    path = disclosure.write_release(tmp_path, released())

    table = pl.read_parquet(path.with_suffix(".parquet"))
    assert HIDDEN not in table["n"].to_list()
    assert 777 not in table["sess"].to_list()
    assert "777" not in path.read_text()


def test_a_name_is_given_once(tmp_path: Path) -> None:
    disclosure.write_release(tmp_path, released())
    with pytest.raises(Conflict, match="'summer'"):
        disclosure.write_release(tmp_path, released())


@pytest.mark.parametrize("broken", ["table gone", "no json", "half"])
def test_a_ledger_with_a_hole_is_refused(tmp_path: Path, broken: str) -> None:
    path = disclosure.write_release(tmp_path, released())
    if broken == "table gone":
        path.with_suffix(".parquet").unlink()
    else:
        path.write_text("" if broken == "no json" else '{"name": "summer"}')

    with pytest.raises(DataProblem, match=r"0001\.json.*cannot be read"):
        disclosure.read_releases(tmp_path)
