"""Where to look first, in words without a number of pupils: made of what may prompt, and only that.

A prompt names a cause, a year group or a weekday. A cause is named only where more is so marked
than with any other, a year group or weekday only where more of its sessions are so missed than of
the others': beyond chance, however many were compared.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Literal

import polars as pl

from schoolhubs.attendance.patterns import prompting
from schoolhubs.attendance.patterns.causes import causes, letters, said
from schoolhubs.attendance.patterns.changing import changed
from schoolhubs.attendance.patterns.prompting import Clearance, may_prompt
from schoolhubs.attendance.patterns.sessions import sessions_of


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One place to look first.

    Parameters
    ----------
    kind
        What is named: a cause, a year group or a weekday.
    name
        Of the cause in ``patterns.yaml``; a number as text otherwise.
    share
        Its share of the sessions that may prompt, in steps; never a count.
    advice
        What to do first, in words.
    """

    kind: Literal["cause", "year_group", "weekday"]
    name: str
    share: float
    advice: str


def prompts(
    marks: pl.DataFrame, *, least_pupils: int, cleared: Sequence[Clearance] = ()
) -> tuple[Prompt, ...]:
    """Say where to look first in one school's marks; nothing where nothing stands out.

    Parameters
    ----------
    marks
        Rows of ``frames.MARKS`` of one school, whole pupils.
    least_pupils
        Nothing is named that fewer pupils make up.
    cleared
        What named persons decided; see :func:`may_prompt`.
    """
    held = may_prompt(marks, cleared=cleared)
    if held["pupil"].n_unique() < least_pupils:
        return ()
    found = [*_of_causes(held), *_of_groups(marks, held)]
    shares = said()["prompts"]
    kept = [
        each for each, n_pupils in found
        if n_pupils >= least_pupils and each.share >= shares["least_share"]
    ]  # fmt: skip
    return tuple(kept[: shares["most"]])


def _of_causes(held: pl.DataFrame) -> Iterator[tuple[Prompt, int]]:
    """Give the cause that most of it has, if each of the others has less beyond chance."""
    of_cause = {}
    for cause in causes():
        part = held.filter(pl.col("letter").is_in(list(cause.letters)))
        if part.height and cause.name in said()["advice"]:
            of_cause[cause.name] = part
    if not of_cause:
        return
    name = max(of_cause, key=lambda each: (of_cause[each].height, each))
    most, others = of_cause.pop(name), list(of_cause.values())
    shares = [_shares(held, part) for part in (most, *others)]
    found = [changed(each, shares[0], n_compared=len(others)) for each in shares[1:]]
    if all(each.finding == "rose" for each in found):
        share, n_pupils = most.height / held.height, most["pupil"].n_unique()
        yield _prompt("cause", name, share, name), n_pupils


def _shares(held: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """Count, of each pupil, what may prompt, and a part of it."""
    whole = held.group_by("pupil").agg(pl.len().cast(pl.Int64).alias("possible"))
    of_part = part.group_by("pupil").agg(pl.len().cast(pl.Int64).alias("missed"))
    return whole.join(of_part, on="pupil", how="left").with_columns(pl.col("missed").fill_null(0))


def _of_groups(marks: pl.DataFrame, held: pl.DataFrame) -> Iterator[tuple[Prompt, int]]:
    """Give the year group and the weekday that stand out most beyond chance."""
    compared = _comparable(marks, held)
    for kind in ("year_group", "weekday"):
        values = compared[kind].drop_nulls().unique().sort().to_list()
        best: tuple[float, int] | None = None
        for value in values if len(values) > 1 else []:
            is_it = pl.col(kind) == value
            ours, others = (_by_pupil(compared.filter(each)) for each in (is_it, ~is_it))
            found = changed(others, ours, n_compared=len(values))
            if found.finding == "rose" and found.points is not None:
                best = max(best or (0.0, value), (found.points, value))
        if best:
            part = held.filter(pl.col(kind) == best[1])
            share = part.height / held.height
            yield _prompt(kind, str(best[1]), share, kind), part["pupil"].n_unique()


def _comparable(marks: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Give the possible sessions of the pupils who may prompt, and which of them do."""
    at = ["urn", "pupil", "week_on", "slot"]
    sessions = sessions_of(marks)
    free = ~prompting.is_flagged()
    is_possible = pl.col("letter").is_in(list(letters("sess_possible")))
    whole = sessions.filter(is_possible, free.all().over("urn", "pupil"))
    starting = held.select(*at, prompts=pl.lit(value=True))
    joined = whole.join(starting, on=at, how="left", maintain_order="left")
    return joined.with_columns(pl.col("prompts").fill_null(value=False))


def _by_pupil(sessions: pl.DataFrame) -> pl.DataFrame:
    return sessions.group_by("pupil").agg(
        pl.len().cast(pl.Int64).alias("possible"),
        pl.col("prompts").sum().cast(pl.Int64).alias("missed"),
    )


def _prompt(kind: str, name: str, share: float, advice: str) -> Prompt:
    step = said()["prompts"]["step"]
    told = round(round(share / step) * step, 4)
    words = said()["advice"][advice]
    return Prompt(kind=kind, name=name, share=told, advice=words)  # type: ignore[arg-type]
