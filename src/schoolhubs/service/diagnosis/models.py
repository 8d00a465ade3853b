"""What diagnosis stores, by part: self-assessment, the diagnostic day, findings."""

from schoolhubs.service.diagnosis.assessing.models import (
    AssessmentAnswer,
    AssessmentState,
    KeptInstrument,
    SelfAssessment,
    TeamMember,
)
from schoolhubs.service.diagnosis.day.models import (
    DiagnosticDay,
    OutsideBarrier,
    Seen,
    SeenDraft,
)
from schoolhubs.service.diagnosis.findings.models import BehaviourReturn, KeptDiagnosis

__all__ = [
    "AssessmentAnswer",
    "AssessmentState",
    "BehaviourReturn",
    "DiagnosticDay",
    "KeptDiagnosis",
    "KeptInstrument",
    "OutsideBarrier",
    "Seen",
    "SeenDraft",
    "SelfAssessment",
    "TeamMember",
]
