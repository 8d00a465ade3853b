"""Chains against a plain walk over the links, on every small family."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schoolhubs.schools.roster.chains import ancestors, descendants

URNS = [str(100001 + n) for n in range(7)]
FAMILIES = st.lists(
    st.tuples(st.sampled_from(URNS), st.sampled_from(URNS)).filter(lambda pair: pair[0] != pair[1]),
    max_size=14,
    unique=True,
)


def walked(pairs, forward):
    """Give every relative with the least steps, by going from school to school."""
    found = set()
    for start in URNS:
        seen, edge, n = {start}, {start}, 0
        while edge:
            n += 1
            edge = {b if forward else a for a, b in pairs if (a if forward else b) in edge} - seen
            seen |= edge
            found |= {(start, urn, n) for urn in edge}
    return found


def framed(pairs):
    schema = {"earlier": pl.String, "later": pl.String, "changed_on": pl.Date}
    return pl.DataFrame([(*pair, None) for pair in pairs], schema=schema, orient="row")


@given(FAMILIES)
def test_relatives_are_those_a_walk_finds(pairs):
    steps = framed(pairs)

    assert set(descendants(steps).rows()) == walked(pairs, forward=True)
    assert set(ancestors(steps).rows()) == walked(pairs, forward=False)
