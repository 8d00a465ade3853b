"""The lists of a round by the names of their files, and where in them a late fault stands."""

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from schoolhubs.runs.parts.register import Lists
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.round import InputFile

# Faults that only the match can find: the list they stand in, and the columns that name the row.
_ROWS = {
    "pinned_twice": ("overrides", ("partner_urn",)),
    "impossible_pin": ("overrides", ("partner_urn", "lead_urn")),
    "pins_above_capacity": ("overrides", ("lead_urn",)),
    "partnership_of_unknown_lead": ("partnerships", ("lead_urn",)),
    "lead_in_partnership": ("partnerships", ("partner_urn", "lead_urn")),
    "placed_twice": ("partnerships", ("partner_urn",)),
}


def file_name(sources: Iterable[InputFile], kind: str) -> str:
    """Give the name of a list's file; where none was read, the kind of list.

    >>> file_name([InputFile(name="mine.csv", kind="leads", sha256="")], "leads")
    'mine.csv'
    >>> file_name([], "leads")
    'leads'
    """
    return next((source.name for source in sources if source.kind == kind), kind)


@contextlib.contextmanager
def located(
    given: Lists,
    set_aside: pl.DataFrame,
    sources: tuple[InputFile, ...],
    as_read: Mapping[str, pl.DataFrame] | None = None,
) -> Iterator[None]:
    """Tell the problems raised inside with the file and the rows they stand in.

    Parameters
    ----------
    given
        The lists, in the order of their files.
    set_aside
        ``urn, reason`` of listed leads that take no part.
    as_read
        The same lists with the URNs their files give, to name those too.
    """
    held = {"overrides": given.overrides, "partnerships": given.partnerships}
    why = dict(set_aside.select("urn", "reason").iter_rows())
    try:
        yield
    except DataProblem as error:
        placed = [
            _placed(_with_reason(problem, sources, why), held, sources, as_read or held)
            for problem in error.problems
        ]
        raise DataProblem(placed, outcome="Nothing was written.") from error


def _placed(
    problem: Problem,
    held: Mapping[str, pl.DataFrame],
    sources: tuple[InputFile, ...],
    as_read: Mapping[str, pl.DataFrame],
) -> Problem:
    if problem.code not in _ROWS:
        return problem
    kind, columns = _ROWS[problem.code]
    wanted = {"partner_urn": problem.urn, "lead_urn": problem.value or problem.urn}
    rows = held[kind].with_row_index("row", offset=2)
    if kind == "overrides":
        rows = rows.filter(pl.col("kind") == "pin")
    for column in columns:
        rows = rows.filter(pl.col(column) == wanted[column])
    first, *others = rows["row"].to_list() or [None]
    fault = problem.fault
    if first is not None:
        fault += _taken_for(as_read[kind].row(first - 2, named=True), rows.row(0, named=True))
    return dataclasses.replace(
        problem, fault=fault, file=file_name(sources, kind), row=first, other_rows=tuple(others)
    )


def _taken_for(given: Mapping[str, str], followed: Mapping[str, str]) -> str:
    """Name the URNs a row gives where a successor's were taken for them.

    >>> _taken_for(
    ...     {"partner_urn": "900001", "lead_urn": "900002"},
    ...     {"partner_urn": "900009", "lead_urn": "900002"},
    ... )
    '; the row gives 900001, which became 900009'
    """
    return "".join(
        f"; the row gives {given[name]}, which became {followed[name]}"
        for name in ("partner_urn", "lead_urn")
        if given[name] != followed[name]
    )


def _with_reason(
    problem: Problem, sources: tuple[InputFile, ...], set_aside: Mapping[str, str]
) -> Problem:
    """Tell a lead that was set aside, and why, from one that is not on the list."""
    lead = problem.value or problem.urn
    if problem.code in _ROWS and lead in set_aside:
        said = f"it is in {file_name(sources, 'leads')} and was set aside: {set_aside[lead]}"
    elif problem.code == "partnership_of_unknown_lead":
        said = f"it is not listed in {file_name(sources, 'leads')}"
    else:
        return problem
    return dataclasses.replace(problem, fault=f"{problem.fault}; {said}")
