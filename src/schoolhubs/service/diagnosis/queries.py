"""What diagnosis hands on: the steps of the audit that a school has finished."""

import datetime

from schoolhubs.service.diagnosis.models import AssessmentState, SelfAssessment
from schoolhubs.vocabulary.records.plan import AuditStep

SELF_ASSESSMENT = "self_assessment"


def audit_steps(urn: str, since: datetime.date) -> tuple[AuditStep, ...]:
    """Give the steps of the audit that a school finished on or after a day, earliest of each.

    Parameters
    ----------
    since
        The first day that counts, such as the first of a partnership.
    """
    return tuple(each for each in (_self_assessment(urn, since),) if each)


def _self_assessment(urn: str, since: datetime.date) -> AuditStep | None:
    finished = SelfAssessment.objects.filter(
        urn=urn, state=AssessmentState.FINISHED, finished_on__gte=since
    )
    first = finished.order_by("finished_on", "pk").first()
    if first is None or first.finished_on is None:
        return None
    reference = f"self-assessment:{first.pk}"
    return AuditStep(step=SELF_ASSESSMENT, finished_on=first.finished_on, reference=reference)
