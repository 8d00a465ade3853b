"""The full-year absence file of Explore Education Statistics, one a year, 52 columns."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.synthetic.calibration import Calibration, profile
from schoolhubs.synthetic.figures.absence import AbsencePanel
from schoolhubs.vocabulary.calendar import AcademicYear

SCHOOL_TYPES = {
    "primary": "State-funded primary",
    "secondary": "State-funded secondary",
    "special": "Special",
}
_TYPE_ORDER = ("Total", *SCHOOL_TYPES.values())
REGIONS = {
    "North East": "E12000001",
    "North West": "E12000002",
    "Yorkshire and the Humber": "E12000003",
    "East Midlands": "E12000004",
    "West Midlands": "E12000005",
    "East of England": "E12000006",
    "South East": "E12000008",
    "South West": "E12000009",
    "Inner London": "E13000001",
    "Outer London": "E13000002",
}
# Mean and spread of a pupil's possible sessions, of the share of absence that is authorised (as
# log odds), and the mean rate of persistent absentees, by phase group; EES 2017/18.
_SESSIONS = {"primary": (360.0, 7.0), "secondary": (344.0, 13.0), "special": (350.0, 16.0)}
AUTHORISED = {"primary": (1.2, 0.6), "secondary": (0.95, 0.8), "special": (1.7, 1.2)}
_PERSISTENT_RATE = {"primary": 15.8, "secondary": 20.2, "special": 27.0}
_LEFT_OUT_SHARE = 0.001
COUNTS = (
    "num_schools",
    "enrolments",
    "sess_possible",
    "sess_overall",
    "sess_authorised",
    "sess_unauthorised",
    "enrolments_pa_10_exact",
    "sess_possible_pa_10_exact",
    "sess_overall_pa_10_exact",
    "sess_authorised_pa_10_exact",
    "sess_unauthorised_pa_10_exact",
)
_RATES = {
    "sess_overall_percent": ("sess_overall", "sess_possible"),
    "sess_authorised_percent": ("sess_authorised", "sess_possible"),
    "sess_unauthorised_percent": ("sess_unauthorised", "sess_possible"),
    "enrolments_pa_10_exact_percent": ("enrolments_pa_10_exact", "enrolments"),
    "sess_overall_percent_pa_10_exact": ("sess_overall_pa_10_exact", "sess_possible_pa_10_exact"),
    "sess_authorised_percent_pa_10_exact": (
        "sess_authorised_pa_10_exact",
        "sess_possible_pa_10_exact",
    ),
    "sess_unauthorised_percent_pa_10_exact": (
        "sess_unauthorised_pa_10_exact",
        "sess_possible_pa_10_exact",
    ),
}


def school_counts(
    schools: pl.DataFrame,
    entries: pl.DataFrame,
    panel: AbsencePanel,
    position: int,
    constants: Calibration,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Give the year's counts, a row for each school whose absence is published.

    A school stands under the URN it had on 20 May of that year.
    """
    year = panel.years[position]
    day = np.datetime64(f"{year.first + 1}-05-20")
    then = _entries_on(entries, day)
    school = then["school"].to_numpy()
    percent = panel.percent[school, position]
    keep = np.flatnonzero(np.isfinite(percent) & _has_absence(schools)[school])
    then, school, percent = then[keep], school[keep], percent[keep]
    group = schools["group"].to_numpy()[school]
    enrolments = panel.enrolments[school, position]
    counts = _sessions(group, enrolments, percent, panel.persistent_percent[school, position], rng)
    where = schools.select("subregion", "la_code", "la_name", "gss_code", "age_low", "age_high")
    frame = then.select("urn", "estab", "establishment_type", "opened_on", "is_academy").hstack(
        where[school].get_columns()
    )
    frame = frame.with_columns(
        pl.Series("school_type", [SCHOOL_TYPES[name] for name in group], dtype=pl.String),
        pl.lit(1).alias("num_schools"),
        *(pl.Series(name, values) for name, values in counts.items()),
    )
    return frame.with_columns(_reasons(frame, group, constants, rng))


def _entries_on(entries: pl.DataFrame, day: np.datetime64) -> pl.DataFrame:
    date = pl.lit(day).cast(pl.Date)
    started = pl.col("opened_on").is_null() | (pl.col("opened_on") <= date)
    running = pl.col("closed_on").is_null() | (pl.col("closed_on") > date)
    return entries.filter(started & running)


