"""A diagnosis that a school confirmed, as the day's last step stores it."""

import datetime

from invented import AT
from schoolhubs.service.diagnosis.models import DiagnosticDay, KeptDiagnosis


def confirmed_day(urn: str, on: datetime.date) -> KeptDiagnosis:
    """Store the diagnosis that a school confirmed on a day, with nothing found."""
    told = {"urn": urn, "organisation": f"school:{urn}", "confirmed_at": AT}
    day = DiagnosticDay.objects.create(
        held_on=on, agenda="Gate", who="Head", to_see="Lunch", made_at=AT, made_by="head", **told
    )
    return KeptDiagnosis.objects.create(
        day=day, record={"urn": urn, "findings": []}, files={}, drafted="0" * 12, confirmed_on=on,
        confirmed_by="head", **told,
    )  # fmt: skip
