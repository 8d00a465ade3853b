"""Money in whole pence."""

from schoolhubs.vocabulary.money.pence import exact, in_pounds, plain, read_pounds, rounded, split

__all__ = ["exact", "in_pounds", "plain", "read_pounds", "rounded", "split"]
