"""Who is on the rolls of synthetic schools: pupils drawn from each school's own shares."""

import dataclasses

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.synthetic.calibration import GROUPS, calibration
from schoolhubs.synthetic.england import England
from schoolhubs.synthetic.official import absence_file
from schoolhubs.synthetic.pupils.constants import (
    FSM,
    NEED_NOT_KNOWN,
    NEEDS,
    NO_NEED,
    NOT_FSM,
    NOT_KNOWN,
    PLAN,
    SUPPORT,
    Numbers,
    PupilConstants,
)
from schoolhubs.synthetic.pupils.term_dates import SchoolYear

# One stream of chance for each school, so that it does not matter which others are made with it.
_STREAM = 300
_DRAWS = (
    "year_group",
    "fsm",
    "girl",
    "eal",
    "need",
    "plan",
    "moves",
    "way",
    "day",
    "day_too",
    "key",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pupils:
    """n pupils of some schools, pupils of a school together; every array has shape (n,).

    Parameters
    ----------
    school
        Row of the frame of schools.
    pupil
        Number of the pupil, from which nobody learns anything.
    eligibility, need
        See ``constants``: FSM, NOT_FSM or NOT_KNOWN; NO_NEED, SUPPORT, PLAN or NEED_NOT_KNOWN.
    first, until
        Sessions of the year in which the pupil is on roll: from ``first``, before ``until``.
    score
        What the pupil has of absence beyond what is known of them: standard normal, but that
        pupils of some schools are more unlike one another than those of others.
    """

    school: NDArray[np.int64]
    pupil: NDArray[np.int64]
    year_group: NDArray[np.int8]
    eligibility: NDArray[np.int8]
    need: NDArray[np.int8]
    is_girl: NDArray[np.bool_]
    is_eal: NDArray[np.bool_]
    first: NDArray[np.int32]
    until: NDArray[np.int32]
    moves: NDArray[np.bool_]
    score: Numbers

    def __len__(self) -> int:
        return len(self.school)


def schools_with_marks(england: England) -> pl.DataFrame:
    """Give the schools of the last year's absence file, with what their pupils are drawn from.

    Returns
    -------
    Frame: school (number of its stream of chance), urn, group (0 to 2), subregion, enrolments,
    absent_share and authorised_share (0-1), ages, and shares of pupils (0-1).
    """
    position = len(england.panel.years) - 1
    rng = np.random.default_rng([england.seed, 200 + position])
    history = england.history
    counts = absence_file.school_counts(
        history.schools, history.entries, england.panel, position, calibration(), rng
    )
    of_urn = history.entries.select("urn", "school")
    shares = ("fsm", "sen_support", "ehc_plan", "eal", "girls")
    context = history.schools.with_row_index("school").select(
        pl.col("school").cast(pl.Int64),
        pl.col("group").replace_strict({name: i for i, name in enumerate(GROUPS)}).cast(pl.Int64),
        *(pl.col(f"{name}_percent") / 100 for name in shares),
    )
    return (
        counts.select(
            "urn",
            "subregion",
            "enrolments",
            "age_low",
            "age_high",
            absent_share=pl.col("sess_overall") / pl.col("sess_possible"),
            authorised_share=pl.col("sess_authorised") / pl.col("sess_overall"),
        )
        .join(of_urn, on="urn", maintain_order="left")
        .join(context, on="school", maintain_order="left")
    )


def draw_pupils(
    schools: pl.DataFrame, seed: int, constants: PupilConstants, laid: SchoolYear
) -> Pupils:
    """Draw the pupils of some schools.

    A school's count of pupils eligible for free meals, of girls and of those with another first
    language are its shares' to within one pupil; need goes with free meals and with sex.
    """
    count = schools["enrolments"].to_numpy()
    school = np.repeat(np.arange(len(count)), count)
    streams = [np.random.default_rng([seed, _STREAM, k]) for k in schools["school"]]
    drawn = np.concatenate(
        [rng.random((n, len(_DRAWS))) for rng, n in zip(streams, count, strict=True)]
    )
    score = np.concatenate([rng.standard_normal(n) for rng, n in zip(streams, count, strict=True)])
    mobile, unlike = np.array([rng.standard_normal(2) for rng in streams]).T
    spread = constants.facts["pupils"]["unlikeness_of_schools"]
    score = score * np.exp(spread * unlike - spread**2 / 2)[school]
    chance = dict(zip(_DRAWS, drawn.T, strict=True))
    group_of = schools["group"].to_numpy()
    moves = chance["moves"] < _mobility(group_of, mobile, constants)[school]
    year_group = _year_groups(schools, school, chance["year_group"], constants)
    eligibility = _eligibility(schools, school, chance, moves, year_group, constants)
    is_girl = _counted(schools["girls_percent"].to_numpy(), school, chance["girl"])
    first, until = _on_roll(chance, moves, year_group, constants, laid)
    return Pupils(
        school=school,
        pupil=np.asarray((chance["key"] * 2**53).astype(np.int64)),
        year_group=year_group,
        eligibility=eligibility,
        need=_needs(schools, school, chance, eligibility, is_girl, year_group, constants),
        is_girl=is_girl,
        is_eal=_counted(schools["eal_percent"].to_numpy(), school, chance["eal"]),
        first=first,
        until=until,
        moves=moves,
        score=score,
    )


def _mobility(group: NDArray[np.int64], mobile: Numbers, constants: PupilConstants) -> Numbers:
    """Give the share (0-1) of each school's pupils who come or leave within the year."""
    facts = constants.facts["moving"]
    usual, spread = np.array([facts["share"][name] for name in GROUPS]), facts["spread_of_schools"]
    share = usual[group] * np.exp(spread * mobile - spread**2 / 2)
    return np.asarray(np.minimum(share, facts["most_share"]))


def _ranks(school: NDArray[np.int64], chance: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """Rank pupils within their school by chance; give the size of each one's school too."""
    order = np.lexsort((chance, school))
    sizes = np.bincount(school)
    starts = np.cumsum(sizes) - sizes
    ranks = np.empty(len(school), dtype=np.int64)
    ranks[order] = np.arange(len(school)) - starts[school]
    return ranks, sizes[school].astype(float)


def _counted(share: Numbers, school: NDArray[np.int64], chance: Numbers) -> NDArray[np.bool_]:
    """Choose a school's share of its pupils, to within one."""
    ranks, size = _ranks(school, chance)
    return np.asarray(ranks + 0.5 < share[school] * size)


def _year_groups(
    schools: pl.DataFrame,
    school: NDArray[np.int64],
    chance: Numbers,
    constants: PupilConstants,
) -> NDArray[np.int8]:
    facts = constants.facts["year_groups"]
    lowest, highest = facts["lowest"], facts["highest"]
    younger = facts["age_of_lowest"] - lowest
    low = np.clip(schools["age_low"].to_numpy() - younger, lowest, highest)
    high = np.clip(schools["age_high"].to_numpy() - younger - 1, low, highest)
    ranks, size = _ranks(school, chance)
    of_range = (high - low + 1)[school]
    return np.asarray(low[school] + ((ranks + 0.5) / size * of_range).astype(int), dtype=np.int8)


def scaled(share: Numbers, odds: Numbers) -> Numbers:
    """Multiply the odds of shares (0-1)."""
    return np.asarray(share * odds / (1 - share + share * odds))


def _eligibility(
    schools: pl.DataFrame,
    school: NDArray[np.int64],
    chance: dict[str, Numbers],
    moves: NDArray[np.bool_],
    year_group: NDArray[np.int8],
    constants: PupilConstants,
) -> NDArray[np.int8]:
    group = schools["group"].to_numpy()
    share = scaled(schools["fsm_percent"].to_numpy(), constants.by_group("fsm_odds")[group])
    # A year group with higher odds has earlier draws; the school's count stays its own.
    weight = constants.fsm_weight[group[school], year_group]
    fsm = _counted(share, school, -np.log1p(-chance["fsm"]) / weight)
    out = np.where(fsm, FSM, NOT_FSM)
    # Whoever came or left between two counts of pupils was in none.
    unknown = moves & (chance["way"] > 1 - constants.by_group("not_known_of_movers")[group[school]])
    out[unknown] = NOT_KNOWN
    return out.astype(np.int8)


def _needs(
    schools: pl.DataFrame,
    school: NDArray[np.int64],
    chance: dict[str, Numbers],
    eligibility: NDArray[np.int8],
    is_girl: NDArray[np.bool_],
    year_group: NDArray[np.int8],
    constants: PupilConstants,
) -> NDArray[np.int8]:
    """Draw needs so that the school's share comes out and free meals have the published odds."""
    group = schools["group"].to_numpy()
    plan, support = (schools[f"{name}_percent"].to_numpy() for name in ("ehc_plan", "sen_support"))
    need = scaled(np.clip(plan + support, 0, 1), constants.by_group("need_odds")[group])
    fsm = scaled(schools["fsm_percent"].to_numpy(), constants.by_group("fsm_odds")[group])
    ratio = constants.by_group("need_odds_of_fsm")[group]
    # The share among the others solves: fsm * scaled(q, ratio) + (1 - fsm) * q = need.
    a = (1 - fsm) * (ratio - 1)
    b = fsm * ratio + 1 - fsm - need * (ratio - 1)
    root = np.sqrt(b**2 + 4 * a * need)
    q = np.where(need >= 1, 1.0, 2 * need / (b + root))[school]
    q = np.where(eligibility == FSM, scaled(q, ratio[school]), q)
    boys = constants.facts["pupils"]["need_odds_of_boys"] ** 0.5
    q = scaled(q, np.where(is_girl, 1 / boys, boys))
    q = scaled(q, constants.need_weight[group[school], year_group])
    of_plan = (plan / np.maximum(plan + support, 1e-9))[school]
    out = np.where(chance["plan"] < of_plan, PLAN, SUPPORT)
    out[chance["need"] >= q] = NO_NEED
    out[eligibility == NOT_KNOWN] = NEED_NOT_KNOWN
    return out.astype(np.int8)


def _on_roll(
    chance: dict[str, Numbers],
    moves: NDArray[np.bool_],
    year_group: NDArray[np.int8],
    constants: PupilConstants,
    laid: SchoolYear,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    facts, leavers = constants.facts["moving"], constants.facts["leavers"]
    last = np.full(len(moves), len(laid.column))
    weeks = leavers["last_half_term_weeks"] + 1
    last[year_group == leavers["year_group"]] = laid.sessions_before(6, weeks)
    joins = moves & (
        (chance["way"] < facts["joins"]) | (chance["way"] >= facts["joins"] + facts["leaves"])
    )
    leaves = moves & (chance["way"] >= facts["joins"])
    fewest = facts["fewest_sessions"]
    # Pupils come in the morning and leave after an afternoon.
    room = last - fewest
    first = np.where(joins, 2 * np.floor(chance["day"] * room / 2), 0)
    until = np.where(
        leaves, first + fewest + 2 * np.floor(chance["day_too"] * (room - first) / 2), last
    )
    return first.astype(np.int32), until.astype(np.int32)


def any_need(need: NDArray[np.int8]) -> NDArray[np.int64]:
    """Give the position among ``NEEDS``; where nobody knew, none."""
    return np.isin(need, (SUPPORT, PLAN)).astype(np.int64) * NEEDS.index("sen")
