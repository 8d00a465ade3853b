"""Programme rules as data: dated, sourced definitions, loaded, checked and compared."""

from schoolhubs.programmes.loading import Programme, check, list_ids, load, load_path

__all__ = ["Programme", "check", "list_ids", "load", "load_path"]
