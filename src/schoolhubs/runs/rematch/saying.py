"""Why each school of a re-match goes where it goes, in words."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from schoolhubs.runs.rematch.ordering import Fallen
from schoolhubs.vocabulary.records.matching import MatchResult, Rematch
from schoolhubs.vocabulary.words import counted

Row = Mapping[str, Any]


class Telling:
    """Knows what fell away, and what schools are called."""

    def __init__(self, fallen: Fallen, names: Mapping[str, str], result: MatchResult) -> None:
        self.fallen, self.names = fallen, names
        self.bars = {
            pair: row["reason"]
            for row in fallen.bars.iter_rows(named=True)
            if row["kind"] != "pin"
            for pair in _pairs(row)
        }
        self.closed = set(fallen.places.select("lead_urn", "pathway").iter_rows())
        self.left_out = dict(result.unmatched.select("urn", "reason").iter_rows())

    def told(self, rematch: Rematch) -> Rematch:
        """Give the re-match with who withdrew, and a reason for every change."""
        rows = rematch.changes.to_dicts()
        came: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            if row["lead_urn"]:
                came.setdefault((row["lead_urn"], row["pathway"]), []).append(row["urn"])
        reasons = [self._reason(row, came) for row in rows]
        changes = rematch.changes.with_columns(pl.Series("reason", reasons, dtype=pl.String))
        return dataclasses.replace(rematch, withdrawn=self.fallen.withdrawn, changes=changes)

    def _reason(self, row: Row, came: Mapping[tuple[str, str], list[str]]) -> str:
        old, new, kind = row["lead_before"], row["lead_urn"], row["kind"]
        if kind == "newly matched":
            return f"Goes to {self.named(new)}: a place is there for it now."
        to = self.named(new)
        if new == old:
            to += f" on {row['pathway']}"
        room = self._room(came.get((old, row["pathway_before"]), []))
        if kind == "moved":
            return f"Moves from {self.named(old)} to {to}, so that {room}."
        nowhere = self.left_out.get(row["urn"], "no place is left for it")
        if kind == "lost place":
            return f"Gives up its place at {self.named(old)}, so that {room}. No other: {nowhere}."
        cause = self._cause(row)
        if kind == "unmatched":
            return f"Has no hub any more, because {cause}. No other: {nowhere}."
        return f"Goes to {to} instead of {self.named(old)}, because {cause}."

    def _cause(self, row: Row) -> str:
        old = row["lead_before"]
        if old in self.fallen.withdrawn:
            return f"{self.named(old)} withdrew"
        if (row["urn"], old) in self.bars:
            why = self.bars[row["urn"], old]
            return "the two are kept apart" + (f": {why.strip().rstrip('.')}" if why else "")
        if (old, row["pathway_before"]) in self.closed:
            return f"{self.named(old)} has fewer places"
        return f"{self.named(old)} has no place for it any more"

    def _room(self, came: list[str]) -> str:
        """Say who has the place that a school left.

        Nobody has it where the chain of moves ends in places that are counted together.
        """
        if not came:
            return "more need is served"
        first = ", ".join(self.named(urn) for urn in came[:2])
        more = f" and {counted(len(came) - 2, 'other')}" if len(came) > 2 else ""
        return f"{first}{more} can go there"

    def named(self, urn: str) -> str:
        """Give a school's name and URN."""
        return f"{self.names[urn]} ({urn})" if self.names.get(urn) else urn

    def summary(self, rematch: Rematch, on: str) -> Iterator[str]:
        """Tell in sentences what was matched again, and with what effect."""
        what = []
        if self.fallen.withdrawn:
            leads = [self.named(urn) for urn in self.fallen.withdrawn]
            what.append(f"{', '.join(leads)} withdrew")
        n_together = int((self.fallen.bars["kind"] == "pin").sum())
        if n := self.fallen.bars.height - n_together:
            what.append(f"{counted(n, 'pair is', 'pairs are')} kept apart")
        if n_together:
            what.append(f"{counted(n_together, 'pair is', 'pairs are')} kept together")
        if n := self.fallen.places["lead_urn"].n_unique():
            what.append(f"the places of {counted(n, 'hub')} changed")
        if n := len(self.fallen.left):
            takes = counted(n, "school takes", "schools take")
            what.append(f"{takes} part no longer")
        yield f"A re-match of the round of {on}: {'; '.join(what) or 'nothing fell away'}."
        counts = rematch.counts()
        displaced = counted(counts["displaced"], "school was", "schools were")
        moved = counted(counts["moved_others"], "other school was", "other schools were")
        yield (
            f"{_first_upper(displaced)} displaced: "
            f"{counts['replaced']:,} placed again and {counts['unmatched']:,} without a hub. "
            f"{_first_upper(moved)} moved. "
            "What follows was said of the round before it."
        )


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _pairs(row: Row) -> list[tuple[str, str]]:
    pair = (row["partner_urn"], row["lead_urn"])
    return [pair, pair[::-1]] if row["kind"] == "conflict" else [pair]
