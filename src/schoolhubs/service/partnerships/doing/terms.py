"""Once a day: partnerships start with their term and finish after their last."""

import dataclasses
import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.eligibility.models import Application
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
        locked = Partnership.objects.select_for_update()
        starting = list(
            locked.filter(state="agreed", starts_on__lte=on).values_list("pk", flat=True)
        )
        _move(Partnership.objects.filter(pk__in=starting), "running")
        finishing = list(
            locked.filter(state="running", finishes_on__lte=on).values_list("pk", flat=True)
        )
        _move(Partnership.objects.filter(pk__in=finishing), "finished")
        _move_applications()
        turned = Turned(n_started=len(starting), n_finished=len(finishing))
        if starting or finishing:
            audit.record(
                by=OF_THE_SERVICE, at=at, action="partnerships.turn", subject=f"day:{on}",
                place=place, details={key: str(n) for key, n in dataclasses.asdict(turned).items()},
            )  # fmt: skip
    return turned


def _move_applications() -> None:
    """Lead applications after their partnerships: a further year keeps one running."""
    ours = Partnership.objects.filter(application=OuterRef("pk"))
    started = Exists(ours.filter(state__in=("running", "finished")))
    _move(Application.objects.filter(started, state="agreed"), "running")
    over = Exists(ours.filter(state="finished")) & ~Exists(ours.filter(state__in=LIVE))
    _move(Application.objects.filter(over, state="running"), "finished")


def _move(rows: QuerySet, to: str) -> None:  # type: ignore[type-arg]
    rows.update(state=to, version=F("version") + 1)
