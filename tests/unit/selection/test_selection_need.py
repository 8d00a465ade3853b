"""Need points come from published figures; a missing one adds nothing and is counted."""

import polars as pl
import pytest

from schoolhubs import selection
from schoolhubs.vocabulary.records.rules import NeedPart, NeedRules

RULES = NeedRules(
    base_points=50,
    maximum_points=500,
    roll="n_pupils",
    parts=(
        NeedPart(
            reads="persistent_absence_percent",
            compared_with="persistent_absence_phase_percent",
            points_per_pupil=1.0,
        ),
    ),
)


def points(percent: float | None, usual: float | None = 10.0, roll: int | None = 1000) -> int:
    facts = pl.DataFrame(
        {
            "urn": ["900001"],
            "persistent_absence_percent": [percent],
            "persistent_absence_phase_percent": [usual],
            "n_pupils": [roll],
        },
        schema_overrides={
            "persistent_absence_percent": pl.Float64,
            "persistent_absence_phase_percent": pl.Float64,
            "n_pupils": pl.Int64,
        },
    )
    return int(selection.need_points(facts, RULES)["need_weight"][0])


@pytest.mark.parametrize(
    ("percent", "expected"), [(9.0, 50), (10.0, 50), (10.1, 51), (20.0, 150), (99.0, 500)]
)
def test_points_rise_with_pupils_above_the_phase_figure(percent: float, expected: int) -> None:
    assert points(percent) == expected


@pytest.mark.parametrize(
    ("percent", "usual", "roll"), [(None, 10.0, 1000), (20.0, None, 1000), (20.0, 10.0, None)]
)
def test_a_missing_figure_leaves_the_base(
    percent: float | None, usual: float | None, roll: int | None
) -> None:
    assert points(percent, usual, roll) == 50
