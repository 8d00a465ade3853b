"""Invented names: places, saints and authorities that are on no map of England."""

import numpy as np
from numpy.typing import NDArray

STEMS = [
    "Zarn",
    "Quill",
    "Vexen",
    "Ozzle",
    "Thrunk",
    "Pelv",
    "Gwimber",
    "Jastin",
    "Krell",
    "Murv",
    "Nazzer",
    "Ouzel",
    "Prandle",
    "Quenth",
    "Ruvver",
    "Skelm",
    "Trazzle",
    "Umbrik",
    "Vorlen",
    "Wexil",
    "Yarrik",
    "Zibb",
    "Brundle",
    "Crivvin",
    "Dravell",
    "Elvick",
    "Fenzil",
    "Gratch",
    "Hoxen",
    "Ilkrid",
    "Jurrow",
    "Klemmer",
    "Lozzen",
    "Mirvle",
    "Norvick",
    "Orvan",
    "Plizzer",
    "Quorrel",
    "Rizzen",
    "Strovel",
    "Tuvven",
    "Urzel",
    "Varnick",
    "Wizzen",
    "Yolver",
    "Zember",
    "Bravick",
    "Chuzzle",
    "Drozzen",
    "Eskriv",
]
ENDINGS = [
    "wick",
    "dale",
    "thorpe",
    "ham",
    "ford",
    "stow",
    "bourne",
    "combe",
    "mere",
    "den",
    "worth",
    "hurst",
    "leigh",
    "beck",
    "bridge",
]
SAINTS = [
    "Zebold",
    "Quorina",
    "Averix",
    "Wendrik",
    "Omfrey",
    "Tressolde",
    "Ulfrana",
    "Brizella",
    "Corvane",
    "Delphrick",
    "Estrelda",
    "Fynbar",
    "Godrissa",
    "Hespian",
    "Iverna",
    "Jocastan",
    "Kelvric",
    "Lunarda",
    "Mirabek",
    "Norvina",
    "Théodrine",
]
SHIRES = ["shire", "moor", "vale", "coast", "wold", "forest", "marsh", "fells"]

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
