"""What of a target a school can dispute, with what stands there now."""

import dataclasses
from collections.abc import Iterator

import polars as pl

from schoolhubs.service.targets.models import Disputed, SchoolTarget
from schoolhubs.service.targets.reading import model_of, panel_of
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.frames import SCHOOLS
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from schoolhubs.vocabulary.records.school.target import AttendanceTarget

# Numbers of pupils: the newest enrolments, and the census's where there are none.
ENROLMENTS, CENSUS = "enrolments", "n_pupils"
ROLLS = (ENROLMENTS, CENSUS)


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
    """Give everything of which a school's target was worked out: years, context, comparators.

    What the model does not read of this school is not there: disputing it would change nothing.
    Nothing is there where this version of the service reads the model no more.
    """
    try:
        model = model_of(target.fit_id)
    except SchoolhubsError:
        return []
    panel = panel_of(target.fit.snapshot_id)
    now = {(each["kind"], each["name"]): each["after"] for each in target.replaced}
    years = _years_read(panel, target, model.lag_years)
    read = model.context_read(target.phase)
    return [
        *_years(years, now),
        *shares_read(panel, target, now, read),
        *_roll(panel, target, now, years),
        *(
            Thing(
                kind=Disputed.COMPARATOR, name=each.urn, value=None,
                words=f"{each.school_name} ({each.urn}) is not like our school",
            )
            for each in explained.comparators
        ),
    ]  # fmt: skip


Now = dict[tuple[str, str], float | None]


def _years_read(panel: SchoolPanel, target: SchoolTarget, lag_years: int) -> pl.DataFrame:
    """Give the years that the target was worked out from, newest first."""
    asked = AcademicYear.parse(target.fit.year)
    is_read = (pl.col("year") < asked) & (pl.col("year") >= asked.plus(-lag_years))
    rows = panel.years.filter((pl.col("urn") == target.urn) & is_read)
    return rows.sort("year", descending=True)


def _years(rows: pl.DataFrame, now: Now) -> Iterator[Thing]:
    for year, percent in rows.select("year", "sess_overall_percent").iter_rows():
        value = now.get((Disputed.FIGURE, year), percent)
        yield Thing(
            kind=Disputed.FIGURE, name=year, value=value, words=f"Absence in {year}: {_said(value)}"
        )


def shares_read(
    panel: SchoolPanel, target: SchoolTarget, now: Now, read: dict[str, tuple[str, ...]]
) -> Iterator[Thing]:
    """Give shares of pupils that the school's part reads, and one that alone keeps it from more."""
    row = panel.context.row(by_predicate=pl.col("urn") == target.urn, named=True)
    values = {
        name: now.get((Disputed.CONTEXT, name), row[name]) for part in read for name in read[part]
    }
    has_region = row["region"] is not None
    for names in read.values():
        missing = [name for name in names if values[name] is None]
        if not names or (has_region and not missing):
            yield from (_share(name, values[name]) for name in names)
            return
        if has_region and len(missing) == 1:
            yield _share(missing[0], None)


def _share(name: str, value: float | None) -> Thing:
    words = words_of(Disputed.CONTEXT, name)
    return Thing(
        kind=Disputed.CONTEXT, name=name, value=value,
        words=f"{words[0].upper()}{words[1:]}: {_said(value)}",
    )  # fmt: skip


def _roll(
    panel: SchoolPanel, target: SchoolTarget, now: Now, years: pl.DataFrame
) -> Iterator[Thing]:
    known = years["enrolments"].drop_nulls()
    census = panel.context.filter(pl.col("urn") == target.urn)[CENSUS]
    name, found = (ENROLMENTS, known) if len(known) else (CENSUS, census)
    value = now.get((Disputed.CONTEXT, name), found[0])
    said = "not known" if value is None else f"{value:,.0f}"
    yield Thing(
        kind=Disputed.CONTEXT, name=name, value=value, words=f"Pupils on roll: {said}"
    )  # fmt: skip


def _said(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1f} %"


def words_of(kind: str, name: str, called: str | None = None) -> str:
    """Name a disputed thing without its value; ``called`` is the name of a disputed school.

    >>> words_of("figure", "2023/24"), words_of("context", "eal_percent")
    ('absence in 2023/24', 'pupils with English as an additional language')
    >>> words_of("comparator", "900001")
    'the school with URN 900001 as a comparator'
    >>> words_of("comparator", "900001", "Oak School")
    'Oak School (URN 900001) as a comparator'
    """
    if kind == Disputed.FIGURE:
        return f"absence in {name}"
    if kind == Disputed.CONTEXT and name in ROLLS:
        return "pupils on roll"
    if kind == Disputed.CONTEXT:
        about = {column.name: column.about for column in SCHOOLS.columns}.get(name, name)
        return f"{about[0].lower()}{about[1:]}"
    if called:
        return f"{called} (URN {name}) as a comparator"
    return f"the school with URN {name} as a comparator"
