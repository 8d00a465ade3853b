"""A school looks at itself: instruments, survey scores, and findings with their evidence."""

from schoolhubs.diagnosis import answers, finding, scoring
from schoolhubs.diagnosis.finding import diagnose
from schoolhubs.diagnosis.instruments import check_instrument, instrument, instruments
from schoolhubs.diagnosis.scoring import score

__all__ = [
    "answers",
    "check_instrument",
    "diagnose",
    "finding",
    "instrument",
    "instruments",
    "score",
    "scoring",
]
