"""Waves, and staff beside pupils: differences with intervals, and what can be said of them."""

import numpy as np
import polars as pl
from scipy.special import ndtri

from schoolhubs.diagnosis.scoring.constants import constant
from schoolhubs.diagnosis.scoring.statistics import shrinking
from schoolhubs.diagnosis.scoring.tables.estimating import ALL, POOLED
from schoolhubs.vocabulary import frames

GROUP = ("urn", "respondents", "kind", "measure", "cut", "label")
BETTER, WORSE = "better than the national change", "worse than the national change"
NO_CHANGE, CANNOT_TELL = "no reliable change", "cannot tell"
NO_VALUE = "hidden or blurred in one of the waves"
NO_NATIONAL = "no national figure of both months, and seasons alone move answers"
HIGHER = {"staff": "staff higher", "pupils": "pupils higher"}
NO_GAP = "no clear gap"


def changes(
    earlier: pl.DataFrame, later: pl.DataFrame, national: pl.DataFrame | None
) -> pl.DataFrame:
    """Hold the change of each score against the national change between the same months.

    A school's change is drawn toward the national one, by the spread between schools' changes:
    measured where ``least_schools`` have both waves, else the assumed ``change_sd``. It is
    reliable only where its interval leaves the national change out. Waves are taken as answered by
    different people, as answers cannot be joined; where the same answered, intervals are too wide.

    Parameters
    ----------
    earlier, later
        ``frames.SURVEY_SCORES`` of one wave each, of one kind of respondents.
    national
        ``measure``, ``wave``, ``value`` (0-100); None or a lacking wave leaves the verdict open.

    Returns
    -------
    ``frames.SURVEY_CHANGES``, one row for each group that stands in both.
    """
    if earlier.is_empty() or later.is_empty():
        return frames.SURVEY_CHANGES.empty()
    from_wave, to_wave = earlier["wave"][0], later["wave"][0]
    kept = [*GROUP, "value", "standard_error"]
    both = later.select(kept).join(
        earlier.select(kept), on=list(GROUP), suffix="_before", maintain_order="left"
    )
    both = both.with_columns(
        pl.lit(from_wave).alias("from_wave"), pl.lit(to_wave).alias("to_wave"),
        (pl.col("value") - pl.col("value_before")).alias("change"),
        (pl.col("standard_error") ** 2 + pl.col("standard_error_before") ** 2).alias("variance"),
        _national(both, national, from_wave, to_wave).alias("national_change"),
    )  # fmt: skip
    both = both.with_row_index(" at")
    known = both.drop_nulls(["change", "national_change"])
    parts = [
        _shrunk(part) for _, part in known.group_by("measure", "cut", "label", maintain_order=True)
    ]
    empty = dict.fromkeys(("shrunk_change", "shrunk_low", "shrunk_high"), pl.Float64)
    added = pl.concat(parts) if parts else pl.DataFrame(schema={" at": pl.UInt32, **empty})
    found = both.join(added, on=" at", how="left", maintain_order="left")
    z = float(ndtri(0.5 + constant("interval_share") / 2))
    reach = z * pl.col("variance").sqrt()
    found = found.with_columns(
        (pl.col("change") - reach).alias("low"), (pl.col("change") + reach).alias("high")
    )
    return frames.SURVEY_CHANGES.fill(_judged(found))


def _national(
    both: pl.DataFrame, national: pl.DataFrame | None, from_wave: str, to_wave: str
) -> pl.Series:
    held: dict[tuple[str, str], float] = {}
    if national is not None and POOLED not in from_wave + to_wave:
        rows = national.select("measure", "wave", "value").iter_rows()
        held = {(measure, wave): value for measure, wave, value in rows}
    change = [
        held[(name, to_wave)] - held[(name, from_wave)]
        if (name, to_wave) in held and (name, from_wave) in held
        else None
        for name in both["measure"].to_list()
    ]
    return pl.Series(change, dtype=pl.Float64)


def _shrunk(rows: pl.DataFrame) -> pl.DataFrame:
    change, variance = rows["change"].to_numpy(), np.maximum(rows["variance"].to_numpy(), 1e-9)
    national = rows["national_change"].to_numpy()
    between = float(constant("change_sd")) ** 2
    if rows.height >= constant("least_schools"):
        between = max(_between(change - national, variance), 1e-9)
    found = shrinking.toward(change, variance, national, between)
    low, high = found.interval(constant("interval_share"))
    return rows.select(
        " at", shrunk_change=pl.Series(found.mean), shrunk_low=pl.Series(low),
        shrunk_high=pl.Series(high),
    )  # fmt: skip


def _between(apart: shrinking.Floats, variance: shrinking.Floats) -> float:
    """Find the spread of true changes about the national one."""

    def over(between: float) -> float:
        return float((apart**2 / (variance + between)).sum() - len(apart))

    from scipy.optimize import brentq  # slow to import, and whoever only reads needs none

    return 0.0 if over(0.0) <= 0 else float(brentq(over, 0.0, shrinking.FARTHEST))


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    has_both, has_national = pl.col("change").is_not_null(), pl.col("national_change").is_not_null()
    verdict = (
        pl.when(~(has_both & has_national)).then(pl.lit(CANNOT_TELL))
        .when(pl.col("shrunk_low") > pl.col("national_change")).then(pl.lit(BETTER))
        .when(pl.col("shrunk_high") < pl.col("national_change")).then(pl.lit(WORSE))
        .otherwise(pl.lit(NO_CHANGE))
    )  # fmt: skip
    reason = (
        pl.when(~has_both).then(pl.lit(NO_VALUE))
        .when(~has_national).then(pl.lit(NO_NATIONAL))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    return rows.with_columns(verdict.alias("verdict"), reason.alias("reason"))


def gap(staff: pl.DataFrame, pupils: pl.DataFrame) -> pl.DataFrame:
    """Set staff and pupils of a school side by side, scale by scale, with the gap between them.

    They are never averaged: staff and pupils see different schools, and the gap is itself a
    finding.

    Parameters
    ----------
    staff, pupils
        ``frames.SURVEY_SCORES``; scales of the same name in the same wave are compared.

    Returns
    -------
    ``frames.SURVEY_GAPS``; a side that is hidden or blurred leaves the gap open.
    """
    key = ["urn", "wave", "measure"]
    sides = [
        each.filter(pl.col("kind") == "scale", pl.col("cut") == ALL).select(
            *key, pl.col("value").alias(name), (pl.col("standard_error") ** 2).alias(f"{name} v")
        )
        for name, each in (("staff", staff), ("pupils", pupils))
    ]
    both = sides[0].join(sides[1], on=key, maintain_order="left")
    z = float(ndtri(0.5 + constant("interval_share") / 2))
    reach = z * (pl.col("staff v") + pl.col("pupils v")).sqrt()
    found = both.with_columns((pl.col("staff") - pl.col("pupils")).alias("gap")).with_columns(
        (pl.col("gap") - reach).alias("low"), (pl.col("gap") + reach).alias("high")
    )
    verdict = (
        pl.when(pl.col("gap").is_null()).then(pl.lit(CANNOT_TELL))
        .when(pl.col("low") > 0).then(pl.lit(HIGHER["staff"]))
        .when(pl.col("high") < 0).then(pl.lit(HIGHER["pupils"]))
        .otherwise(pl.lit(NO_GAP))
    )  # fmt: skip
    reason = pl.when(pl.col("gap").is_null()).then(pl.lit("hidden or blurred on one side"))
    return frames.SURVEY_GAPS.fill(
        found.with_columns(verdict.alias("verdict"), reason.otherwise(pl.lit("")).alias("reason"))
    )
