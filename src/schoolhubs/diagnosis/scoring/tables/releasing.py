"""Small numbers of surveys: what may be seen of estimates, across groups, tables and waves."""

import dataclasses
from collections.abc import Sequence

import polars as pl

from schoolhubs import disclosure
from schoolhubs.diagnosis.scoring.constants import constant, rules_of
from schoolhubs.diagnosis.scoring.tables import blurring
from schoolhubs.diagnosis.scoring.tables.estimating import ALL, PLACE, SUM_OF_WEIGHTS
from schoolhubs.vocabulary.records.disclosure import DisclosureRules, Release, TableLayout

HIDDEN, TOP, BOTTOM, WITHHELD = "c", "ge95", "le5", "w"
NOT_SHOWN = (HIDDEN, WITHHELD)
WEIGHTING = ("design_effect", "weight_low", "weight_high", "n_trimmed")
FIGURES = ("n", "value", "low", "high", "standard_error", "within", "n_worth")


def released(
    estimates: pl.DataFrame, columns: Sequence[str], respondents: str, *,
    name: str, pooled: dict[str, str], before: Sequence[Release],
) -> tuple[pl.DataFrame, tuple[Release, ...]]:  # fmt: skip
    """Hide what may not be seen of estimates.

    A group is shown with all its measures or with none, so that no measure tells what another
    hides; so hidden is every group that is hidden for any of them.

    Parameters
    ----------
    estimates
        As :func:`schoolhubs.diagnosis.scoring.tables.estimating.estimated` gives it.
    columns
        Group columns of the cuts.
    name
        What to call the release; the school is added.
    pooled
        For each wave the pooled wave it is part of; empty where none is pooled.
    before
        Releases that went out, of any school.

    Returns
    -------
    The estimates with ``value_mark``, figures null where it says why (``w``: withheld, as a blurred
    value could be worked out from it), rows of a column that is never split left out; and a release
    for each school.

    Raises
    ------
    Conflict
        If earlier releases give a hidden group away, or show other counts for the same.
    """
    rules = rules_of(respondents)
    layout = _layout(columns, pooled)
    parts, releases = [], []
    kept = _without_small_splits(estimates, rules)
    for (urn,), rows in kept.group_by("urn", maintain_order=True):
        mine = [each for each in before if set(each.table["urn"].unique()) == {urn}]
        rows, hidden = _seen_as_far_as_may_be(rows, layout, rules, mine)
        seen = _marked(rows, hidden, layout)
        parts.append(_blurred(blurring.withheld(seen, columns, pooled)))
        table = _as_shown(seen, layout)
        releases.append(Release(name=f"{name}, {urn}", layout=layout, rules=rules, table=table))
    return pl.concat(parts), tuple(releases)


