"""The library of resources: what is published, tied to root causes and actions, with its terms."""

from schoolhubs.delivery.resources.shelf import Resource, kinds, library, licences
from schoolhubs.delivery.resources.using import AT_LEAST, shown_count

__all__ = ["AT_LEAST", "Resource", "kinds", "library", "licences", "shown_count"]
