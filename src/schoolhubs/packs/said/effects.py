"""What changed between two rounds, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from schoolhubs.packs.tables import CHOICES, PackTables
from schoolhubs.packs.words import listed, minutes, sentence_case
from schoolhubs.vocabulary.words import counted

Row = Mapping[str, Any]


def in_words(totals: pl.DataFrame, schools: pl.DataFrame) -> Iterator[str]:
    """Tell the effect of going from one round to another.

    Parameters
    ----------
    totals, schools
        As in ``Comparison``.
    """
    rows = {row["measure"]: row for row in totals.iter_rows(named=True)}
    yield f"{_moved(rows['matched'], 'school is matched', 'schools are matched')}."
    yield from _kept(rows["keep an earlier place"])
    need, put = rows["need served"], rows["need put to the match"]["after"]
    yield f"{_moved(need, 'need point is served', 'need points are served')}, of {put:,.0f}."
    over = rows["over the limit"]
    yield f"{_moved(over, 'journey is over the limit', 'journeys are over the limit')}."
    yield from _journeys(rows)
    yield _who(schools)


def _kept(row: Row) -> Iterator[str]:
    """Say who is counted apart: a school that has agreed with a hub is matched with none anew.

    >>> list(_kept({"before": 0, "after": 38, "change": 38}))
    ['38 schools keep the hub they have already, 38 more than before. They are not matched anew, \
so the counts of matched schools and of need leave them out.']
    """
    if not row["before"] and not row["after"]:
        return
    has, have = "school keeps the hub it has already", "schools keep the hub they have already"
    yield (
        f"{_moved(row, has, have)}. They are not matched anew, so the counts of matched schools "
        "and of need leave them out."
    )


def _moved(row: Row, one: str, many: str) -> str:
    """Say where a count stands and how far it went.

    >>> _moved({"before": 10, "after": 8, "change": -2}, "school", "schools")
    '8 schools, 2 fewer than before'
    >>> _moved({"before": 8, "after": 8, "change": 0}, "school", "schools")
    '8 schools, as many as before'
    """
    n, change = round(row["after"]), round(row["change"])
    how = f"{abs(change):,} {'more' if change > 0 else 'fewer'} than" if change else "as many as"
    return sentence_case(f"{counted(n, one, many)}, {how} before")


def _journeys(rows: Mapping[str, Row]) -> Iterator[str]:
    half, far = rows["median journey"], rows["longest journey"]
    if half["after"] is None:
        yield "Nobody travels."
        return
    was = "" if half["before"] is None else f" (before: {minutes(half['before'])})"
    longest = "" if far["before"] is None else f" (before: {minutes(far['before'])})"
    yield (
        f"Half of the journeys take {minutes(half['after'])} or less{was}; the longest takes "
        f"{minutes(far['after'])}{longest}."
    )


def _who(schools: pl.DataFrame) -> str:
    n = dict(schools.group_by("kind").len().iter_rows())
    said = {
        "moved": ("school goes", "schools go", "to another hub"),
        "pathway": ("school is", "schools are", "with the same hub on another pathway"),
        "gained": ("school gains", "schools gain", "a hub"),
        "lost": ("school loses", "schools lose", "its hub"),
        "outcome": ("school without a hub is", "schools without a hub are", "told otherwise"),
    }
    parts = [
        f"{counted(n[kind], one, many)} {'their hubs' if kind == 'lost' and n[kind] > 1 else what}"
        for kind, (one, many, what) in said.items()
        if kind in n
    ]
    return f"{sentence_case(listed(parts))}." if parts else "No school is placed otherwise."


def floor_notes(floors: list[Row]) -> Iterator[str]:
    """Name each floor that could not be reached, and whose places bind it.

    Parameters
    ----------
    floors
        ``FloorResult.as_dict`` of each group.

    Examples
    --------
    >>> floor = {"group": "London", "n_matched": 3, "n_wanted": 4, "n_floor": 3,
    ...     "binding_lead_urns": ["900001", "900002"], "n_binding_places": 3}
    >>> list(floor_notes([floor]))
    ['London falls short of its floor: 3 of at least 4 schools are matched. All 3 places within \
reach, at lead schools 900001 and 900002, are taken.']
    """
    for floor in floors:
        if floor["n_floor"] >= floor["n_wanted"]:
            continue
        leads, n = floor["binding_lead_urns"], floor["n_binding_places"]
        named = listed(leads[:8]) if len(leads) <= 8 else f"{', '.join(leads[:8])} and others"
        where = f"lead school{'s' if len(leads) > 1 else ''} {named}" if leads else ""
        if not leads:
            why = "No lead school may take more of its schools."
        elif n:
            places = "The only place" if n == 1 else f"All {n:,} places"
            why = f"{places} within reach, at {where}, {'is' if n == 1 else 'are'} taken."
        else:
            why = f"{sentence_case(where)} within reach offer no place."
        of = f"{floor['n_matched']:,} of at least {floor['n_wanted']:,} schools are matched"
        yield f"{floor['group']} falls short of its floor: {of}. {why}"


class Telling:
    """Says of one school why its place differs, from the tables of both rounds."""

    def __init__(self, before: PackTables, after: PackTables) -> None:
        self.after = {row["urn"]: row for row in after.matches.iter_rows(named=True)}
        self.leads = dict(after.hubs["lead_urn", "lead_name"].iter_rows())
        self.names = {
            **dict(before.hubs["lead_urn", "lead_name"].iter_rows()),
            **self.leads,
        }

    def why(self, row: Row) -> str:
        """Give one or two sentences on a row of ``Comparison.schools``."""
        kind, old, new = row["kind"], row["lead_before"], row["lead_after"]
        if kind == "moved":
            return f"Goes to {self._lead(new)} instead of {self._lead(old)}. {self._gone(row)}"
        if kind == "pathway":
            pathways = f"{row['pathway_after']} instead of {row['pathway_before']}"
            return f"Stays with {self._lead(new)}, on {pathways}."
        if kind == "gained":
            was = _sentence(row["reason_before"]) or f"{sentence_case(row['outcome_before'])}."
            return f"Goes to {self._lead(new)}. Before: {was}"
        said = _sentence(row["reason_after"]) or f"{sentence_case(row['outcome_after'])}."
        return f"No longer with {self._lead(old)}. {said}" if kind == "lost" else said

    def _lead(self, urn: str) -> str:
        return f"{self.names.get(urn) or 'lead school'} ({urn})"

    def _gone(self, row: Row) -> str:
        """Say what keeps a school from the lead it had."""
        old, now = row["lead_before"], self.after.get(row["urn"], {})
        if old not in self.leads:
            return f"{self._lead(old)} leads no hub in this round."
        for choice in CHOICES:
            if now.get(f"{choice}_lead_urn") == old:
                return f"{self._lead(old)} was blocked by {now[f'{choice}_blocked_by']}."
        return "Other schools of this round make this the better place for all of them together."


def _sentence(text: str | None) -> str:
    return f"{sentence_case(text.rstrip('.'))}." if text else ""
