"""What is still owed to whom: modules by leader, with the day each is due."""

import dataclasses
import datetime
import enum
from collections.abc import Iterable, Iterator, Sequence

from schoolhubs.vocabulary.calendar import term_finishes_on
from schoolhubs.vocabulary.records.training import (
    Leader,
    ModuleDone,
    TrainingModule,
    TrainingRules,
)

A_DAY = datetime.timedelta(days=1)


class Standing(enum.StrEnum):
    """How a module stands with one leader.

    ``overdue``: owed, and its day is over. ``open``: owed, and there is time. ``declared``: the
    leader says it is done, and whoever taught has not confirmed it. ``nobody``: no leader of the
    school sees to what it is about. ``offered``: nobody owes it. ``done``: it is.
    """

    OVERDUE = "overdue"
    NOBODY = "nobody"
    DECLARED = "declared"
    OPEN = "open"
    OFFERED = "offered"
    DONE = "done"


OUTSTANDING = (Standing.OVERDUE, Standing.NOBODY, Standing.DECLARED, Standing.OPEN)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One module with one leader of a school.

    Parameters
    ----------
    leader_id
        Blank where no leader of the school sees to what the module is about.
    due_on
        The last day in time; of one that is only offered, the day it is best done by.
    done_on
        When it was done, or is said to have been; None where it was not.
    is_late
        It is owed, nobody says it is done, and its last day in time is over: it is overdue, or has
        nobody who sees to it.
    """

    module: TrainingModule
    leader_id: str
    standing: Standing
    due_on: datetime.date
    done_on: datetime.date | None = None
    is_late: bool = False

    @property
    def is_outstanding(self) -> bool:
        """Something is still to be done about it, by the leader, the school or whoever taught."""
        return self.standing in OUTSTANDING


def owed(
    modules: Iterable[TrainingModule],
    leaders: Sequence[Leader],
    done: Iterable[ModuleDone],
    *,
    rules: TrainingRules,
    starts_on: datetime.date,
    on: datetime.date,
) -> tuple[Owed, ...]:
    """Say how each module stands with each leader of one school whom it is for.

    A leader who left owes nothing. What a leader did stays with the school and counts for nobody
    else: whoever takes the place owes the module anew, and has longer.

    Parameters
    ----------
    modules
        Those for the school, by its pathway and setting.
    leaders
        Everybody the school ever named.
    done
        What they have done, of any module.
    rules
        The programme's training.
    starts_on
        First day of the partnership.
    on
        The day asked about.

    Returns
    -------
    tuple of Owed
        Modules in the order given, leaders in theirs.

    Examples
    --------
    >>> from schoolhubs import programmes
    >>> from schoolhubs.vocabulary.records.training import Duty
    >>> first = datetime.date(2026, 9, 1)
    >>> rules = programmes.load("rise-hubs-2025").as_at(first).training
    >>> ada = Leader(leader_id="1", duties=frozenset({Duty.ATTENDANCE}), named_on=first)
    >>> found = owed(rules.of_school("regional", "mainstream"), [ada], [], rules=rules,
    ...              starts_on=first, on=datetime.date(2027, 1, 4))
    >>> [(each.module.module, each.standing.value, str(each.due_on)) for each in found][1:3]
    [('registers_and_codes', 'overdue', '2026-12-31'), ('calm_routines', 'nobody', '2027-03-31')]
    """
    by_leader = {(each.leader_id, each.module): each for each in _first_best(done)}
    there = [each for each in leaders if each.is_there(on)]
    found: list[Owed] = []
    for module in modules:
        found += [
            _standing(module, leader, by_leader.get((leader.leader_id, module.module)), rules=rules,
                      starts_on=starts_on, on=on)
            for leader in there if module.is_for(leader.duties)
        ]  # fmt: skip
        found += _nobody(module, there, starts_on=starts_on, on=on)
    return tuple(found)


def due_on(
    module: TrainingModule, leader: Leader | None, *, rules: TrainingRules, starts_on: datetime.date
) -> datetime.date:
    """Give the last day on which a module is in time; later for whoever was named late.

    >>> module = TrainingModule(
    ...     module="m", title="M", about="", pathways=("regional",),
    ...     school_settings=("mainstream",), for_duties=("every",), taught="online", half_days=1,
    ...     is_required=True, due_by_term=2, is_assumed=True)
    >>> rules = TrainingRules(modules=(module,), declared_counts=False, later_leader_terms=1,
    ...                       reminder_days=3)
    >>> due_on(module, None, rules=rules, starts_on=datetime.date(2026, 9, 1))
    datetime.date(2027, 3, 31)
    >>> late = Leader(leader_id="2", duties=frozenset(), named_on=datetime.date(2027, 4, 12))
    >>> due_on(module, late, rules=rules, starts_on=datetime.date(2026, 9, 1))
    datetime.date(2027, 12, 31)
    """
    due = _end_of_term(starts_on, module.due_by_term)
    if leader is None or not (leader.succeeds or leader.named_on > due):
        return due
    return max(due, _end_of_term(leader.named_on, 1 + rules.later_leader_terms))


def _first_best(done: Iterable[ModuleDone]) -> list[ModuleDone]:
    """Order what was done so that of two the confirmed, and of those the earlier, comes last."""
    return sorted(done, key=lambda each: (each.is_confirmed, -each.on.toordinal()))


def _standing(
    module: TrainingModule, leader: Leader, done: ModuleDone | None, *, rules: TrainingRules,
    starts_on: datetime.date, on: datetime.date,
) -> Owed:  # fmt: skip
    due = due_on(module, leader, rules=rules, starts_on=starts_on)
    if done is not None:
        is_done = done.is_confirmed or rules.declared_counts
        standing = Standing.DONE if is_done else Standing.DECLARED
    elif not module.is_required:
        standing = Standing.OFFERED
    else:
        standing = Standing.OVERDUE if on > due else Standing.OPEN
    return Owed(
        module=module, leader_id=leader.leader_id, standing=standing, due_on=due,
        done_on=done.on if done else None,
        is_late=standing is Standing.OVERDUE,
    )  # fmt: skip


def _nobody(
    module: TrainingModule, there: Sequence[Leader], *, starts_on: datetime.date,
    on: datetime.date,
) -> Iterator[Owed]:  # fmt: skip
    """Give a module that is owed and that no leader there is to do."""
    if module.is_required and not any(module.is_for(each.duties) for each in there):
        due = _end_of_term(starts_on, module.due_by_term)
        yield Owed(module=module, leader_id="", standing=Standing.NOBODY, due_on=due,
                   is_late=on > due)  # fmt: skip


def _end_of_term(on: datetime.date, n: int) -> datetime.date:
    """Give the last day of the nth term, counted from the one ``on`` falls in as the first."""
    day = term_finishes_on(on)
    for _ in range(n - 1):
        day = term_finishes_on(day)
    return day - A_DAY
