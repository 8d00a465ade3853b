"""Tables that say in different words how one dimension adds up are held against each other."""

import polars as pl
import pytest

from schoolhubs import disclosure
from schoolhubs.vocabulary.records.disclosure import TableLayout, Totals

PLAIN = disclosure.rules("school-tables")
SCHOOLS = {"s1": 2, "s2": 20, "s3": 30, "s4": 40}
AUTHORITIES = {"s1": "la 1", "s2": "la 1", "s3": "la 2", "s4": "la 2"}
TREE = AUTHORITIES | {"la 1": "all", "la 2": "all"}
FIGURES = SCHOOLS | {"la 1": 22, "la 2": 70, "all": 92, "total": 92}


def table(*labels: str) -> pl.DataFrame:
    return pl.DataFrame({"area": labels, "n": [FIGURES[label] for label in labels]})


def layout(totals: Totals) -> TableLayout:
    return TableLayout(dimensions=("area",), counts=("n",), totals=totals)


WAYS: dict[str, tuple[pl.DataFrame, TableLayout]] = {
    "tree": (table(*SCHOOLS, "la 1", "la 2", "all"), layout({"area": TREE})),
    "authorities alone": (table(*SCHOOLS, "la 1", "la 2"), layout({"area": AUTHORITIES})),
    "all": (table(*SCHOOLS, "all"), layout({"area": "all"})),
    "total": (table(*SCHOOLS, "total"), layout({"area": "total"})),
    "wholes without their parts": (table("la 1", "la 2"), layout({})),
    "some parts of a total": (table("s2", "s3", "s4"), layout({"area": "all"})),
    "the total alone": (table("all"), layout({"area": "all"})),
}


@pytest.mark.parametrize("first", sorted(WAYS))
@pytest.mark.parametrize("second", sorted(WAYS))
def test_two_layouts_over_one_dimension_are_held_together(first: str, second: str) -> None:
    earlier = disclosure.protect(*WAYS[first], PLAIN, name="first")

    kept = disclosure.protect(*WAYS[second], PLAIN, released=[earlier.release])

    assert disclosure.audit([earlier.release, kept.release]) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [("authorities alone", "some parts of a total"), ("all", "some parts of a total")],
)
def test_without_the_other_table_each_gives_it_away(first: str, second: str) -> None:
    earlier = disclosure.protect(*WAYS[first], PLAIN, name="first")
    naive = disclosure.protect(*WAYS[second], PLAIN, name="second")

    found = disclosure.audit([earlier.release, naive.release])

    assert ("area s1", 2, 2) in [(each.where, each.low, each.high) for each in found]


def test_totals_of_two_names_are_of_the_same_people() -> None:
    parts = table("s1", "s2", "s3", "s4")
    hidden = disclosure.protect(parts, layout({"area": "all"}), PLAIN, name="parts")
    one = disclosure.protect(table("all"), layout({"area": "all"}), PLAIN, name="all")
    other = disclosure.protect(table("total"), layout({"area": "total"}), PLAIN, name="total")

    for whole in (one, other):
        (found,) = disclosure.audit([hidden.release, whole.release])[:1]
        assert (found.where, found.low, found.high) == ("area s1", 2, 2)
