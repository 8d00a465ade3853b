"""Reading the good rows of a file only: rows with faults go, whole-file faults stay."""

from pathlib import Path

import pytest

from schoolhubs import files
from schoolhubs.vocabulary.errors import DataProblem

HEADER = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n"


def written(folder: Path, *rows: str) -> Path:
    path = folder / "links.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


GOOD = "100006,134643,Another School,Predecessor,01-01-2022"
NO_URN = "12,134644,Another School,Predecessor,01-01-2022"
RAGGED = "100008,134645"


def test_rows_with_faults_are_left_out_and_named(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, NO_URN, RAGGED, GOOD.replace("100006", "100009"))
    with pytest.raises(DataProblem):
        files.read(path)
    table = files.read(path, good_rows_only=True)
    assert table.frame["urn"].to_list() == ["100006", "100009"]
    assert table.n_rows == 4  # as published
    assert "2 rows with faults were left out: 3, 4" in table.quirks


def test_a_file_without_faults_is_read_as_ever(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    whole, good = files.read(path), files.read(path, good_rows_only=True)
    assert good.frame.equals(whole.frame)
    assert good.quirks == whole.quirks


def test_a_file_of_another_kind_or_of_bad_rows_alone_is_still_refused(tmp_path: Path) -> None:
    other = tmp_path / "notes.csv"
    other.write_text("a,b\n1,2\n")
    for path in (other, written(tmp_path, NO_URN)):
        with pytest.raises(DataProblem):
            files.read(path, good_rows_only=True)
