"""A price is told as what it is: the goal that decides is named, and no cost reads as a gain."""

import pytest

from schoolhubs.vocabulary.records.matching import Price
from schoolhubs.vocabulary.words import price_in_words


@pytest.mark.parametrize(
    ("price", "said"),
    [
        (
            Price(need=0, exceptions=0, minutes=-3.0, weighted_minutes=1.5),
            "1.5 minutes more counting long journeys more, though 3.0 minutes less in all",
        ),
        (
            Price(need=0, exceptions=0, minutes=3.0, weighted_minutes=4.5),
            "4.5 minutes more counting long journeys more, 3.0 minutes more in all",
        ),
        (Price(need=0, exceptions=0, minutes=3.0, weighted_minutes=3.0), "3.0 minutes more in all"),
        (
            Price(need=0, exceptions=0, minutes=-5.0, weighted_minutes=0.01),
            "under 0.1 minutes more counting long journeys more, though 5.0 minutes less in all",
        ),
        (
            Price(need=2, exceptions=0, minutes=3.0, weighted_minutes=-4.0),
            (
                "2 need points fewer served, 4.0 minutes less counting long journeys more, "
                "though 3.0 minutes more in all"
            ),
        ),
        (
            Price(need=0, exceptions=2, minutes=-50.0, schools=-1, weighted_minutes=-60.0),
            "2 journeys more over the limit, 1 school more matched, 50.0 minutes less in all",
        ),
    ],
)
def test_the_goal_that_decides_is_said(price: Price, said: str) -> None:
    assert price_in_words(price) == said
