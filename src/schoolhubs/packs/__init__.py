"""The round pack: what a programme team takes to a meeting, from one round's records.

``build`` is pure and gives texts; ``write_pack`` puts them on disk, all or none.
"""

from schoolhubs.packs.packing import Pack, build, write_pack
from schoolhubs.packs.said.reached import least_reached
from schoolhubs.packs.tables import PackTables, tabulate

__all__ = ["Pack", "PackTables", "build", "least_reached", "tabulate", "write_pack"]
