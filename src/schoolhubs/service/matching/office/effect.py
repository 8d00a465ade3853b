"""What a round does beside another: in figures, by region and phase, and school by school."""

import dataclasses
import functools
import io
import zipfile
from collections.abc import Mapping

import polars as pl

from schoolhubs import packs
from schoolhubs.packs import Comparison
from schoolhubs.service.matching.models import PublishedRound, Round

ROUNDS_KEPT = 16  # in each process; what a round gave never changes
READ = (".csv",)
KINDS: Mapping[str, str] = {
    "gained": "Gains a hub",
    "lost": "Loses its hub",
    "moved": "Goes to another hub",
    "pathway": "Another pathway, same hub",
    "outcome": "No hub, told otherwise",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which of the schools whose place differs are wanted; blank for all."""

    kind: str = ""
    region: str = ""
    phase: str = ""

    def of(self, schools: pl.DataFrame) -> pl.DataFrame:
        """Give the rows that are wanted, those who lose or gain a hub first."""
        for name in ("kind", "region", "phase"):
            if value := getattr(self, name):
                schools = schools.filter(pl.col(name) == value)
        order = pl.col("kind").replace_strict({kind: n for n, kind in enumerate(_FIRST)}, default=9)
        return schools.sort(order, "urn")


_FIRST = ("lost", "gained", "moved", "pathway", "outcome")


@functools.lru_cache(maxsize=ROUNDS_KEPT)
def tables_of(round_id: int) -> packs.PackTables:
    """Give the tables of a round, as its pack holds them."""
    pack = Round.objects.values_list("pack", flat=True).get(pk=round_id)
    with zipfile.ZipFile(io.BytesIO(bytes(pack))) as archive:
        names = [name for name in archive.namelist() if name.endswith(READ)]
        return packs.PackTables.read({name: archive.read(name) for name in names})


@functools.lru_cache(maxsize=ROUNDS_KEPT)
def compared(before: int, after: int) -> Comparison:
    """Set one round beside another.

    A school that was refused in one of them, and took no part in the other, is no difference of
    the two plans and is left out.
    """
    old, new = tables_of(before), tables_of(after)
    both = set(old.decisions["urn"]) & set(new.decisions["urn"])
    return packs.compare(_taking_part(old, both), _taking_part(new, both))


def _taking_part(tables: packs.PackTables, both: set[str]) -> packs.PackTables:
    eligible = tables.decisions.filter(pl.col("verdict") == "yes")["urn"]
    keeps = sorted(both | set(eligible) | set(tables.matches["urn"]))
    return dataclasses.replace(
        tables, decisions=tables.decisions.filter(pl.col("urn").is_in(keeps))
    )


def beside(round_: Round, asked: str) -> Round | None:
    """Give the round that another is set beside.

    Parameters
    ----------
    asked
        The number of one of the same cohort; blank for the published one or, where that is the
        round itself, the one it was tried beside.
    """
    others = (
        Round.objects.filter(programme_id=round_.programme_id, cohort_id=round_.cohort_id)
        .exclude(pk=round_.pk)
        .defer("pack", "record")
    )
    if asked.isdecimal() and len(asked) < 10:
        return others.filter(pk=asked).first()
    published = PublishedRound.objects.filter(
        programme_id=round_.programme_id, cohort_id=round_.cohort_id
    ).values("round_id")
    found = others.filter(pk__in=published).first()
    return found or (others.filter(pk=round_.base_id).first() if round_.base_id else None)


@functools.lru_cache(maxsize=1_024)
def is_whole(round_id: int) -> bool:
    """Tell whether a round has a pack to be read."""
    return bool(Round.objects.values_list("pack", flat=True).get(pk=round_id))
