"""With the day terms turn; on call a re-match changes as few matches as it can."""

import datetime
import io
import tempfile
import time
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs import __version__, runs
from schoolhubs.service import clock
from schoolhubs.service.cohorts import actions as cohorts
from schoolhubs.service.cohorts.proposing import first_day, term_to_begin
from schoolhubs.service.cohorts.queries import intake_of
from schoolhubs.service.eligibility import actions as applications
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.matching.actions import Tried, as_worked_out, keep_round
from schoolhubs.service.matching.inputs import check_unchanged, hubs_of, inputs_of, taking_part
from schoolhubs.service.matching.models import (
    HubLoad,
    Outcome,
    Placement,
    PublishedRound,
    Round,
)
from schoolhubs.service.matching.queries import rules_of
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.partnerships.doing.pairs import days_of
from schoolhubs.service.partnerships.doing.places import n_places
from schoolhubs.service.partnerships.doing.terms import OF_THE_SERVICE, turn
from schoolhubs.service.partnerships.lapsing.actions import settle_proposals
from schoolhubs.service.partnerships.queries import proposed
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.progress import Progress

MEANWHILE = (
    "{} changed while the re-match was being worked out, so nothing was kept. Ask for it again."
)


def turn_to(day: datetime.date, *, at: datetime.datetime, place: str) -> Mapping[str, int]:
    """Do what a day brings; done already, nothing changes.

    Returns
    -------
    Mapping
        How many partnerships started and finished, proposals moved, lapsed and were reminded of,
        applications came back or were assessed at last, intakes are proposed.
    """
    turned = turn(on=day, at=at, place=place)
    proposals = settle_proposals(on=day, at=at, place=place)
    n_back = cohorts.bring_back(on=day, at=at, place=place)
    n_assessed = applications.assess_left(at=at, place=place)
    n_new = sum(
        cohorts.propose_intakes(each, on=day, by=OF_THE_SERVICE, at=at, place=place)
        for each in settings.ENVIRONMENT.programme_ids
    )
    return {
        "partnerships started": turned.n_started,
        "partnerships finished": turned.n_finished,
        **proposals,
        "applications back": n_back,
        "applications assessed": n_assessed,
        "intakes proposed": n_new,
    }


# Each hour, though a day brings something once: a run is dropped where no worker was there for ten
# minutes, and the next must not be a day away. What a day brought already, it brings no more.
@app.periodic(cron="20 * * * *")
@app.task(name="partnerships.turn", queueing_lock="partnerships.turn", pass_context=False)
def turn_terms(timestamp: int) -> None:
    """Turn to the day of a moment, given in seconds since 1970."""
    at = clock.moment_of(timestamp)
    turn_to(timezone.localdate(at), at=clock.now(), place="partnerships.turn")


def work_out_rematch(work: Work, progress: Progress) -> Effect:
    """Re-match a published round with as few changes as can be, and keep it beside it.

    The order names ``programme_id`` and ``cohort_id``. Hubs that stepped down are gone, those
    that changed their places have what they say now, applicants that take part no longer are left
    out, pairs parted by upheld objections are barred, agreed and running partnerships never move.
    Places are counted over the terms that what is proposed will hold.
    """
    programme_id, cohort_id = work.order["programme_id"], work.order["cohort_id"]
    published = _published(programme_id, cohort_id)
    base = published.round
    given = inputs_of(programme_id, cohort_id)
    before = given.digests()
    gone = withdrawn_of(base, programme_id, cohort_id)
    places, left = places_of(base, gone), left_of(base)
    starts_on, _ = days_of(base, on=clock.day())
    progress("reading the published round", 0, 1)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(io.BytesIO(bytes(base.pack))) as pack:
            pack.extractall(folder)
        done, workings = runs.rematch_round(
            Path(folder), withdrawn=gone, bars=given.bars, places=places, left=left,
            partnerships=given.partnerships, starts_on=starts_on,
            proposed=proposed(programme_id, cohort_id),
            command=f"job {work.pk} of the service: re-match of round {base.pk}",
            versions={"schoolhubs": __version__}, clock=time.perf_counter, progress=progress,
        )  # fmt: skip
    worked_out = as_worked_out(done, workings)

    def effect() -> Result:
        now = PublishedRound.objects.select_for_update().get(pk=published.pk)
        if now.round_id != base.pk:
            raise Conflict(MEANWHILE.format("The published round"))
        check_unchanged(before, inputs_of(programme_id, cohort_id).digests(), MEANWHILE)
        kept = keep_round(
            worked_out, base.snapshot, by=work.asked_by, organisation=work.organisation,
            at=clock.now(), place=work.place,
            tried=Tried(
                base_id=base.pk, title=f"Re-match of round {base.pk}", changes=base.changes,
                fixed=base.fixed,
            ),
        )  # fmt: skip
        return Result(path=reverse("round", kwargs={"round_id": kept.pk}), facts={"round": kept.pk})

    return effect


def withdrawn_of(base: Round, programme_id: str, cohort_id: str) -> list[str]:
    """Give the leads of a round that lead no hub any more when what it proposes starts."""
    intake = intake_of(programme_id, cohort_id)
    starts_on = intake.starts_on if intake else first_day(cohort_id)
    today = clock.day()
    on = max(starts_on, term_to_begin(today), today)
    standing = set(hubs_on(programme_id, on).values_list("lead_urn", flat=True))
    led = HubLoad.objects.filter(round=base).values_list("lead_urn", flat=True).distinct()
    return sorted(set(led) - standing)


def places_of(base: Round, gone: Collection[str]) -> pl.DataFrame:
    """Give the places of hubs that are not what they were in a round, as frames.CAPACITY."""
    pathways = {each.pathway: each for each in rules_of(base).pathways}
    hubs = {each.lead_urn: each for each in hubs_of(base.programme_id)}
    rows = []
    for load in HubLoad.objects.filter(round=base).order_by("lead_urn", "pathway"):
        if load.lead_urn in hubs and load.lead_urn not in gone:
            now = n_places(hubs[load.lead_urn], pathways[load.pathway])
            rows += [(load.lead_urn, load.pathway, now)] if now != load.n_places else []
    told = pl.DataFrame(rows, schema=["lead_urn", "pathway", "n_places"], orient="row")
    return frames.CAPACITY.fill(told)


def left_of(base: Round) -> list[str]:
    """Give the schools that a round had for a match and that take part no longer."""
    had = Placement.objects.filter(round=base).exclude(outcome__in=NOT_FOR_A_MATCH)
    now = taking_part(base.programme_id, base.cohort_id)
    return sorted(had.exclude(urn__in=now.values("urn")).values_list("urn", flat=True))


NOT_FOR_A_MATCH = (Outcome.NOT_ELIGIBLE, Outcome.CANNOT_TELL)


def _published(programme_id: str, cohort_id: str) -> PublishedRound:
    found = PublishedRound.objects.filter(programme_id=programme_id, cohort_id=cohort_id)
    published = found.select_related("round", "round__snapshot").first()
    if published is None:
        raise Conflict("Nothing is published for this intake, so there is nothing to re-match.")
    return published


register(Kind(name="rematch", title="Re-matching a round", work_out=work_out_rematch))
