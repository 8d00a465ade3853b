"""Which partner goes to which lead, what it cost, and what anything else would cost."""

import dataclasses
from typing import Any

import polars as pl


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a change would cost, goal by goal, in the order the goals are taken.

    ``need`` is need points no longer served, ``exceptions`` further journeys over the limit,
    ``minutes`` further one-way minutes over all schools. A negative number is a gain.
    ``moved`` is further schools moved from the place they have, in a re-match alone; it stands
    before exceptions. ``schools`` (fewer schools matched) stands between exceptions and
    ``weighted_minutes`` (minutes with the surcharge on long ones), which stands before minutes.
    In a plain round the first two are zero and the third equals ``minutes``.
    """

    need: int
    exceptions: int
    minutes: float
    schools: int = 0
    weighted_minutes: float = 0.0
    moved: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A lead school that a partner was not given, and why.

    ``blocked_by`` is one of ``capacity``, ``longer journey``, ``other schools' journeys``,
    ``phase``, ``need type or age``, ``need type not known``, ``age range not known``,
    ``need type and age range not known``, ``own trust``, ``ban``, ``conflict``, ``too far``,
    ``unreachable``, ``pinned elsewhere``, ``pathway`` (no place offered on one it may take),
    ``is a lead school``, ``keeps its hub`` and ``others keep their hubs`` (in a re-match); where
    the price is nothing at all, it is the later goal that decides:
    ``similarity``, ``wishes``, ``load`` or, where only the order of URNs is left, ``tie``.
    ``price`` is None where a hard rule forbids the pair, and where the place is held whatever
    else moves: by partnerships, pins or floors.
    """

    lead_urn: str
    pathway: str
    minutes: float | None
    blocked_by: str
    price: Price | None

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GoalResult:
    """One goal of the staged solve: its value, and the bound that proves it best."""

    goal: str
    value: float
    bound: float
    unit: str
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FloorResult:
    """What the floors asked for one group of partners, and what held them back.

    Parameters
    ----------
    group
        Such as ``"North East"`` or ``"North East, primary"``.
    n_partners, n_matched
        Schools of the group to be matched, and matched.
    n_wanted, n_floor
        Schools that the floor asks for, and the most of them that places within reach allow.
    need_share, national_need_share
        Share (0-1) of need served in the group, and in all groups together. None where a group
        holds no need.
    binding_lead_urns, n_binding_places
        The certificate, blank where the floor was reached: unmatched schools of the group can
        go only to these leads, whose places are all taken, and so can the schools that hold
        them, unless another group falls below its own floor.
    """

    group: str
    n_partners: int
    n_matched: int
    n_wanted: int
    n_floor: int
    need_share: float | None
    national_need_share: float | None
    binding_lead_urns: tuple[str, ...] = ()
    n_binding_places: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return {**dataclasses.asdict(self), "binding_lead_urns": list(self.binding_lead_urns)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rematch:
    """What a re-match changed in the plan it started from.

    Parameters
    ----------
    displaced
        Schools whose lead or pair is gone, or that their lead has no place for any more; each is
        one of ``replaced`` and ``unmatched``.
    moved_others
        Schools that could have stayed and did not, so that more need is served.
    newly_matched
        Schools that had no place in the plan and have one now.
    changes
        Frame: ``urn, kind`` (replaced, unmatched, moved, lost place, newly matched),
        ``lead_before, pathway_before, minutes_before, lead_urn, pathway, minutes, reason``;
        a row for each school named above, sorted by URN. Minutes are missing where there was no
        lead, or it is no lead any more.
    withdrawn
        Leads that withdrew.
    keep_others
        Nobody who was not displaced was allowed to be moved.
    """

    displaced: tuple[str, ...]
    replaced: tuple[str, ...]
    moved_others: tuple[str, ...]
    unmatched: tuple[str, ...]
    newly_matched: tuple[str, ...]
    changes: pl.DataFrame
    withdrawn: tuple[str, ...] = ()
    keep_others: bool = False

    def counts(self) -> dict[str, int]:
        """Count the schools of each kind; displaced are those replaced and those unmatched."""
        names = ("displaced", "replaced", "moved_others", "unmatched", "newly_matched")
        lost = self.changes.filter(pl.col("kind") == "lost place").height
        return {name: len(getattr(self, name)) for name in names} | {"lost_place": lost}

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values: the counts, and each change with its reason."""
        return {
            **self.counts(),
            "withdrawn": list(self.withdrawn),
            "keep_others": self.keep_others,
            "changes": self.changes.to_dicts(),
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """A whole match.

    Parameters
    ----------
    matches
        Frame: ``urn, lead_urn, pathway, minutes, minutes_low, minutes_high, is_exception,
        is_straddling_limit, is_ferry, is_pinned, need_weight, exception_reason, not_known``; one
        row a matched partner, sorted by URN. ``exception_reason`` is missing unless
        ``is_exception``, ``not_known`` unless a rule on the pair could not be read.
    unmatched
        Frame: ``urn, need_weight, reason, nearest_lead_urn, nearest_minutes``; sorted by URN.
    hubs
        Frame: ``lead_urn, pathway, n_places, n_running, n_free, n_matched``; ``n_running`` is
        the most partnerships declared for any one term of the match; where the capacity says
        ``n_open``, the places that are not open.
    goals
        In the order they were taken.
    total_minutes, lower_bound_minutes
        One-way minutes of all matches, and the least possible given the earlier goals.
    is_proven_optimal
        Every goal met its bound.
    solver
        Name and version of the solver.
    already_placed
        Frame: ``urn, lead_urn, pathway, started_on, finished_on, need_weight``: partners that a
        partnership within the terms of this match keeps out of it; sorted by URN. They are
        neither matched nor unmatched.
    floors
        One for each group, where floors are set.
    rematch
        What changed, where the match is a re-match of an earlier plan.
    """

    matches: pl.DataFrame
    unmatched: pl.DataFrame
    hubs: pl.DataFrame
    goals: tuple[GoalResult, ...]
    total_minutes: float
    lower_bound_minutes: float
    is_proven_optimal: bool
    solver: str
    already_placed: pl.DataFrame = dataclasses.field(default_factory=pl.DataFrame)
    floors: tuple[FloorResult, ...] = ()
    rematch: Rematch | None = None
