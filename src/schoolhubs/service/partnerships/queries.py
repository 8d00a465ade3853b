"""Who works with whom, what holds a place, and which pairs are kept apart."""

import datetime
from collections.abc import Iterable

import polars as pl
from django.db.models import Exists, OuterRef, Q, QuerySet

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.matching.models import Placement, PublishedRound, Round
from schoolhubs.service.partnerships.models import (
    HOLDS_A_PLACE,
    LIVE,
    Objection,
    Partnership,
)
from schoolhubs.service.partnerships.reasons import in_words, reasons
from schoolhubs.vocabulary import frames


def in_force(programme_id: str) -> pl.DataFrame:
    """Give the partnerships of schools that hold a place, as frames.PARTNERSHIPS."""
    held = Partnership.objects.filter(
        programme_id=programme_id, state__in=HOLDS_A_PLACE, partner_trust_id=""
    )
    return _as_frame(held)


def proposed(programme_id: str, cohort_id: str) -> pl.DataFrame:
    """Give what is proposed to schools of a cohort and not agreed yet, as frames.PARTNERSHIPS."""
    return _as_frame(
        Partnership.objects.filter(
            programme_id=programme_id, cohort_id=cohort_id, state="proposed", partner_trust_id=""
        )
    )


def _as_frame(found: QuerySet[Partnership]) -> pl.DataFrame:
    rows = found.order_by("pk").values_list(
        "partner_urn", "lead_urn", "pathway", "starts_on", "finishes_on"
    )
    return pl.DataFrame(list(rows), schema=frames.PARTNERSHIPS.schema, orient="row")


def bars(programme_id: str, cohort_id: str) -> pl.DataFrame:
    """Give the pairs that upheld objections keep apart, as frames.OVERRIDES.

    An objection of an earlier cohort counts where one of its reasons lasts.
    """
    upheld = Objection.objects.filter(state="upheld", partnership__programme_id=programme_id)
    rows = {}
    for each in upheld.select_related("partnership").order_by("pk"):
        known = [reasons()[code] for code in each.reasons if code in reasons()]
        pair = each.partnership.partner_urn, each.partnership.lead_urn
        if each.partnership.cohort_id == cohort_id or any(reason.lasts for reason in known):
            is_conflict = any(reason.bar == "conflict" for reason in known)
            told = f"Upheld objection: {'; '.join(in_words(each.reasons))}"
            rows[pair] = ("conflict" if is_conflict else "ban", *pair, told)
    return pl.DataFrame(list(rows.values()), schema=frames.OVERRIDES.schema, orient="row")


def live_of(programme_id: str, urn: str) -> Partnership | None:
    """Give a school's partnership that is proposed, agreed or runs; the newest of several."""
    found = Partnership.objects.filter(programme_id=programme_id, partner_urn=urn, state__in=LIVE)
    return found.select_related("application").order_by("-year", "-pk").first()


def lapsed() -> QuerySet[Partnership]:
    """Give what lapsed and was followed by no other proposal of the same school or trust."""
    later = Partnership.objects.filter(
        programme_id=OuterRef("programme_id"), partner_urn=OuterRef("partner_urn"),
        partner_trust_id=OuterRef("partner_trust_id"), pk__gt=OuterRef("pk"),
    )  # fmt: skip
    return Partnership.objects.filter(~Exists(later), state="lapsed")


def lapsed_of(programme_id: str, urn: str) -> Partnership | None:
    """Give what lapsed last of a school with nothing since; None where something lives.

    Once another round of its cohort is published, that one says what the school has now.
    """
    newest = PublishedRound.objects.filter(
        programme_id=OuterRef("programme_id"), cohort_id=OuterRef("cohort_id"),
        round=OuterRef("round"),
    )  # fmt: skip
    ours = lapsed().filter(programme_id=programme_id, partner_urn=urn, partner_trust_id="")
    ours = ours.filter(Q(round=None) | Exists(newest))
    return ours.select_related("application").order_by("pk").last()


