"""Once a day: partnerships start with their term and finish after their last."""

import dataclasses
import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships.doing import changing
from schoolhubs.service.partnerships.models import LIVE, Partnership

OF_THE_SERVICE = "the service"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """How many partnerships started and finished."""

    n_started: int
    n_finished: int


def turn(*, on: datetime.date, at: datetime.datetime, place: str) -> Turned:
    """Start what starts by a day and finish what is over by it; a second call changes nothing."""
    with transaction.atomic():
        due = Q(state="agreed", starts_on__lte=on) | Q(state="running", finishes_on__lte=on)
        held = Partnership.objects.filter(pk__in=changing.lock(Partnership.objects.filter(due)))
        turned = Turned(
            n_started=_move(held.filter(state="agreed"), "running"),
            n_finished=_move(held.filter(state="running", finishes_on__lte=on), "finished"),
        )
        _move_applications()
        if turned.n_started or turned.n_finished:
            audit.record(
                by=OF_THE_SERVICE, at=at, action="partnerships.turn", subject=f"day:{on}",
                place=place, details={key: str(n) for key, n in dataclasses.asdict(turned).items()},
            )  # fmt: skip
    return turned


def _move_applications() -> None:
    """Lead applications after their partnerships: a further year keeps one running."""
    ours = Partnership.objects.filter(application=OuterRef("pk"))
    started = Exists(ours.filter(state__in=("running", "finished")))
    over = Exists(ours.filter(state="finished")) & ~Exists(ours.filter(state__in=LIVE))
    due = Q(started, state="agreed") | Q(over, state="running")
    held = Application.objects.filter(pk__in=changing.lock(Application.objects.filter(due)))
    _move(held.filter(started, state="agreed"), "running")
    _move(held.filter(over, state="running"), "finished")


def _move(rows: QuerySet[Any], to: str) -> int:
    """Move rows that are locked; give how many."""
    return rows.update(state=to, version=F("version") + 1)
