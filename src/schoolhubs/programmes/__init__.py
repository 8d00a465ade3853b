"""Programme rules as data: dated, sourced definitions, loaded, checked, changed, compared, told."""

from schoolhubs.programmes.loading import Programme, check, list_ids, load
from schoolhubs.programmes.said.brochures import brochure
from schoolhubs.programmes.said.comparing import compare
from schoolhubs.programmes.said.describing import describe
from schoolhubs.programmes.what_if.changes import RuleChanges

__all__ = [
    "Programme",
    "RuleChanges",
    "brochure",
    "check",
    "compare",
    "describe",
    "list_ids",
    "load",
]
