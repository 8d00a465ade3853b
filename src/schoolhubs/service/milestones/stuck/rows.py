"""Finds the partnerships that are stuck, with reasons in words."""

import dataclasses
import datetime
from collections.abc import Callable, Collection, Iterable, Iterator

import polars as pl
from django.db.models import QuerySet

from schoolhubs import delivery
from schoolhubs.service.milestones.concerns.actions import At, place_of
from schoolhubs.service.milestones.models import Concern, ConcernState
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.records.delivery.milestones import DoneWhen, Whose

WHOSE = {Whose.PARTNER: "Partner school", Whose.LEAD: "Lead school", Whose.OFFICE: "The office"}
RESTS, CONCERN = "rests", "concern"
KINDS = {
    RESTS: "Rests",
    CONCERN: "A concern is open",
    DoneWhen.AGREEMENT: "Agreement on sharing",
    DoneWhen.SELF_ASSESSMENT: "Self-assessment",
    DoneWhen.PUPIL_SURVEY: "Survey of pupils",
    DoneWhen.STAFF_SURVEY: "Survey of staff",
    DoneWhen.DIAGNOSTIC_DAY: "Diagnostic day",
    DoneWhen.PLAN: "Action plan",
    DoneWhen.OPEN_DAY_HELD: "Open day of the lead",
    DoneWhen.OPEN_DAY_BOOKED: "Booking of an open day",
    DoneWhen.OPEN_DAY: "Visit of an open day",
    DoneWhen.SUPPORT_DAYS: "Support days",
    DoneWhen.TRAINING: "Training",
    DoneWhen.DECLARATION: "Declaration of time",
    DoneWhen.FINAL_REVIEW: "Last review of the plan",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a partnership is stuck: one of ``KINDS``, and in words."""

    kind: str
    words: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """One partnership that is stuck.

    Parameters
    ----------
    region, trust_id, trust
        Of the partner, by the register; empty where it knows none.
    reasons
        A rest first, then a concern, then tasks, the oldest first.
    since
        Since when the oldest is owed.
    whose
        Whose turn it is.
    following
        What would get it going.
    concern_id
        The concern that is open about it; None without one.
    """

    partnership: Partnership
    partner: str
    lead: str
    pathway: str
    region: str
    trust_id: str
    trust: str
    reasons: tuple[Reason, ...]
    since: datetime.date
    whose: Whose
    following: str
    is_resting: bool
    concern_id: int | None = None


def may_be_stuck(led: Collection[str] | None) -> QuerySet[Partnership]:
    """Give what can be stuck: whatever runs, of schools and of trusts; of some leads, or of all."""
    running = Partnership.objects.filter(state="running").select_related("extends")
    return running if led is None else running.filter(lead_urn__in=led)


def stuck_of(
    partnerships: Iterable[Partnership], *, on: datetime.date, led: Collection[str] | None = None
) -> list[Stuck]:
    """Give those of some partnerships that are stuck on a day, stuck longest first.

    Parameters
    ----------
    led
        Leads to whose partnerships it is held; None for all.
    """
    ours = [each for each in partnerships if led is None or each.lead_urn in led]
    standing = together(ours, on=on)
    open_ = {
        each.partnership_id: each
        for each in Concern.objects.exclude(state=ConcernState.SETTLED).select_related(
            "partnership"
        )
    }
    names = _known({urn for each in ours for urn in (each.partner_urn, each.lead_urn)})
    rows = (_row(each, open_.get(each.partnership.pk), names, on) for each in standing)
    return sorted((row for row in rows if row), key=lambda row: (row.since, row.partner))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _School:
    name: str
    region: str = ""
    trust_id: str = ""
    trust: str = ""

    def said(self, partnership: Partnership) -> str:
        """Name it, or its trust where trusts work together."""
        return self.trust if partnership.is_of_trusts and self.trust else self.name


def _known(urns: Collection[str]) -> Callable[[str], _School]:
    """Find what the register says of schools; one that it lacks goes by its URN."""
    ours = School.objects.filter(snapshot__currentregister__only=True, urn__in=urns)
    found = {
        urn: _School(
            name=name, region=region or "", trust_id=trust_id or "",
            trust=trust or (f"Trust {trust_id}" if trust_id else ""),
        )
        for urn, name, region, trust_id, trust in ours.values_list(
            "urn", "name", "region", "trust_id", "facts__trust_name"
        )
    }  # fmt: skip
    return lambda urn: found.get(urn) or _School(name=f"URN {urn}")


def _row(
    found: Together, concern: Concern | None, known: Callable[[str], _School], on: datetime.date
) -> Stuck | None:
    late = delivery.milestones.stuck(found.milestones, found.dues, on)
    resting = next((each for each in found.pauses if each.until_on is None), None)
    if not late and concern is None and resting is None:
        return None
    one = found.partnership
    days = [*(each.due_on for each in late)]
    days += [concern.step_on] if concern else []
    days += [resting.from_on] if resting else []
    at = place_of(concern, found.pauses) if concern else None
    whose, following = _next(late, concern, at, is_resting=resting is not None)
    partner, lead = known(one.partner_urn), known(one.lead_urn)
    return Stuck(
        partnership=one, partner=partner.said(one), lead=lead.said(one),
        region=partner.region, trust_id=partner.trust_id, trust=partner.trust,
        pathway=found.rules.pathway(one.pathway).name,
        reasons=tuple(_reasons(late, concern, at, resting.from_on if resting else None)),
        since=min(days), whose=whose, following=following, is_resting=resting is not None,
        concern_id=concern.pk if concern else None,
    )  # fmt: skip


def _reasons(
    late: Iterable[delivery.milestones.Due],
    concern: Concern | None,
    at: At | None,
    rests_from: datetime.date | None,
) -> Iterator[Reason]:
    if rests_from:
        yield Reason(kind=RESTS, words=f"Rests since {day(rests_from)}")
    if concern and at:
        words = f"A concern is open: {at.step.title}, since {day(concern.step_on)}"
        yield Reason(kind=CONCERN, words=words)
    for each in late:
        so_far = f" ({each.so_far} of {each.asked} half-days agreed)" if each.asked else ""
        words = f"{each.milestone.title}: was due by {day(each.due_on)}{so_far}"
        yield Reason(kind=each.milestone.done_when, words=words)


def _next(
    late: tuple[delivery.milestones.Due, ...], concern: Concern | None, at: At | None, *,
    is_resting: bool,
) -> tuple[Whose, str]:  # fmt: skip
    """Give whose turn it is, and what would get it going: a rest first, a concern, then tasks."""
    if is_resting:
        return Whose.OFFICE, "Take it up again, or end it"
    if concern and at:
        if concern.state == ConcernState.ANSWERED:
            turn = Whose(concern.raised_side)
            return turn, "Settle the concern, or take it to the next step"
        return at.step.whose, f"{at.step.title}, by {day(at.may_go_on_from)}"
    first = late[0]
    is_of_lead = all(role.startswith("lead_") for role in first.milestone.roles)
    return (Whose.LEAD if is_of_lead else Whose.PARTNER), first.milestone.title


def table_of(rows: Iterable[Stuck]) -> pl.DataFrame:
    """Give the rows as a table to save."""
    told = [
        {
            "programme": row.partnership.programme_id,
            "partner_urn": row.partnership.partner_urn,
            "partner": row.partner,
            "lead_urn": row.partnership.lead_urn,
            "lead": row.lead,
            "pathway": row.pathway,
            "region": row.region,
            "trust_id": row.trust_id,
            "since": row.since,
            "whose_turn": WHOSE[row.whose],
            "kinds": "; ".join(dict.fromkeys(KINDS[each.kind] for each in row.reasons)),
            "reasons": "; ".join(each.words for each in row.reasons),
            "next_step": row.following,
        }
        for row in rows
    ]
    schema = dict.fromkeys(
        ("programme", "partner_urn", "partner", "lead_urn", "lead", "pathway", "region",
         "trust_id"), pl.String,
    )  # fmt: skip
    rest = dict.fromkeys(("whose_turn", "kinds", "reasons", "next_step"), pl.String)
    return pl.DataFrame(told, schema={**schema, "since": pl.Date, **rest})
