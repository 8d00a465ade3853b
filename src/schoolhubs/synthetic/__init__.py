"""A synthetic England, written in the official file formats."""

from schoolhubs.synthetic.checks import Finding, failures, measure
from schoolhubs.synthetic.england import England, imagine
from schoolhubs.synthetic.writing import Summary, england

# `pupils` is read when it is asked for: what makes marks takes seconds to load.
__all__ = ["England", "Finding", "Summary", "england", "failures", "imagine", "measure", "pupils"]
