"""Looks for visits that keep some rules: week by week first, then for the days in those weeks."""

import dataclasses
import datetime
import enum
from collections.abc import Collection

from ortools.sat.python import cp_model

from schoolhubs.delivery.days.scheduling import daily
from schoolhubs.delivery.days.scheduling.daily import Key, Numbers, Some
from schoolhubs.delivery.days.scheduling.given import Given, Partner, Visit
from schoolhubs.delivery.days.scheduling.possible import Possible
from schoolhubs.delivery.days.scheduling.rules import Rule, RuleKind
from schoolhubs.delivery.days.scheduling.weekly import Weekly, grouped

SECONDS = 20.0
FOUND = frozenset({cp_model.OPTIMAL, cp_model.FEASIBLE})
# Share of the time that is left for the best weeks: they may have to be chosen again.
OF_WEEKS = 0.5


class Aim(enum.Enum):
    """What is looked for: any schedule, the best one, or as many half-days as fit."""

    ANY = enum.auto()
    BEST = enum.auto()
    MOST = enum.auto()


@dataclasses.dataclass(slots=True)
class Budget:
    """Seconds that are left for solving; a search takes from it what it used."""

    seconds: float

    def solve(
        self, model: cp_model.CpModel, seed: int, *, share: float = 1, is_quick: bool = True
    ) -> tuple[cp_model.CpSolverStatus, cp_model.CpSolver]:
        """Solve a model; a quick one is made ready in less time."""
        solver = cp_model.CpSolver()
        if is_quick:
            solver.parameters.cp_model_probing_level = 0
            solver.parameters.symmetry_level = 0
            solver.parameters.max_presolve_iterations = 1
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_time_in_seconds = max(self.seconds * share, 0)
        status = solver.solve(model)
        self.seconds -= solver.wall_time
        return status, solver


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What came of a search.

    Parameters
    ----------
    status
        ``OPTIMAL`` where nothing better by the aim exists, ``UNKNOWN`` where the time was over.
    """

    status: cp_model.CpSolverStatus
    visits: tuple[Visit, ...] = ()


def fits(given: Given, rules: Collection[Rule], *, seed: int = 0, seconds: float = SECONDS) -> bool:
    """Tell whether some dates keep all of some rules.

    Raises
    ------
    TimeoutError
        If that was not known within the time.
    """
    return is_possible(Possible(given), rules, seed, Budget(seconds))


def is_possible(possible: Possible, rules: Collection[Rule], seed: int, budget: Budget) -> bool:
    """Tell whether some dates keep all of some rules; TimeoutError if that is not known."""
    status = search(possible, frozenset(rules), Aim.ANY, seed, budget).status
    if status not in {*FOUND, cp_model.INFEASIBLE}:
        raise TimeoutError("the time was over before it was known")
    return status in FOUND


def search(
    possible: Possible, rules: Collection[Rule], aim: Aim, seed: int, budget: Budget
) -> Found:
    """Look for visits that keep some rules.

    Weeks are chosen first, then days in them. Where a week has no days for what was chosen, its
    days are drawn into the choice of weeks, and that is made again. Both cost the same, so the
    best weeks with days are the best of all.
    """
    weekly = Weekly(possible, rules, _asked(possible, rules, aim))
    _aim_at(weekly, aim)
    share = 1 if aim is Aim.ANY else OF_WEEKS
    while budget.seconds > 0:
        status, solver = budget.solve(weekly.model, seed, share=share, is_quick=aim is Aim.ANY)
        if status not in FOUND:
            return Found(status)
        chosen = _chosen(weekly, solver)
        visits, without = _days_for(weekly, chosen, seed, budget)
        if not without:
            return Found(status, visits)
        for week in without:
            weekly.refine(week)
    return Found(cp_model.UNKNOWN)


def _chosen(weekly: Weekly, solver: cp_model.CpSolver) -> dict[Key, tuple[int, int]]:
    return {
        each: (solver.value(half_days), n_trips)
        for each, (half_days, trips) in weekly.numbers.items()
        if (n_trips := solver.value(trips))
    }


def _days_for(
    weekly: Weekly, chosen: Numbers, seed: int, budget: Budget
) -> tuple[tuple[Visit, ...], list[datetime.date]]:
    """Give visits on days, and the weeks that have none for what was chosen.

    Where there was no time for all weeks at once, those of each week alone are as good: no leader
    and no partner has a half-day in two weeks.
    """
    some = [each for each in weekly.some if each.key in chosen]
    if (visits := _dated(some, chosen, seed, budget)) is not None:
        return visits, []
    weeks = grouped(some, lambda each: each.cell[0])
    dated = {week: _dated(ours, chosen, seed, budget) for week, ours in weeks.items()}
    visits = tuple(sorted(each for some in dated.values() for each in some or ()))
    return visits, [week for week, some in dated.items() if some is None]


def _dated(
    some: Collection[Some], chosen: Numbers, seed: int, budget: Budget
) -> tuple[Visit, ...] | None:
    model = cp_model.CpModel()
    switches = daily.draw(model, some, chosen)
    status, solver = budget.solve(model, seed)
    if status not in FOUND:
        return None
    return tuple(sorted(each for each, on in switches.items() if solver.boolean_value(on)))


def _aim_at(model: Weekly, aim: Aim) -> None:
    if aim is Aim.BEST:
        model.prefer_the_best()
    elif aim is Aim.MOST:
        model.place_as_many_as_possible()


def _asked(possible: Possible, rules: Collection[Rule], aim: Aim) -> list[Partner]:
    """Give the partners for whom the rules ask for something: nobody else needs a visit."""
    partners = possible.given.partners
    if aim is not Aim.ANY:
        return list(partners)
    return [
        each for each in partners
        if Rule(RuleKind.ALL_DAYS, each.partner_id) in rules
        or (Rule(RuleKind.SPREAD, each.partner_id) in rules
            and any(low for low, _ in possible.spread_of(each).values()))
    ]  # fmt: skip
