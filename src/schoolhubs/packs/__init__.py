"""The round pack: what a programme team takes to a meeting, from one round's records.

``build`` is pure and gives texts; ``write_pack`` puts them on disk, all or none.
"""

from schoolhubs.packs.comparing import Comparison, compare
from schoolhubs.packs.packing import Pack, build, write_pack
from schoolhubs.packs.said.reached import least_reached
from schoolhubs.packs.tables import PackTables, tabulate

__all__ = [
    "Comparison",
    "Pack",
    "PackTables",
    "build",
    "compare",
    "least_reached",
    "tabulate",
    "write_pack",
]
