"""A schedule that fits everyone; where there is none, the rules that cannot all be kept."""

import contextlib
import dataclasses
import enum
from collections.abc import Iterator, Mapping

from ortools.sat.python import cp_model

from schoolhubs.delivery.days.scheduling import checking
from schoolhubs.delivery.days.scheduling.given import Given, Visit
from schoolhubs.delivery.days.scheduling.possible import Possible
from schoolhubs.delivery.days.scheduling.rules import OF_A_PARTNER, Rule, RuleKind, rules_of
from schoolhubs.delivery.days.scheduling.searching import (
    FOUND,
    SECONDS,
    Aim,
    Budget,
    Found,
    fits,
    search,
)
from schoolhubs.vocabulary.progress import Progress, quiet

__all__ = ["Outcome", "Schedule", "fits", "schedule"]

# What says least about why nothing fits comes first, so that a conflict names what says most.
LEFT_OUT_FIRST = (
    RuleKind.HALF_DAYS_NEAR, RuleKind.LEADER_JOURNEY, RuleKind.SPREAD, RuleKind.PARTNER_WEEK,
    RuleKind.LEADER_WEEK, RuleKind.LEADER_FREE, RuleKind.PARTNER_DAYS, RuleKind.LEAD_DAYS,
    RuleKind.CAPACITY, RuleKind.ALL_DAYS,
)  # fmt: skip

# A reason is many questions; on a machine with nothing else to do it takes less than the time.
TIMES_FOR_A_REASON = 3
# Share of the time for the reason that one question may take, so that a hard one leaves some.
OF_ONE_QUESTION, LEAST_SECONDS = 0.25, 0.02


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
        Of the conflict, the rules that alone need to be loosened for everyone to fit; those of
        which it was not known within the time are not among them.
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


