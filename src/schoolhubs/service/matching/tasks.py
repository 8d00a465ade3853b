"""The kinds of work of a round: run it, and pack it for taking away."""

import csv
import hashlib
import io
import json
import zipfile
from typing import Any

import polars as pl
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from schoolhubs import __version__, programmes, runs
from schoolhubs.service.audit.queries import entries_about
from schoolhubs.service.eligibility.actions import as_frame
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.jobs import faults
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Product, Work
from schoolhubs.service.matching.actions import keep_round, work_out
from schoolhubs.service.matching.models import Round
from schoolhubs.service.network.models import Hub
from schoolhubs.service.schools.archives import register_of
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict, UsageError
from schoolhubs.vocabulary.progress import Progress

# States in which an application takes part in a round.
TAKES_PART = ("submitted", "eligible", "waiting", "matched")
CHANGED = (
    "{} changed while the round was being worked out, so nothing was kept. Run the round again."
)


def work_out_round(work: Work, progress: Progress) -> Effect:
    """Run a round on a numbered register; kept only if everything it read still stands.

    The order names ``programme_id`` and ``snapshot``, and may name ``seed`` and ``top_up_to``.
    """
    order = work.order
    programme_id = order["programme_id"]
    if programme_id not in settings.ENVIRONMENT.programme_ids:
        raise UsageError(f"The service does not run the programme {programme_id}.")
    snapshot = RegisterSnapshot.objects.get(pk=order["snapshot"])
    rules = programmes.load(programme_id).as_at(snapshot.on)
    progress("reading the register", 0, 1)
    held = register_of(snapshot)
    applications = applications_of(programme_id, rules.cohort_id)
    leads = leads_of(programme_id)
    before = digest_of(applications, leads)
    worked_out = work_out(
        runs.Order(
            rules=rules,
            register=held,
            leads=leads,
            applications=applications,
            top_up_to=order.get("top_up_to"),
            seed=order.get("seed", 0),
            sources=held.sources,
            command=f"job {work.pk} of the service, register {snapshot.pk}",
            versions={"schoolhubs": __version__},
        ),
        progress=progress,
    )

    def effect() -> Result:
        pointer = CurrentRegister.objects.select_for_update().first()
        if pointer is None or pointer.snapshot_id != snapshot.pk:
            raise Conflict(CHANGED.format("The school register"))
        now = digest_of(applications_of(programme_id, rules.cohort_id), leads_of(programme_id))
        if now != before:
            raise Conflict(CHANGED.format("An application or a hub"))
        kept = keep_round(
            worked_out, snapshot, by=work.asked_by, at=timezone.now(), place=work.place
        )
        faults.at("round.kept")
        return Result(path=reverse("job", kwargs={"work_id": work.pk}), facts={"round": kept.pk})

    return effect


def applications_of(programme_id: str, cohort_id: str) -> pl.DataFrame:
    """Give the applications that take part in a round, as frames.APPLICATIONS."""
    rows = Application.objects.filter(
        programme_id=programme_id, cohort_id=cohort_id, state__in=TAKES_PART
    )
    return as_frame(list(rows.order_by("urn", "pk")))


def leads_of(programme_id: str) -> pl.DataFrame:
    """Give a programme's hubs as frames.LEADS, with the places each stated."""
    hubs = Hub.objects.filter(programme_id=programme_id).order_by("lead_urn")
    rows = [
        {
            "urn": hub.lead_urn,
            "programme_id": hub.programme_id,
            "leads_from": hub.started_on,
            "leads_until": hub.finished_on,
            **{f"capacity_{pathway}": str(n) for pathway, n in hub.places.items()},
        }
        for hub in hubs
    ]
    stated = sorted({name for row in rows for name in row} - set(frames.LEADS.schema))
    schema = {**frames.LEADS.schema, **dict.fromkeys(stated, pl.String())}
    return pl.DataFrame(rows, schema=schema)


def digest_of(*tables: pl.DataFrame) -> str:
    """Give one digest of some tables, the same whenever their rows are."""
    written = json.dumps([table.rows() for table in tables], default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def work_out_export(work: Work, progress: Progress) -> Effect:
    """Pack a round for taking away: its tables, report and record, and who did what with it."""
    round_ = Round.objects.get(pk=work.order["round"])
    progress("packing", 0, 1)
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(bytes(round_.pack))) as pack,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in pack.namelist():
            out.writestr(name, pack.read(name))
        out.writestr("history.csv", _history(round_))
    name = f"round-{round_.pk}-{round_.programme_id}.zip"
    product = Product(name=name, content_type="application/zip", content=held.getvalue())

    def effect() -> Result:
        return Result(path=reverse("job", kwargs={"work_id": work.pk}), product=product)

    return effect


def _history(round_: Round) -> str:
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(["number", "at", "by", "action", "reason"])
    for entry in entries_about(f"round:{round_.pk}"):
        told: list[Any] = [entry.number, entry.at.isoformat(), entry.by, entry.action, entry.reason]
        # A spreadsheet takes a cell that begins so for a formula.
        writer.writerow([f"'{c}" if str(c)[:1] in tuple("=+-@\t\r") else c for c in told])
    return held.getvalue()


register(Kind(name="round", title="Running a round", work_out=work_out_round))
register(Kind(name="export", title="Packing a round", work_out=work_out_export))
