"""Propose an agreement, accept or decline it, withdraw it, and tell that it is over."""

import datetime
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.sharing import queries, terms
from schoolhubs.service.sharing.agreeing import telling
from schoolhubs.service.sharing.models import Agreement, AgreementState
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem

OF_THE_SERVICE = "the service, by the day"
OVER = "It came to its end."
TWICE = (
    "There is an agreement between these two schools already, or one waits for an answer. Withdraw "
    "it first if you want another. Nothing was saved."
)
NOT_TOGETHER = (
    "These two schools do not work together: their partnership is not agreed, or over. Nothing was "
    "saved."
)


def propose(
    partnership: Partnership,
    *,
    side: str,
    purposes: Sequence[str],
    kinds: Sequence[str],
    starts_on: datetime.date,
    last_on: datetime.date,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Agreement:
    """Propose what the lead may see, what for and until when; the other school answers.

    Parameters
    ----------
    side
        Who proposes: ``partner``, for which its headteacher acts, or ``lead``.
    purposes, kinds
        Names of :mod:`terms`.
    last_on
        The last day; not after the last of the partnership.

    Raises
    ------
    Conflict
        If the two are not together, or there is a live agreement between them.
    DataProblem
        If it is for nothing, about nothing, too long, or beyond the partnership.
    """
    _check(partnership, purposes, kinds, starts_on, last_on)
    try:
        with transaction.atomic():
            held = Partnership.objects.select_for_update().get(pk=partnership.pk)
            if held.state not in HOLDS_A_PLACE:
                raise Conflict(NOT_TOGETHER)
            made = Agreement.objects.create(
                partnership=held, purposes=list(purposes), kinds=list(kinds), starts_on=starts_on,
                finishes_on=last_on + datetime.timedelta(days=1), proposed_side=side,
                proposed_at=at, proposed_by=by,
            )  # fmt: skip
            letters.write(telling.proposed(made), by=by, at=at, place=place)
            _record("sharing.propose", made, by, organisation, at, place)
    except IntegrityError as error:
        raise Conflict(TWICE) from error
    return made


def answer(
    agreement: Agreement,
    *,
    side: str,
    accepts: bool,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    reason: str = "",
) -> Agreement:
    """Accept or decline what the other school proposed.

    Raises
    ------
    Conflict
        If it is one's own proposal, is settled, over already, or changed meanwhile.
    """
    with transaction.atomic():
        held = _held(agreement, version)
        if held.state != AgreementState.PROPOSED:
            raise Conflict(_settled(held))
        if held.proposed_side == side:
            raise Conflict("Your school proposed this, so the other school answers it.")
        if accepts:
            _refuse_over(held, at)
            held.state, held.agreed_at, held.agreed_by = AgreementState.AGREED, at, by
        else:
            _settle(held, AgreementState.DECLINED, by=by, at=at, reason=reason)
        held.version += 1
        held.save()
        letters.write(telling.answered(held), by=by, at=at, place=place)
        action = "sharing.accept" if accepts else "sharing.decline"
        _record(action, held, by, organisation, at, place, reason)
    return held


def withdraw(
    agreement: Agreement,
    *,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    reason: str = "",
) -> Agreement:
    """End an agreement, or take a proposal back, at any time; from now on the lead sees nothing.

    Raises
    ------
    Conflict
        If it is settled, or changed meanwhile.
    """
    with transaction.atomic():
        held = _held(agreement, version)
        if not held.is_live:
            raise Conflict(_settled(held))
        _settle(held, AgreementState.WITHDRAWN, by=by, at=at, reason=reason)
        held.version += 1
        held.save()
        letters.write(telling.withdrawn(held), by=by, at=at, place=place)
        _record("sharing.withdraw", held, by, organisation, at, place, reason)
    return held


def tell_over(*, on: datetime.date, at: datetime.datetime, place: str) -> int:
    """Tell both schools of agreements that are over, and mark them; they let nobody see before.

    Returns
    -------
    int
        How many; done already, none.
    """
    told = 0
    for found in queries.over(on):
        with transaction.atomic():
            held = _held(found, found.version)
            if not held.is_live:
                continue
            was_agreed = held.state == AgreementState.AGREED
            _settle(held, AgreementState.ENDED, by=OF_THE_SERVICE, at=at, reason=OVER)
            held.version += 1
            held.save()
            if was_agreed:
                letters.write(telling.over(held), by=OF_THE_SERVICE, at=at, place=place)
            _record("sharing.end", held, OF_THE_SERVICE, "", at, place)
            told += 1
    return told


def _check(
    partnership: Partnership,
    purposes: Sequence[str],
    kinds: Sequence[str],
    starts_on: datetime.date,
    last_on: datetime.date,
) -> None:
    faults = []
    if not purposes or not set(purposes) <= set(terms.purposes()):
        faults.append(("purposes", "it is for nothing that is known", "Say what it is for."))
    if not kinds or not set(kinds) <= set(terms.kinds()):
        faults.append(
            ("kinds", "it lets the lead see nothing that is known", "Say what is shared.")
        )
    faults += [
        ("kinds", f"no purpose needs the {terms.kinds()[each].title.lower()}",
         "Choose a purpose that needs it, or leave it out.")
        for each in terms.not_needed(set(kinds) & set(terms.kinds()), purposes)
    ]  # fmt: skip
    if last_on < starts_on:
        faults.append(("last_on", "it would end before it begins", "Choose a later last day."))
    if last_on > partnership.last_on:
        faults.append((
            "last_on", f"it would last beyond the partnership, which ends on {partnership.last_on}",
            "Choose that day or an earlier one.",
        ))  # fmt: skip
    elif last_on - starts_on >= terms.longest():
        faults.append((
            "last_on", f"it would last longer than {terms.longest().days} days",
            "Choose an earlier last day; it can be agreed anew then.",
        ))  # fmt: skip
    if faults:
        raise DataProblem(
            [Problem(code=f"sharing_{name}", column=name, fault=fault, remedy=remedy)
             for name, fault, remedy in faults],
            outcome="Nothing was saved.",
        )  # fmt: skip


def _held(agreement: Agreement, version: int) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("partnership")
    held = rows.get(pk=agreement.pk)
    if held.version != version:
        raise Conflict(
            "Somebody changed this agreement while you had it open. Nothing of yours was saved; "
            "look at what stands now."
        )
    return held


def _settled(held: Agreement) -> str:
    return f"This agreement is settled: {held.get_state_display()}. Nothing was changed."


def _refuse_over(held: Agreement, at: datetime.datetime) -> None:
    if held.partnership.state not in HOLDS_A_PLACE:
        raise Conflict(NOT_TOGETHER)
    if held.finishes_on <= timezone.localdate(at):
        raise Conflict("The last day that was proposed is over. Propose it anew.")


def _settle(
    held: Agreement, state: AgreementState, *, by: str, at: datetime.datetime, reason: str
) -> None:
    held.state, held.settled_at, held.settled_by = state, at, by
    held.settled_reason = reason


def _record(
    action: str, one: Agreement, by: str, organisation: str, at: datetime.datetime, place: str,
    reason: str = "",
) -> None:  # fmt: skip
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=queries.subject_of(one),
        details={
            "urn": one.partnership.partner_urn, "lead": one.partnership.lead_urn,
            "kinds": list(one.kinds), "last_on": one.last_on.isoformat(),
        },
    )  # fmt: skip
