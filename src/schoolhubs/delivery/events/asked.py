"""What goes into sharing out a term: the days there are, and what each school asks for."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day with places to give: how many people, and for which phases; none named is for all."""

    day: int
    n_free: int
    phases: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What one school asks for.

    Parameters
    ----------
    school
        Its number: here a partnership's.
    n_people
        How many come; all or none.
    choices
        Days it accepts, the one it likes best first.
    minutes
        Its way to each of them, one way; a day that is missing has no known way.
    phase
        Its phase; a day that names phases takes it only if this is among them.
    was_left_out
        It asked and got nothing the last time, so that it goes first now.
    """

    school: int
    n_people: int
    choices: tuple[int, ...]
    minutes: Mapping[int, float] = dataclasses.field(default_factory=dict)
    phase: str = ""
    was_left_out: bool = False
