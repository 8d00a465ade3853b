"""Invented names: places, saints and authorities that are on no map of England."""

import numpy as np
from numpy.typing import NDArray

from schoolhubs.synthetic.calibration import read_yaml

_PARTS = read_yaml("names.yaml")
STEMS, ENDINGS, SAINTS, SHIRES = (
    tuple(_PARTS[part]) for part in ("stems", "endings", "saints", "shires")
)
N_PLACES = len(STEMS) * len(ENDINGS)


def places(index: NDArray[np.int64]) -> NDArray[np.object_]:
    """Name places by number; the same number has the same name.

    >>> places(np.array([0, 1])).tolist()
    ['Zarnwick', 'Zarndale']
    """
    stems, endings = np.array(STEMS, dtype=object), np.array(ENDINGS, dtype=object)
    within = index % N_PLACES
    joined: NDArray[np.object_] = stems[within // len(ENDINGS)] + endings[within % len(ENDINGS)]
    return joined


def authorities(n: int) -> list[str]:
    """Name ``n`` local authorities, all different.

    >>> authorities(2)
    ['Zarnshire', 'Quillmoor']
    """
    return [
        f"{STEMS[i % len(STEMS)]}{SHIRES[(i % 7 + i // len(STEMS)) % len(SHIRES)]}"
        for i in range(n)
    ]


def saints(index: NDArray[np.int64]) -> NDArray[np.object_]:
    """Name saints by number.

    >>> saints(np.array([0])).tolist()
    ['St Zebold’s']
    """
    named = np.array([f"St {saint}’s" for saint in SAINTS], dtype=object)
    return named[index % len(SAINTS)]
