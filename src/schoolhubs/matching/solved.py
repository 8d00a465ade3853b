"""The whole match: settle floors, take the goals in order, tell the answer and its reasons."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable
from importlib import metadata

import numpy as np
import polars as pl

from schoolhubs.matching import answers, moves, reasons
from schoolhubs.matching.optimum import floors, goals, prices
from schoolhubs.matching.optimum.network import Ints, Network
from schoolhubs.matching.rules import given, pool
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.matching import MatchingRules, MatchResult, Price, Rematch
from schoolhubs.vocabulary.records.travel import TravelMatrix


@dataclasses.dataclass(frozen=True, kw_only=True)
class Solved:
    """A match together with what is needed to price any other answer without solving again.

    Parameters
    ----------
    result
        The match.
    """

    result: MatchResult
    pool: pool.Pool
    arcs: goals.Arcs
    network: Network
    chosen: Ints
    costs: Ints
    priced: tuple[str, ...]
    floor: goals.Goal | None
    equals: Network
    later: tuple[goals.Goal, ...]

    @functools.cached_property
    def arc_prices(self) -> prices.ArcPrices:
        """Price of forcing each allowed pair."""
        held = self.floor.load_price if self.floor else None
        return prices.of_arcs(self.network, self.costs, self.chosen, held)

    @functools.cached_property
    def later_changes(self) -> Ints:
        """What forcing an allowed pair changes in each later goal, where its price is nothing.

        Shape (later goals, arcs); zero where the price is something and has decided already.
        """
        *by_arc, load = self.later
        assert load.load_price is not None
        costs = np.stack([goal.cost(self.equals.arc_id) for goal in by_arc])
        changes = np.zeros((len(self.later), len(self.arcs.partner)), np.int64)
        changes[:, self.equals.arc_id] = prices.of_equals(
            self.equals, costs, self.chosen, load.load_price
        )
        return np.where(self.arc_prices.whole.any(axis=0), 0, changes)


def solve(
    partners: pl.DataFrame,
    leads: pl.DataFrame,
    capacity: pl.DataFrame,
    travel: TravelMatrix,
    rules: MatchingRules,
    *,
    on: dt.date,
    starts_on: dt.date | None = None,
    partnerships: pl.DataFrame | None = None,
    overrides: pl.DataFrame | None = None,
    progress: Progress = quiet,
    clock: Callable[[], float] | None = None,
    current: pl.DataFrame | None = None,
    keep_others: bool = False,
    may_lose_place: bool = False,
) -> Solved:
    """Match every partner at once, and keep what explains the match.

    Takes what :func:`match` takes, and fails as it does. ``current``, ``keep_others``
    and ``may_lose_place`` are those of :func:`rematch`. ``starts_on`` is the first day of the
    matches where that is after ``on``: places are counted over the terms from then.
    """
    inputs = given.inputs(
        partners, leads, capacity, travel, rules,
        on=on, starts_on=starts_on, partnerships=partnerships, overrides=overrides,
    )  # fmt: skip
    round_ = pool.build(inputs, current, keep_others=keep_others, may_lose_place=may_lose_place)
    asked = floors.settle(round_)
    arcs = goals.arcs_of(round_, asked.group, len(asked.names))
    network = goals.network_of(round_, arcs)
    floor = floors.goal(round_, arcs, asked)
    taken = [*([floor] if floor else []), *goals.in_order(round_, arcs)]
    staged = goals.staged(network, taken, clock=clock, progress=progress)
    priced = [goal for goal in taken if goal.name in prices.PRICED]
    solved = Solved(
        result=_bare(round_, arcs, staged),
        pool=round_,
        arcs=arcs,
        network=network,
        chosen=staged.chosen,
        costs=np.stack([goal.cost(network.arc_id) for goal in priced]),
        priced=tuple(goal.name for goal in priced),
        floor=floor,
        equals=staged.faces[prices.LATER[0]],
        later=tuple(goal for goal in taken if goal.name in prices.LATER),
    )
    result = dataclasses.replace(
        solved.result,
        matches=answers.matches(round_, arcs, staged.chosen, _why_over(solved)),
        floors=tuple(floors.results(round_, asked, arcs, staged.chosen)),
        rematch=_moves(round_, arcs, staged.chosen, keep_others=keep_others),
    )
    return dataclasses.replace(solved, result=result)


def _bare(round_: pool.Pool, arcs: goals.Arcs, staged: goals.Staged) -> MatchResult:
    """Give the answer without the reasons that need prices."""
    return MatchResult(
        matches=pl.DataFrame(),
        unmatched=reasons.unmatched(round_, arcs, staged.chosen),
        hubs=answers.hubs(round_, arcs, staged.chosen),
        goals=staged.results,
        total_minutes=staged.value["minutes"] / 100,
        lower_bound_minutes=staged.bound["minutes"] / 100,
        is_proven_optimal=staged.value == staged.bound,
        solver=f"OR-Tools {metadata.version('ortools')} SimpleMinCostFlow, staged",
        already_placed=round_.already_placed,
    )


def _moves(
    round_: pool.Pool, arcs: goals.Arcs, chosen: Ints, *, keep_others: bool
) -> Rematch | None:
    if round_.plan is None:
        return None
    told = moves.told(round_, round_.plan, arcs, chosen)
    return dataclasses.replace(told, keep_others=keep_others)


def _why_over(solved: Solved) -> dict[int, str]:
    """Say why each journey over the limit is; prices are worked out only if there is one."""
    round_, arcs, chosen = solved.pool, solved.arcs, solved.chosen
    over = goals.is_over(round_.rules, arcs.hundredths)
    is_exception = over[chosen]
    within: dict[int, Price | None] = {}
    if is_exception.any():
        near = np.flatnonzero(arcs.serves & ~over & is_exception[arcs.partner])
        table = solved.arc_prices
        possible = near[table.is_possible[near]]
        within = dict.fromkeys(arcs.partner[near].tolist())
        for arc in prices.first_by(table.whole, arcs.partner, possible).tolist():
            within[int(arcs.partner[arc])] = table.record(arc, solved.priced)
    return answers.exception_reasons(round_, arcs, chosen, within)


def match(
    partners: pl.DataFrame,
    leads: pl.DataFrame,
    capacity: pl.DataFrame,
    travel: TravelMatrix,
    rules: MatchingRules,
    *,
    on: dt.date,
    partnerships: pl.DataFrame | None = None,
    overrides: pl.DataFrame | None = None,
    progress: Progress = quiet,
    clock: Callable[[], float] | None = None,
) -> MatchResult:
    """Match every partner at once, proven best for each goal in order.

    Parameters
    ----------
    partners, leads, capacity
        Frames ``PARTNERS``, ``LEAD_SCHOOLS`` and ``CAPACITY``; rows in any order.
    travel
        One-way minutes from every partner (rows) to every lead (columns); further places are
        ignored. Journeys are counted in whole hundredths of a minute.
    rules
        What the programme's definition decides about matching.
    on
        Day of the round: partnerships that run on it, or start within the terms a match lasts,
        keep their partner out and use a place.
    partnerships, overrides
        Frames ``PARTNERSHIPS`` and ``OVERRIDES``; None for none.
    progress
        Told after each goal.
    clock
        Gives seconds, for the timings of the goals; without one they are 0.

    Returns
    -------
    MatchResult
        The same for the same schools, in whatever order the rows come.

    Raises
    ------
    DataProblem
        If a table breaks its contract, names an unknown school, or holds instructions that
        cannot be followed; every one is listed with the schools and what stands in the way.

    Examples
    --------
    >>> from schoolhubs.vocabulary.records.matching import Compatibility
    >>> partners = pl.DataFrame({"urn": ["100002", "100003"], "phase": ["primary"] * 2,
    ...     "pathways": [["core"]] * 2, "need_weight": [5, 9]})
    >>> leads = pl.DataFrame({"urn": ["100001"], "phase": ["primary"]})
    >>> capacity = pl.DataFrame({"lead_urn": ["100001"], "pathway": ["core"], "n_places": [1]})
    >>> grid = np.array([[20.0], [45.5]], np.float32)
    >>> travel = TravelMatrix(from_ids=("100002", "100003"), to_ids=("100001",), minutes=grid,
    ...     minutes_low=grid, minutes_high=grid, is_ferry=grid > 99, source="", band_share=0.8)
    >>> rules = MatchingRules(compatibility=Compatibility.PHASE,
    ...     lead_phases={"primary": frozenset({"primary"})}, preferred_maximum_minutes=120,
    ...     absolute_maximum_minutes=240, forbids_own_trust=True)
    >>> result = match(partners, leads, capacity, travel, rules, on=dt.date(2026, 9, 1))
    >>> result.matches.select("urn", "lead_urn", "minutes").rows()
    [('100003', '100001', 45.5)]
    >>> result.unmatched["reason"].item().partition("within ")[2]
    '240 minutes (100001) is taken by a school of greater need'
    """
    return solve(
        partners, leads, capacity, travel, rules, on=on, partnerships=partnerships,
        overrides=overrides, progress=progress, clock=clock,
    ).result  # fmt: skip
