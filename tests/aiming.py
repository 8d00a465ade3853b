"""A register of invented schools with years of absence, kept as an import keeps it, and a fit."""

import dataclasses
import datetime
import html
import io
import re
from typing import Any

import polars as pl
from django.utils import timezone

import panelling
from peopled import person_at
from schoolhubs import schools
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.models import State
from schoolhubs.service.schools.actions import keep_register, make_current
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.targets.actions import keep_fit
from schoolhubs.service.targets.models import Fit
from schoolhubs.service.targets.tasks import fitted_to
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.progress import quiet
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from watchful import WatchfulClient

AT = datetime.datetime(2018, 2, 1, 9, tzinfo=datetime.UTC)
WHO: dict[str, Any] = {"by": "ada", "organisation": "office:1", "at": AT, "place": "tests"}
N, YEARS = 240, 7  # 2010/11 to 2016/17
SCHOOL = "900001"
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


def kept(held: schools.SchoolRegister | None = None) -> RegisterSnapshot:
    """Keep the register, or another, and let every page read it."""
    snapshot = keep_register(held or register(), at=AT)
    make_current(snapshot)
    return snapshot


def fitted(snapshot: RegisterSnapshot, until: str = "2015/16", *, is_audited: bool = True) -> Fit:
    """Have a model fitted by the job, as the office does; or quicker, without its audit."""
    if not is_audited:
        found = fitted_to(snapshot, until=until, on=AT.date(), progress=quiet, is_audited=False)
        return keep_fit(found, snapshot=snapshot, **WHO)
    work = ask("targets_fit", {"snapshot": snapshot.pk, "until": until}, **WHO)
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert work.state == State.DONE, work.fault
    return Fit.objects.get(pk=work.result["fit"])


def client_of(role: Role, **organisation: Any) -> WatchfulClient:
    at = Organisation.objects.create(sign_in_id=f"{role}-{organisation}", name="X", **organisation)
    client = WatchfulClient()
    client.act_as(person_at(at, [role], f"{role}-{at.pk}"), at)
    return client


def head(urn: str = SCHOOL) -> WatchfulClient:
    return client_of(Role.PARTNER_SCHOOL_HEAD, kind="school", urn=urn)


def office(role: Role = Role.OFFICE_ADMINISTRATOR) -> WatchfulClient:
    return client_of(role, kind="office")


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def table(client: WatchfulClient, address: str) -> pl.DataFrame:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return pl.read_csv(io.BytesIO(answer.content), schema_overrides={"urn": pl.String})
