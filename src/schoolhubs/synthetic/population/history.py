"""What became of each school: the URNs it has had, why they changed, and the links between them."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.synthetic.population import events
from schoolhubs.synthetic.population.events import NEVER, Dates, Events, first_day

# No school in England has a number from 900000 on.
FIRST_URN = 900_001
ESTAB_BLOCKS = {
    "primary": 2000,
    "middle_deemed_primary": 3950,
    "secondary": 4000,
    "middle_deemed_secondary": 4900,
    "all_through": 6900,
    "special": 7000,
    "alternative_provision": 1100,
    "nursery": 1000,
    "independent": 6000,
}
_FOR_ACADEMY_SHIFT = {"primary": 900, "secondary": 450}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Schools with the ones that are gone, their register entries and the links.

    Parameters
    ----------
    schools
        The schools given, followed by schools that have closed; ``gone_on`` is the first day
        without them, missing for open ones.
    entries
        Frame: one row a URN. school (row in ``schools``), urn, establishment_type, school_name,
        estab, opened_on, closed_on, reason_opened, reason_closed, status, is_academy.
    links
        Frame: urn, link_urn, link_type, established_on; both directions.
    """

    schools: pl.DataFrame
    entries: pl.DataFrame
    links: pl.DataFrame


def live_through(
    schools: pl.DataFrame, on: np.datetime64, kinds: Mapping[str, Any], rng: np.random.Generator
) -> History:
    """Give every school a past up to a day.

    Parameters
    ----------
    schools
        Open schools, from ``found_schools``.
    on
        Day of the register's extract.
    kinds
        ``schools.yaml``.
    """
    past = events.events(schools, on, kinds, rng)
    gone = events.gone(schools, past, on, kinds, rng)
    everyone = pl.concat([schools.with_columns(_no_end()), gone], how="diagonal")
    entries = _entries(everyone, past, on, kinds, rng)
    entries = _numbered(entries, rng)
    return History(schools=everyone, entries=entries, links=_links(everyone, entries))


def _no_end() -> list[pl.Expr]:
    return [
        pl.lit(None, pl.Date).alias("gone_on"),
        pl.lit(-1, pl.Int64).alias("into"),
        pl.lit(-1, pl.Int64).alias("into_too"),
        pl.lit("").alias("fate"),
    ]


