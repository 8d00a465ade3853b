"""Puts what an office turned into the rules of a round, and has the rules say so."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.matching import FloorGroup
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.records.settings import RuleChange

NEED = ("base_points", "maximum_points")
UNITS = {
    "preferred_maximum_minutes": "minutes",
    "absolute_maximum_minutes": "minutes",
    "floor_share": "share",
    "base_points": "points",
    "maximum_points": "points",
    "points_per_pupil": "points",
    "places_per_lead": "places",
}


# A field, the name within it or blank, and its value.
Turned = tuple[str, str, Any]


def changed(rules: RulesAsAt, turned_to: Iterable[Turned]) -> RulesAsAt:
    """Give the rules with values put in that are known to fit each its own field.

    Raises
    ------
    DataProblem
        If they make no sense beside each other.
    """
    made = tuple(_made(rules, turned_to))
    new = _put(rules, made)
    if problems := list(_contradictions(new, {each.field for each in made})):
        raise DataProblem(problems, outcome="Nothing was changed.")
    if not made:
        return rules
    turned = {each.path for each in made}
    said = "; ".join(map(str, made))
    return dataclasses.replace(
        new,
        definition_version=f"{rules.definition_version} + changed: {said}",
        assumptions=tuple(one for one in rules.assumptions if one.where not in turned),
        changes=(*rules.changes, *made),
    )


def strangers(rules: RulesAsAt, turned_to: Iterable[Turned]) -> Iterator[Problem]:
    """Find need parts and pathways that the definition does not have."""
    known = {
        "points_per_pupil": ("need part", [each.part for each in rules.need.parts]),
        "places_per_lead": ("pathway", [each.pathway for each in rules.pathways]),
    }
    for field, name, value in turned_to:
        what, names = known.get(field, ("", []))
        if name and name not in names:
            yield Problem(
                code="unknown_name", column=f"{field}.{name}", value=str(value),
                fault=f"{rules.title} has no {what} {name!r}",
                remedy=f"Choose among {', '.join(names)}.",
            )  # fmt: skip


def _made(rules: RulesAsAt, turned_to: Iterable[Turned]) -> Iterator[RuleChange]:
    for field, name, after in turned_to:
        before = _in_force(rules, field, name)
        if after != before:
            yield RuleChange(
                field=f"{field}.{name}" if name else field,
                path=_path(field, name),
                before=before,
                after=after,
                unit=UNITS.get(field, ""),
            )


def _in_force(rules: RulesAsAt, field: str, name: str) -> Any:
    if field == "points_per_pupil":
        return next(each.points_per_pupil for each in rules.need.parts if each.part == name)
    if field == "places_per_lead":
        return rules.pathway(name).places_per_lead
    if field in NEED:
        return getattr(rules.need, field)
    value = getattr(rules.matching, field)
    return value.value if isinstance(value, FloorGroup) else value


def _path(field: str, name: str) -> str:
    if field == "points_per_pupil":
        return f"matching.need.parts.{name}.points_per_pupil"
    if field == "places_per_lead":
        return f"pathways.{name}.places_per_lead"
    return f"matching.need.{field}" if field in NEED else f"matching.{field}"


def _put(rules: RulesAsAt, made: tuple[RuleChange, ...]) -> RulesAsAt:
    after = {each.field: each.after for each in made}
    parts = tuple(
        dataclasses.replace(
            part,
            points_per_pupil=after.get(f"points_per_pupil.{part.part}", part.points_per_pupil),
        )
        for part in rules.need.parts
    )
    pathways = tuple(
        dataclasses.replace(
            each,
            places_per_lead=after.get(f"places_per_lead.{each.pathway}", each.places_per_lead),
        )
        for each in rules.pathways
    )
    plain = {field: value for field, value in after.items() if "." not in field}
    need = {field: plain.pop(field) for field in NEED if field in plain}
    if "floor_group" in plain:
        plain["floor_group"] = FloorGroup(plain["floor_group"])
    return dataclasses.replace(
        rules,
        pathways=pathways,
        need=dataclasses.replace(rules.need, parts=parts, **need),
        matching=dataclasses.replace(rules.matching, **plain),
    )


def _contradictions(rules: RulesAsAt, turned: set[str]) -> Iterator[Problem]:
    """Find values that make no sense beside each other; ``turned`` names the one to mend."""
    preferred, absolute = (
        rules.matching.preferred_maximum_minutes,
        rules.matching.absolute_maximum_minutes,
    )
    if preferred > absolute:
        named = "preferred_maximum_minutes"
        yield Problem(
            code="limits_crossed",
            column=named if named in turned else "absolute_maximum_minutes",
            value=f"{preferred:g}",
            fault=f"the preferred limit, {preferred:g} minutes, is above the absolute one, "
            f"{absolute:g} minutes",
            remedy="Lower the preferred limit or raise the absolute one.",
        )
    if rules.need.base_points > rules.need.maximum_points:
        yield Problem(
            code="points_crossed",
            column="base_points" if "base_points" in turned else "maximum_points",
            value=str(rules.need.base_points),
            fault=f"every school has {rules.need.base_points:,} need points, more than the most, "
            f"{rules.need.maximum_points:,}",
            remedy="Lower the base points or raise the most.",
        )
    if "floor_share" in turned and rules.matching.floor_group is FloorGroup.NONE:
        yield Problem(
            code="share_without_floors",
            column="floor_share",
            value=f"{rules.matching.floor_share:g}",
            fault=f"floor_share is {rules.matching.floor_share:g}, but no floors are set",
            remedy="Set floor_group to region or region_and_phase, or leave the share as it is.",
        )
