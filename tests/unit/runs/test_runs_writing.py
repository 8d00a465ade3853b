"""Where a round may be written, and what is said where it may not."""

import os
from pathlib import Path

import pytest

from schoolhubs.runs.writing import refuse_other_contents
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.tables import told_of


def test_a_folder_of_something_else_is_refused_and_a_round_is_not(tmp_path: Path) -> None:
    refuse_other_contents(tmp_path / "new")
    refuse_other_contents(tmp_path)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="something that is not a round, so nothing was written"):
        refuse_other_contents(tmp_path)
    (tmp_path / "round.json").write_text("{}", encoding="utf-8")
    refuse_other_contents(tmp_path)


def test_a_folder_that_may_not_be_written_is_named_as_it_was_given(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    with pytest.raises(PermissionError) as refused, told_of(folder):
        raise PermissionError(13, os.strerror(13), str(tmp_path / ".round.abcd.new"))
    assert refused.value.filename == str(folder)
