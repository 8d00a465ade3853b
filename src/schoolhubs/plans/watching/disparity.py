"""Whether a gap between groups widened since a plan was approved."""

import dataclasses
import datetime
import itertools
import math
from collections.abc import Mapping, Sequence

import polars as pl
from scipy.special import ndtri

from schoolhubs import disclosure
from schoolhubs.plans.gate import changes_sanction
from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.disclosure import Release, TableLayout
from schoolhubs.vocabulary.records.plan import ActionPlan, Reopening

FILE = "watching/disparity.yaml"
COLUMNS = ("characteristic", "group", "period", "n_pupils", "n_affected")
PERIODS = ("before", "after")
Counts = Mapping[tuple[str, str], tuple[int, int]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How a gap in percentage points changed: the group's share affected less the others'.

    Attributes
    ----------
    before, after, change, low, high
        From the figures as shown, rounded, so that they give nothing away; None where those are
        hidden or too few. ``low`` and ``high`` are the 95 % interval of the change.
    is_widening
        The interval of the change lies above 0. By the figures as shown, so never where they are
        hidden: to say that the gap of a few pupils widened is to say what became of them.
    """

    characteristic: str
    group: str
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None
    is_widening: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Disparity:
    """What may be shown of who was affected, before and after.

    Attributes
    ----------
    gaps
        One for each group that is compared.
    tables
        For each characteristic the protected table: its column, ``period``, counts, marks, rate.
    releases
        For the ledger of what went out.
    """

    gaps: tuple[Gap, ...]
    tables: Mapping[str, pl.DataFrame]
    releases: tuple[Release, ...]


def disparity(counts: pl.DataFrame, *, released: Sequence[Release] = ()) -> Disparity:
    """Compare groups after a plan began with the time before.

    Parameters
    ----------
    counts
        ``characteristic`` (``send``, ``ehc``, ``fsm``, ``ethnicity``), ``group`` (``yes`` and
        ``no``, or a name; ``not known`` for pupils of whom it is not known), ``period``
        (``before`` or ``after``), ``n_pupils``, and ``n_affected`` of them: pupils who met the
        sanction, or whatever is watched, at least once. No figure missing; every characteristic
        counts the same pupils.
    released
        What went out before, so that the two together uncover no small number.

    Raises
    ------
    DataProblem
        If a column or a period is missing, a figure is, or more are affected than there are.
    Conflict
        If earlier releases give a small number away.

    Notes
    -----
    Interval of a difference of differences of four proportions by Zou and Donner (2008) from
    Wilson intervals. The same pupils stand in both periods and are taken for independent, which
    makes intervals too wide rather than too narrow.

    Examples
    --------
    >>> rows = {"characteristic": ["send"] * 4, "group": ["yes", "no"] * 2}
    >>> rows |= {"period": ["before"] * 2 + ["after"] * 2, "n_pupils": [100, 400] * 2}
    >>> found = disparity(pl.DataFrame(rows | {"n_affected": [20, 40, 60, 40]}))
    >>> found.gaps[0].change, found.gaps[0].is_widening
    (40.0, True)
    """
    _checked(counts)
    said, gaps, tables, releases = stored(FILE), [], {}, list(released)
    n_before = len(releases)
    for name in counts["characteristic"].unique(maintain_order=True):
        mine = counts.filter(pl.col("characteristic") == name)
        shown = _protected(name, mine, releases)
        tables[name] = shown
        groups = mine["group"].unique(maintain_order=True)
        known = [group for group in groups if group != said["not_known"]]
        compared = [group for group in said["compared"].get(name, known) if group in known]
        gaps += [_gap(name, group, known, _seen(name, shown)) for group in compared]
    return Disparity(gaps=tuple(gaps), tables=tables, releases=tuple(releases[n_before:]))


def _checked(counts: pl.DataFrame) -> None:
    missing = [name for name in COLUMNS if name not in counts.columns]
    if not missing:
        known = set(stored(FILE)["characteristics"])
        bad = counts.filter(
            pl.any_horizontal(pl.col(*COLUMNS).is_null())
            | (pl.col("n_affected") > pl.col("n_pupils"))
            | (pl.col("n_affected") < 0)
            | ~pl.col("period").is_in(PERIODS)
            | ~pl.col("characteristic").is_in(known)
        )
        pairs = counts.group_by("characteristic", "group").agg(n=pl.col("period").n_unique())
        is_twice = counts.select(COLUMNS[:3]).is_duplicated().any()
        is_paired = (pairs["n"] == len(PERIODS)).all() and counts.height > 0
        if is_paired and not is_twice and not bad.height:
            return
        missing = ["a figure, a period of a group, or a known characteristic"]
    fault = f"the counts lack {', '.join(missing)}"
    remedy = f"Give {', '.join(COLUMNS)}, each group once before and once after."
    raise DataProblem([Problem(code="counts_not_whole", fault=fault, remedy=remedy)])


def _protected(name: str, mine: pl.DataFrame, releases: list[Release]) -> pl.DataFrame:
    """Protect one characteristic's table with its totals, and add it to the releases.

    Where one of its groups is few pupils nothing of who was affected goes out: that none of them
    was, a zero, would tell of each.
    """
    said = stored(FILE)
    rules = disclosure.rules(said["rules"])
    is_few = mine.filter(pl.col("n_pupils").is_between(1, rules.threshold)).height > 0
    counted = ("n_pupils",) if is_few else ("n_pupils", "n_affected")
    total = mine.group_by("period", maintain_order=True).agg(pl.col(counted).sum())
    total = total.with_columns(group=pl.lit(said["total"]))
    columns = ["group", "period", *counted]
    table = pl.concat([mine.select(columns), total.select(columns)], how="vertical_relaxed")
    kept = disclosure.protect(
        table.rename({"group": name}),
        TableLayout(
            dimensions=(name, "period"), counts=counted, totals={name: said["total"]},
            within={} if is_few else {"n_affected": "n_pupils"},
            rates={} if is_few else {"affected_percent": ("n_affected", "n_pupils")},
        ),
        rules, name=f"disparity by {name}", released=tuple(releases),
    )  # fmt: skip
    releases.append(kept.release)
    if not is_few:
        return kept.table
    mark = pl.lit(rules.hidden_mark)
    return kept.table.with_columns(
        n_affected=pl.lit(None, pl.Int64), n_affected_mark=mark,
        affected_percent=pl.lit(None, pl.Float64), affected_percent_mark=mark,
    )  # fmt: skip


def _seen(name: str, shown: pl.DataFrame) -> Counts:
    """Give the counts that are shown with a rate."""
    kept = shown.filter(pl.col("affected_percent").is_not_null())
    columns = (name, "period", "n_pupils", "n_affected")
    return {
        (group, period): (n, min(hit, n))
        for group, period, n, hit in kept.select(columns).iter_rows()
    }


def _gap(name: str, group: str, known: Sequence[str], seen: Counts) -> Gap:
    shown = _change(group, known, seen)
    is_widening = shown is not None and shown[3] > 0
    numbers = [None] * 5 if shown is None else [round(each, 1) for each in shown]
    before, after, by, low, high = numbers
    return Gap(
        characteristic=name, group=group, before=before, after=after, change=by, low=low, high=high,
        is_widening=is_widening,
    )  # fmt: skip


def _change(
    group: str, known: Sequence[str], counts: Counts
) -> tuple[float, float, float, float, float] | None:
    """Give gap before, after, change and its interval in percentage points; None if it cannot."""
    others = [each for each in known if each != group]
    if any(key not in counts for key in itertools.product(known, PERIODS)) or not others:
        return None
    # Proportions with the sign they have in: (after: group - others) - (before: group - others).
    parts = []
    for period, sign in (("after", 1), ("before", -1)):
        n, hit = counts[group, period]
        rest = [counts[each, period] for each in others]
        n_rest, hit_rest = sum(n for n, _ in rest), sum(hit for _, hit in rest)
        if n == 0 or n_rest == 0:
            return None
        parts += [(sign, hit, n), (-sign, hit_rest, n_rest)]
    share = [hit / n for _, hit, n in parts]
    after, before = share[0] - share[1], share[2] - share[3]
    low, high = _interval(parts)
    return tuple(100 * each for each in (before, after, after - before, low, high))  # type: ignore[return-value]


def _interval(parts: Sequence[tuple[int, int, int]]) -> tuple[float, float]:
    """Give the interval of a signed sum of proportions, from Wilson's interval of each."""
    z = float(ndtri(0.5 + stored(FILE)["interval_share"]["value"] / 2))
    value = down = up = 0.0
    for sign, hit, n in parts:
        share = hit / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        below, above = share - (middle - half), (middle + half) - share
        value += sign * share
        down += (below if sign > 0 else above) ** 2
        up += (above if sign > 0 else below) ** 2
    return value - math.sqrt(down), value + math.sqrt(up)


def reopen(
    plan: ActionPlan, found: Disparity, *, on: datetime.date, actions: Sequence[str] = ()
) -> ActionPlan:
    """Open screens again where a gap widened; the plan is not in force until they are done anew.

    Parameters
    ----------
    actions
        Ids of further actions the counts are of. Every sanction, reward and timetable, and
        whatever else changes a sanction, is opened in any case; where nothing is, all are.

    Returns
    -------
    The plan, the same where no gap widened.

    Examples
    --------
    >>> nothing = Disparity(gaps=(), tables={}, releases=())
    >>> plan = ActionPlan(plan_id="p1")
    >>> reopen(plan, nothing, on=datetime.date(2027, 2, 1)) is plan
    True
    """
    widening = [gap for gap in found.gaps if gap.is_widening]
    if not widening:
        return plan
    why = "; ".join(dict.fromkeys(_said(gap) for gap in widening))
    held = {each.action_id for each in plan.actions}
    done = {each.action_id: each for each in plan.screens}
    watched = {
        each.action_id
        for each in plan.actions
        if each.kind in stored(FILE)["always_opened"]
        or changes_sanction(each, done.get(each.action_id))
    }
    named = (watched | set(actions)) & held or held
    added = Reopening(reopened_on=on, why=why)
    screens = tuple(
        dataclasses.replace(each, reopenings=(*each.reopenings, added))
        if each.action_id in named
        else each
        for each in plan.screens
    )
    return dataclasses.replace(plan, screens=screens)


def _said(gap: Gap) -> str:
    title = stored(FILE)["characteristics"][gap.characteristic]
    return (
        f"the gap by {title} ({gap.group}) widened by {gap.change:.1f} percentage points "
        f"(95 % interval {gap.low:.1f} to {gap.high:.1f})"
    )
