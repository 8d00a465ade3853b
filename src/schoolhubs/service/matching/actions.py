"""Runs a round on a register, and keeps it whole."""

import dataclasses
import datetime
import io
import json
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction

from schoolhubs import packs, runs
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.matching.models import (
    HubLoad,
    Outcome,
    Placement,
    Round,
)
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.round import Round as DoneRound

ROWS_AT_ONCE = 2_000
VERDICTS = {"yes": Outcome.HELD, "no": Outcome.NOT_ELIGIBLE, "cannot tell": Outcome.CANNOT_TELL}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    """A round's pack: its record, and everything in one zip."""

    record: dict[str, Any]
    zipped: bytes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a round tries out beside another; nothing, for a plain round.

    ``changes`` is of the rules, as programmes.RuleChanges writes it; ``fixed`` the pins and bans.
    """

    base_id: int | None = None
    title: str = ""
    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    fixed: Sequence[Mapping[str, str]] = ()


PLAIN = Tried()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOut:
    """A round that was worked out and is not kept yet."""

    done: DoneRound
    pack: _Packed


def run_round(
    order: runs.Order,
    snapshot: RegisterSnapshot,
    *,
    by: str,
    at: datetime.datetime,
    place: str,
    progress: Progress = quiet,
) -> Round:
    """Run a round and keep it; nothing is published.

    Everything is computed outside any transaction, from inputs that never change; then the round
    and its rows are saved in one, whole or not at all.
    """
    return keep_round(work_out(order, progress=progress), snapshot, by=by, at=at, place=place)


def work_out(order: runs.Order, *, progress: Progress = quiet) -> WorkedOut:
    """Run a round and make its pack, outside any transaction; nothing is kept."""
    done, workings = runs.run_intake(order, clock=time.perf_counter, progress=progress)
    return as_worked_out(done, workings)


def as_worked_out(done: DoneRound, workings: Any) -> WorkedOut:
    """Pack a round that was run, with what repeats and explains it; nothing is kept."""
    return WorkedOut(done=done, pack=_packed(done, workings))


def keep_round(
    worked_out: WorkedOut,
    snapshot: RegisterSnapshot,
    *,
    by: str,
    at: datetime.datetime,
    place: str,
    organisation: str = "",
    tried: Tried = PLAIN,
) -> Round:
    """Keep a round that was worked out, with all its rows or not at all."""
    done, pack = worked_out.done, worked_out.pack
    tables = packs.tabulate(done)
    with transaction.atomic():
        kept = Round.objects.create(
            programme_id=done.programme_id,
            cohort_id=done.cohort_id,
            definition_version=done.definition_version,
            on=done.on,
            snapshot=snapshot,
            made_at=at,
            made_by=by,
            is_synthetic=done.is_synthetic,
            summary=done.summary(),
            record=pack.record,
            pack=pack.zipped,
            base_id=tried.base_id,
            title=tried.title,
            changes=dict(tried.changes),
            fixed=[dict(each) for each in tried.fixed],
        )
        Placement.objects.bulk_create(
            _placements(kept, tables, _options(done)), batch_size=ROWS_AT_ONCE
        )
        HubLoad.objects.bulk_create(_loads(kept, tables.hubs), batch_size=ROWS_AT_ONCE)
        audit.record(
            by=by, at=at, action="round.run", subject=f"round:{kept.pk}", place=place,
            organisation=organisation,
            details={"programme": done.programme_id, "cohort": done.cohort_id},
        )  # fmt: skip
    return kept


def _options(done: DoneRound) -> dict[str, list[dict[str, Any]]]:
    """Give each school's other leads, best first, with what blocked each and its price."""
    options: dict[str, list[dict[str, Any]]] = {}
    for row in done.alternatives.sort("urn", "rank").iter_rows(named=True):
        options.setdefault(row["urn"], []).append(row)
    return options


def _placements(
    kept: Round, tables: packs.PackTables, options: dict[str, list[dict[str, Any]]]
) -> Iterator[Placement]:
    """Give one row for each applicant: its match, else why not, else what was decided on it."""
    seen: set[str] = set()
    for outcome, table in (
        (Outcome.MATCHED, tables.matches),
        (Outcome.UNMATCHED, tables.unmatched),
    ):
        for row in table.iter_rows(named=True):
            seen.add(row["urn"])
            yield _placement(kept, outcome, {**row, "options": options.get(row["urn"], [])})
    kept_places = {row["urn"]: row for row in tables.placed.iter_rows(named=True)}
    left = tables.decisions.filter(~pl.col("urn").is_in(list(seen)))
    for (urn,), rows in left.group_by("urn", maintain_order=True):
        verdicts = rows["verdict"].to_list()
        best = next(verdict for verdict in VERDICTS if verdict in verdicts)
        said = {"urn": urn, "decisions": rows.select(_SHOWN).to_dicts()}
        if place := kept_places.get(str(urn)):
            said["kept"] = _plain(place)
            yield _placement(kept, Outcome.HELD, {**said, **_about(rows)})
            continue
        yield _placement(kept, VERDICTS[best], {**said, **_about(rows)})


def _about(rows: pl.DataFrame) -> dict[str, Any]:
    about = rows.row(0, named=True)
    return {name: about[name] for name in ("school_name", "phase", "region")}


_SHOWN = ("pathway", "verdict", "binding_rule", "reason", "would_pass_if")


def _placement(kept: Round, outcome: Outcome, row: dict[str, Any]) -> Placement:
    return Placement(
        round=kept,
        urn=row["urn"],
        outcome=outcome,
        name=row["school_name"] or "",
        phase=row["phase"] or "",
        region=row["region"] or "",
        pathway=row.get("pathway") or "",
        lead_urn=row.get("lead_urn") or "",
        minutes=row.get("minutes"),
        is_exception=bool(row.get("is_exception")),
        record=_plain(row),
    )


def _loads(kept: Round, hubs: pl.DataFrame) -> Iterator[HubLoad]:
    for row in hubs.iter_rows(named=True):
        yield HubLoad(
            round=kept,
            lead_urn=row["lead_urn"],
            pathway=row["pathway"],
            name=row["lead_name"] or "",
            region=row["region"] or "",
            phase=row["phase"] or "",
            n_places=row["n_places"],
            n_running=row["n_running"],
            n_matched=row["n_matched"],
            record=_plain(row),
        )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in row.items()
    }


def _packed(done: DoneRound, workings: Any) -> _Packed:
    held = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(held, "w") as archive:
        for path in runs.write_round(done, workings, Path(folder) / "round"):
            archive.write(path, path.name, zipfile.ZIP_DEFLATED)
        record = json.loads((Path(folder) / "round" / "round.json").read_text())
    return _Packed(record=record, zipped=held.getvalue())