def together_of(urn: str, *, on: datetime.date) -> Partnership | None:
    """Give the newest partnership of a school that both schools accepted and that is not over."""
    found = Partnership.objects.filter(
        partner_urn=urn, partner_trust_id="", state__in=HOLDS_A_PLACE, finishes_on__gt=on
    )
    return found.order_by("-starts_on", "-pk").first()


def of_the_day(found: Iterable[Partnership], on: datetime.date) -> list[Partnership]:
    """Give, of each school's years in a programme, the one that counts on a day, in their order.

    It is the one that runs; else the next to begin; else the last. A further year that was agreed
    before the first is over stands aside till it begins.
    """
    ours = list(found)
    best: dict[tuple[str, ...], Partnership] = {}
    for each in ours:
        whose = (each.programme_id, each.partner_urn, each.partner_trust_id, each.lead_urn)
        held = best.get(whose)
        if held is None or _nearer(each, on) < _nearer(held, on):
            best[whose] = each
    kept = {each.pk for each in best.values()}
    return [each for each in ours if each.pk in kept]


def _nearer(one: Partnership, on: datetime.date) -> tuple[int, int]:
    if one.starts_on <= on < one.finishes_on:
        return 0, -one.year
    if on < one.starts_on:
        return 1, (one.starts_on - on).days
    return 2, (on - one.finishes_on).days


def year_words(partnership: Partnership) -> str:
    """Name a further year in words; blank for the first."""
    return "" if partnership.year == 1 else f"year {partnership.year} of the partnership"


def lead_among(partnerships: Iterable[Partnership]) -> str:
    """Give the lead a school is with now, of its partnerships in a programme; blank for none."""
    live = sorted((each for each in partnerships if each.is_live), key=lambda each: each.year)
    return live[-1].lead_urn if live else ""


def round_for(actor: Actor, programme_id: str, urn: str) -> Round | None:
    """Give the round by which a school's match is explained to an actor.

    Its live partnership's, which stays when a later cohort's round is published; without one, that
    of what lapsed last while no other round of its cohort is published, or the newest published.
    A hub that the school was with to the last day keeps to the round of then: what came after is
    no affair of its own.
    """
    found = live_of(programme_id, urn) or lapsed_of(programme_id, urn)
    if not reach.is_of_match(actor, urn, found.lead_urn if found else ""):
        with_them = Partnership.objects.filter(
            programme_id=programme_id, partner_urn=urn, state="finished",
            lead_urn__in=reach.own_urns(actor, *LEADS),
        )  # fmt: skip
        found = with_them.order_by("-year", "-pk").first() or found
    if found and found.round_id:
        return matching.any_round(programme_id, found.round_id)
    return matching.newest_published(programme_id)


def reader_of(round_: Round, place: Placement) -> str:
    """Give the lead that may read a school's place in a round; blank where none may.

    It is the hub that the place names, while the two are proposed to each other or together. Once
    they were so to the last day, it reads the round that brought them together and no other.
    """
    live, over = Q(state__in=LIVE), Q(state="finished", round=round_)
    together = Partnership.objects.filter(
        live | over,
        programme_id=round_.programme_id, partner_urn=place.urn, lead_urn=place.hub_urn,
    )  # fmt: skip
    return place.hub_urn if together.exists() else ""


def of_lead(programme_id: str, lead_urn: str) -> QuerySet[Partnership]:
    """Give a lead's live partnerships: what waits for an answer first."""
    return Partnership.objects.filter(
        programme_id=programme_id, lead_urn=lead_urn, state__in=LIVE
    ).order_by("starts_on", "pathway", "partner_urn")


def of_partners(urns: Iterable[str]) -> QuerySet[Partnership]:
    """Give every partnership of some schools, but those that a later plan replaced."""
    ours = Partnership.objects.filter(partner_urn__in=list(urns)).exclude(state="superseded")
    return ours.order_by("programme_id", "partner_urn", "-starts_on", "-pk")


def about(urn: str) -> QuerySet[Partnership]:
    """Give the live partnerships of a school, as partner or as lead."""
    return Partnership.objects.filter(
        Q(partner_urn=urn) | Q(lead_urn=urn), state__in=LIVE
    ).order_by("pk")  # fmt: skip
