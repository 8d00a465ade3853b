"""Fitting a model of targets, as a job."""

import datetime
import functools

import polars as pl
from django.urls import reverse

from schoolhubs.service import clock
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot
from schoolhubs.service.targets.actions import Fitted, keep_fit
from schoolhubs.service.targets.challenges.amending import (
    carry,
    mend,
    settling,
    still_upheld,
    upheld_so_far,
    work_out_again,
)
from schoolhubs.service.targets.queries import AMEND
from schoolhubs.service.targets.reading import model_in, panel_of
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.progress import Progress

CHANGED = (
    "Another school register came into use while the model was fitted. Nothing was kept; ask for "
    "it again."
)


def work_out_fit(work: Work, progress: Progress) -> Effect:
    """Fit a model to a numbered register; the order names ``snapshot``, ``until``, ``year``."""
    snapshot = RegisterSnapshot.objects.defer("archive").get(pk=work.order["snapshot"])
    fitted = fitted_to(
        snapshot, until=work.order["until"], year=work.order.get("year"),
        on=clock.day(), progress=progress,
    )  # fmt: skip
    panel, seen = panel_of(snapshot.pk), upheld_so_far()
    upheld = still_upheld(fitted.model, panel, year=fitted.year, of=seen)

    def effect() -> Result:
        settling()
        pointer = CurrentRegister.objects.first()
        if pointer is None or pointer.snapshot_id != snapshot.pk:
            raise Conflict(CHANGED)
        # What was upheld while this was worked out: a school or two, of which there was no word.
        late = [each for each in upheld_so_far() if each.pk not in {one.pk for one in seen}]
        anew = still_upheld(fitted.model, panel, year=fitted.year, of=late)
        redone = {each.urn for each in late}
        found = [each for each in upheld if each.after.urn not in redone] + anew
        kept = keep_fit(
            fitted, snapshot=snapshot, by=work.asked_by, organisation=work.organisation,
            at=clock.now(), place=work.place, also=functools.partial(carry, found=found),
        )  # fmt: skip
        return Result(path=reverse("office-targets"), facts={"fit": kept.pk})

    return effect


def fitted_to(
    snapshot: RegisterSnapshot,
    *,
    until: str,
    on: datetime.date,
    progress: Progress,
    year: str | None = None,
    is_audited: bool = True,
) -> Fitted:
    """Fit a model to a snapshot up to a year, and say what it expects of a later one.

    Parameters
    ----------
    on
        The day of fitting: a target of a year that is over by then was given to nobody in time.
    year
        The year targets are for; the one after ``until`` where not given.
    """
    from schoolhubs import targets  # what computes is not needed to start the service

    progress("reading the register", 0, 4)
    panel = panel_of(snapshot.pk)
    progress("fitting", 1, 4)
    model = model_in(targets.fit(panel, until=until, is_audited=is_audited).as_json())
    progress("working out targets", 2, 4)
    asked = AcademicYear.parse(year) if year else AcademicYear.parse(until).plus(1)
    expected = targets.expect(model, panel, year=asked)
    # Figures of a whole year come out months after it is over.
    is_over = asked < AcademicYear.holding(on)
    progress("keeping them", 3, 4)
    return Fitted(
        year=str(asked),
        is_hindsight=is_over or not panel.years.filter(pl.col("year") == asked).is_empty(),
        model=model,
        card=targets.said.card(model).as_dict(),
        expected=expected,
    )


register(Kind(name=AMEND, title="Working a target out again", work_out=work_out_again, mend=mend))
register(Kind(name="targets_fit", title="Fitting attendance targets", work_out=work_out_fit))
