"""A synthetic England, written in the official file formats."""

from schoolhubs.synthetic.checks import Finding, failures, measure
from schoolhubs.synthetic.england import England, imagine
from schoolhubs.synthetic.writing import Summary, england

__all__ = ["England", "Finding", "Summary", "england", "failures", "imagine", "measure"]
