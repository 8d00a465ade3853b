"""Protecting a table before it leaves."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.disclosure import publishing
from schoolhubs.disclosure.attacking import arithmetic, linking
from schoolhubs.disclosure.attacking.arithmetic import Flags, Ints
from schoolhubs.disclosure.attacking.knowledge import ours
from schoolhubs.disclosure.choosing import choice
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.disclosure import (
    DisclosureCost,
    DisclosureRules,
    Protected,
    Release,
    TableLayout,
)

SMALL, COMPLEMENTARY, BEFORE = "small", "complementary", "hidden before"
CHANGED = "changed by few"


def protect(
    table: pl.DataFrame, layout: TableLayout, rules: DisclosureRules, *,
    name: str = "this release", released: Sequence[Release] = (), uneven: Sequence[str] = (),
    also: pl.DataFrame | None = None,
) -> Protected:  # fmt: skip
    """Hide small counts, and as little more as keeps them from being worked out; round the rest.

    Parameters
    ----------
    table
        One row for each combination of dimensions, totals among them; figures whole numbers,
        none missing. A combination of no people may be left out.
    layout
        How the figures hang together. What it does not say, the attacker is not held against.
    rules
        What is small, and rounding.
    name
        What to call this release in the ledger.
    released
        Releases that went out before. Their hidden figures stay hidden, and this one is made so
        that the two together uncover none.
    uneven
        Totals over other releases that this table's figures are not part of, though its layout
        says so; as :func:`arithmetic.names` names them.
    also
        More to hide: the dimensions and ``column``, a count.

    Raises
    ------
    DataProblem
        If a figure is missing or the figures do not add up.
    Conflict
        If earlier releases give a small figure away, whatever is hidden now, or show other
        figures than these for the same thing.

    Examples
    --------
    >>> from schoolhubs.disclosure import rules
    >>> table = pl.DataFrame({"fsm": ["yes", "no", "total"], "enrolments": [2, 98, 100]})
    >>> layout = TableLayout(
    ...     dimensions=("fsm",), counts=("enrolments",), totals={"fsm": "total"}
    ... )
    >>> kept = protect(table, layout, rules("school-tables"))
    >>> kept.table["enrolments"].to_list(), kept.table["enrolments_mark"].to_list()
    ([None, None, 100], ['c', 'c', None])
    """
    table = arithmetic.checked(layout, table)
    uneven = (*arithmetic.not_adding_up(layout, table), *uneven)
    sums = arithmetic.of(layout, table, uneven)
    value = sums.filled(table)
    known = ours(sums, value, rules)
    n_counts = sums.n_rows * len(layout.counts)
    counts = value[:n_counts]
    is_small = (counts >= 1) & (counts <= rules.threshold)
    world = linking.linked(
        known, value, layout, table, uneven, released, is_rest_protected=rules.is_rest_protected
    )
    weight = np.where(counts > 0, 1 + np.log2(np.maximum(counts, 1)), 0)
    is_more = _also(also, layout, table) & (counts > 0)
    to_hide = is_small | world.was_hidden[:n_counts] | is_more
    chosen = choice.choose(
        world.known, world.value, to_hide, (counts > 0) & ~world.was_shown[:n_counts], weight, rules
    )
    if len(chosen.stuck):
        raise Conflict(_given_away(chosen.stuck, layout, table, released))
    out = publishing.published(layout, rules, table, chosen.is_hidden)
    reason = np.select(
        [is_small, world.was_hidden[:n_counts], is_more], [SMALL, BEFORE, CHANGED], COMPLEMENTARY
    )
    return Protected(
        table=out,
        hidden=_hidden(layout, table, chosen.is_hidden, reason),
        cost=_cost(counts, weight, chosen, reason),
        release=Release(name=name, layout=layout, rules=rules, table=out, uneven=uneven),
    )


def _also(also: pl.DataFrame | None, layout: TableLayout, table: pl.DataFrame) -> Flags:
    """Tell which counts are to be hidden besides, counts one after the other."""
    if also is None or also.is_empty():
        return np.zeros(table.height * len(layout.counts), np.bool_)
    named = set(also.iter_rows())
    places = [name for name in also.columns if name != "column"]
    rows = table.select(places).rows()
    return np.array([(*row, count) in named for count in layout.counts for row in rows], np.bool_)


def _hidden(
    layout: TableLayout, table: pl.DataFrame, is_hidden: Flags, reason: NDArray[np.str_]
) -> pl.DataFrame:
    said = []
    for number, name in enumerate(layout.counts):
        at = slice(number * table.height, (number + 1) * table.height)
        why = pl.Series("reason", reason[at])
        rows = table.select(*layout.dimensions, pl.lit(name).alias("column"), why)
        said.append(rows.filter(pl.Series(is_hidden[at])))
    return pl.concat(said)


def _cost(
    counts: Ints, weight: NDArray[np.float64], chosen: choice.Choice, reason: NDArray[np.str_]
) -> DisclosureCost:
    is_hidden = chosen.is_hidden
    further = is_hidden & (reason == COMPLEMENTARY)
    n_some, n_people = int((counts > 0).sum()), int(counts.sum())
    return DisclosureCost(
        n_figures=len(counts),
        n_small=int((is_hidden & (reason == SMALL)).sum()),
        n_complementary=int(further.sum()),
        n_still_hidden=int((is_hidden & np.isin(reason, [BEFORE, CHANGED])).sum()),
        hidden_share=float(is_hidden.sum() / n_some) if n_some else 0.0,
        hidden_people_share=float(counts[is_hidden].sum() / n_people) if n_people else 0.0,
        weight=float(weight[further].sum()),
        weight_bound=chosen.weight_bound,
        n_parts_exact=chosen.n_exact,
        n_parts_heuristic=chosen.n_heuristic,
    )


def _given_away(
    stuck: Ints, layout: TableLayout, table: pl.DataFrame, released: Sequence[Release]
) -> str:
    n_figures = table.height * len(layout.columns)
    own = [
        f"{layout.columns[unknown // table.height]} of "
        f"{arithmetic.where(layout, table, unknown % table.height)}"
        for unknown in stuck.tolist()
        if unknown < n_figures
    ]
    unseen = "a figure of an earlier release" if released else "those of a group outside its part"
    shown = "; ".join(own[:5]) or unseen
    more = f" and {len(own) - 5} more" if len(own) > 5 else ""
    by = ", ".join(release.name for release in released) or "the layout of the table"
    return (
        f"Cannot be hidden, whatever else is: {shown}{more}. Given away by {by}. "
        "Leave these rows out, or publish a coarser table."
    )
