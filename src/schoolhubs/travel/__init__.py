"""Minutes between schools, with source and error band."""

from schoolhubs.travel.estimate import around, between
from schoolhubs.travel.settlement import SettlementGrid, settlement_grid
from schoolhubs.travel.water import assumptions

__all__ = ["SettlementGrid", "around", "assumptions", "between", "settlement_grid"]
