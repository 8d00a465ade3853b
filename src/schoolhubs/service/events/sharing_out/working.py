"""A term is shared out as a job: for fifty schools it takes longer than a page may."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from schoolhubs.service import clock
from schoolhubs.service.events.sharing_out import actions
from schoolhubs.service.jobs import actions as jobs
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import UNFINISHED, Work
from schoolhubs.service.network.models import Hub
from schoolhubs.vocabulary.progress import Progress

SHARE_OUT = "event_shares"


def ask(hub: Hub, kind: str, term: datetime.date, **who: Any) -> Work:
    """Ask for a term to be shared out; what is under way already is not asked for again.

    Raises
    ------
    Conflict
        If there is nothing to share, or nobody to share it among.
    """
    actions.sharing(hub, kind, term)
    with transaction.atomic():
        same = _unfinished(hub, kind, term).last()
        return same or jobs.ask(SHARE_OUT, order_of(hub, kind, term), **who)


def order_of(hub: Hub, kind: str, term: datetime.date) -> dict[str, Any]:
    """Name a term of a hub, as the job is asked for it."""
    return {"hub": hub.pk, "kind": kind, "term": term.isoformat()}


def latest(hub: Hub, kind: str, term: datetime.date) -> Work | None:
    """Give the newest piece of work on a term."""
    return Work.objects.filter(kind=SHARE_OUT, order=order_of(hub, kind, term)).last()


def is_under_way(hub: Hub, kind: str, term: datetime.date) -> bool:
    """Tell whether a term is being shared out just now."""
    return _unfinished(hub, kind, term).exists()


def _unfinished(hub: Hub, kind: str, term: datetime.date) -> QuerySet[Work]:
    order = order_of(hub, kind, term)
    return Work.objects.filter(kind=SHARE_OUT, order=order, state__in=UNFINISHED)


def work_out(work: Work, progress: Progress) -> Effect:
    """Share out the term that the order names."""
    hub = Hub.objects.get(pk=work.order["hub"])
    kind, term = work.order["kind"], datetime.date.fromisoformat(work.order["term"])
    progress("looking for the best way for all, and why not another", 0, 1)
    found = actions.worked_out(hub, kind, term)

    def effect() -> Result:
        actions.keep(
            hub, kind, term, found, by=work.asked_by, organisation=work.organisation,
            at=clock.now(), place="event_shares",
        )  # fmt: skip
        kwargs = {"hub_id": hub.pk, "event_kind": kind, "term": term.isoformat()}
        return Result(path=reverse("sharing-out", kwargs=kwargs))

    return effect


register(Kind(name=SHARE_OUT, title="Sharing out a term's places", work_out=work_out))
