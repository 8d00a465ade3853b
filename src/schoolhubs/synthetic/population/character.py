"""What each school is like: ages, faith, need, gender, type, and an invented name."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.synthetic import names

SEMH = "SEMH - Social, Emotional and Mental Health"
# Of special schools, how many name a second type of need, and of those a third.
FURTHER_NEED_SHARE = 0.45
_NEED_BLOCK = 20


def choose(
    options: Sequence[Any], shares: Sequence[float], n: int, rng: np.random.Generator
) -> NDArray[np.object_]:
    """Draw ``n`` of the options by their shares."""
    ends = np.cumsum(shares) / sum(shares)
    out = np.empty(len(options), dtype=object)
    out[:] = list(options)
    drawn: NDArray[np.object_] = out[np.searchsorted(ends, rng.random(n))]
    return drawn


def describe(
    schools: pl.DataFrame, kinds: Mapping[str, Any], rng: np.random.Generator
) -> pl.DataFrame:
    """Give every school its ages, faith, types of need, gender, type and name.

    Parameters
    ----------
    schools
        kind, place and intake of each school.
    kinds
        ``schools.yaml``.
    """
    kind = schools["kind"].to_numpy()
    n = schools.height
    low, high = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    religion = np.full(n, "Does not apply", dtype=object)
    for name in sorted(set(kind)):
        of = np.flatnonzero(kind == name)
        ages = kinds["ages"][name]
        drawn = choose(range(len(ages)), [age[2] for age in ages], len(of), rng)
        low[of] = [ages[i][0] for i in drawn]
        high[of] = [ages[i][1] for i in drawn]
        faiths = kinds["religion"].get(name, kinds["religion"]["other"])
        religion[of] = choose(list(faiths), list(faiths.values()), len(of), rng)
    need = _needs(schools, kinds["needs"], rng)
    gender = np.full(n, "Mixed", dtype=object)
    secondary = kind == "secondary"
    gender[secondary] = choose(
        ["Mixed", "Girls", "Boys"], [0.885, 0.065, 0.05], secondary.sum(), rng
    )
    schools = schools.with_columns(
        age_low=low, age_high=high, religious_character=religion, need=need, gender=gender
    ).with_columns(_further_needs(need, kinds["needs"], rng))
    schools = schools.with_columns(is_selective=_selective(schools, rng))
    girls = pl.when(gender == "Girls").then(100.0).when(gender == "Boys").then(0.0)
    return schools.with_columns(
        girls.otherwise(pl.col("girls_percent")).alias("girls_percent"),
        pl.Series("base_type", _base_types(kind, religion, rng)),
        *_names(schools, rng),
    )


def _needs(
    schools: pl.DataFrame, shares: Mapping[str, float], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Give special schools a type of need; emotional need goes with free school meals."""
    kind = schools["kind"].to_numpy()
    special = np.flatnonzero(kind == "special")
    # Among schools of like size, those with most free meals (and some luck) are for this need.
    by_roll = special[np.argsort(schools["n_pupils"].to_numpy()[special], kind="stable")]
    key = schools["fsm_ever_percent"].to_numpy()[by_roll] / 17 + rng.standard_normal(len(special))
    block = np.arange(len(special)) // _NEED_BLOCK
    order = by_roll[np.lexsort((-key, block))]
    within = np.arange(len(special)) - block * _NEED_BLOCK
    emotional = within < np.round(shares[SEMH] * np.bincount(block)[block])
    rest = {name: share for name, share in shares.items() if name != SEMH}
    need = np.full(len(kind), "", dtype=object)
    need[special] = choose(list(rest), list(rest.values()), len(special), rng)
    need[order[emotional]] = SEMH
    need[kind == "alternative_provision"] = SEMH
    return need


def _further_needs(
    need: NDArray[np.object_], shares: Mapping[str, float], rng: np.random.Generator
) -> list[pl.Series]:
    """Give some special schools a second and a third type of need, all different."""
    out, named = [], [need]
    for name in ("need_2", "need_3"):
        drawn = choose(list(shares), list(shares.values()), len(need), rng)
        is_new = np.all([drawn != earlier for earlier in named], axis=0)
        has = (named[-1] != "") & is_new & (rng.random(len(need)) < FURTHER_NEED_SHARE)
        named.append(np.where(has, drawn, "").astype(object))
        out.append(pl.Series(name, named[-1], dtype=pl.String))
    return out


