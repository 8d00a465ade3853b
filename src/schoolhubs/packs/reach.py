"""Who was reached and whose need was not met, counted by region, by phase, and by both."""

import polars as pl

from schoolhubs.packs.words import in_order, phase_name
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.words import UNKNOWN


def reach(held: Round, by: str) -> pl.DataFrame:
    """Count applicants, eligible, matched and unmatched schools in each region or phase.

    Parameters
    ----------
    by
        ``"region"`` or ``"phase"``.

    Returns
    -------
    polars.DataFrame
        ``<by>, applicants, eligible, matched, unmatched, reached_percent, need_met_percent,
        median_minutes``, north to south or by age; a share of nothing is missing.
    """
    counted = _counts(held, [by])
    order = {name: at for at, name in enumerate(in_order(counted[by], by))}
    sequence = [order[name] for name in counted[by]]
    spoken = [phase_name(name) if by == "phase" else name or UNKNOWN for name in counted[by]]
    return (
        counted.with_columns(pl.Series(by, spoken), pl.Series("at", sequence))
        .sort("at")
        .select(
            by,
            "applicants",
            "eligible",
            "matched",
            "unmatched",
            reached_percent=_share("matched", pl.col("matched") + pl.col("unmatched")),
            need_met_percent=_share("need_met", pl.col("need_met") + pl.col("need_unmet")),
            median_minutes=pl.col("median_minutes").round(2),
        )
    )


def unmet(held: Round) -> pl.DataFrame:
    """Count eligible schools without a hub, regions down, phases across, with the sums.

    Returns
    -------
    polars.DataFrame
        ``region``, a column named for each phase that has such schools, ``All phases``; only
        regions that have such schools, and a last row ``All regions``.
    """
    counted = _counts(held, ["region", "phase"]).filter(pl.col("unmatched") > 0)
    cells = {(region, phase): n for region, phase, n in counted.select(_CELL).iter_rows()}
    phases = in_order(counted["phase"], "phase")
    rows = [
        [region or UNKNOWN, *(cells.get((region, phase), 0) for phase in phases)]
        for region in in_order(counted["region"], "region")
    ]
    schema = {"region": pl.String, **{phase_name(phase): pl.Int64 for phase in phases}}
    whole = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.sum_horizontal(pl.lit(0), *list(schema)[1:]).cast(pl.Int64).alias("All phases")
    )
    sums = whole.select(pl.lit("All regions").alias("region"), pl.exclude("region").sum())
    return pl.concat([whole, sums]) if rows else whole


_CELL = ("region", "phase", "unmatched")


def _share(part: str, whole: pl.Expr) -> pl.Expr:
    return 100 * pl.col(part) / pl.when(whole > 0).then(whole)


def _counts(held: Round, by: list[str]) -> pl.DataFrame:
    places = held.schools.select("urn", *by)
    matches = held.result.matches.join(places, on="urn", how="left")
    unmatched = held.result.unmatched.join(places, on="urn", how="left")
    decided = held.verdicts().select("urn", "verdict").join(places, on="urn", how="left")
    whole = (
        decided.group_by(by)
        .agg(applicants=pl.len(), eligible=(pl.col("verdict") == Verdict.YES).sum())
        .join(
            matches.group_by(by).agg(
                matched=pl.len(),
                need_met=pl.col("need_weight").sum(),
                median_minutes=pl.col("minutes").median(),
            ),
            on=by,
            how="full",
            coalesce=True,
            nulls_equal=True,
        )
        .join(
            unmatched.group_by(by).agg(unmatched=pl.len(), need_unmet=pl.col("need_weight").sum()),
            on=by,
            how="full",
            coalesce=True,
            nulls_equal=True,
        )
    )
    counts = ("applicants", "eligible", "matched", "unmatched", "need_met", "need_unmet")
    return whole.with_columns(pl.col(name).fill_null(0).cast(pl.Int64) for name in counts)
