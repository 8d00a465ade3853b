"""Every word that an explanation may use is explained, and nobody who loses goes unsaid."""

import datetime
import re
from pathlib import Path

import pytest

from schoolhubs.cli.round.words import choice_in_words
from schoolhubs.matching.optimum.prices import LATER
from schoolhubs.matching.rules.compatibility import REASONS
from schoolhubs.runs.explaining import Explanation
from schoolhubs.vocabulary.records.matching import Alternative, Price

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "explain-a-match.md"


def explained(text: str) -> set[str]:
    """Give the words of the first column of the page's table of what blocks a lead."""
    table = text.split("| it says | it means |")[1].split("\n\n")[0]
    cells = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    return {word for cell in cells for word in cell.split(", ")}


def spoken() -> set[str]:
    """Give every value of ``blocked_by``: as the record lists them, and as the code has them."""
    listed = (Alternative.__doc__ or "").split("``price`` is None")[0]
    words = {" ".join(word.split()) for word in re.findall(r"``([^`]+)``", listed)}
    return (words - {"blocked_by"}) | {*REASONS[1:], *LATER}


def test_every_value_of_blocked_by_is_in_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(spoken()) >= 19
    assert not spoken() - explained(text)


def test_a_value_left_out_of_the_table_is_missed() -> None:
    text = PAGE.read_text(encoding="utf-8").replace("| wishes |", "| hopes |")
    assert "wishes" in spoken() - explained(text)


@pytest.mark.parametrize(
    ("n_schools", "is_left_out", "said"),
    [(0, True, True), (-1, True, False), (0, False, False)],
)
def test_a_school_that_would_lose_its_place_is_spoken_of(
    n_schools: int, is_left_out: bool, said: bool
) -> None:
    price = Price(need=0, exceptions=0, minutes=3.0, schools=n_schools)
    choice = Alternative(
        lead_urn="900001", pathway="core", minutes=40.0, blocked_by="capacity", price=price
    )
    words = choice_in_words(choice, "900001 Elm", is_left_out=is_left_out)
    assert ("another school losing its place" in words) is said


def test_other_pathways_that_were_asked_for_and_refused_are_told() -> None:
    rows = [("core", "yes", True), ("extended", "no", True), ("multi", "cannot tell", False)]
    told = Explanation(
        urn="900001", pathway="core", lead_urn="900002", minutes=5.0, reason="", alternatives=(),
        decisions=tuple(
            {"pathway": name, "verdict": verdict, "is_asked_for": asked}
            for name, verdict, asked in rows
        ),
        school_name="Ash", running=({
            "lead_urn": "900002", "pathway": "core", "finished_on": None,
            "started_on": datetime.date(2025, 9, 1),
        },),
    )  # fmt: skip
    assert [row["pathway"] for row in told.also_asked_for()] == ["extended"]
    assert told.school_named == "900001 Ash"
    assert told.as_dict()["running"][0]["started_on"] == "2025-09-01"
