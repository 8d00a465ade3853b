"""What was delivered to a partner, and the rules of the events that deliver it."""

from schoolhubs.vocabulary.records.delivery.days import DayKind, DaySpent, DeliveryRecord, MissedDay
from schoolhubs.vocabulary.records.delivery.events import EventKind, EventRules

__all__ = ["DayKind", "DaySpent", "DeliveryRecord", "EventKind", "EventRules", "MissedDay"]
