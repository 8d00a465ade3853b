"""What was delivered to a partner."""

from schoolhubs.vocabulary.records.delivery.days import DayKind, DaySpent, DeliveryRecord

__all__ = ["DayKind", "DaySpent", "DeliveryRecord"]
