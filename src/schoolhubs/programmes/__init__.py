"""Programme rules as data: dated, sourced definitions, loaded, checked, compared and told."""

from schoolhubs.programmes.loading import Programme, check, list_ids, load, load_path
from schoolhubs.programmes.said.brochures import brochure
from schoolhubs.programmes.said.comparing import compare
from schoolhubs.programmes.said.describing import describe

__all__ = [
    "Programme",
    "brochure",
    "check",
    "compare",
    "describe",
    "list_ids",
    "load",
    "load_path",
]
