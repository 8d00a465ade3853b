"""What a behaviour return says of one group beside another is said in words, with its interval."""

from typing import Any

import polars as pl
import pytest

from schoolhubs.diagnosis.finding.behaving import of_behaviour

CUTS = {
    "sen": ("support", "none", "pupils with SEN support"),
    "ehc": ("yes", "no", "pupils with an EHC plan"),
    "fsm": ("yes", "no", "pupils eligible for free school meals"),
}


def row(cut: str, label: str, n_pupils: int, percent: float) -> dict[str, Any]:
    """Give the part of a return that tells of one group."""
    return {
        "measure": "suspensions", "cut": cut, "label": label, "n_pupils": n_pupils,
        "affected_percent": percent, "year": "2025/26",
    }  # fmt: skip


@pytest.mark.parametrize("cut", CUTS)
def test_a_group_is_called_by_its_name(cut: str) -> None:
    group, other, called = CUTS[cut]
    rows = pl.DataFrame([row(cut, group, 200, 20.0), row(cut, other, 800, 5.0)])
    ((_, found),) = of_behaviour(rows)
    assert f"met 20.0 % of {called} and 5.0 % of pupils" in found.text
    assert "+15.0 percentage points" in found.text
    assert found.says == "for"
    assert found.low is not None
    assert found.low > 0


def test_two_groups_that_chance_may_part_speak_for_nothing() -> None:
    rows = pl.DataFrame([row("fsm", "yes", 20, 10.0), row("fsm", "no", 40, 5.0)])
    ((_, found),) = of_behaviour(rows)
    assert found.says == "cannot_tell"
