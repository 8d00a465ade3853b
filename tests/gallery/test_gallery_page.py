"""The page on mending a refused file quotes messages that the gallery does bring out."""

import re
from pathlib import Path

import pytest

from gallery.cases import BROKEN
from schoolhubs.vocabulary.errors import DataProblem

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "mend-a-refused-file.md"


@pytest.fixture(scope="module")
def messages(tmp_path_factory):
    """Bring out every message of the gallery."""
    told = []
    for case in BROKEN:
        with pytest.raises(DataProblem) as caught:
            case.read(case.make(tmp_path_factory.mktemp("page")))
        told.append(str(caught.value))
    return told


def test_every_message_on_the_page_is_one_of_the_gallery(messages):
    quoted = re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(quoted) >= 25
    assert [words for words in quoted if not any(words in told for told in messages)] == []


def test_the_example_on_the_page_is_what_is_said(messages):
    (example,) = re.findall(r"```text\n(.*?)Nothing was written", PAGE.read_text(), re.DOTALL)

    assert any(example.strip() == told for told in messages)
