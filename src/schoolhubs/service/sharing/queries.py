"""Which agreement lets a lead see something of a school, and what agreements were used for."""

import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor, done_by
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.sharing import terms
from schoolhubs.service.sharing.models import LIVE, Agreement, AgreementState

USE = "sharing.use"
MOST_USES = 200


def in_force(on: datetime.date) -> Q:
    """Give what holds of an agreement in force on a day: by its state, its dates, its partnership.

    No job is needed for it to end: the day after its last, or once the partnership is over, there
    is none.
    """
    return Q(
        state=AgreementState.AGREED, starts_on__lte=on, finishes_on__gt=on,
        partnership__state__in=HOLDS_A_PLACE, partnership__finishes_on__gt=on,
    )  # fmt: skip


def agreement_for(actor: Actor, urn: str, kind: str, on: datetime.date) -> Agreement | None:
    """Give the agreement by which an actor of a lead may see something of a partner school.

    Parameters
    ----------
    kind
        One of :func:`terms.kinds`: ``surveys``, ``self_assessment``, ``findings``, ``plan``,
        ``attendance``.

    Returns
    -------
    Agreement or None
        None where the actor leads no such school, or nothing in force allows it: an agreement
        whose purposes do not need what is asked for allows it as little as one that is over.
        Whoever is shown something by it is noted with :func:`note_use`.

    Raises
    ------
    KeyError
        If there is no such kind: a misspelt one must not pass as "not allowed".
    """
    if kind not in terms.kinds():
        raise KeyError(kind)
    leads = own_urns(actor, *LEADS)
    if not leads:
        return None
    rows = Agreement.objects.select_related("partnership").filter(
        in_force(on), kinds__contains=[kind], purposes__overlap=terms.purposes_needing(kind),
        partnership__partner_urn=urn, partnership__lead_urn__in=leads,
    )  # fmt: skip
    return rows.order_by("-pk").first()


def may_see(request: HttpRequest, urn: str, kind: str, *, how: str = "looked") -> bool:
    """Tell whether an agreement lets the lead who asks see something, and note that it did.

    For views: ``refuse_others(actor, is_own=is_ours or may_see(request, urn, "surveys"))``.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = agreement_for(actor, urn, kind, clock.day())
    if found is not None:
        note_use(found, kind, how=how, **done_by(request))
    return found is not None


def note_use(
    agreement: Agreement,
    kind: str,
    *,
    how: str = "looked",
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> None:
    """Put into the audit what an agreement allowed: who looked at or downloaded what, and where."""
    with transaction.atomic():
        audit.record(
            by=by, organisation=organisation, at=at, action=USE, place=place,
            subject=subject_of(agreement), details={"kind": kind, "how": how},
        )  # fmt: skip


def subject_of(agreement: Agreement) -> str:
    """Give what entries of the audit call an agreement."""
    return f"sharing:{agreement.pk}"


def agreements_of(urn: str) -> QuerySet[Agreement]:
    """Give every agreement of a partner school, newest first."""
    rows = Agreement.objects.select_related("partnership")
    return rows.filter(partnership__partner_urn=urn).order_by("-pk")


def agreed_for(urn: str, on: datetime.date) -> Agreement | None:
    """Give the agreement of a partner school in force on a day, whoever asks."""
    return agreements_of(urn).filter(in_force(on)).first()


def partnerships_to_share(urn: str, on: datetime.date) -> QuerySet[Partnership]:
    """Give the partnerships of a school in which something can be shared: agreed or running."""
    return Partnership.objects.filter(
        partner_urn=urn, state__in=HOLDS_A_PLACE, finishes_on__gt=on
    ).order_by("-starts_on", "-pk")  # fmt: skip


def uses_of(urn: str) -> list[AuditEntry]:
    """Give what agreements of a school allowed, newest first: who looked at what, and when."""
    subjects = [subject_of(each) for each in agreements_of(urn)]
    found = AuditEntry.objects.filter(action=USE, subject__in=subjects).order_by("-number")
    return list(found[:MOST_USES])


def over(on: datetime.date) -> QuerySet[Agreement]:
    """Give the agreements that came to their end by themselves, and still say that they live."""
    ended = Q(finishes_on__lte=on) | ~Q(partnership__state__in=("proposed", *HOLDS_A_PLACE))
    return Agreement.objects.filter(ended, state__in=LIVE).select_related("partnership")
