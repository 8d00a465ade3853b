"""Minutes between schools, with source and error band."""

from schoolhubs.travel.estimate import between
from schoolhubs.travel.settlement import SettlementGrid, settlement_grid

__all__ = ["SettlementGrid", "between", "settlement_grid"]
