"""What a school is asked, what was answered, and what is found."""

from schoolhubs.vocabulary.records.diagnosis.findings import (
    Barrier,
    Diagnosis,
    Evidence,
    Finding,
    InputRead,
    Missing,
    Observation,
)

__all__ = [
    "Barrier",
    "Diagnosis",
    "Evidence",
    "Finding",
    "InputRead",
    "Missing",
    "Observation",
]
