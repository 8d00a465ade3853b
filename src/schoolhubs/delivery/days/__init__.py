"""Support days: when schools are open, what was promised and given, dates, coaching, forecast."""

from schoolhubs.delivery.days import (
    coaching,
    forecasting,
    ledger,
    noting,
    scheduling,
    school_days,
    states,
)
from schoolhubs.delivery.days.scheduling import schedule

__all__ = [
    "coaching", "forecasting", "ledger", "noting", "schedule", "scheduling", "school_days",
    "states",
]  # fmt: skip
