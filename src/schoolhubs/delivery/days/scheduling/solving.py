"""A schedule that fits everyone; where there is none, the rules that cannot all be kept."""

import dataclasses
import enum
from collections.abc import Collection, Mapping

from ortools.sat.python import cp_model

from schoolhubs.delivery.days.scheduling import checking
from schoolhubs.delivery.days.scheduling.given import Given, Visit
from schoolhubs.delivery.days.scheduling.model import Model
from schoolhubs.delivery.days.scheduling.rules import Rule, RuleKind, rules_of

SECONDS = 20.0
# What says least about why nothing fits comes first, so that a conflict names what says most.
LEFT_OUT_FIRST = (
    RuleKind.HALF_DAYS_NEAR, RuleKind.LEADER_JOURNEY, RuleKind.SPREAD, RuleKind.PARTNER_WEEK,
    RuleKind.LEADER_WEEK, RuleKind.LEADER_FREE, RuleKind.LEAD_DAYS, RuleKind.PARTNER_DAYS,
    RuleKind.CAPACITY, RuleKind.ALL_DAYS,
)  # fmt: skip


class Outcome(enum.StrEnum):
    """What came of looking for a schedule."""

    FITS = "fits"
    CONFLICT = "conflict"
    NOT_KNOWN = "not_known"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Dates for every partner, or why there are none.

    Parameters
    ----------
    visits
        In order of time. Where not all fit, as many as fit with every other rule kept.
    is_best
        Nothing better by the schedule's own costs exists; otherwise the time was over first.
    conflict
        Rules that cannot all be kept: without any one of them the others can.
    is_verified
        Each of these was left out in turn and the rest was seen to fit, within the time.
    remedies
        Of the conflict, the rules that alone need to be loosened for everyone to fit.
    short
        Half-days without a date, by partner, where not all fit.
    """

    outcome: Outcome
    visits: tuple[Visit, ...] = ()
    is_best: bool = False
    conflict: tuple[Rule, ...] = ()
    is_verified: bool = False
    remedies: tuple[Rule, ...] = ()
    short: Mapping[str, int] = dataclasses.field(default_factory=dict)


def schedule(given: Given, *, seed: int = 0, time_limit_seconds: float = SECONDS) -> Schedule:
    """Find dates for every half-day that has none.

    Parameters
    ----------
    seed, time_limit_seconds
        The same seed gives the same dates where the time was enough.

    Notes
    -----
    With every rule kept it finds dates where there are any, however rare: the solver searches all
    of them (CP-SAT of OR-Tools, one thread). Where it proves that there are none, rules are left
    out one after another, and those are kept in the conflict without which the rest fits. What
    it gives is checked by :func:`checking.broken`, which knows nothing of the solver.

    Raises
    ------
    AssertionError
        If what the solver gave breaks a rule: a fault of ours.
    """
    rules = list(rules_of(given))
    wanted = Model(given, rules)
    wanted.prefer_the_best()
    status, visits = _solved(wanted, seed, time_limit_seconds)
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        faults = checking.broken(given, visits)
        if faults:
            raise AssertionError(f"the schedule breaks {sorted(faults)}")
        is_best = status == cp_model.OPTIMAL
        return Schedule(outcome=Outcome.FITS, visits=visits, is_best=is_best)
    if status != cp_model.INFEASIBLE:
        return Schedule(outcome=Outcome.NOT_KNOWN)
    return _conflict(given, rules, seed, time_limit_seconds)


def fits(given: Given, rules: Collection[Rule], *, seed: int = 0, seconds: float = SECONDS) -> bool:
    """Tell whether some dates keep all of some rules.

    Raises
    ------
    TimeoutError
        If that was not known within the time.
    """
    status, _ = _solved(Model(given, rules), seed, seconds, is_quick=True)
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return True
    if status == cp_model.INFEASIBLE:
        return False
    raise TimeoutError(f"not known after {seconds:g} seconds")


def _conflict(given: Given, rules: list[Rule], seed: int, seconds: float) -> Schedule:
    held, is_verified = _narrowed(given, rules, seed, seconds)
    alone = []
    for rule in held:
        try:
            if fits(given, [each for each in rules if each != rule], seed=seed, seconds=seconds):
                alone.append(rule)
        except TimeoutError:
            is_verified = False
    visits = _most(given, rules, seed, seconds)
    placed = {partner.partner_id: partner.half_days for partner in given.partners}
    for each in visits:
        placed[each.partner_id] -= each.n_half_days
    return Schedule(
        outcome=Outcome.CONFLICT, visits=visits, conflict=tuple(held), is_verified=is_verified,
        remedies=tuple(alone), short={of: n for of, n in placed.items() if n},
    )  # fmt: skip


def _narrowed(
    given: Given, rules: list[Rule], seed: int, seconds: float
) -> tuple[list[Rule], bool]:
    """Leave out what the conflict does not need: whole kinds at once first, then rule by rule."""
    held, is_verified = list(rules), True
    kinds = [{each for each in rules if each.kind is kind} for kind in LEFT_OUT_FIRST]
    singles = [{each} for kind in kinds for each in sorted(kind)]
    for some in (*kinds, *singles):
        if not some <= set(held):
            continue
        others = [each for each in held if each not in some]
        try:
            if not fits(given, others, seed=seed, seconds=seconds):
                held = others
        except TimeoutError:
            is_verified = False
    return held, is_verified


def _most(given: Given, rules: list[Rule], seed: int, seconds: float) -> tuple[Visit, ...]:
    """Place as many half-days as fit: neither all of them nor an even spread is asked for."""
    loosened = {RuleKind.ALL_DAYS, RuleKind.SPREAD}
    model = Model(given, [each for each in rules if each.kind not in loosened])
    model.place_as_many_as_possible()
    return _solved(model, seed, seconds)[1]


def _solved(
    model: Model, seed: int, seconds: float, *, is_quick: bool = False
) -> tuple[cp_model.CpSolverStatus, tuple[Visit, ...]]:
    """Solve a model; a quick one is made ready in less time, as it asks for no best answer."""
    solver = cp_model.CpSolver()
    if is_quick:
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.max_presolve_iterations = 1
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model.model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return status, ()
    visits = (visit for visit, switch in model.switches.items() if solver.boolean_value(switch))
    return status, tuple(sorted(visits))
