"""What a programme asks of a match."""

import dataclasses
import enum
from collections.abc import Mapping


class Compatibility(enum.StrEnum):
    """How a definition says that a lead suits a partner."""

    PHASE = "phase"
    NEED_TYPE_AND_AGE = "need_type_and_age"


class FloorGroup(enum.StrEnum):
    """The partition of partners that floors are set on."""

    NONE = "none"
    REGION = "region"
    REGION_AND_PHASE = "region_and_phase"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MatchingRules:
    """Everything about matching that a programme's definition decides.

    Parameters
    ----------
    compatibility
        Whether like is told by phase, or by type of need and age range.
    lead_phases
        For each partner phase, the lead phases that suit it.
    preferred_maximum_minutes
        Journeys longer than this are exceptions: allowed, priced and recorded.
    absolute_maximum_minutes
        Journeys longer than this are never proposed.
    forbids_own_trust
        A partner is not matched to a lead of its own trust.
    long_journey_steps
        ``(from_minutes, extra_share)`` pairs: each minute beyond ``from_minutes`` costs that
        share more, so that the worst journeys shrink first.
    floor_group, floor_share
        At least this share (0-1) of the national share served must be reached in each group,
        where capacity within reach allows. ``FloorGroup.NONE`` switches floors off.
    alike_by
        Columns of numbers, held by partners and leads alike, that tell how alike two schools are;
        empty where likeness is no goal.
    duration_terms
        Terms that a match lasts on each pathway, the term of the round's day the first; one term
        on a pathway that is not named.
    may_match_unknown
        Whether two schools may be matched where the need type or age range of either is not
        known; if not, they wait until it is. A mismatch that was read is never matched.
    """

    compatibility: Compatibility
    lead_phases: Mapping[str, frozenset[str]]
    preferred_maximum_minutes: float
    absolute_maximum_minutes: float
    forbids_own_trust: bool
    long_journey_steps: tuple[tuple[float, float], ...] = ()
    floor_group: FloorGroup = FloorGroup.NONE
    floor_share: float = 0.0
    alike_by: tuple[str, ...] = ()
    duration_terms: Mapping[str, int] = dataclasses.field(default_factory=dict)
    may_match_unknown: bool = False
