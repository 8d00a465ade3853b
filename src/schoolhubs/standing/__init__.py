"""How schools stand beside each other, as far as chance lets anybody tell: funnels and groups."""

from schoolhubs.standing.apart import told_apart
from schoolhubs.standing.funnel import Funnel, funnel

__all__ = ["Funnel", "funnel", "told_apart"]
