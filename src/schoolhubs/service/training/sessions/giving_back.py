"""Places at sessions to come are given back once a school is with no lead any more."""

import datetime

from django.db import transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training.models import SessionState, SignUp, TrainingSession
from schoolhubs.service.training.queries import WITH_TRAINING

WHY = "The partnership was ended before this session."


def give_back(*, by: str, at: datetime.datetime, place: str) -> int:
    """Free the places of schools whose partnerships were ended, at each session still to come.

    Returns
    -------
    int
        How many places came free; done already, none.
    """
    ahead = SignUp.objects.filter(
        is_live=True, session__state=SessionState.PLANNED, session__starts_at__gt=at
    )
    urns = set(ahead.values_list("leader__urn", flat=True))
    ours = Partnership.objects.filter(partner_urn__in=urns, partner_trust_id="")
    ended = set(ours.filter(state="ended").values_list("partner_urn", flat=True))
    ended -= set(ours.filter(state__in=WITH_TRAINING).values_list("partner_urn", flat=True))
    pks = set(ahead.filter(leader__urn__in=ended).values_list("session_id", flat=True))
    return sum(_free(pk, ended, by=by, at=at, place=place) for pk in sorted(pks))


def _free(pk: int, urns: set[str], *, by: str, at: datetime.datetime, place: str) -> int:
    with transaction.atomic():
        held = TrainingSession.objects.select_for_update().get(pk=pk)
        rows = SignUp.objects.filter(session=held, is_live=True, leader__urn__in=urns)
        n = rows.update(is_live=False)
        if n:
            audit.record(
                by=by, at=at, action="training.sign-up", place=place, reason=WHY,
                subject=f"training-session:{held.pk}",
                details={"module": held.module, "lead": held.lead_urn, "n_came_in": 0,
                         "n_went_out": n},
            )  # fmt: skip
    return n
