"""Two comparisons of which one's days lie within the other's: what lies between their figures.

Pupils who met something at least once in a term are among those who met it in the year. So the year
less the term is a number of pupils too, those whom it met for the first time since, and one that
may be too small to show. Rounding alone does not hide it: figures a step apart tell that there are
some, and that they are few.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from schoolhubs import disclosure
from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.records.disclosure import DisclosureRules

FILE = "watching/disparity.yaml"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """What an earlier comparison showed of days within, or around, those of a period of this one.

    Parameters
    ----------
    period, earlier_period
        ``before`` or ``after``, of this comparison and of the earlier one.
    is_within
        Whether the earlier days lie within those of this one; else they lie around them.
    tables
        The earlier comparison's protected tables, by characteristic.
    """

    period: str
    earlier_period: str
    is_within: bool
    tables: Mapping[str, Sequence[Mapping[str, Any]]]


def few_between(counts: pl.DataFrame, nested: Iterable[Nested]) -> tuple[str, ...]:
    """Name the groups of which this comparison beside an earlier one would tell a small number.

    Parameters
    ----------
    counts
        As :func:`disparity` takes them.

    Examples
    --------
    >>> rows = {"characteristic": ["send"] * 2, "group": ["yes", "no"], "period": ["after"] * 2}
    >>> counts = pl.DataFrame(rows | {"n_pupils": [100, 400], "n_affected": [23, 60]})
    >>> table = [{"send": "yes", "period": "after", "n_affected": 20},
    ...          {"send": "no", "period": "after", "n_affected": 40}]
    >>> term = Nested(
    ...     period="after", earlier_period="after", is_within=True, tables={"send": table}
    ... )
    >>> few_between(counts, [term])
    ('SEN support or EHC plan: yes',)
    """
    said = stored(FILE)
    rules = disclosure.rules(said["rules"])
    found: dict[str, None] = {}
    for each in nested:
        for name, table in each.tables.items():
            now = _affected(counts, name, each.period, said["total"])
            for group, was in _shown(table, name, each.earlier_period):
                if now.get(group, 0) > rules.threshold and _is_few(now[group], was, each, rules):
                    found[f"{said['characteristics'][name]}: {group}"] = None
    return tuple(found)


def _affected(counts: pl.DataFrame, name: str, period: str, total: str) -> dict[str, int]:
    mine = counts.filter(characteristic=name, period=period)
    by_group = dict(mine.select("group", "n_affected").iter_rows())
    return by_group | {total: sum(by_group.values())}


def _shown(table: Sequence[Mapping[str, Any]], name: str, period: str) -> Iterator[tuple[str, int]]:
    for row in table:
        if row["period"] == period and row["n_affected"] is not None:
            yield row[name], row["n_affected"]


def _is_few(now: int, was: int, nested: Nested, rules: DisclosureRules) -> bool:
    """Tell whether whoever sees both figures rounded knows of some between them, and few."""
    one, other = reach(_rounded(now, rules), rules), reach(was, rules)
    whole, part = (one, other) if nested.is_within else (other, one)
    low, high = whole[0] - part[1], whole[1] - part[0]
    return low >= 1 and high <= rules.threshold


def _rounded(true: int, rules: DisclosureRules) -> int:
    step = rules.rounding
    return (true + step // 2) // step * step


def reach(shown: int, rules: DisclosureRules) -> tuple[int, int]:
    """Give the least and the most that a figure can be that is shown so.

    >>> reach(20, disclosure.rules("reports")), reach(10, disclosure.rules("reports"))
    ((18, 22), (10, 12))
    """
    if shown == 0:
        return 0, 0
    step = rules.rounding
    return max(shown - step // 2, rules.threshold + 1), shown + (step - 1) // 2
