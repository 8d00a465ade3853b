"""Publishes a round: one pointer moves, and all that follows from it, or nothing."""

import dataclasses
import datetime

from django.db import IntegrityError, transaction

from schoolhubs.service import clock
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.jobs import faults
from schoolhubs.service.matching.models import Outcome, Placement, PublishedRound, Round
from schoolhubs.service.partnerships import actions as partnerships
from schoolhubs.service.partnerships.doing.pairs import (
    CAN_BE_PROPOSED,
    Broken,
    broken_pairs,
    late_start,
)
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.vocabulary.errors import Conflict

NOTHING = 0  # stands for "no round was published yet" where a round's number is asked for


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What publishing a round will do.

    Parameters
    ----------
    n_proposed, n_hubs, n_new
        Schools a hub is proposed to, the hubs they are at, and how many of the schools have no
        proposal of that hub and pathway yet: these are written to.
    n_waiting
        Eligible schools left on the waiting list.
    n_kept
        Schools that have said yes, or whose partnership runs: theirs stand.
    n_gone
        Schools the round matched that have withdrawn, or been told otherwise, since it was run.
    broken
        Pairs of the round that stand no longer: while there is one, it cannot be published.
    published
        What is published now; None where nothing is.
    late_on
        First day of what is new, where the term of the intake is too far on to begin in; else None.
    is_rollback
        The round was made before the one that is published: publishing it goes back.
    """

    n_proposed: int
    n_hubs: int
    n_new: int
    n_waiting: int
    n_kept: int
    n_gone: int
    broken: tuple[Broken, ...]
    published: PublishedRound | None
    late_on: datetime.date | None
    is_rollback: bool

    @property
    def replaces(self) -> int:
        """Number of the round that is published now; 0 for none."""
        return self.published.round_id if self.published else NOTHING


def preview(round_: Round) -> Preview:
    """Say what publishing a round will do, as the database stands now."""
    cohort = {"programme_id": round_.programme_id, "cohort_id": round_.cohort_id}
    able = Application.objects.filter(**cohort, state__in=CAN_BE_PROPOSED).values("urn")
    held = Partnership.objects.filter(**cohort, state__in=HOLDS_A_PLACE, partner_trust_id="")
    matched = Placement.objects.filter(round=round_, outcome=Outcome.MATCHED)
    left = Placement.objects.filter(round=round_, outcome=Outcome.UNMATCHED)
    standing = matched.exclude(urn__in=held.values("partner_urn"))
    proposed = standing.filter(urn__in=able)
    wanted = set(proposed.values_list("urn", "lead_urn", "pathway"))
    stands = Partnership.objects.filter(**cohort, state="proposed", partner_trust_id="")
    there = set(stands.values_list("partner_urn", "lead_urn", "pathway"))
    n_proposed, published = len(wanted), published_of(round_)
    return Preview(
        n_proposed=n_proposed,
        n_hubs=len({lead_urn for _, lead_urn, _ in wanted}),
        n_new=len(wanted - there),
        n_waiting=left.filter(urn__in=able).count(),
        n_kept=held.values("partner_urn").distinct().count(),
        n_gone=standing.count() - n_proposed,
        broken=broken_pairs(round_, on=clock.day()),
        published=published,
        late_on=late_start(round_, on=clock.day()),
        is_rollback=bool(published and round_.pk < published.round_id),
    )


def published_of(round_: Round) -> PublishedRound | None:
    """Give the pointer of a round's cohort; None where nothing is published."""
    return PublishedRound.objects.filter(
        programme_id=round_.programme_id, cohort_id=round_.cohort_id
    ).first()


def is_published(round_: Round) -> bool:
    """Tell whether a round is what its cohort's schools see now."""
    now = published_of(round_)
    return now is not None and now.round_id == round_.pk


def publish(
    round_: Round,
    *,
    by: str,
    at: datetime.datetime,
    reason: str,
    place: str,
    organisation: str = "",
    replaces: int | None = None,
) -> PublishedRound:
    """Let a cohort's schools see this round from now on, all of it or nothing.

    Parameters
    ----------
    replaces
        Number of the round that the person saw published when deciding, 0 for none; None asks
        for no such check.

    Raises
    ------
    Conflict
        If another round was published in the meantime, this one is published already, or a pair
        of it stands no longer.
    """
    with transaction.atomic():
        published = _moved(round_, by=by, at=at, reason=reason, replaces=replaces)
        faults.at("publish.pointed")
        n = partnerships.propose(round_, by=by, at=at, place=place)
        faults.at("publish.proposed")
        audit.record(
            by=by, at=at, action="round.publish", subject=f"round:{round_.pk}", place=place,
            organisation=organisation, reason=reason,
            details={"replaces": replaces or NOTHING, "proposed": n},
        )  # fmt: skip
        faults.at("publish.audited")
    return published


def _moved(
    round_: Round, *, by: str, at: datetime.datetime, reason: str, replaces: int | None
) -> PublishedRound:
    """Move the pointer, locked from here to the end of the transaction."""
    told = {"round": round_, "published_at": at, "published_by": by, "reason": reason}
    cohort = {"programme_id": round_.programme_id, "cohort_id": round_.cohort_id}
    held = PublishedRound.objects.select_for_update().filter(**cohort).first()
    check_still(round_, held, replaces)
    if held is None:
        try:
            with transaction.atomic():
                return PublishedRound.objects.create(**cohort, **told)
        except IntegrityError:  # somebody else was the first by a moment
            raise Conflict(_MEANWHILE) from None
    for name, value in told.items():
        setattr(held, name, value)
    held.save(update_fields=list(told))
    return held


_MEANWHILE = (
    "Another round of this cohort was published while you decided. Nothing was published. Look at "
    "what it changed, and publish yours again if it should stand instead."
)


def check_still(round_: Round, held: PublishedRound | None, replaces: int | None) -> None:
    """Refuse to publish over what the person did not see.

    Raises
    ------
    Conflict
        Saying which round stands now.
    """
    stands = held.round_id if held else NOTHING
    if replaces is None:
        return
    if stands == round_.pk:
        raise Conflict(f"Round {round_.pk} is published already. Nothing was changed.")
    if stands != replaces:
        raise Conflict(f"{_MEANWHILE} Round {stands} stands now.")
