"""A register of invented schools with years of absence, kept as an import keeps it, and a fit."""

import dataclasses
import datetime
from typing import Any

import polars as pl
from django.utils import timezone

import panelling
from schoolhubs import schools
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.models import State
from schoolhubs.service.schools.actions import keep_register, make_current
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.targets.models import Fit
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.school.history import SchoolPanel

AT = datetime.datetime(2018, 2, 1, 9, tzinfo=datetime.UTC)
WHO: dict[str, Any] = {"by": "ada", "organisation": "office:1", "at": AT, "place": "tests"}
N, YEARS = 240, 7  # 2010/11 to 2016/17
SPECIAL = "909000"  # the first of the special schools


def panels() -> list[SchoolPanel]:
    """Make primary and special schools, the special ones under URNs of their own."""
    primary = panelling.make(n=N, years=YEARS, seed=3).panel
    special = panelling.make(n=90, years=YEARS, seed=4, phase="special", level=-2.4).panel
    apart = (pl.col("urn").cast(pl.Int64) + int(SPECIAL) - 900_000).cast(pl.String).alias("urn")
    moved = dataclasses.replace(
        special,
        years=special.years.with_columns(apart),
        context=special.context.with_columns(apart),
    )
    return [primary, moved]


def register(*, on: datetime.date = datetime.date(2018, 1, 31)) -> schools.SchoolRegister:
    """Give the schools of the panels as a school register holds them."""
    made = panels()
    years = pl.concat([each.years for each in made]).with_columns(series=pl.lit("census"))
    share = pl.col("sess_overall_percent") / 100
    absence = years.with_columns(
        sess_overall=(pl.col("sess_possible") * share).round().cast(pl.Int64)
    )
    context = pl.concat([each.context for each in made])
    placed = pl.col("urn").cast(pl.Int64).mod(97)
    listed = context.with_columns(
        establishment_type=pl.lit("Community school"), is_state_funded=pl.lit(True),
        is_context_later=pl.lit(False), is_placed_at_successor=pl.lit(False),
        la_name=pl.lit("Devonshire"), need_types=pl.lit(None, pl.List(pl.String)),
        lat=50.5 + 0.01 * placed, lon=-3.5 + 0.01 * placed,
    )  # fmt: skip
    rest = ("inspections", "links", "trusts")
    stored = schools.register.STORED
    return schools.SchoolRegister(
        on=on, sources=(), schools=frames.SCHOOLS.fill(listed.drop("context_urn")),
        absence=frames.ABSENCE.fill(absence),
        **{name: stored[name].empty() for name in (*rest, "phase_figures", "quality")},
    )  # fmt: skip


def kept() -> RegisterSnapshot:
    """Keep the register, and let every page read it."""
    snapshot = keep_register(register(), at=AT)
    make_current(snapshot)
    return snapshot


def fitted(snapshot: RegisterSnapshot, until: str = "2015/16") -> Fit:
    """Have a model fitted by the job, as the office does."""
    work = ask("targets_fit", {"snapshot": snapshot.pk, "until": until}, **WHO)
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert work.state == State.DONE, work.fault
    return Fit.objects.get(pk=work.result["fit"])
