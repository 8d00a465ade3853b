"""What diagnosis hands on: the steps of the audit that a school has finished, and its findings."""

import datetime

from django.http import Http404

from schoolhubs.service.diagnosis.models import AssessmentState, KeptDiagnosis, SelfAssessment
from schoolhubs.vocabulary.records.diagnosis import Diagnosis
from schoolhubs.vocabulary.records.plan import AuditStep, FindingNamed

SELF_ASSESSMENT, DIAGNOSTIC_DAY = "self_assessment", "diagnostic_day"


def audit_steps(urn: str, since: datetime.date) -> tuple[AuditStep, ...]:
    """Give the steps of the audit that a school finished on or after a day, earliest of each.

    Parameters
    ----------
    since
        The first day that counts, such as the first of a partnership.
    """
    return tuple(
        each for each in (_self_assessment(urn, since), _diagnostic_day(urn, since)) if each
    )


def _self_assessment(urn: str, since: datetime.date) -> AuditStep | None:
    finished = SelfAssessment.objects.filter(
        urn=urn, state=AssessmentState.FINISHED, finished_on__gte=since
    )
    first = finished.order_by("finished_on", "pk").first()
    if first is None or first.finished_on is None:
        return None
    reference = f"self-assessment:{first.pk}"
    return AuditStep(step=SELF_ASSESSMENT, finished_on=first.finished_on, reference=reference)


def _diagnostic_day(urn: str, since: datetime.date) -> AuditStep | None:
    first = KeptDiagnosis.objects.filter(urn=urn, confirmed_on__gte=since).first()
    if first is None:
        return None
    return AuditStep(
        step=DIAGNOSTIC_DAY, finished_on=first.confirmed_on, reference=f"diagnosis:{first.pk}"
    )


def kept_diagnoses(urn: str) -> list[KeptDiagnosis]:
    """Give what was confirmed of a school, newest first, without what it was drafted from."""
    return list(KeptDiagnosis.objects.filter(urn=urn).defer("files").order_by("-pk"))


def kept_diagnosis(urn: str, diagnosis_id: int) -> KeptDiagnosis:
    """Give one confirmed diagnosis of a school.

    Raises
    ------
    Http404
        If the school has none of that number.
    """
    found = KeptDiagnosis.objects.filter(urn=urn, pk=diagnosis_id).first()
    if found is None:
        raise Http404
    return found


def kept_of_draft(urn: str, digest: str) -> KeptDiagnosis | None:
    """Give what was made of a draft of a school; None until it was confirmed."""
    if not digest.isalnum():  # no digest; the database takes no NUL
        return None
    return KeptDiagnosis.objects.filter(urn=urn, drafted=digest).last()


def findings(urn: str) -> tuple[FindingNamed, ...]:
    """Give the findings that were kept of the newest confirmed diagnosis, by rank."""
    newest = kept_diagnoses(urn)
    found = Diagnosis.from_dict(newest[0].record).findings if newest else ()
    return tuple(
        FindingNamed(finding_id=each.finding_id, root_cause=each.root_cause, title=each.title)
        for each in found
        if each.decision == "kept"
    )
