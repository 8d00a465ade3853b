"""Official absence measures as a table to be published: with every total, and how it adds up."""

import functools
import itertools
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

import polars as pl

from schoolhubs.vocabulary.frames import CUTS
from schoolhubs.vocabulary.records.disclosure import TableLayout
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def _said() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("measures.yaml").read_text("utf-8")
    read: dict[str, Any] = read_facts(text)
    return read


def layout(by: Sequence[str]) -> TableLayout:
    """Say how measures by these cuts hang together, words as in ``vocabulary.frames.CUTS``.

    A pupil may change school or eligibility within a year, so no column need add up; wherever it
    does, the attacker knows it.

    Examples
    --------
    >>> layout(["school", "fsm"]).dimensions
    ('urn', 'fsm')
    """
    said = _said()
    dimensions = tuple(CUTS[word].name for word in by)
    is_short = not set(said["too_short"]).isdisjoint(by)
    counts = [*said["counts"]["always"], *([] if is_short else said["counts"]["of_long_periods"])]
    sums = dict.fromkeys(said["sums"], said["people"])
    columns = (*counts, *sums)
    return TableLayout(
        dimensions=dimensions, counts=tuple(counts), sums=sums,
        totals=dict.fromkeys(dimensions, said["total_label"]),
        overlapping=dict.fromkeys(dimensions, columns),
        within={part: whole for part, whole in said["within"].items() if part in columns},
        rates={
            name: (part, whole)
            for name, (part, whole) in said["rates"].items()
            if part in columns
        },
    )  # fmt: skip


def with_totals(
    measure: Callable[[Sequence[str]], pl.DataFrame], by: Sequence[str]
) -> pl.DataFrame:
    """Measure by every selection of the cuts, and put one below the other.

    Totals are measured, not added up: a pupil in two rows is one enrolment in their total.

    Parameters
    ----------
    measure
        Gives measures by some of the cuts.
    by
        The cuts.

    Returns
    -------
    The cuts as text, ``all`` where a cut is at its total and ``not known`` where it was missing,
    and the columns of :func:`layout`.
    """
    said, hung = _said(), layout(by)
    found = []
    for n in range(len(by) + 1):
        for some in itertools.combinations(by, n):
            cuts = [CUTS[word].name for word in some]
            label = {
                name: pl.col(name).cast(pl.String).fill_null(said["unknown_label"])
                if name in cuts
                else pl.lit(said["total_label"])
                for name in hung.dimensions
            }
            found.append(measure(some).select(*hung.columns, **label))
    return pl.concat(found).select(*hung.dimensions, *hung.columns).sort(hung.dimensions)
