"""The demonstration's intakes: one is open today, whatever day it is started on."""

import datetime
from collections.abc import Sequence

from django.utils import timezone

from schoolhubs.service.cohorts import actions
from schoolhubs.service.cohorts.models import Intake

BY, PLACE = "demonstration", "schoolhubs demo"
# The open window lasts at least so long, for somebody who tries the service out.
OPEN_FOR = datetime.timedelta(days=14)


def open_intake(programme_id: str, *, at: datetime.datetime) -> Intake:
    """Propose the intakes of the terms ahead, and confirm them; the next to start is open today."""
    on = timezone.localdate(at)
    actions.propose_intakes(programme_id, on=on, by=BY, at=at, place=PLACE)
    ahead: Sequence[Intake] = list(
        Intake.objects.filter(programme_id=programme_id).order_by("starts_on")
    )
    now = next(each for each in ahead if each.starts_on > on + OPEN_FOR)
    for each in ahead:
        is_now = each.pk == now.pk
        actions.set_window(
            each, version=each.version, by=BY, organisation="", at=at, place=PLACE,
            opens_on=min(each.opens_on, on) if is_now else each.opens_on,
            closes_on=max(each.closes_on, on + OPEN_FOR) if is_now else each.closes_on,
            reason="Kept open to be tried out" if is_now else "As proposed",
        )  # fmt: skip
    now.refresh_from_db()
    return now
