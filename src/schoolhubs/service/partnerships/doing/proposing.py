"""Turns a round's matches into proposals, for a whole cohort at once."""

import datetime
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.jobs import faults
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.matching.models import Outcome, Placement, Round
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import telling
from schoolhubs.service.partnerships.doing.changing import lock
from schoolhubs.service.partnerships.doing.pairs import CAN_BE_PROPOSED, days_of, refuse_broken
from schoolhubs.service.partnerships.lapsing.rules import last_day
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, LIVE, Objection, Partnership

ROWS_AT_ONCE = 2_000


def propose(round_: Round, *, by: str, at: datetime.datetime, place: str) -> int:
    """Propose a partnership for each match of a round, within the publication's transaction.

    A proposal that stands already for the same pair keeps its answers; others of the cohort that
    were only proposed are superseded; agreed and running ones are left alone. Applications go to
    ``matched`` or on the waiting list.

    Returns
    -------
    int
        Proposals of the cohort that stand afterwards.

    Raises
    ------
    Conflict
        If a pair of the round stands no longer.
    """
    with transaction.atomic():
        hold(round_)
        on = timezone.localdate(at)
        refuse_broken(round_, on=on)
        placed = _placed(round_)
        applications = dict(_able(round_).values_list("urn", "pk"))
        held = set(
            _of_cohort(round_)
            .filter(state__in=HOLDS_A_PLACE)
            .values_list("partner_urn", flat=True)
        )  # fmt: skip
        wanted = {
            urn: place_ for urn, place_ in placed.items() if urn in applications and urn not in held
        }
        kept, gone = _settle_earlier(round_, wanted, by=by, at=at)
        faults.at("publish.settled")
        standing = {each.partner_urn for each in kept}
        new = [
            _proposal(round_, wanted[urn], applications[urn], by=by, at=at)
            for urn in sorted(set(wanted) - standing)
        ]
        made = Partnership.objects.bulk_create(_timed(round_, new, on), batch_size=ROWS_AT_ONCE)
        waiting = _move_applications(round_, set(wanted))
        drafts = telling.proposed(round_, made, kept, gone, waiting, at)
        letters.write(drafts, by=by, at=at, place=place)
        faults.at("publish.written")
        audit.record(
            by=by, at=at, action="partnerships.propose", subject=f"round:{round_.pk}", place=place,
            details={"proposed": str(len(new)), "standing": str(len(standing))},
        )  # fmt: skip
    return len(wanted)


def hold(round_: Round) -> None:
    """Lock all that a publication turns on, in the order of ``changing.lock``; then read it.

    Every live partnership of the programme: an objection of another cohort may part a pair.
    """
    programme_id = round_.programme_id
    lock(Partnership.objects.filter(programme_id=programme_id, state__in=LIVE))
    lock(Hub.objects.filter(programme_id=programme_id))
    lock(_able(round_))


def _of_cohort(round_: Round) -> QuerySet[Partnership]:
    return Partnership.objects.filter(
        programme_id=round_.programme_id, cohort_id=round_.cohort_id, partner_trust_id=""
    )


def _placed(round_: Round) -> dict[str, Placement]:
    matched = Placement.objects.filter(round=round_, outcome=Outcome.MATCHED).defer("record")
    return {each.urn: each for each in matched}


def _able(round_: Round) -> QuerySet[Application]:
    """Give the applications that can be proposed a hub."""
    return Application.objects.filter(
        programme_id=round_.programme_id,
        cohort_id=round_.cohort_id,
        state__in=CAN_BE_PROPOSED,
    )


def _settle_earlier(
    round_: Round, wanted: Mapping[str, Placement], *, by: str, at: datetime.datetime
) -> tuple[list[Partnership], list[Partnership]]:
    """Supersede the proposals that the round does not repeat; give those kept and those gone."""
    proposals = _of_cohort(round_).filter(state="proposed")
    kept: list[Partnership] = []
    gone: list[Partnership] = []
    for each in proposals.order_by("pk"):
        place = wanted.get(each.partner_urn)
        is_same = place and (place.lead_urn, place.pathway) == (each.lead_urn, each.pathway)
        (kept if is_same else gone).append(each)
    keeps, goes = [each.pk for each in kept], [each.pk for each in gone]
    Partnership.objects.filter(pk__in=keeps).update(round=round_, version=F("version") + 1)
    Partnership.objects.filter(pk__in=goes).update(state="superseded", version=F("version") + 1)
    Objection.objects.filter(partnership__in=goes, state="open").update(
        state="withdrawn", decided_at=at, decided_by=by,
        decided_reason="A later plan proposed another match.",
    )  # fmt: skip
    return kept, gone


def _proposal(
    round_: Round, place: Placement, application_id: int, *, by: str, at: datetime.datetime
) -> Partnership:
    return Partnership(
        programme_id=round_.programme_id,
        cohort_id=round_.cohort_id,
        application_id=application_id,
        round=round_,
        partner_urn=place.urn,
        lead_urn=place.lead_urn,
        pathway=place.pathway,
        minutes=place.minutes,
        proposed_at=at,
        proposed_by=by,
    )


def _timed(round_: Round, proposals: list[Partnership], on: datetime.date) -> Iterator[Partnership]:
    """Give each its first and last day, by the terms of its pathway, and its last to answer."""
    starts_on, ends = days_of(round_, on=on)
    for each in proposals:
        each.starts_on, each.finishes_on = starts_on, ends[each.pathway]
        each.answer_by = last_day(on)
        yield each


def _move_applications(round_: Round, matched: set[str]) -> list[int]:
    """Lead each application to where the round leaves its school, by moves of the table.

    Returns
    -------
    list of int
        Those that went on the waiting list.
    """
    ours = Application.objects.filter(programme_id=round_.programme_id, cohort_id=round_.cohort_id)
    _move(ours.filter(urn__in=matched, state__in=("eligible", "waiting")), "matched")
    left = Placement.objects.filter(round=round_, outcome=Outcome.UNMATCHED).values("urn")
    to_wait = ours.filter(urn__in=left, state__in=("eligible", "matched"))
    waiting = list(to_wait.order_by("pk").values_list("pk", flat=True))
    _move(ours.filter(pk__in=waiting), "waiting")
    # Matched before, and now held, not eligible or not told of at all: the office looks again.
    _move(ours.filter(state="matched").exclude(urn__in=matched), "eligible")
    return waiting


def _move(applications, to: str) -> None:  # type: ignore[no-untyped-def]
    applications.update(state=to, version=F("version") + 1)
