"""Scores of surveys: weighted, with intervals, small groups hidden, held against the nation."""

from schoolhubs.diagnosis.instruments import national
from schoolhubs.diagnosis.scoring.constants import stored as constants
from schoolhubs.diagnosis.scoring.reading import (
    read_answers,
    read_national,
    read_population,
    read_schools,
)
from schoolhubs.diagnosis.scoring.scoring import score
from schoolhubs.diagnosis.scoring.tables.comparing import gap
from schoolhubs.diagnosis.scoring.telling import write_scores

__all__ = [
    "constants",
    "gap",
    "national",
    "read_answers",
    "read_national",
    "read_population",
    "read_schools",
    "score",
    "write_scores",
]