def _selective(schools: pl.DataFrame, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Grammar schools: in some authorities, secondaries with few pupils on free meals."""
    has_grammars = rng.random(int(schools["area"].to_numpy().max()) + 1) < 0.23
    few = schools["fsm_ever_percent"].to_numpy() < 14
    kind = schools["kind"].to_numpy() == "secondary"
    return np.asarray(kind & few & has_grammars[schools["area"].to_numpy()])


def _base_types(
    kind: NDArray[np.object_], religion: NDArray[np.object_], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Give the type a school has, or had before it became an academy."""
    u = rng.random(len(kind))
    anglican = np.char.startswith(religion.astype(str), "Church of England") | (
        religion == "Methodist"
    )
    secular = religion == "Does not apply"
    foundation = np.where(kind == "primary", 0.05, 0.3)
    mainstream = np.select(
        [anglican & (u < 0.53), ~secular, u < foundation],
        ["Voluntary controlled school", "Voluntary aided school", "Foundation school"],
        "Community school",
    )
    special = np.where(u < 0.1, "Foundation special school", "Community special school")
    out = np.where(kind == "special", special, mainstream).astype(object)
    out[kind == "alternative_provision"] = "Pupil referral unit"
    out[kind == "nursery"] = "Local authority nursery school"
    independent = np.select(
        [u < 0.04, u < 0.3],
        ["Non-maintained special school", "Other independent special school"],
        "Other independent school",
    )
    out[kind == "independent"] = independent[kind == "independent"]
    return out


def _names(schools: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.Series, pl.Series]:
    """Give town and school name; every name holds an invented place or saint."""
    n = schools.height
    block = (schools["easting"] // 6000 * 211 + schools["northing"] // 6000).to_numpy()
    town = names.places(block * 7919 % names.N_PLACES)
    kind = schools["kind"].to_numpy()
    religion = schools["religious_character"].to_numpy()
    first = names.places(rng.integers(0, names.N_PLACES, n))
    prefixes = [
        "",
        "",
        "",
        "",
        "Upper ",
        "Lower ",
        "Great ",
        "Little ",
        "North ",
        "South ",
        "East ",
        "Old ",
    ]
    first = np.array(prefixes, dtype=object)[rng.integers(0, len(prefixes), n)] + first
    catholic = religion == "Roman Catholic"
    first[catholic] = names.saints(rng.integers(0, 10_000, n))[catholic] + " Catholic"
    anglican = np.char.startswith(religion.astype(str), "Church of England")
    first[anglican] += np.where(rng.random(n) < 0.5, " Church of England", " CofE")[
        anglican
    ].astype(object)
    return pl.Series("town", town), pl.Series("school_name", first + _endings(schools, kind, rng))


def _endings(
    schools: pl.DataFrame, kind: NDArray[np.object_], rng: np.random.Generator
) -> NDArray[np.object_]:
    n = len(kind)
    high, low = schools["age_high"].to_numpy(), schools["age_low"].to_numpy()
    ending = choose([" Primary School", " Community Primary School"], [0.8, 0.2], n, rng)
    ending[(kind == "primary") & (high <= 7)] = " Infant School"
    ending[(kind == "primary") & (low >= 7)] = " Junior School"
    ending[(kind == "middle_deemed_primary") | (kind == "middle_deemed_secondary")] = (
        " Middle School"
    )
    secondary = choose(
        [" High School", " School", " Community School", " College"], [0.4, 0.35, 0.15, 0.1], n, rng
    )
    of = np.isin(kind, ["secondary", "all_through"])
    ending[of] = secondary[of]
    ending[schools["is_selective"].to_numpy()] = " Grammar School"
    ending[kind == "special"] = " Special School"
    ending[kind == "alternative_provision"] = " Pupil Referral Unit"
    ending[kind == "nursery"] = " Nursery School"
    ending[kind == "independent"] = " Preparatory School"
    return ending
