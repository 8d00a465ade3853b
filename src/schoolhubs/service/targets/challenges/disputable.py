"""What of a target a school can dispute, with what stands there now."""

import dataclasses
from collections.abc import Iterator

from schoolhubs.service.targets.models import Disputed, SchoolTarget
from schoolhubs.service.targets.reading import panel_of
from schoolhubs.vocabulary.frames import CONTEXT, SCHOOLS
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from schoolhubs.vocabulary.records.school.target import AttendanceTarget


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing that can be disputed: its kind, name and value, and its words on the page."""

    kind: str
    name: str
    value: float | None
    words: str

    @property
    def key(self) -> str:
        """What its choice on the page sends."""
        return f"{self.kind}:{self.name}"

    @property
    def takes_a_number(self) -> bool:
        """Whether a school can say what it should be."""
        return self.kind != Disputed.COMPARATOR


def things_of(target: SchoolTarget, explained: AttendanceTarget) -> list[Thing]:
    """Give everything a school can dispute of its target: years, context, comparators."""
    panel = panel_of(target.fit.snapshot_id)
    now = {(each["kind"], each["name"]): each["after"] for each in target.replaced}
    return [
        *_years(panel, target, now),
        *_context(panel, target, now),
        *(
            Thing(
                kind=Disputed.COMPARATOR, name=each.urn, value=None,
                words=f"{each.school_name} ({each.urn}) is not like our school",
            )
            for each in explained.comparators
        ),
    ]  # fmt: skip


Now = dict[tuple[str, str], float | None]


def _years(panel: SchoolPanel, target: SchoolTarget, now: Now) -> Iterator[Thing]:
    rows = panel.years.filter(
        (panel.years["urn"] == target.urn) & (panel.years["year"] < target.fit.year)
    ).sort("year", descending=True)
    for year, percent in rows.select("year", "sess_overall_percent").iter_rows():
        value = now.get((Disputed.FIGURE, year), percent)
        yield Thing(
            kind=Disputed.FIGURE, name=year, value=value, words=f"Absence in {year}: {_said(value)}"
        )


def _context(panel: SchoolPanel, target: SchoolTarget, now: Now) -> Iterator[Thing]:
    rows = panel.context.filter(panel.context["urn"] == target.urn)
    about = {column.name: column for column in SCHOOLS.columns}
    for name in CONTEXT:
        value = now.get((Disputed.CONTEXT, name), rows[name][0] if rows.height else None)
        said = f"{value:,.0f}" if name == "n_pupils" and value is not None else _said(value)
        yield Thing(
            kind=Disputed.CONTEXT, name=name, value=value, words=f"{about[name].about}: {said}"
        )


def _said(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1f} %"


def words_of(kind: str, name: str) -> str:
    """Name a disputed thing without its value.

    >>> words_of("figure", "2023/24"), words_of("context", "eal_percent")
    ('absence in 2023/24', 'pupils with English as an additional language')
    >>> words_of("comparator", "900001")
    'the school with URN 900001 as a comparator'
    """
    if kind == Disputed.FIGURE:
        return f"absence in {name}"
    if kind == Disputed.CONTEXT:
        about = {column.name: column.about for column in SCHOOLS.columns}.get(name, name)
        return f"{about[0].lower()}{about[1:]}"
    return f"the school with URN {name} as a comparator"
