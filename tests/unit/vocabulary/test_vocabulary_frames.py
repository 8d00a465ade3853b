"""A frame contract refuses what is no figure."""

import polars as pl
import pytest

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_figure_that_is_not_finite_is_refused(value: float) -> None:
    points = pl.DataFrame({"id": ["a", "b"], "lat": [51.0, value], "lon": [0.0, 0.0]})
    with pytest.raises(DataProblem, match=r"points.lat is no finite number in 1 of 2 rows"):
        frames.POINTS.check(points)
    with pytest.raises(DataProblem, match=r"points.lat is no finite number"):
        frames.POINTS.fill(points)
    assert frames.POINTS.check(points.head(1)).height == 1
