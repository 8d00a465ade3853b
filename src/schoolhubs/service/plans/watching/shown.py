"""A comparison laid out: what may be shown of each group, and how its gap changed."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from schoolhubs import plans
from schoolhubs.service.plans.watching.models import AffectedReturn
from schoolhubs.vocabulary.records.plan import ActionPlan
from schoolhubs.vocabulary.words import signed

TOO_FEW = "too few to show"
FEW = (
    "Too few pupils to show a figure, or to test one: the same is said whatever became of them. "
    "Look at each of them in school."
)
PERIODS = {"before": "Before", "after": "After"}
GROUPS = {"yes": "Yes", "no": "No", "not known": "Not known", "all": "All pupils"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableShown:
    """One characteristic: a row a group, with pupils and those affected, before and after."""

    title: str
    rows: Sequence[tuple[str, str, str]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GapShown:
    """One gap in words."""

    group: str
    said: str
    is_widening: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReturnShown:
    """One comparison."""

    row: AffectedReturn
    actions: Sequence[str]
    gaps: Sequence[GapShown]
    tables: Sequence[TableShown]


def shown(row: AffectedReturn, record: ActionPlan) -> ReturnShown:
    """Lay one comparison out."""
    titles: dict[str, str] = plans.facts.stored("watching/disparity.yaml")["characteristics"]
    named = {each.action_id: each.title for each in record.actions}
    return ReturnShown(
        row=row,
        actions=[named.get(each, each) for each in row.actions],
        gaps=[_gap(each, titles) for each in row.gaps],
        tables=[
            TableShown(title=titles[name], rows=_rows(name, table))
            for name, table in row.tables.items()
        ],
    )


def _gap(gap: Mapping[str, Any], titles: Mapping[str, str]) -> GapShown:
    group = GROUPS.get(gap["group"], gap["group"])
    if gap["change"] is None:
        said = FEW
    else:
        said = (
            f"Gap to all others {signed(gap['before'])} points before, {signed(gap['after'])} "
            f"after: changed by {signed(gap['change'])} (95 % interval {signed(gap['low'])} to "
            f"{signed(gap['high'])})."
        )
    return GapShown(
        group=f"{titles[gap['characteristic']]}: {group}", said=said,
        is_widening=gap["is_widening"],
    )  # fmt: skip


def _rows(name: str, table: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    by = {(each[name], each["period"]): each for each in table}
    groups = dict.fromkeys(each[name] for each in table)
    return [
        (GROUPS.get(group, group), *(_cell(by.get((group, when))) for when in PERIODS))
        for group in groups
    ]


def _cell(row: Mapping[str, Any] | None) -> str:
    """Write how many of how many, as far as it may be shown.

    >>> _cell({"n_pupils": 100, "n_affected": 20, "affected_percent": 20.0})
    '20 of 100 (20 %)'
    >>> _cell({"n_pupils": 15, "n_affected": None, "affected_percent": None})
    'too few to show, of 15'
    """
    if row is None or row["n_pupils"] is None:
        return TOO_FEW
    if row["n_affected"] is None:
        return f"{TOO_FEW}, of {row['n_pupils']:,}"
    rate = row["affected_percent"]
    share = "" if rate is None else f" ({rate:g} %)"
    return f"{row['n_affected']:,} of {row['n_pupils']:,}{share}"
