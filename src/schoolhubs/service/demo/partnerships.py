"""Partnerships of the demonstration: some run since last term, some answer today's proposals."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from django.db.models import F, QuerySet
from django.utils import timezone

from schoolhubs import programmes
from schoolhubs.service.cohorts.proposing import cohort_of
from schoolhubs.service.demo.intakes import BY, PLACE
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.models import Round
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing.extending import extra_terms
from schoolhubs.service.partnerships.doing.pairs import after_terms
from schoolhubs.service.partnerships.lapsing.actions import settle_proposals
from schoolhubs.service.partnerships.lapsing.rules import standing
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.vocabulary.calendar import term_starts_on
from schoolhubs.vocabulary.records.rules import PathwayRules, RulesAsAt

HUBS_TOLD_OF = 40
TRUST_PROGRAMME = "behaviour-hubs-2021"
LAST_TRACK_ON = datetime.date(2023, 4, 1)  # the last intake of trusts, as published
WHO: Mapping[str, str] = {"by": BY, "organisation": "", "place": PLACE}
# What happened to the first proposals of each hub, in order: who said what.
STORIES = (
    (("lead", "accepts"), ("partner", "accepts")),
    (("lead", "accepts"),),
    (("partner", "accepts"),),
    (("partner", "objects"),),
)


def keep_running(
    facts: pl.DataFrame,
    applications: pl.DataFrame,
    lead_urns: list[str],
    rules: RulesAsAt,
    snapshot: RegisterSnapshot,
    *,
    at: datetime.datetime,
) -> int:
    """Store partnerships that began with the term before, one a hub: they run and hold a place.

    Returns
    -------
    int
        Partnerships stored.
    """
    pairs = list(_pairs(facts, applications, lead_urns[:HUBS_TOLD_OF]))
    made = keep_pairs(pairs, rules, rules.pathways[0], snapshot, at=at)
    _ask_for_more(made, at)
    return len(made)


def keep_pairs(
    pairs: Sequence[tuple[str, str]],
    rules: RulesAsAt,
    pathway: PathwayRules,
    snapshot: RegisterSnapshot,
    *,
    at: datetime.datetime,
    begins_on: datetime.date | None = None,
    by: str = BY,
) -> list[Partnership]:
    """Store partnerships of partners with leads that run since the first day of the term before.

    With a day ahead they are agreed, and begin with it; with an earlier one they run since then.
    """
    term_before = term_starts_on(term_starts_on(timezone.localdate(at)) - datetime.timedelta(1))
    began_on = begins_on or term_before
    then = min(datetime.datetime.combine(began_on, datetime.time(12), datetime.UTC), at)
    is_ahead = began_on > timezone.localdate(at)
    moves = ("agreed",) if is_ahead else ("agreed", "running")
    proposed_at, answered_at = (then - datetime.timedelta(weeks=n) for n in (6, 4))
    kept = Application.objects.bulk_create(
        Application(
            reference=f"AB-00-{n:05d}", programme_id=rules.programme_id,
            cohort_id=cohort_of(began_on), urn=urn, state="submitted",
            pathways=[pathway.pathway], answers={"pathways": [pathway.pathway]},
            begun_at=proposed_at, begun_by=BY, submitted_at=proposed_at, submitted_by=BY,
            snapshot=snapshot, applied_on=began_on - datetime.timedelta(days=60),
        )
        for n, (urn, _) in enumerate(pairs, Application.objects.count() + 1)
    )  # fmt: skip
    answered: dict[str, Any] = {
        f"{side}_{name}": value
        for side in ("partner", "lead")
        for name, value in (("says", "accepts"), ("at", answered_at), ("by", BY))
    }
    made = Partnership.objects.bulk_create(
        Partnership(
            programme_id=rules.programme_id, cohort_id=cohort_of(began_on), application=ours,
            partner_urn=urn, lead_urn=lead_urn, pathway=pathway.pathway, starts_on=began_on,
            finishes_on=after_terms(began_on, pathway.duration_terms),
            proposed_at=proposed_at, proposed_by=by, **answered,
        )
        for (urn, lead_urn), ours in zip(pairs, kept, strict=True)
    )  # fmt: skip
    for state in ("eligible", "matched", *moves):
        Application.objects.filter(pk__in=[each.pk for each in kept]).update(
            state=state, version=F("version") + 1
        )
    for state in moves:
        Partnership.objects.filter(pk__in=[each.pk for each in made]).update(
            state=state, version=F("version") + 1
        )
    return list(Partnership.objects.filter(pk__in=[each.pk for each in made]).order_by("pk"))


def _ask_for_more(running: Sequence[Partnership], at: datetime.datetime) -> None:
    """Let the first pair ask for a further year, where the programme gives one."""
    for each in [found for found in running if extra_terms(found)][:1]:
        for side, reason in (
            ("partner", "Our new routines need another year to last."),
            ("lead", "We have the time, and the school works hard at it."),
        ):
            actions.ask_for_more(each, side=side, reason=reason, at=at, **WHO)


def _pairs(
    facts: pl.DataFrame, applications: pl.DataFrame, lead_urns: list[str]
) -> Iterator[tuple[str, str]]:
    """Give each hub a school of its region and phase that did not apply to this intake.

    A lead of the list that has closed leads no more: a round would set it aside.
    """
    state = facts.filter(pl.col("is_open") & pl.col("is_state_funded"))
    free = state.filter(~pl.col("urn").is_in([*applications["urn"].to_list(), *lead_urns]))
    taken: set[str] = set()
    about = {row["urn"]: row for row in state.iter_rows(named=True) if row["urn"] in lead_urns}
    for lead_urn in lead_urns:
        if lead_urn not in about:
            continue
        lead = about[lead_urn]
        near = free.filter(
            (pl.col("region") == lead["region"])
            & (pl.col("phase") == lead["phase"])
            & (pl.col("trust_id").fill_null("") != (lead["trust_id"] or "none"))
            & ~pl.col("urn").is_in(list(taken))
        )
        if near.height:
            taken.add(near["urn"][0])
            yield near["urn"][0], lead_urn


def keep_track(partner: School, lead: School) -> Partnership | None:
    """Store the two-year track of two trusts that the last intake of Behaviour Hubs would be.

    Returns
    -------
    Partnership or None
        None where the schools are not of two trusts.
    """
    if not partner.trust_id or not lead.trust_id or partner.trust_id == lead.trust_id:
        return None
    rules = programmes.load(TRUST_PROGRAMME).as_at(LAST_TRACK_ON)
    pathway = next(each for each in rules.pathways if each.partner_kind == "trust")
    then = datetime.datetime.combine(
        LAST_TRACK_ON, datetime.time(12), datetime.UTC
    ) - datetime.timedelta(weeks=6)
    answers = {f"{side}_{name}": value for side in ("partner", "lead")
               for name, value in (("says", "accepts"), ("at", then), ("by", BY))}  # fmt: skip
    made = Partnership.objects.create(
        programme_id=rules.programme_id, cohort_id=cohort_of(LAST_TRACK_ON),
        partner_urn=partner.urn, lead_urn=lead.urn, partner_trust_id=partner.trust_id,
        lead_trust_id=lead.trust_id, pathway=pathway.pathway, starts_on=LAST_TRACK_ON,
        finishes_on=after_terms(LAST_TRACK_ON, pathway.duration_terms), proposed_at=then,
        proposed_by=BY, **answers,
    )  # fmt: skip
    for state in ("agreed", "running", "finished"):
        Partnership.objects.filter(pk=made.pk).update(state=state, version=F("version") + 1)
    return made


def tell_stories(round_: Round, left_open: str, first_lead: str, *, at: datetime.datetime) -> int:
    """Let some schools answer their proposals; those of one school stay open for the newcomer.

    Of every hub at least one proposal stays open, so that no cohort is settled altogether.

    Returns
    -------
    int
        Proposals that were answered.
    """
    proposed = Partnership.objects.filter(round=round_, state="proposed")
    others = proposed.order_by("lead_urn").values_list("lead_urn", flat=True).distinct()
    rest = others.exclude(lead_urn=first_lead)[: HUBS_TOLD_OF - 1]
    leads = [each for each in (first_lead, *rest) if each]
    n = 0
    for lead_urn in leads:
        ours = proposed.filter(lead_urn=lead_urn).exclude(partner_urn=left_open)
        # A hub's last stays open: there is always something to answer, and a round to publish.
        for each, story in zip(list(ours.order_by("partner_urn"))[:-1], STORIES, strict=False):
            for side, says in story:
                reasons = ("journey",) if says == "objects" else ()
                each = actions.answer(
                    each, side=side, says=says, reasons=reasons, version=each.version, at=at,
                    reason="There is no bus before half past eight." if reasons else "", **WHO,
                )  # fmt: skip
            n += 1
    _decide_some(at)
    _let_one_lapse(proposed.exclude(partner_urn=left_open), at)
    return n


def _let_one_lapse(open_ones: QuerySet[Partnership], at: datetime.datetime) -> None:
    """Let one proposal that nobody answered have lapsed, of a hub that has others open."""
    unanswered = list(open_ones.filter(partner_says="", lead_says="").order_by("pk"))
    at_hubs = Counter(each.lead_urn for each in unanswered)
    for each in unanswered:
        if at_hubs[each.lead_urn] > 1:
            on = timezone.localdate(at)
            each.proposed_at = at - datetime.timedelta(days=2 * standing().stands_days)
            each.answer_by, each.reminded_at = on - datetime.timedelta(days=1), each.proposed_at
            each.version += 1
            each.save()
            settle_proposals(on=on, at=at, place=PLACE)
            return


def _decide_some(at: datetime.datetime) -> None:
    """Uphold one objection in four, so that a pair is parted; the others wait for the office."""
    for n, objection in enumerate(Objection.objects.filter(state="open").order_by("pk")):
        if n % 4 == 3:
            actions.decide(
                objection, is_upheld=True, reason="The journey cannot be made by bus.", at=at, **WHO
            )
