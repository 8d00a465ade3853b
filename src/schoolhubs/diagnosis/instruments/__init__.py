"""Instruments as data: versioned YAML, read, checked, translated."""

from schoolhubs.diagnosis.instruments.loading import check_instrument, instrument, instruments
from schoolhubs.diagnosis.instruments.national import national_figures, national_items

__all__ = [
    "check_instrument",
    "instrument",
    "instruments",
    "national_figures",
    "national_items",
]