def _entries(
    schools: pl.DataFrame,
    past: Events,
    on: np.datetime64,
    kinds: Mapping[str, Any],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Give one row for each URN a school has had, oldest first."""
    n_open, n = len(past.is_free), schools.height
    gone = n - n_open
    converted = np.concatenate([past.converted_on, np.full(gone, NEVER)])
    reopened = np.concatenate([past.reopened_on, np.full(gone, NEVER)])
    amalgamated = np.concatenate([past.amalgamated_on, np.full(gone, NEVER)])
    is_free = np.concatenate([past.is_free, np.zeros(gone, dtype=bool)])
    sponsored = np.concatenate([past.is_sponsored, np.zeros(gone, dtype=bool)])
    academy_type = _academy_types(schools, is_free, sponsored)
    base = np.flatnonzero(~is_free)
    first = _stage(
        schools,
        base,
        0,
        schools["base_type"].to_numpy()[base],
        amalgamated[base],
        "Result of Amalgamation",
    )
    academy = np.flatnonzero(~np.isnat(converted))
    reason = np.where(is_free, "Academy Free School", "Academy Converter")[academy]
    second = _stage(schools, academy, 1, academy_type[academy], converted[academy], reason)
    again = np.flatnonzero(~np.isnat(reopened))
    third = _stage(schools, again, 2, academy_type[again], reopened[again], "Fresh Start")
    entries = pl.concat([first, second, third]).sort("school", "stage")
    entries = entries.with_columns(
        closed_on=pl.col("opened_on").shift(-1).over("school"),
        next_type=pl.col("establishment_type").shift(-1).over("school"),
        is_academy=pl.col("stage") > 0,
        is_last=pl.col("stage") == pl.col("stage").max().over("school"),
    )
    ends = schools.with_row_index("school").select(
        pl.col("school").cast(pl.Int64), "gone_on", "fate", "kind", "la_code"
    )
    entries = entries.join(ends, on="school", maintain_order="left").with_columns(
        closed_on=pl.when("is_last").then("gone_on").otherwise("closed_on")
    )
    return _with_names(_with_status(_with_estabs(entries), on, kinds, rng), rng)


def _stage(
    schools: pl.DataFrame,
    of: NDArray[np.int64],
    stage: int,
    types: NDArray[np.object_],
    opened: Dates,
    reason: str | NDArray[np.str_],
) -> pl.DataFrame:
    """Give the entries of one stage; a day that never was is an opening nobody recorded."""
    known = ~np.isnat(opened)
    reasons = np.where(known, np.asarray(reason), "Not applicable")
    return pl.DataFrame(
        {
            "school": of,
            "stage": np.full(len(of), stage),
            "establishment_type": types.astype(object),
            "opened_on": opened.astype("datetime64[D]"),
            "reason_opened": reasons.astype(object),
            "school_name": schools["school_name"].to_numpy()[of],
        },
        schema_overrides=dict.fromkeys(
            ("establishment_type", "reason_opened", "school_name"), pl.String()
        ),
    )


def _academy_types(
    schools: pl.DataFrame, is_free: NDArray[np.bool_], sponsored: NDArray[np.bool_]
) -> NDArray[np.object_]:
    kind = schools["kind"].to_numpy()
    word = np.select(
        [kind == "special", kind == "alternative_provision"],
        ["special ", "alternative provision "],
        "",
    ).astype(object)
    led = np.where(sponsored, "sponsor led", "converter").astype(object)
    out: NDArray[np.object_] = "Academy " + word + led
    free = np.array([f"Free schools {name.strip()}".strip() for name in word], dtype=object)
    technical = schools["age_low"].to_numpy() == 14
    free[technical & (kind == "secondary")] = "University technical college"
    out[is_free] = free[is_free]
    return out


def _with_estabs(entries: pl.DataFrame) -> pl.DataFrame:
    """Number schools within their authority; a sponsor-led academy takes a new number."""
    schools = entries.select("school", "kind", "la_code").unique("school", maintain_order=True)
    schools = schools.with_columns(rank=pl.int_range(pl.len()).over("la_code", "kind"))
    block = pl.col("kind").replace_strict(ESTAB_BLOCKS, return_dtype=pl.Int64)
    shift = pl.col("kind").replace_strict(_FOR_ACADEMY_SHIFT, default=0, return_dtype=pl.Int64)
    is_new = pl.col("establishment_type").str.contains("sponsor led")
    entries = entries.join(schools.select("school", "rank"), on="school", maintain_order="left")
    return entries.with_columns(
        estab=block + pl.col("rank") + pl.when(is_new).then(shift).otherwise(0)
    ).drop("rank")


def _with_status(
    entries: pl.DataFrame, on: np.datetime64, kinds: Mapping[str, Any], rng: np.random.Generator
) -> pl.DataFrame:
    """Say which entries are open, are to close, or are closed and why."""
    soon = rng.random(entries.height) < kinds["changes"]["proposed_to_close"]
    is_open = entries["closed_on"].is_null().to_numpy()
    soon &= is_open & (entries["kind"].to_numpy() != "independent")
    status = np.where(is_open, np.where(soon, "Open, but proposed to close", "Open"), "Closed")
    ahead = on + rng.integers(30, 700, entries.height)
    closes = np.where(
        soon, first_day(ahead + 31), entries["closed_on"].to_numpy().astype("datetime64[D]")
    )
    reason = (
        pl.when(pl.col("closed_on").is_null())
        .then(pl.lit("Not applicable"))
        .when(pl.col("next_type").str.contains("sponsor led"))
        .then(pl.lit("For Academy"))
        .when(pl.col("next_type").is_not_null())
        .then(pl.lit("Academy Converter"))
        .when(pl.col("fate").is_in(["amalgamated", "absorbed"]))
        .then(pl.lit("Result of Amalgamation/Merger"))
        .otherwise(pl.lit("Closure"))
    )
    return entries.with_columns(
        pl.Series("status", status.astype(object), dtype=pl.String), reason.alias("reason_closed")
    ).with_columns(pl.Series("closed_on", closes.astype("datetime64[D]")))


def _with_names(entries: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Half of all academies change their name a little."""
    draw = pl.Series(rng.random(int(entries["school"].max()) + 1))  # type: ignore[arg-type]
    changes = draw.gather(entries["school"]) < 0.5
    renamed = pl.col("school_name").str.replace(" (School|Pupil Referral Unit)$", " Academy")
    return entries.with_columns(
        school_name=pl.when(changes & pl.col("is_academy")).then(renamed).otherwise("school_name")
    )


def _numbered(entries: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Give URNs in the order of opening, with gaps, as the register does."""
    step = rng.integers(1, 3, entries.height)
    opened = entries["opened_on"].to_numpy().astype("datetime64[D]").astype(np.int64)
    opened[entries["opened_on"].is_null().to_numpy()] = -(10**9)
    order = np.lexsort((rng.random(entries.height), opened))
    urn = np.empty(entries.height, dtype=np.int64)
    urn[order] = FIRST_URN + np.cumsum(step) - step[0]
    return entries.with_columns(pl.Series("urn", urn).cast(pl.String))


def _links(schools: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Give predecessors and successors, both ways, as the links file lists them."""
    follows = entries.with_columns(
        link_urn=pl.col("urn").shift(-1).over("school"),
        established_on=pl.col("opened_on").shift(-1).over("school"),
    ).filter(pl.col("link_urn").is_not_null())
    chain = follows.select("urn", "link_urn", "established_on", way=pl.lit(""))
    last = entries.filter(pl.col("is_last")).select("school", "urn", "closed_on")
    first = entries.unique("school", keep="first", maintain_order=True).select(
        "school", link_urn="urn"
    )
    gone = schools.with_row_index("school").with_columns(pl.col("school").cast(pl.Int64))
    gone = gone.filter(pl.col("fate").is_in(["amalgamated", "absorbed", "split"]))
    parts = []
    for column, fates in (("into", ["amalgamated", "absorbed", "split"]), ("into_too", ["split"])):
        some = gone.filter(pl.col("fate").is_in(fates)).select("school", "fate", into=column)
        joined = some.join(last, on="school").join(first, left_on="into", right_on="school")
        parts.append(joined)
    ways = {"amalgamated": " - amalgamated", "absorbed": " - merged", "split": " - Split School"}
    merged = pl.concat(parts).select(
        "urn", "link_urn", established_on="closed_on", way=pl.col("fate").replace_strict(ways)
    )
    forward = pl.concat([chain, merged.select(chain.columns)])
    ahead = forward.select(
        "urn", "link_urn", pl.format("Successor{}", "way").alias("link_type"), "established_on"
    )
    back = forward.select(
        urn="link_urn",
        link_urn="urn",
        link_type=pl.format("Predecessor{}", "way"),
        established_on="established_on",
    )
    return (
        pl.concat([ahead, back]).unique(["urn", "link_urn"], keep="first").sort("urn", "link_urn")
    )
