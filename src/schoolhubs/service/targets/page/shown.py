"""A target laid out for its page: pictures, tables in words, sentences that stand in `said`."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from schoolhubs import pictures
from schoolhubs.service.targets.explaining import Explained
from schoolhubs.service.targets.models import Fit
from schoolhubs.service.targets.page.asked import in_ten
from schoolhubs.service.web.pages import day
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


def shown(explained: Explained, fit: Fit) -> Shown:
    """Lay a target out."""
    return Shown(
        target=explained.target,
        said=explained.said,
        figures=_figures(explained.target, fit),
        why=_why(explained, fit),
        held=in_ten(explained.target.interval_share),
    )


def _source(target: AttendanceTarget, fit: Fit) -> str:
    return (
        f"our own estimate for {target.year} from published absence up to {target.model_until}, "
        f"in the school register as at {day(fit.snapshot.on)}"
    )


def _figures(target: AttendanceTarget, fit: Fit) -> pictures.Picture:
    rows = [
        ("Last year, as published", target.last_year_percent, None, None),
        ("Last year without its chance", target.baseline_percent, None, None),
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


def _why(explained: Explained, fit: Fit) -> pictures.Picture:
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
    return dataclasses.replace(drawn, table=_contributions_in_words(explained))


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


def _contributions_in_words(explained: Explained) -> pl.DataFrame:
    target = explained.target
    rows = [
        (f"All {target.phase} schools, {target.national_year}",
         f"{target.phase_mean_percent:.2f}", "Where every school of the phase starts."),
        *((explained.titles[each.kind], signed(each.points, 2), each.said)
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
    """Give schools worth visiting: ``urn, school_name, minutes, better_percent, why``."""
    names = ("urn", "school_name", "minutes", "better_percent", "why")
    rows = [{name: getattr(each, name) for name in names} for each in explained.target.visits]
    schema = dict.fromkeys(names, pl.String) | {"minutes": pl.Float64, "better_percent": pl.Float64}
    return pl.DataFrame(rows, schema=schema)


def years(explained: Explained) -> pl.DataFrame:
    """Give earlier years: ``year, absence_percent, points_from_national``."""
    schema = {"year": pl.String, "absence_percent": pl.Float64, "points_from_national": pl.Float64}
    return pl.DataFrame(list(explained.target.trend), schema=schema, orient="row")


def figures(explained: Explained) -> pl.DataFrame:
    """Give the figures of the target in one row, named as in ``schoolhubs targets expect``."""
    names = (
        "urn", "phase", "expected_percent", "target_percent", "low_percent", "high_percent",
        "chance_unaided", "last_year_percent", "baseline_percent", "national_percent",
        "national_year", "chance_size_percent",
    )  # fmt: skip
    return pl.DataFrame(
        [{name: getattr(explained.target, name) for name in names}], infer_schema_length=None
    )


# The files of the page, by what stands in their address.
FILES: dict[str, Callable[[Explained], pl.DataFrame]] = {
    "figures": figures,
    "contributions": contributions,
    "comparators": comparators,
    "visits": visits,
    "years": years,
}
