"""Matches a finished round again from its own folder, and gives it as a round of its own."""

import dataclasses
import datetime
import hashlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import polars as pl

from schoolhubs import matching
from schoolhubs.runs.budget import round_budget
from schoolhubs.runs.kept import rounds
from schoolhubs.runs.rematch.ordering import Fallen, Ordered, ordered
from schoolhubs.runs.rematch.saying import Telling
from schoolhubs.runs.rereading import read_workings
from schoolhubs.runs.stopwatch import Stopwatch
from schoolhubs.runs.workings import Workings
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.round import InputFile, Round

RECORD = "round.json"


def rematch_round(
    folder: Path,
    *,
    withdrawn: Collection[str] = (),
    bars: pl.DataFrame | None = None,
    places: pl.DataFrame | None = None,
    partnerships: pl.DataFrame | None = None,
    proposed: pl.DataFrame | None = None,
    left: Collection[str] = (),
    starts_on: datetime.date | None = None,
    keep_others: bool = False,
    may_lose_place: bool = False,
    command: str = "",
    versions: Mapping[str, str] | None = None,
    clock: Callable[[], float],
    progress: Progress = quiet,
) -> tuple[Round, Workings]:
    """Match a finished round again with as few changes as can be.

    Parameters
    ----------
    folder
        The round pack to start from, a re-match or not; it is left as it is.
    withdrawn
        Lead schools that lead no hub any more.
    bars
        frames.OVERRIDES, such as a ban of each pair that does not work.
    places
        frames.CAPACITY: places of some leads as they are now.
    partnerships
        frames.PARTNERSHIPS as they stand now, in place of those of the round. One that is a match
        of the round is held in its place; none is moved unless its lead or pair is gone.
    left
        Applicants that take part no longer, such as those who withdrew: they are matched with
        nobody, and the new round does not speak of them.
    starts_on
        First day of what is newly matched, where that is after the day of the round. Places are
        counted over the terms from then, and for whoever stays over those it has.
    proposed
        frames.PARTNERSHIPS of what is proposed and not agreed yet, for the days of whoever stays;
        it is read only beside ``starts_on``.
    keep_others
        Nobody may be moved who need not be; if not, schools that have not agreed yet may be
        where that serves more need, and keep a place elsewhere.
    may_lose_place
        They may also lose their place to schools of greater need.
    command, versions
        How to repeat it, and with what; without versions, those of the round.
    clock
        Gives seconds, for the timings.

    Returns
    -------
    Round, Workings
        A round of its own, whose ``rematch`` tells each change with its reason.

    Raises
    ------
    DataProblem
        If the folder holds no round that can be matched again, a lead is none of it, or more
        schools are held at a lead than it has places.
    SchoolhubsError
        If the finished match breaks a hard rule: a fault of ours, and nothing is handed over.
    """
    fallen = Fallen(
        withdrawn=tuple(sorted(set(withdrawn))),
        bars=frames.OVERRIDES.fill(frames.OVERRIDES.empty() if bars is None else bars),
        places=frames.CAPACITY.fill(frames.CAPACITY.empty() if places is None else places),
        partnerships=partnerships,
        left=tuple(sorted(set(left))),
        proposed=frames.PARTNERSHIPS.empty() if proposed is None else proposed,
    )
    workings = read_workings(folder)
    base, rules = rounds.read(folder)
    matches = pl.read_csv(folder / "matches.csv", infer_schema=False)
    order = ordered(
        workings, matches, fallen, keep_others=keep_others, may_lose_place=may_lose_place,
        starts_on=starts_on,
    )  # fmt: skip
    order = dataclasses.replace(
        order, workings=dataclasses.replace(order.workings, programme=rules)
    )
    watch = Stopwatch(clock, progress)
    solved, alternatives = _solved(order, watch, clock, progress)
    names = dict(base.schools.select("urn", "school_name").drop_nulls().iter_rows())
    telling = Telling(fallen, names, solved.result)
    assert solved.result.rematch is not None
    told = telling.told(solved.result.rematch)
    held = dataclasses.replace(
        base,
        result=dataclasses.replace(solved.result, rematch=told),
        alternatives=alternatives,
        decisions=base.decisions.filter(~pl.col("urn").is_in(list(fallen.left))),
        leads=base.leads.filter(~pl.col("urn").is_in(list(fallen.withdrawn))),
        budget=round_budget(rules, solved.result.hubs),
        sources=(*base.sources, _the_round(folder)),
        command=command,
        versions=base.versions if versions is None else versions,
        timings=watch.seconds,
        notes=(*telling.summary(told, f"{base.on.day} {base.on:%B %Y}"), *order.notes, *base.notes),
    )
    return held, order.workings


def _solved(
    order: Ordered, watch: Stopwatch, clock: Callable[[], float], progress: Progress
) -> tuple[matching.Solved, pl.DataFrame]:
    with watch.stage("matching"):
        solved = order.workings.solve(clock=clock, progress=progress)
    with watch.stage("alternatives"):
        alternatives = matching.alternatives(solved)
    with watch.stage("checking"):
        order.workings.check(solved)
    return solved, alternatives


def _the_round(folder: Path) -> InputFile:
    """Name the round that was matched again, by its record."""
    content = (folder / RECORD).read_bytes()
    name = f"{folder.resolve().name}/{RECORD}"
    return InputFile(name=name, kind="round", sha256=hashlib.sha256(content).hexdigest())