def _has_absence(schools: pl.DataFrame) -> NDArray[np.bool_]:
    left_out = ["alternative_provision", "nursery", "independent"]
    return ~np.isin(schools["kind"].to_numpy(), left_out)


def _sessions(
    group: NDArray[np.object_],
    enrolments: NDArray[np.int64],
    percent: NDArray[np.float64],
    persistent_percent: NDArray[np.float64],
    rng: np.random.Generator,
) -> dict[str, NDArray[np.int64]]:
    mean, sd = np.array([_SESSIONS[name] for name in group]).T
    each = np.clip(rng.normal(mean, sd), 200, 380)
    possible = np.round(enrolments * each)
    overall = np.round(possible * percent / 100)
    odds, spread = np.array([AUTHORISED[name] for name in group]).T
    share = 1 / (1 + np.exp(-rng.normal(odds, spread)))
    authorised = np.round(overall * share)
    persistent = np.round(enrolments * persistent_percent / 100)
    out_of_step = 0.94 * persistent / np.maximum(enrolments, 1)
    pa_possible = np.round(possible * out_of_step)
    rate = np.array([_PERSISTENT_RATE[name] for name in group]) * (
        0.6 + 0.4 * percent / percent.mean()
    )
    pa_overall = np.round(np.minimum(pa_possible * np.clip(rate, 11, 75) / 100, overall * 0.95))
    pa_overall = np.where(persistent > 0, np.minimum(pa_overall, overall), 0)
    pa_authorised = np.minimum(np.round(pa_overall * np.clip(share - 0.08, 0.05, 1)), authorised)
    pa_authorised = np.maximum(pa_authorised, pa_overall - (overall - authorised))
    found = {
        "enrolments": enrolments,
        "sess_possible": possible,
        "sess_overall": overall,
        "sess_authorised": authorised,
        "sess_unauthorised": overall - authorised,
        "enrolments_pa_10_exact": persistent,
        "sess_possible_pa_10_exact": pa_possible,
        "sess_overall_pa_10_exact": pa_overall,
        "sess_authorised_pa_10_exact": pa_authorised,
        "sess_unauthorised_pa_10_exact": pa_overall - pa_authorised,
    }
    return {name: values.astype(np.int64) for name, values in found.items()}


def _reasons(
    frame: pl.DataFrame,
    group: NDArray[np.object_],
    constants: Calibration,
    rng: np.random.Generator,
) -> list[pl.Series]:
    """Part absence by reason: the phase's mix, each reason wavering by a third in a school."""
    out = []
    for prefix, total in (("sess_auth_", "sess_authorised"), ("sess_unauth_", "sess_unauthorised")):
        of = constants.reasons.filter(pl.col("reason").str.starts_with(prefix))
        names = of["reason"].unique(maintain_order=True).to_list()
        shares = of.pivot(on="phase_group", index="reason", values="share").sort(
            pl.col("reason").replace_strict({name: i for i, name in enumerate(names)})
        )
        mix = np.column_stack([shares[name].to_numpy() for name in SCHOOL_TYPES])
        column = np.searchsorted(list(SCHOOL_TYPES), group.astype(str))
        weights = mix.T[column] * rng.lognormal(0, 0.35, (frame.height, len(names)))
        missed = frame[total].to_numpy()
        ends = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
        steps = np.diff(np.round(ends * missed[:, None]), axis=1, prepend=0).astype(np.int64)
        out += [pl.Series(name, steps[:, i]) for i, name in enumerate(names)]
        out.append(pl.Series(f"{prefix}totalreasons", missed))
    return [*out, pl.Series("sess_overall_totalreasons", frame["sess_overall"].to_numpy())]


def year_file(
    counts: pl.DataFrame, year: AcademicYear, header: list[str], rng: np.random.Generator
) -> pl.DataFrame:
    """Give the whole file as text: national, regional, authority and school rows.

    National rates have one decimal and the others five; ``sess_auth_ext_holiday`` is ``:`` since
    2013/14; years from 2022/23 suppress one or two persistent absentees (``c``) and leave a few
    schools out (``x``).
    """
    school_rows = _school_rows(counts)
    summed = [
        _summed(counts, [], "National"),
        _summed(counts, ["subregion"], "Regional"),
        _summed(counts, ["subregion", "la_code", "la_name", "gss_code"], "Local authority"),
    ]
    frame = pl.concat([*summed, school_rows], how="diagonal")
    region = pl.col("subregion").replace_strict(REGIONS, default="", return_dtype=pl.String)
    constant = {
        "time_identifier": "Academic year",
        "year_breakdown": "six half terms",
        "time_period": f"{year.first}{(year.first + 1) % 100:02d}",
        "country_code": "E92000001",
        "country_name": "England",
        "sess_auth_ext_holiday": ":",
    }
    frame = frame.with_columns(
        *(pl.lit(value).alias(name) for name, value in constant.items()),
        region.alias("region_code"),
        pl.col("subregion").alias("region_name"),
        pl.col("la_code").alias("old_la_code"),
        pl.col("gss_code").alias("new_la_code"),
        *_rates(),
    )
    text = frame.select(pl.col(header).cast(pl.String)).fill_null("")
    return _suppressed(text, rng) if profile(year) == "2022/23" else text


