"""Two rounds side by side: what changed in all, by region and phase, and for which schools why."""

import dataclasses
from collections.abc import Iterator

import polars as pl

from schoolhubs.packs.said import effects
from schoolhubs.packs.tables import PackTables
from schoolhubs.packs.words import in_order

MATCHED, UNMATCHED, KEEPS = "matched", "unmatched", "keeps an earlier place"
WAITS, NO, CANNOT_TELL = "waits for a trust match", "not eligible", "cannot tell"
ABSENT = "not in the round"
WITH_A_HUB = (MATCHED, KEEPS)
_SCHOOL = ("urn", "school_name", "region", "phase")
_PLACE = ("outcome", "pathway", "lead", "lead_name", "minutes")
_SIDES = ("before", "after")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between two rounds.

    Parameters
    ----------
    totals
        ``measure, unit, before, after, change``.
    by_region, by_phase
        ``<region or phase>`` and for each side ``matched_``, ``unmatched_``, ``need_`` (points
        served), ``over_`` (journeys over the limit) and ``median_`` (minutes); north to south,
        and by age.
    schools
        Every school whose hub, pathway or outcome differs: ``urn, school_name, region, phase,
        kind`` (gained, lost, moved, pathway, outcome), for each side ``outcome_, pathway_, lead_,
        lead_name_, minutes_``, and ``why`` in words; sorted by URN.
    sentences
        The effect in words.
    """

    totals: pl.DataFrame
    by_region: pl.DataFrame
    by_phase: pl.DataFrame
    schools: pl.DataFrame
    sentences: tuple[str, ...]


def compare(before: PackTables, after: PackTables) -> Comparison:
    """Set one round beside another.

    Parameters
    ----------
    before, after
        Tables of two packs, as made or as read back.

    Returns
    -------
    Comparison
        A school matched in one round, and kept out of the other by a partnership with the same
        lead, is no difference.
    """
    totals = pl.DataFrame(
        [
            (measure, unit, old, new, _change(old, new))
            for (measure, unit, old), (*_, new) in zip(_totals(before), _totals(after), strict=True)
        ],
        schema={"measure": pl.String, "unit": pl.String}
        | dict.fromkeys(("before", "after", "change"), pl.Float64),
        orient="row",
    )
    schools = _schools(before, after)
    return Comparison(
        totals=totals,
        by_region=_by(before, after, "region"),
        by_phase=_by(before, after, "phase"),
        schools=schools,
        sentences=tuple(effects.in_words(totals, schools)),
    )


def _change(old: float | None, new: float | None) -> float | None:
    return None if old is None or new is None else round(new - old, 2)


def _totals(tables: PackTables) -> Iterator[tuple[str, str, float | None]]:
    minutes = tables.matches["minutes"].cast(pl.Float64)
    served, left = (
        float(frame["need_weight"].sum()) for frame in (tables.matches, tables.unmatched)
    )
    yield "matched", "schools", float(tables.matches.height)
    yield "not matched", "schools", float(tables.unmatched.height)
    yield "keep an earlier place", "schools", float(tables.placed["urn"].n_unique())
    yield "need served", "need points", served
    yield "need put to the match", "need points", served + left
    yield "over the limit", "journeys", float(tables.matches["is_exception"].sum())
    yield "all journeys", "minutes", round(float(minutes.sum()), 2)
    longest = {"median journey": 0.5, "95% of journeys at most": 0.95, "longest journey": 1.0}
    for measure, share in longest.items():
        found = minutes.quantile(share, "linear")
        yield measure, "minutes", None if found is None else round(found, 2)


def _by(before: PackTables, after: PackTables, by: str) -> pl.DataFrame:
    counts = {side: _counts(each, by) for side, each in zip(_SIDES, (before, after), strict=True)}
    old, new = (
        frame.rename({name: f"{name}_{side}" for name in frame.columns if name != by})
        for side, frame in counts.items()
    )
    both = old.join(new, on=by, how="full", coalesce=True, nulls_equal=True)
    order = {name: at for at, name in enumerate(in_order(both[by], by))}
    counted = [name for name in both.columns if name.startswith(("matched", "unm", "need", "over"))]
    return (
        both.with_columns(pl.col(counted).fill_null(0))
        .with_columns(pl.Series("at", [order[name] for name in both[by]], dtype=pl.Int64))
        .sort("at")
        .drop("at")
    )


def _counts(tables: PackTables, by: str) -> pl.DataFrame:
    matched = tables.matches.group_by(by).agg(
        matched=pl.len().cast(pl.Int64),
        need=pl.col("need_weight").sum().cast(pl.Int64),
        over=pl.col("is_exception").sum().cast(pl.Int64),
        median=pl.col("minutes").cast(pl.Float64).median().round(2),
    )
    left = tables.unmatched.group_by(by).agg(unmatched=pl.len().cast(pl.Int64))
    return matched.join(left, on=by, how="full", coalesce=True, nulls_equal=True)


def _schools(before: PackTables, after: PackTables) -> pl.DataFrame:
    old, new = (
        _outcomes(tables).rename({name: f"{name}_{side}" for name in (*_PLACE, "reason")})
        for tables, side in zip((before, after), _SIDES, strict=True)
    )
    known = pl.concat([new.select(_SCHOOL), old.select(_SCHOOL)]).unique("urn", keep="first")
    both = (
        known.join(old.drop(_SCHOOL[1:]), on="urn", how="left")
        .join(new.drop(_SCHOOL[1:]), on="urn", how="left")
        .with_columns(pl.col("outcome_before", "outcome_after").fill_null(ABSENT))
    )
    differs = both.with_columns(kind=_kind()).drop_nulls("kind").sort("urn")
    told = effects.Telling(before, after)
    why = [told.why(row) for row in differs.iter_rows(named=True)]
    sides = [f"{name}_{side}" for name in _PLACE for side in _SIDES]
    return differs.with_columns(pl.Series("why", why, dtype=pl.String)).select(
        *_SCHOOL, "kind", *sides, "why"
    )


def _kind() -> pl.Expr:
    had, has = (pl.col(f"outcome_{side}").is_in(WITH_A_HUB) for side in _SIDES)
    same_lead = pl.col("lead_before").eq_missing(pl.col("lead_after"))
    same_pathway = pl.col("pathway_before").eq_missing(pl.col("pathway_after"))
    kinds = {
        "moved": had & has & ~same_lead,
        "pathway": had & has & ~same_pathway,
        "lost": had & ~has,
        "gained": ~had & has,
        "outcome": ~had & ~has & (pl.col("outcome_before") != pl.col("outcome_after")),
    }
    return pl.coalesce(pl.when(holds).then(pl.lit(kind)) for kind, holds in kinds.items())


def _outcomes(tables: PackTables) -> pl.DataFrame:
    """Give one row a school of a round: what became of it, where, and why not if so."""
    matched = tables.matches.select(
        "urn", "pathway", "minutes", outcome=pl.lit(MATCHED), lead="lead_urn",
        lead_name="lead_name", reason=pl.lit(None, pl.String),
    )  # fmt: skip
    kept = tables.placed.unique("urn", keep="first", maintain_order=True).select(
        "urn", "pathway", outcome=pl.lit(KEEPS), lead="lead_urn", lead_name="lead_name"
    )
    left = tables.unmatched.select("urn", "reason", outcome=pl.lit(UNMATCHED))
    rows = pl.concat([matched, kept, left], how="diagonal")
    decided = tables.decisions.group_by("urn", maintain_order=True).agg(
        pl.col("school_name", "region", "phase").first(),
        _outcome=pl.when((pl.col("verdict") == "yes").any())
        .then(pl.lit(WAITS))
        .when((pl.col("verdict") == "cannot tell").any())
        .then(pl.lit(CANNOT_TELL))
        .otherwise(pl.lit(NO)),
        _reason=pl.col("reason").drop_nulls().first(),
    )
    return decided.join(rows, on="urn", how="left").select(
        *_SCHOOL,
        pl.coalesce("outcome", "_outcome").alias("outcome"),
        "pathway",
        "lead",
        "lead_name",
        pl.col("minutes").cast(pl.Float64),
        pl.when(pl.col("outcome").is_null()).then("_reason").otherwise("reason").alias("reason"),
    )
