"""Joins published tables into one school register as at a date."""

import datetime
from collections.abc import Iterable, Sequence

import polars as pl

from schoolhubs.schools.figures.absence import absence_from
from schoolhubs.schools.figures.context import context_from
from schoolhubs.schools.figures.inspections import implied_links, inspections_from
from schoolhubs.schools.figures.phases import phase_figures_from
from schoolhubs.schools.figures.published import file_of
from schoolhubs.schools.quality import quality_of
from schoolhubs.schools.register import SchoolRegister
from schoolhubs.schools.roster import chains, establishments
from schoolhubs.schools.roster.places import placed
from schoolhubs.schools.roster.trusts import members_on, trusts_from
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.published import PublishedTable
from schoolhubs.vocabulary.records.round import InputFile


def build(tables: Iterable[PublishedTable], *, on: datetime.date) -> SchoolRegister:
    """Make one school register of published tables, as at a date.

    Parameters
    ----------
    tables
        What ``files.read`` gave, in any order; a file given twice counts once.
    on
        The date: which schools were open, in which trust, with which predecessors. Figures and
        inspections of later days stay in the register, under their own dates, for the history;
        :func:`schools.facts` does not use them.

    Raises
    ------
    DataProblem
        If no table lists schools, or two tables of one series contradict each other.

    Examples
    --------
    >>> try:
    ...     build([], on=datetime.date(2018, 9, 1))
    ... except DataProblem as error:
    ...     print(error.problems[0].fault)
    none of the files lists schools
    """
    once = _without_copies(tables)
    giving = {what: [t for t in once if what in t.gives] for what in _all_gifts(once)}
    if "establishments" not in giving:
        raise _no_schools()
    links = chains.links_from([t.frame for t in giving.get("links", [])])
    inspections = inspections_from(giving.get("inspections", []))
    named = implied_links(giving.get("inspections", []))
    links = pl.concat([links, named]).sort("urn", "link_urn", "link_kind")
    trusts = trusts_from(giving.get("trusts", []))
    absence = absence_from(giving.get("absence", []))
    context = context_from(giving.get("context", []), on)
    steps = chains.edges(links)
    known = establishments.roster(once)
    schools = _schools(known, steps, members_on(trusts, on), context, on)
    phases = phase_figures_from(giving.get("phase_figures", []), absence, schools)
    return SchoolRegister(
        on=on,
        schools=schools,
        absence=absence,
        inspections=inspections,
        links=links,
        trusts=trusts,
        phase_figures=phases,
        quality=quality_of(once, known, schools, absence, inspections, links, context, on),
        sources=tuple(
            InputFile(
                name=file_of(t), kind=t.kind, series=t.series, year=t.year or "", sha256=t.sha256
            )
            for t in once
        ),
    )


def _without_copies(tables: Iterable[PublishedTable]) -> list[PublishedTable]:
    """Leave out a file given twice, and the markers' CSV where their JSON is there too."""
    seen: dict[object, PublishedTable] = {}
    for table in sorted(tables, key=lambda t: (file_of(t), t.sha256)):
        same = (table.kind, table.as_at) if table.kind == "schools_markers" else table.sha256
        seen.setdefault(same, table)
    return list(seen.values())


def _all_gifts(tables: Sequence[PublishedTable]) -> list[str]:
    return sorted({gift for table in tables for gift in table.gives})


def _schools(
    known: pl.DataFrame,
    steps: pl.DataFrame,
    members: pl.DataFrame,
    context: pl.DataFrame,
    on: datetime.date,
) -> pl.DataFrame:
    earlier = chains.listed(chains.ancestors(steps, until=on), "predecessor_urns")
    later = chains.listed(chains.descendants(steps), "successor_urns")
    whole = establishments.described(establishments.as_at(known, steps, on))
    whole = placed(whole, steps)
    for part in (earlier, later, members, context):
        whole = whole.join(part, on="urn", how="left", maintain_order="left")
    # A school without context figures has none that are later.
    marked = whole.with_columns(pl.col("is_context_later").fill_null(value=False))
    return frames.SCHOOLS.fill(marked.sort("urn"))


def _no_schools() -> DataProblem:
    return DataProblem(
        [
            Problem(
                code="no_schools",
                fault="none of the files lists schools",
                remedy="Give a list of establishments too, such as the full GIAS extract.",
            )
        ]
    )