def _seen_as_far_as_may_be(
    rows: pl.DataFrame, layout: TableLayout, rules: DisclosureRules, before: Sequence[Release]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the rows and the groups to hide; without groups where they would cost everybody's.

    A small school would rather know what all said than nothing, or what a part did.
    """
    hidden = _groups_to_hide(rows, layout, rules, before)
    everybody = rows.filter(cut=ALL)
    if _n_shown(everybody, hidden) == everybody.height:
        return rows, hidden
    alone = _groups_to_hide(everybody, layout, rules, before)
    is_more = _n_shown(everybody, alone) > _n_shown(everybody, hidden)
    return (everybody, alone) if is_more else (rows, hidden)


def _n_shown(rows: pl.DataFrame, hidden: pl.DataFrame) -> int:
    return rows.join(hidden, on=hidden.columns, how="anti").height


def _groups_to_hide(
    rows: pl.DataFrame, layout: TableLayout, rules: DisclosureRules, before: Sequence[Release]
) -> pl.DataFrame:
    """Give the groups to hide, measure by measure, those with fewest answers first.

    What is hidden for one measure is tried on the next before any more is. More hidden never tells
    more, so what was proved of a measure holds once further groups are hidden.
    """
    group = [name for name in layout.dimensions if name != "scored"]
    hidden = rows.select(group).clear()
    order = rows.group_by("scored").agg(pl.col("n").sum()).sort("n", "scored")
    for measure in order["scored"].to_list():
        table = rows.filter(scored=measure).select(*layout.dimensions, "n")
        known = [_of_measure(each, measure) for each in before]
        known = [each for each in known if not each.table.is_empty()]
        if not _is_safe(table, hidden, layout, rules, known):
            done = disclosure.protect(table, layout, rules, released=known)
            hidden = pl.concat([hidden, done.hidden.select(group)]).unique(maintain_order=True)
    return hidden


def _of_measure(release: Release, measure: str) -> Release:
    return dataclasses.replace(release, table=release.table.filter(scored=measure))


def _is_safe(
    table: pl.DataFrame, hidden: pl.DataFrame, layout: TableLayout, rules: DisclosureRules,
    before: Sequence[Release],
) -> bool:  # fmt: skip
    """Tell whether hiding these groups is enough for a measure of which nothing was shown yet."""
    was_shown = {wave for each in before for wave in each.table["wave"].to_list()}
    if not was_shown.isdisjoint(table["wave"].to_list()):
        return False
    shown = _as_shown(_marked_for(table, hidden), layout)
    if (shown["n"] <= rules.threshold).any():
        return False
    release = Release(name="tried", layout=layout, rules=rules, table=shown)
    return not disclosure.audit([*before, release])


def _marked_for(rows: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    marks = hidden.with_columns(pl.lit(value=True).alias("is_hidden"))
    found = rows.join(marks, on=hidden.columns, how="left", maintain_order="left")
    return found.with_columns(pl.col("is_hidden").fill_null(value=False))


def _layout(columns: Sequence[str], pooled: dict[str, str]) -> TableLayout:
    totals: dict[str, str | dict[str, str]] = dict.fromkeys(columns, ALL)
    if pooled:
        totals["wave"] = pooled
    return TableLayout(dimensions=("urn", "wave", "scored", *columns), counts=("n",), totals=totals)


def _without_small_splits(rows: pl.DataFrame, rules: DisclosureRules) -> pl.DataFrame:
    """Leave out a whole cut of a school by a column that is never split, if a part is small."""
    for name in constant("never_split_under"):
        is_split = pl.col("cut").str.split(";").list.contains(name)
        small = rows.filter(is_split & (pl.col("n") <= rules.threshold)).select("urn").unique()
        gone = small.with_columns(pl.lit(value=True).alias("gone"))
        rows = (
            rows.join(gone, on="urn", how="left", maintain_order="left")
            .filter(~(is_split & pl.col("gone").fill_null(value=False)))
            .drop("gone")
        )
    return rows


def _marked(rows: pl.DataFrame, hidden: pl.DataFrame, layout: TableLayout) -> pl.DataFrame:
    """Mark hidden groups, and whole cuts of a measure whose hidden part would tell too much."""
    found = _marked_for(rows, hidden)
    cut = ("urn", "wave", "scored", "cut")
    line: list[tuple[str, ...]] = [cut, *((*cut, name) for name in layout.dimensions[3:])]
    for keys in line:
        weight = pl.col("n") * pl.col("is_hidden")
        left = (weight * pl.col("value")).sum().over(keys) / weight.sum().over(keys)
        # Where part of a line is hidden, what is left of its total is the mean of the hidden part.
        is_part = pl.col("is_hidden").any().over(keys) & ~pl.col("is_hidden").all().over(keys)
        tells = (is_part & (_is_top(left) | _is_bottom(left))).any().over(cut)
        found = found.with_columns((pl.col("is_hidden") | tells).alias("is_hidden"))
    return found


def _is_top(value: pl.Expr) -> pl.Expr:
    return value >= float(constant("extreme_percent"))


def _is_bottom(value: pl.Expr) -> pl.Expr:
    return value <= 100 - float(constant("extreme_percent"))


def _blurred(rows: pl.DataFrame) -> pl.DataFrame:
    mark = (
        pl.when("is_hidden").then(pl.lit(HIDDEN))
        .when("is_withheld").then(pl.lit(WITHHELD))
        .when(_is_top(pl.col("value"))).then(pl.lit(TOP))
        .when(_is_bottom(pl.col("value"))).then(pl.lit(BOTTOM))
    )  # fmt: skip
    marked = rows.with_columns(mark.alias("value_mark")).drop(
        "is_hidden", "is_withheld", SUM_OF_WEIGHTS
    )
    is_hidden = (pl.col("value_mark") == HIDDEN).fill_null(value=False)
    is_marked = pl.col("value_mark").is_not_null()
    return marked.with_columns(
        pl.when(is_hidden if name == "n" else is_marked).then(None).otherwise(name).alias(name)
        for name in FIGURES
    )


def _as_shown(rows: pl.DataFrame, layout: TableLayout) -> pl.DataFrame:
    """Give counts as they go out, for the record of the release."""
    return rows.select(
        *layout.dimensions,
        pl.when("is_hidden").then(None).otherwise(pl.col("n")).alias("n"),
        pl.when("is_hidden").then(pl.lit(HIDDEN)).alias("n_mark"),
    )


def response_shown(response: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Hide how many answered where the whole school is hidden, for itself or for another wave.

    Parameters
    ----------
    response
        ``frames.SURVEY_RESPONSE``.
    rows
        As :func:`released` gives them.
    """
    whole = rows.filter(cut=ALL).group_by(PLACE).agg(pl.col("value_mark").eq_missing(HIDDEN).all())
    is_seen = ~pl.col("value_mark").fill_null(value=True)
    found = response.join(whole, on=PLACE, how="left", maintain_order="left")
    told = ("n_answered", "response_percent", *WEIGHTING)
    found = found.with_columns(pl.when(is_seen).then(name).alias(name) for name in told)
    # Nobody is ranked on so few, whatever their share.
    low = pl.when(is_seen).then("is_low").otherwise(pl.lit(value=True)).alias("is_low")
    return found.with_columns(low).drop("value_mark")
