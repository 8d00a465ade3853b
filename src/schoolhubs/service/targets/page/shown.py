"""A target laid out for its page: pictures, tables in words, sentences that stand in `said`."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from schoolhubs import pictures
from schoolhubs.service.targets.explaining import Explained
from schoolhubs.service.targets.models import Fit, SchoolTarget
from schoolhubs.service.targets.page.asked import in_ten
from schoolhubs.service.targets.page.upheld import PIECES, Upheld, upheld_in, years_of
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.school.target import AttendanceTarget
from schoolhubs.vocabulary.words import signed


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One target as its page shows it.

    ``said`` has the sentences of targets.said by section; ``figures`` is the picture of last year,
    expectation and target, ``why`` that of the contributions; ``held`` says how many schools the
    interval is meant to hold.
    """

    target: AttendanceTarget
    said: Mapping[str, Sequence[str]]
    figures: pictures.Picture
    why: pictures.Picture
    held: str
    upheld: Sequence[Upheld] = ()
    published: Mapping[str, float] = dataclasses.field(default_factory=dict)


def shown(explained: Explained, fit: Fit, row: SchoolTarget) -> Shown:
    """Lay a version of a target out."""
    upheld = upheld_in(row)
    return Shown(
        upheld=upheld,
        published=_published(explained.target, upheld),
        target=explained.target,
        said=explained.said,
        figures=_figures(explained.target, fit, upheld),
        why=_why(explained, fit, upheld),
        held=in_ten(explained.target.interval_share),
    )


def _source(target: AttendanceTarget, fit: Fit) -> str:
    return (
        f"our own estimate for {target.year} from published absence up to {target.model_until}, "
        f"in the school register as at {day(fit.snapshot.on)}"
    )


def _published(target: AttendanceTarget, upheld: Sequence[Upheld]) -> dict[str, float]:
    """Give absence of earlier years as it was published, by year, oldest first."""
    told = {year: percent for year, percent, _ in target.trend}
    return told | {
        year: each.published
        for year, each in years_of(upheld).items()
        if each.published is not None and year in told
    }


def _last_year(target: AttendanceTarget, upheld: Sequence[Upheld]) -> list[tuple[Any, ...]]:
    """Give last year as published, and beside it what counts since a challenge was upheld."""
    last = years_of(upheld).get(str(AcademicYear.parse(target.year).plus(-1)))
    counts = target.last_year_percent
    if last is None or counts is None:
        return [("Last year, as published", counts, None, None)]
    return [
        ("Last year, as published", last.published, None, None),
        ("Last year, as upheld in a challenge", counts, None, None),
    ]


