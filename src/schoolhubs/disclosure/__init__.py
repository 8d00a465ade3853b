"""Small numbers before anything leaves: hidden, rounded, and attacked as an outsider would."""

from schoolhubs.disclosure.auditing import audit
from schoolhubs.disclosure.protecting import protect
from schoolhubs.disclosure.rules import names, rules

__all__ = ["audit", "names", "protect", "rules"]
