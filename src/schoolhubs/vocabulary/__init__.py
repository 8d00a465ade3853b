"""The words everything else is made of: identifiers, calendar, frames, errors, records.

This is the one package whose modules are imported by name, as in
``from schoolhubs.vocabulary import errors, frames, ids``.
"""
