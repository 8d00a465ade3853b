"""What a list of lead schools would change among the hubs of a programme; nothing is kept here.

A blank cell of the list changes nothing of a hub that is there. No list ends a hub: its schools
would be left without anybody to tell them, which is what stepping down is for.
"""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from schoolhubs.service.network.models import Hub
from schoolhubs.vocabulary.errors import DataProblem, Problem

PLACES = "capacity_"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a hub stands: its first day, the first day after its last, places where it states them.

    Days are None where there is none; ``places`` maps pathway to places.
    """

    started_on: datetime.date | None
    finished_on: datetime.date | None
    places: Mapping[str, int]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One hub that a list makes or changes; ``before`` is None for a new one."""

    urn: str
    before: Standing | None
    after: Standing


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a list would do to a programme's hubs.

    Parameters
    ----------
    new, changed
        Hubs it makes and changes, in order of URN.
    over
        URNs it lists of hubs that are over: they stay so, as it names no later start.
    kept_days
        URNs of hubs whose days stay, as the list would end them or put them off.
    lacking
        URNs of hubs that are not over and are not on it; they stay as they are.
    unknown
        Columns of places on no pathway of the programme; they are left aside.
    n_same, n_of_others
        Hubs that stay as they are; rows of other programmes, left aside.
    """

    new: tuple[Change, ...]
    changed: tuple[Change, ...]
    over: tuple[str, ...]
    kept_days: tuple[str, ...]
    lacking: tuple[str, ...]
    unknown: tuple[str, ...]
    n_same: int
    n_of_others: int

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.new or self.changed)

    def digest(self) -> str:
        """Give one digest, the same wherever the same would be done to the same hubs."""
        text = json.dumps(dataclasses.asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def planned(
    hubs: Iterable[Hub],
    leads: pl.DataFrame,
    *,
    programme_id: str,
    pathways: Sequence[str],
    on: datetime.date,
) -> Plan:
    """Work out what a list would change.

    Parameters
    ----------
    hubs
        Every hub of the programme as it stands.
    leads
        frames.LEADS with ``capacity_<pathway>`` columns as text; a row without a programme is of
        this one.
    pathways
        The programme's own; other columns of places are left aside.
    on
        The day: hubs that finished on it or before are over.

    Raises
    ------
    DataProblem
        If no row is of this programme, one school stands in two, or a hub's days would cross.
    """
    named = pl.col("programme_id")
    ours = leads.filter(named.is_null() | (named == programme_id))
    _refuse(ours, leads.height, programme_id)
    there = {hub.lead_urn: hub for hub in hubs}
    rows = {row["urn"]: row for row in ours.sort("urn").iter_rows(named=True)}
    stated = [name for name in leads.columns if name.startswith(PLACES)]
    told = {urn: _settled(there.get(urn), row, pathways, on) for urn, row in rows.items()}
    _refuse_crossed(told)
    changed = [
        Change(urn=urn, before=standing(there[urn]), after=after)
        for urn, after in told.items()
        if urn in there and after != standing(there[urn])
    ]
    over = [urn for urn in rows if urn in there and _stays_over(there[urn], rows[urn], on)]
    return Plan(
        new=tuple(
            Change(urn=urn, before=None, after=after)
            for urn, after in told.items()
            if urn not in there
        ),
        changed=tuple(changed),
        over=tuple(over),
        kept_days=tuple(
            urn
            for urn, row in rows.items()
            if urn in there and urn not in over and _wants_other_days(row, told[urn])
        ),
        lacking=tuple(
            urn for urn, hub in sorted(there.items()) if urn not in rows and not _is_over(hub, on)
        ),
        unknown=tuple(name for name in stated if name.removeprefix(PLACES) not in pathways),
        n_same=sum(urn in there for urn in rows) - len(changed) - len(over),
        n_of_others=leads.height - ours.height,
    )


def standing(hub: Hub) -> Standing:
    """Give how a hub stands."""
    return Standing(started_on=hub.started_on, finished_on=hub.finished_on, places=dict(hub.places))


def _refuse(ours: pl.DataFrame, n_rows: int, programme_id: str) -> None:
    """Refuse a list without a row of the programme, and one that names a school twice for it."""
    if ours.is_empty():
        raise DataProblem(
            [
                Problem(
                    code="no_lead_of_programme",
                    fault=f"none of the {n_rows:,} lead schools is of {programme_id}",
                    remedy="Write this programme's id in the column programme_id, or leave the "
                    "column out. Or choose the programme that the list is of.",
                )
            ]
        )
    twice = ours.filter(pl.col("urn").is_duplicated())["urn"].unique().sort()
    if twice.len():
        raise DataProblem(
            Problem(
                code="repeated_lead",
                urn=urn,
                column="programme_id",
                fault="the school is listed both with this programme and with none",
                remedy="Keep one of the two rows.",
            )
            for urn in twice
        )


def _settled(
    hub: Hub | None, row: Mapping[str, Any], pathways: Sequence[str], on: datetime.date
) -> Standing:
    """Give how a hub stands once its row of a list is heard."""
    start, until = row["leads_from"], row["leads_until"]
    stated = {
        name: int(row[f"{PLACES}{name}"])
        for name in pathways
        if row.get(f"{PLACES}{name}") not in (None, "")
    }
    if hub is None:
        return Standing(started_on=start, finished_on=until, places=stated)
    if _stays_over(hub, row, on):
        return standing(hub)
    places = {**hub.places, **stated}
    if _is_over(hub, on):
        return Standing(started_on=start, finished_on=until, places=places)
    has_begun = hub.started_on is None or hub.started_on <= on
    if start is None or (has_begun and start > on):
        start = hub.started_on
    is_later = until is not None and hub.finished_on is not None and until > hub.finished_on
    return Standing(
        started_on=start, finished_on=until if is_later else hub.finished_on, places=places
    )


def _is_over(hub: Hub, on: datetime.date) -> bool:
    return hub.finished_on is not None and hub.finished_on <= on


def _stays_over(hub: Hub, row: Mapping[str, Any], on: datetime.date) -> bool:
    """Tell whether a hub is over and a list does not name it anew, from its last day or later."""
    if not _is_over(hub, on):
        return False
    start = row["leads_from"]
    return start is None or start < hub.finished_on


def _wants_other_days(row: Mapping[str, Any], after: Standing) -> bool:
    """Tell whether a row states a day that a hub did not take over."""
    return any(
        stated is not None and stated != taken
        for stated, taken in (
            (row["leads_from"], after.started_on),
            (row["leads_until"], after.finished_on),
        )
    )


def _refuse_crossed(told: Mapping[str, Standing]) -> None:
    """Refuse hubs that would finish before they start."""
    crossed = [
        urn
        for urn, after in told.items()
        if after.started_on and after.finished_on and after.finished_on <= after.started_on
    ]
    if crossed:
        raise DataProblem(
            Problem(
                code="starts_after_it_ends",
                urn=urn,
                column="leads_from",
                fault=f"leads_from is {told[urn].started_on}, and this hub ends on "
                f"{told[urn].finished_on}",
                remedy="Write a later leads_until too, or an earlier leads_from.",
            )
            for urn in crossed
        )
