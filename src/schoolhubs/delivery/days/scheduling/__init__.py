"""Dates for every partner: school days of both, a lead's capacity, travel, an even spread."""

from schoolhubs.delivery.days.scheduling.checking import broken
from schoolhubs.delivery.days.scheduling.given import Given, Leader, Partner, Visit
from schoolhubs.delivery.days.scheduling.rules import asks, remedy
from schoolhubs.delivery.days.scheduling.solving import Schedule, schedule

__all__ = [
    "Given", "Leader", "Partner", "Schedule", "Visit", "asks", "broken", "remedy", "schedule",
]  # fmt: skip
