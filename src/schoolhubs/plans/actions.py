"""The library of actions: what a school can do, and what is known of each."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from schoolhubs.plans.stored import files_in, source, stored
from schoolhubs.vocabulary.records.plan import PlannedAction


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LibraryAction:
    """One action of the library.

    Attributes
    ----------
    root_causes
        Practices it answers.
    settings, phases
        Whom it is written for.
    staff_hours, cost_pence
        Of a first year in a school of middle size; assumed. The cost is beyond the hours.
    strength, known, sources
        How much is known of its effect, in a word of ``strengths.yaml``, in a sentence, and the
        titles of what says so.
    """

    library_id: str
    title: str
    root_causes: tuple[str, ...]
    settings: tuple[str, ...]
    phases: tuple[str, ...]
    first_steps: tuple[str, ...]
    staff_hours: float
    cost_pence: int
    for_whom: str
    risk: str
    strength: str
    known: str
    sources: tuple[str, ...]

    def planned(self, *, action_id: str, objective_id: str = "") -> PlannedAction:
        """Take it up into a plan."""
        return PlannedAction(
            action_id=action_id, objective_id=objective_id, library_id=self.library_id,
            title=self.title, first_steps=self.first_steps, staff_hours=self.staff_hours,
            cost_pence=self.cost_pence, for_whom=self.for_whom,
        )  # fmt: skip


def library(
    *, root_cause: str = "", setting: str = "", phase: str = ""
) -> dict[str, LibraryAction]:
    """Give the actions there are, by id, best known first.

    Parameters
    ----------
    root_cause, setting, phase
        Only those for this one; blank for all.

    Notes
    -----
    From ``plans/library``. Evidence on attendance is weak and effects are small where there are
    any (Education Endowment Foundation, 2022): no action is called more than weakly known.

    Examples
    --------
    >>> found = library(root_cause="first_day_late", setting="special")
    >>> found["first_day_call"].strength
    'weak_small'
    """
    return {
        each.library_id: each
        for each in _all()
        if root_cause in ("", *each.root_causes)
        and setting in ("", *each.settings)
        and phase in ("", *each.phases)
    }


@functools.cache
def _all() -> tuple[LibraryAction, ...]:
    order = strengths()
    held = [
        _one(name, said)
        for file in files_in("library")
        for name, said in stored(file)["actions"].items()
    ]
    return tuple(sorted(held, key=lambda each: (order.index(each.strength), each.title)))


def _one(name: str, said: Mapping[str, Any]) -> LibraryAction:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in said.items()
    }
    fields["sources"] = tuple(source(key) for key in said["sources"])
    return LibraryAction(library_id=name, **fields)


def strengths() -> tuple[str, ...]:
    """Name the strengths of evidence, strongest first.

    >>> strengths()
    ('weak_small', 'weak_mixed', 'practice_only', 'untested')
    """
    return tuple(stored("strengths.yaml")["strengths"])
