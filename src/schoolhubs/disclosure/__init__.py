"""Small numbers before anything leaves: hidden, rounded, and attacked as an outsider would."""

from schoolhubs.disclosure import again, measures
from schoolhubs.disclosure.auditing import audit
from schoolhubs.disclosure.ledger import read_releases, write_release
from schoolhubs.disclosure.protecting import protect
from schoolhubs.disclosure.rules import names, rules

__all__ = [
    "again",
    "audit",
    "measures",
    "names",
    "protect",
    "read_releases",
    "rules",
    "write_release",
]
