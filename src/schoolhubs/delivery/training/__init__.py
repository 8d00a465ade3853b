"""Training: what each leader still owes and by when, and the numbers of certificates."""

from schoolhubs.delivery.training import numbers
from schoolhubs.delivery.training.owing import Owed, Standing, due_on, owed
from schoolhubs.delivery.training.tallying import Tally, tally

__all__ = ["Owed", "Standing", "Tally", "due_on", "numbers", "owed", "tally"]
