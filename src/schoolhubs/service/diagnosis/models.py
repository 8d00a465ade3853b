"""What diagnosis stores, by part: self-assessment."""

from schoolhubs.service.diagnosis.assessing.models import (
    AssessmentAnswer,
    AssessmentState,
    KeptInstrument,
    SelfAssessment,
    TeamMember,
)

__all__ = [
    "AssessmentAnswer",
    "AssessmentState",
    "KeptInstrument",
    "SelfAssessment",
    "TeamMember",
]
