"""Small tables with totals, drawn or written out, to be protected."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from schoolhubs.vocabulary.records.disclosure import TableLayout

Tree = Mapping[str, str]


def cube(counts: np.ndarray, trees: Sequence[Tree]) -> pl.DataFrame:
    """Give every cell and total of an array of counts; axis k has the leaves of tree k in order."""
    leaves = [[label for label in tree if label not in set(tree.values())] for tree in trees]
    labels = [[*tree, *dict.fromkeys(w for w in tree.values() if w not in tree)] for tree in trees]
    rows = []
    for place in itertools.product(*labels):
        under = [
            [i for i, leaf in enumerate(leaves[k]) if is_under(leaf, label, trees[k])]
            for k, label in enumerate(place)
        ]
        n = int(counts[np.ix_(*under)].sum())
        rows.append({**{f"d{k}": label for k, label in enumerate(place)}, "n": n})
    return pl.DataFrame(rows)


def is_under(label: str, whole: str, tree: Tree) -> bool:
    """Tell whether a label is, or is part of, another."""
    while label != whole and label in tree:
        label = tree[label]
    return label == whole


def flat(n: int) -> Tree:
    """Give ``n`` labels and their total."""
    return {f"a{i}": "total" for i in range(n)}


def layout(trees: Sequence[Tree]) -> TableLayout:
    """Say how a cube hangs together."""
    dimensions = tuple(f"d{k}" for k in range(len(trees)))
    return TableLayout(
        dimensions=dimensions, counts=("n",), totals=dict(zip(dimensions, trees, strict=True))
    )
