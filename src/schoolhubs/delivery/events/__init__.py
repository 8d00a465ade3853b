"""Open days and networking: who gets a place, who waits, and how a full term is shared out."""

from schoolhubs.delivery.events.allocating import allocate
from schoolhubs.delivery.events.asked import Asks, Day
from schoolhubs.delivery.events.checking import Step, StepKind, faults
from schoolhubs.delivery.events.waiting import Waits, fill

__all__ = ["Asks", "Day", "Step", "StepKind", "Waits", "allocate", "faults", "fill"]