def _school_rows(counts: pl.DataFrame) -> pl.DataFrame:
    not_primary = pl.col("school_type") != SCHOOL_TYPES["primary"]
    is_all_through = (pl.col("age_low") <= 7) & (pl.col("age_high") >= 16) & not_primary
    # Three of the 637 are spelt with a space before.
    spelt = pl.when(is_all_through.cum_sum() % 200 == 3).then(pl.lit(" All through"))
    last = pl.col("establishment_type")
    kind = (
        pl.when(last.str.contains("sponsor led"))
        .then(pl.lit("sponsor led academy"))
        .when(last.str.contains("converter"))
        .then(pl.lit("converter academy"))
        .when(last == "University technical college")
        .then(pl.lit("UTC"))
        .otherwise(pl.lit("free school"))
    )
    phase = (
        pl.col("school_type").str.replace("State-funded p", "P").str.replace("State-funded s", "S")
    )
    return counts.sort("la_code", "estab").with_columns(
        pl.lit("School").alias("geographic_level"),
        pl.format("{}{}", "la_code", "estab").alias("laestab"),
        pl.when("is_academy").then(pl.format("{} {}", phase, kind)).alias("academy_type"),
        pl.when("is_academy")
        .then(pl.col("opened_on").dt.strftime("%d/%m/%Y"))
        .alias("academy_open_date"),
        pl.when(is_all_through).then(spelt.otherwise(pl.lit("All through"))).alias("all_through"),
    )


def _summed(counts: pl.DataFrame, by: list[str], level: str) -> pl.DataFrame:
    numbers = [name for name in counts.columns if name in COUNTS or name.startswith("sess_")]
    each = counts.group_by([*by, "school_type"], maintain_order=True).agg(pl.col(numbers).sum())
    total = pl.lit("Total").alias("school_type")
    whole = (
        counts.group_by(by, maintain_order=True).agg(total.first(), pl.col(numbers).sum())
        if by
        else (counts.select(total, pl.col(numbers).sum()).head(1))
    )
    order = pl.col("school_type").replace_strict({name: i for i, name in enumerate(_TYPE_ORDER)})
    rows = pl.concat([whole.select(each.columns), each])
    place = [pl.col("la_code")] if "la_code" in by else []
    if "subregion" in by and not place:
        place = [pl.col("subregion").replace_strict({n: i for i, n in enumerate(REGIONS)})]
    return rows.sort(*place, order).with_columns(pl.lit(level).alias("geographic_level"))


def _rates() -> list[pl.Expr]:
    decimals = pl.col("geographic_level") == "National"
    out = []
    for name, (part, whole) in _RATES.items():
        rate = pl.when(pl.col(whole) > 0).then(100 * pl.col(part) / pl.col(whole)).otherwise(0.0)
        out.append(pl.when(decimals).then(rate.round(1)).otherwise(rate.round(5)).alias(name))
    return out


def _suppressed(text: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Put symbols for withheld figures, as the newest files do."""
    is_school = pl.col("geographic_level") == "School"
    few = is_school & pl.col("enrolments_pa_10_exact").is_in(["1", "2"])
    hidden = [name for name in text.columns if "_pa_10_exact" in name]
    draw = pl.Series(rng.random(text.height))
    left_out = is_school & (draw < _LEFT_OUT_SHARE)
    measured = [name for name in text.columns if name.startswith(("sess_", "enrolments_"))]
    text = text.with_columns(
        pl.when(few).then(pl.lit("c")).otherwise(pl.col(name)).alias(name) for name in hidden
    )
    return text.with_columns(
        pl.when(left_out).then(pl.lit("x")).otherwise(pl.col(name)).alias(name) for name in measured
    )
