"""What an office may turn in the rules of a round, and which values make no sense."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schoolhubs.programmes.what_if.changed import changed, strangers
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.matching import FloorGroup
from schoolhubs.vocabulary.records.rules import RulesAsAt

MINUTES_OF_A_DAY = 1_440
MOST_POINTS = 1_000_000
MOST_PLACES = 10_000


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_number(value: Any, most: float) -> bool:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return known and math.isfinite(value) and 0 <= value <= most


Fits = Callable[[Any], bool]
MINUTES: tuple[Fits, str] = (
    lambda value: _is_number(value, MINUTES_OF_A_DAY) and value > 0,
    f"minutes, more than 0 and at most {MINUTES_OF_A_DAY:,}",
)
FLAG: tuple[Fits, str] = (lambda value: isinstance(value, bool), "true or false")
POINTS: tuple[Fits, str] = (
    lambda value: _is_whole(value, MOST_POINTS),
    f"a whole number of points from 0 to {MOST_POINTS:,}",
)
EXPECTED: Mapping[str, tuple[Fits, str]] = {
    "preferred_maximum_minutes": MINUTES,
    "absolute_maximum_minutes": MINUTES,
    "forbids_own_trust": FLAG,
    "may_match_unknown": FLAG,
    "floor_group": (
        lambda value: value in tuple(FloorGroup), f"one of {', '.join(FloorGroup)}",
    ),
    "floor_share": (lambda value: _is_number(value, 1), "a share from 0 to 1"),
    "base_points": POINTS,
    "maximum_points": POINTS,
    "points_per_pupil": (
        lambda value: _is_number(value, MOST_POINTS),
        f"points for each pupil, a number from 0 to {MOST_POINTS:,}",
    ),
    "places_per_lead": (
        lambda value: _is_whole(value, MOST_PLACES),
        f"a whole number of places from 0 to {MOST_PLACES:,}",
    ),
}  # fmt: skip
BY_NAME = ("points_per_pupil", "places_per_lead")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanges:
    """Values to try in place of the definition's; None, or no entry, leaves a value as it is.

    Parameters
    ----------
    preferred_maximum_minutes, absolute_maximum_minutes
        Limits on the one-way drive.
    forbids_own_trust, may_match_unknown
        As in ``MatchingRules``.
    floor_group, floor_share
        Groups that floors are set on (``none``, ``region``, ``region_and_phase``) and the share
        (0-1) of the national rate that each must reach.
    base_points, maximum_points
        Need points of every school, and the most of one.
    points_per_pupil
        Weight of a need part by its name in the definition, such as ``persistent_absence``.
    places_per_lead
        Places by pathway, for leads whose own list says nothing.

    Examples
    --------
    >>> RuleChanges.from_dict({"floor_group": "region", "places_per_lead": {"core": 4}}).as_dict()
    {'floor_group': 'region', 'places_per_lead': {'core': 4}}
    """

    preferred_maximum_minutes: float | None = None
    absolute_maximum_minutes: float | None = None
    forbids_own_trust: bool | None = None
    may_match_unknown: bool | None = None
    floor_group: str | None = None
    floor_share: float | None = None
    base_points: int | None = None
    maximum_points: int | None = None
    points_per_pupil: Mapping[str, float] = dataclasses.field(default_factory=dict)
    places_per_lead: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "RuleChanges":
        """Take the changes as they were kept.

        Raises
        ------
        DataProblem
            Naming everything that is nothing an office may turn, or no value for it.
        """
        unknown = [
            Problem(
                code="unknown_change", column=name, value=str(given[name]),
                fault=f"{name} is nothing that a round may be given",
                remedy=f"Choose among {', '.join(EXPECTED)}.",
            )
            for name in given
            if name not in EXPECTED
        ]  # fmt: skip
        changes = cls(**{name: given[name] for name in given if name in EXPECTED})
        if problems := [*unknown, *changes.problems()]:
            raise DataProblem(problems)
        return changes

    def as_dict(self) -> dict[str, Any]:
        """Give what is turned, JSON-ready."""
        held = {name: getattr(self, name) for name in EXPECTED}
        return {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in held.items()
            if value is not None and value != {}
        }

    def each(self) -> Iterator[tuple[str, str, Any]]:
        """Give every value that is set, as ``(field, name within it or blank, value)``."""
        for field, value in self.as_dict().items():
            if isinstance(value, Mapping):
                yield from ((field, name, one) for name, one in value.items())
            else:
                yield field, "", value

    def put_in(self, rules: RulesAsAt) -> RulesAsAt:
        """Give the rules of a day with these values turned; one that equals its own is no change.

        Returns
        -------
        RulesAsAt
            ``changes`` names each value with the one before it, ``definition_version`` tells
            them, and an assumed value that was turned is no assumption of the definition any more.

        Raises
        ------
        DataProblem
            Listing every value that makes no sense; ``column`` names the field.
        """
        turned_to = tuple(self.each())
        if problems := [*self.problems(), *strangers(rules, turned_to)]:
            raise DataProblem(problems, outcome="Nothing was changed.")
        return changed(rules, turned_to)

    def problems(self) -> Iterator[Problem]:
        """Find values that are none, whatever the rules they would be put in."""
        for field in BY_NAME:
            if not isinstance(getattr(self, field), Mapping):
                yield problem(field, getattr(self, field), "values by name")
                return
        for field, name, value in self.each():
            fits, expected = EXPECTED[field]
            if not fits(value):
                yield problem(f"{field}.{name}" if name else field, value, expected)


def problem(field: str, value: Any, expected: str) -> Problem:
    """Say that a value does not fit the field it was given for."""
    return Problem(
        code="no_value_for_it", column=field, value=str(value),
        fault=f"{field} is {value!r}", remedy=f"Expected is {expected}.",
    )  # fmt: skip