def schedule(
    given: Given,
    *,
    seed: int = 0,
    time_limit_seconds: float = SECONDS,
    progress: Progress = quiet,
) -> Schedule:
    """Find dates for every half-day that has none.

    Parameters
    ----------
    seed, time_limit_seconds
        The same seed gives the same dates where the time was enough. The time is for each
        of these: some dates for everybody, better ones; where there are none, three times as much
        for each of the reason, what would loosen it, and as many as fit.

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
    progress("looking for dates that suit everyone", 0, 2)
    possible, rules = Possible(given), frozenset(rules_of(given))
    found = search(possible, rules, Aim.ANY, seed, Budget(time_limit_seconds))
    progress("looking for dates that suit everyone", 1, 2)
    if found.status in FOUND:
        found = _better(found, search(possible, rules, Aim.BEST, seed, Budget(time_limit_seconds)))
        progress("looking for dates that suit everyone", 2, 2)
        faults = checking.broken(given, found.visits)
        if faults:
            raise AssertionError(f"the schedule breaks {sorted(faults)}")
        is_best = found.status == cp_model.OPTIMAL
        return Schedule(outcome=Outcome.FITS, visits=found.visits, is_best=is_best)
    if found.status != cp_model.INFEASIBLE:
        return Schedule(outcome=Outcome.NOT_KNOWN)
    return _conflict(possible, rules, seed, time_limit_seconds, progress)


def _better(some: Found, best: Found) -> Found:
    """Take the best that was found, or else any; nothing is known then of how good it is."""
    if best.status in FOUND:
        return best
    return Found(cp_model.FEASIBLE, some.visits)


def _conflict(
    possible: Possible, rules: frozenset[Rule], seed: int, seconds: float, progress: Progress
) -> Schedule:
    given = possible.given
    seconds *= TIMES_FOR_A_REASON
    progress("looking for the reason", 0, 3)
    held, is_verified = _narrowed(_Asked(possible, seed, Budget(seconds)), rules)
    progress("trying what would loosen it", 1, 3)
    alone = _remedies(_Asked(possible, seed, Budget(seconds)), rules, held)
    progress("placing as many as fit", 2, 3)
    visits = _most(possible, rules, seed, seconds)
    progress("placing as many as fit", 3, 3)
    placed = {partner.partner_id: partner.half_days for partner in given.partners}
    for each in visits:
        placed[each.partner_id] -= each.n_half_days
    conflict = tuple(each for each in rules_of(given) if each in held)
    return Schedule(
        outcome=Outcome.CONFLICT, visits=visits, conflict=conflict,
        is_verified=is_verified, remedies=tuple(each for each in conflict if each in alone),
        short={of: n for of, n in placed.items() if n},
    )  # fmt: skip


@dataclasses.dataclass(slots=True)
class _Asked:
    """Asks whether some rules can all be kept, until the time is over.

    ``shown`` are the visits that showed it last.
    """

    possible: Possible
    seed: int
    budget: Budget
    shown: tuple[Visit, ...] = ()

    def fits(self, rules: frozenset[Rule]) -> bool | None:
        """Tell whether some rules can all be kept; None where the time was over first."""
        share = self.budget.seconds * OF_ONE_QUESTION
        if share < LEAST_SECONDS:
            return None
        one = Budget(share)
        found = search(self.possible, rules, Aim.ANY, self.seed, one)
        self.budget.seconds -= share - one.seconds
        if found.status in FOUND:
            self.shown = found.visits
            return True
        return False if found.status == cp_model.INFEASIBLE else None


def _of_one_partner(asked: _Asked, rules: frozenset[Rule]) -> frozenset[Rule]:
    """Give the rules for one partner with those of the lead, where nothing fits it even alone."""
    for partner in asked.possible.given.partners:
        of = partner.partner_id
        ours = frozenset(each for each in rules if each.kind not in OF_A_PARTNER or each.of == of)
        if asked.fits(ours) is False:
            return ours
    return rules


def _narrowed(asked: _Asked, rules: frozenset[Rule]) -> tuple[frozenset[Rule], bool]:
    """Leave out what a conflict does not need: kinds at once, then halves of them, then rules.

    Tells also whether each rule that is left was left out alone, and the rest was seen to fit.
    """
    held, needed = _of_one_partner(asked, rules), set()
    kinds = [[each for each in sorted(held) if each.kind is kind] for kind in LEFT_OUT_FIRST]
    for kind in kinds:
        if kind and asked.fits(held - set(kind)) is False:
            held -= set(kind)
    for kind in kinds:
        left = [each for each in kind if each in held]
        n = len(left) // 2
        while n > 1 and left:
            if asked.fits(held - set(left[:n])) is False:
                held -= set(left[:n])
                left = left[n:]
            else:
                n //= 2
        for each in left:
            if each in needed:
                continue
            fits_without = asked.fits(held - {each})
            if fits_without:
                needed |= {each, *_likewise(asked, held, each)}
            elif fits_without is False:
                held -= {each}
    return held, held <= needed


def _likewise(asked: _Asked, held: frozenset[Rule], without: Rule) -> Iterator[Rule]:
    """Give rules of which the same visits show that the others fit without them too.

    Everybody but one partner has dates: if it can take those of another, everybody but that other
    has. Whether it can is not the solver's to say, but the checker's.
    """
    if without.kind is not RuleKind.ALL_DAYS:
        return
    for other in sorted(held - {without}):
        if other.kind is not RuleKind.ALL_DAYS:
            continue
        handed_on = [
            dataclasses.replace(each, partner_id=without.of)
            if each.partner_id == other.of
            else each
            for each in asked.shown
        ]
        with contextlib.suppress(checking.Impossible):
            if checking.broken(asked.possible.given, handed_on) & held == {other}:
                yield other


def _remedies(asked: _Asked, rules: frozenset[Rule], held: frozenset[Rule]) -> frozenset[Rule]:
    """Give the rules of a conflict without which, one at a time, everyone fits.

    Where many at once are left out and nothing fits, none of them is one.
    """
    found: set[Rule] = set()
    groups = [sorted(held)]
    while groups:
        group = groups.pop()
        if not asked.fits(rules - set(group)):
            continue
        if len(group) == 1:
            found.update(group)
            continue
        by_kind = [[each for each in group if each.kind is kind] for kind in RuleKind]
        parts = [each for each in by_kind if each]
        half = len(group) // 2
        groups += parts if len(parts) > 1 else [group[:half], group[half:]]
    return frozenset(found)


def _most(
    possible: Possible, rules: frozenset[Rule], seed: int, seconds: float
) -> tuple[Visit, ...]:
    """Place as many half-days as fit: neither all of them nor an even spread is asked for."""
    loosened = {RuleKind.ALL_DAYS, RuleKind.SPREAD}
    kept = frozenset(each for each in rules if each.kind not in loosened)
    return search(possible, kept, Aim.MOST, seed, Budget(seconds)).visits
