"""What became of each school: the URNs it has had, why they changed, and the links between them."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Dates = NDArray[np.datetime64]
NEVER = np.datetime64("NaT", "D")
# No school in England has a number from 900000 on.
FIRST_URN = 900_001
_FIRST_OF_MONTH = (9, 9, 9, 4, 4, 1, 2, 3, 6, 7, 8, 10, 11, 12)
_ESTAB_BLOCKS = {
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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Events:
    """Days of change for each school, NaT where it did not happen."""

    is_free: NDArray[np.bool_]
    is_sponsored: NDArray[np.bool_]
    converted_on: Dates
    reopened_on: Dates
    amalgamated_on: Dates


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
    events = _events(schools, on, kinds, rng)
    gone = _gone(schools, events, on, kinds, rng)
    everyone = pl.concat([schools.with_columns(_no_end()), gone], how="diagonal")
    entries = _entries(everyone, events, on, kinds, rng)
    entries = _numbered(entries, rng)
    return History(schools=everyone, entries=entries, links=_links(everyone, entries))


def _no_end() -> list[pl.Expr]:
    return [
        pl.lit(None, pl.Date).alias("gone_on"),
        pl.lit(-1, pl.Int64).alias("into"),
        pl.lit(-1, pl.Int64).alias("into_too"),
        pl.lit("").alias("fate"),
    ]


def _events(
    schools: pl.DataFrame, on: np.datetime64, kinds: Mapping[str, Any], rng: np.random.Generator
) -> _Events:
    n = schools.height
    group = _academy_group(schools["kind"].to_numpy())
    converted = np.full(n, NEVER)
    is_free, is_sponsored = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    need = schools["fsm_ever_percent"].to_numpy()
    for name, by_year in kinds["academies_by_year"].items():
        of = np.flatnonzero(group == name)
        shares, years = list(by_year.values()), list(by_year)
        when = np.interp(rng.random(len(of)), [*shares, 1.0], [*years, 2100])
        converted[of] = _on_a_first(when, rng)
        is_free[of] = rng.random(len(of)) < kinds["free_school_share"][name]
        sponsored = kinds["sponsor_led_share"][name] * need[of] / max(need[of].mean(), 1)
        is_sponsored[of] = rng.random(len(of)) < sponsored
    converted[converted > on] = NEVER
    is_free &= ~np.isnat(converted)
    closed_again = converted + rng.integers(800, 3500, n)
    reopened = np.where(rng.random(n) < kinds["changes"]["second_academy"], closed_again, NEVER)
    reopened = _first_day(reopened.astype("datetime64[D]"))
    reopened[(reopened > on) | is_free] = NEVER
    amalgamated = _on_a_first(rng.uniform(2004, 2018, n), rng)
    may = np.isin(schools["kind"].to_numpy(), ["primary", "secondary"]) & ~is_free
    may &= rng.random(n) < kinds["changes"]["amalgamated"]
    late = ~np.isnat(converted) & (amalgamated > converted - np.timedelta64(400, "D"))
    amalgamated[~may | late | (amalgamated > on)] = NEVER
    return _Events(
        is_free=is_free,
        is_sponsored=is_sponsored,
        converted_on=converted,
        reopened_on=reopened,
        amalgamated_on=amalgamated,
    )


def _academy_group(kind: NDArray[np.object_]) -> NDArray[np.object_]:
    out = kind.copy()
    out[kind == "middle_deemed_primary"] = "primary"
    out[np.isin(kind, ["middle_deemed_secondary", "all_through"])] = "secondary"
    return out


def _on_a_first(year: NDArray[np.float64], rng: np.random.Generator) -> Dates:
    """Turn years with a fraction into first days of a month, September most of all."""
    month = np.array(_FIRST_OF_MONTH)[rng.integers(0, len(_FIRST_OF_MONTH), len(year))]
    whole = year.astype(int) - 1970
    return (whole.astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)).astype(
        "datetime64[D]"
    )


def _first_day(days: Dates) -> Dates:
    return days.astype("datetime64[M]").astype("datetime64[D]")


# --- schools that are gone ---------------------------------------------------------------------


def _gone(
    schools: pl.DataFrame,
    events: _Events,
    on: np.datetime64,
    kinds: Mapping[str, Any],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Give the schools that closed: into an amalgamation, into a neighbour, in two, or for good."""
    n = schools.height
    changes = kinds["changes"]
    whole = np.flatnonzero(~np.isnat(events.amalgamated_on))
    parts = np.repeat(whole, 2)
    plain = np.flatnonzero(np.isin(schools["kind"].to_numpy(), ["primary", "secondary", "special"]))
    absorbing = rng.choice(plain, max(2, round(n * changes["absorbed"])), replace=False)
    first, second = _pairs(schools, events, max(1, round(n * changes["split"])), rng)
    lost = rng.choice(plain, max(2, round(n * changes["proposed_to_close"] * 3)), replace=False)
    like = np.concatenate([parts, absorbing, first, lost])
    fate = np.repeat(
        ["amalgamated", "absorbed", "split", "closed"],
        [len(parts), len(absorbing), len(first), len(lost)],
    )
    days = _on_a_first(
        rng.uniform(2006, on.astype("datetime64[Y]").astype(int) + 1970, len(like)), rng
    )
    gone_on = np.where(fate == "amalgamated", events.amalgamated_on[like], days)
    opened = events.converted_on[second]
    gone_on[fate == "split"] = opened
    into = np.where(fate == "closed", -1, like)
    into_too = np.full(len(like), -1)
    into_too[fate == "split"] = second
    rows = schools[like]
    shrunk = np.where(fate == "amalgamated", 0.5, 0.7) * rows["n_pupils"].to_numpy()
    return rows.with_columns(
        pl.Series("n_pupils", np.maximum(np.round(shrunk), 12.0)),
        pl.Series("easting", rows["easting"].to_numpy() + rng.integers(-300, 301, len(like))),
        pl.Series("northing", rows["northing"].to_numpy() + rng.integers(-300, 301, len(like))),
        pl.Series("school_name", _renamed(rows["school_name"].to_numpy(), fate)),
        pl.Series("gone_on", np.minimum(gone_on, on).astype("datetime64[D]")),
        pl.Series("into", into),
        pl.Series("into_too", into_too),
        pl.Series("fate", fate),
    )


