"""Programme rules as data: dated, sourced definitions, loaded, checked and compared."""

from schoolhubs.programmes.comparing import Change, compare
from schoolhubs.programmes.describing import describe
from schoolhubs.programmes.loading import Programme, check, list_ids, load, load_path

__all__ = ["Change", "Programme", "check", "compare", "describe", "list_ids", "load", "load_path"]
