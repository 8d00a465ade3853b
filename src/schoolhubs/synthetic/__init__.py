"""A synthetic England, written in the official file formats."""

from schoolhubs.synthetic.england import England, Summary, england, imagine

__all__ = ["England", "Summary", "england", "imagine"]