def _pairs(
    schools: pl.DataFrame, events: _Events, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give free schools and their nearest neighbour: the two that a split school became."""
    free = np.flatnonzero(events.is_free & (schools["kind"].to_numpy() == "primary"))
    others = np.flatnonzero(
        (schools["kind"].to_numpy() == "primary") & np.isnat(events.amalgamated_on)
    )
    if not len(free):
        return free, free
    chosen = np.sort(rng.choice(free, min(n, len(free)), replace=False))
    xy = schools.select("easting", "northing").to_numpy().astype(float)
    _, near = cKDTree(xy[others]).query(xy[chosen], k=2)
    partner = np.where(others[near[:, 0]] == chosen, others[near[:, 1]], others[near[:, 0]])
    return partner, chosen


def _renamed(names: NDArray[np.object_], fate: NDArray[np.str_]) -> NDArray[np.object_]:
    out = names.copy()
    place = np.flatnonzero(fate == "amalgamated")
    for position, i in enumerate(place):
        ending = " Infant School" if position % 2 == 0 else " Junior School"
        out[i] = str(names[i]).replace(" Primary School", ending).replace(" Community", "")
    return out


# --- entries in the register -------------------------------------------------------------------


def _entries(
    schools: pl.DataFrame,
    events: _Events,
    on: np.datetime64,
    kinds: Mapping[str, Any],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Give one row for each URN a school has had, oldest first."""
    n_open, n = len(events.is_free), schools.height
    gone = n - n_open
    converted = np.concatenate([events.converted_on, np.full(gone, NEVER)])
    reopened = np.concatenate([events.reopened_on, np.full(gone, NEVER)])
    amalgamated = np.concatenate([events.amalgamated_on, np.full(gone, NEVER)])
    is_free = np.concatenate([events.is_free, np.zeros(gone, dtype=bool)])
    sponsored = np.concatenate([events.is_sponsored, np.zeros(gone, dtype=bool)])
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
        schema_overrides={"establishment_type": pl.String, "reason_opened": pl.String},
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
    out = "Academy " + word + np.where(sponsored, "sponsor led", "converter").astype(object)
    free = np.array([f"Free schools {name.strip()}".strip() for name in word], dtype=object)
    technical = schools["age_low"].to_numpy() == 14
    free[technical & (kind == "secondary")] = "University technical college"
    out[is_free] = free[is_free]
    return out


def _with_estabs(entries: pl.DataFrame) -> pl.DataFrame:
    """Number schools within their authority; a sponsor-led academy takes a new number."""
    schools = entries.select("school", "kind", "la_code").unique("school", maintain_order=True)
    schools = schools.with_columns(rank=pl.int_range(pl.len()).over("la_code", "kind"))
    block = pl.col("kind").replace_strict(_ESTAB_BLOCKS, return_dtype=pl.Int64)
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
        soon, _first_day(ahead + 31), entries["closed_on"].to_numpy().astype("datetime64[D]")
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


# --- links -------------------------------------------------------------------------------------


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