def _figures(target: AttendanceTarget, fit: Fit, upheld: Sequence[Upheld]) -> pictures.Picture:
    rows = [
        *_last_year(target, upheld),
        (
            "Last year without its chance"
            if target.last_year_percent is not None
            else "Last year, as earlier years tell it",
            target.baseline_percent, None, None,
        ),
        ("Expected if nothing changes", target.expected_percent, target.low_percent,
         target.high_percent),
        ("Target", target.target_percent, None, None),
        (f"All {target.phase} schools, {target.national_year}", target.national_percent, None,
         None),
    ]  # fmt: skip
    known = [row for row in rows if row[1] is not None]
    schema = {"label": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    table = pl.DataFrame(known, schema=schema, orient="row")
    caption = pictures.Caption(
        key="target-figures",
        title="Where the target stands",
        sentence=(
            f"Absence of {target.expected_percent:.1f} % is to be expected if nothing changes, "
            f"between {target.low_percent:.1f} and {target.high_percent:.1f} %; "
            + (
                "this service sets no target."
                if target.target_percent is None
                else f"the target is {target.target_percent:.2f} %."
            )
        ),
        source=_source(target, fit),
        is_synthetic=fit.snapshot.is_synthetic,
    )
    drawn = pictures.charts.estimates(
        table, caption, axis="% of sessions missed", marked="Target", decimals=2
    )
    between = pl.format("{} to {}", *(_two_decimals(name) for name in ("low", "high")))
    words = table.select(
        pl.col("label").alias("Figure"),
        _two_decimals("value").alias("Absence (%)"),
        between.fill_null("one figure").alias(
            f"{_capital(in_ten(target.interval_share))} lie between (%)"
        ),
    )
    return dataclasses.replace(drawn, table=words)


def _why(explained: Explained, fit: Fit, upheld: Sequence[Upheld]) -> pictures.Picture:
    target, table = explained.target, contributions(explained)
    largest = target.contributions[0]
    caption = pictures.Caption(
        key="target-why",
        title="What makes up the expectation",
        sentence=(
            f"From {target.phase_mean_percent:.2f} %, the figure of all {target.phase} schools in "
            f"{target.national_year}, {len(target.contributions)} pieces lead to "
            f"{target.expected_percent:.2f} %. The largest is "
            f"“{explained.titles[largest.kind].lower()}”, {signed(largest.points, 2)} points."
        ),
        source=_source(target, fit),
        is_synthetic=fit.snapshot.is_synthetic,
    )
    drawn = pictures.charts.bars(table, caption, label="piece", value="points", decimals=2)
    return dataclasses.replace(drawn, table=_contributions_in_words(explained, upheld))


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _two_decimals(name: str) -> pl.Expr:
    return pl.col(name).map_elements("{:.2f}".format, return_dtype=pl.String)


def contributions(explained: Explained) -> pl.DataFrame:
    """Give ``piece, points, said``, largest first; they add up to the expectation."""
    return pl.DataFrame(
        [
            {"piece": explained.titles[each.kind], "points": each.points, "said": each.said}
            for each in explained.target.contributions
        ],
        schema={"piece": pl.String, "points": pl.Float64, "said": pl.String},
    )


def _contributions_in_words(explained: Explained, upheld: Sequence[Upheld]) -> pl.DataFrame:
    target = explained.target
    last = str(AcademicYear.parse(target.year).plus(-1))
    put_right: dict[str, list[str]] = {}
    for each in upheld:
        of_year = "last_year" if each.name == last else "earlier_years"
        put_right.setdefault(PIECES.get(each.name, of_year), []).append(each.said)
    rows = [
        (f"All {target.phase} schools, {target.national_year}",
         f"{target.phase_mean_percent:.2f}", "Where every school of the phase starts."),
        *((explained.titles[each.kind], signed(each.points, 2),
           " ".join([each.said, *put_right.get(each.kind, ())]))
          for each in target.contributions),
        ("Together: expected", f"{target.expected_percent:.2f}", "Pieces are rounded."),
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["Piece", "Points", "What it is"], orient="row")


def comparators(explained: Explained) -> pl.DataFrame:
    """Give the comparators, likest first: ``urn, school_name, absence_percent, distance, why``."""
    names = ("urn", "school_name", "absence_percent", "distance", "why")
    rows = [{name: getattr(each, name) for name in names} for each in explained.target.comparators]
    schema = dict.fromkeys(names, pl.String) | {
        "absence_percent": pl.Float64, "distance": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def visits(explained: Explained) -> pl.DataFrame:
    """Give schools worth visiting: with how near, and their absence."""
    names = ("urn", "school_name", "minutes", "absence_percent", "better_percent", "why")
    rows = [{name: getattr(each, name) for name in names} for each in explained.target.visits]
    schema = dict.fromkeys(names, pl.String) | dict.fromkeys(names[2:5], pl.Float64)
    return pl.DataFrame(rows, schema=schema)


def years(explained: Explained, upheld: Sequence[Upheld] = ()) -> pl.DataFrame:
    """Give earlier years: ``year, absence_percent, points_from_national, published_percent``.

    The first figure is the one that counts; it is another than the published one where a challenge
    was upheld.
    """
    schema = {
        "year": pl.String, "absence_percent": pl.Float64, "points_from_national": pl.Float64,
        "published_percent": pl.Float64,
    }  # fmt: skip
    published = _published(explained.target, upheld)
    rows = [(*each, published[each[0]]) for each in explained.target.trend]
    return pl.DataFrame(rows, schema=schema, orient="row")


def figures(explained: Explained, upheld: Sequence[Upheld] = ()) -> pl.DataFrame:
    """Give the figures of the target in one row, named as in ``schoolhubs targets expect``.

    ``last_year_percent`` is what counts; ``last_year_published_percent`` what was published, which
    is another figure where a challenge was upheld.
    """
    names = (
        "urn", "phase", "expected_percent", "target_percent", "low_percent", "high_percent",
        "chance_unaided", "last_year_percent", "baseline_percent", "national_percent",
        "national_year", "chance_size_percent",
    )  # fmt: skip
    told = {name: getattr(explained.target, name) for name in names}
    published = _last_year(explained.target, upheld)[0][1]
    return pl.DataFrame(
        [told | {"last_year_published_percent": published}], infer_schema_length=None
    )


# The files of the page, by what stands in their address.
FILES: dict[str, Callable[[Explained, Sequence[Upheld]], pl.DataFrame]] = {
    "figures": figures,
    "contributions": lambda explained, _: contributions(explained),
    "comparators": lambda explained, _: comparators(explained),
    "visits": lambda explained, _: visits(explained),
    "years": years,
}
