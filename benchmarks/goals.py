"""Goals beside what was measured. A benchmark that misses one ends with exit code 1.

Goals are for the full size on a quiet machine, so a run of another size is not judged.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One promise and its measurement: at least, or else under, ``limit``.

    >>> Goal(name="matching", measured=0.4, limit=1, unit="s").is_met
    True
    >>> print(Goal(name="speed", measured=4.9, limit=5, unit="times", is_least=True))
    MISSED speed: 4.90 times, goal at least 5 times
    """

    name: str
    measured: float
    limit: float
    unit: str
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Hold the measurement against the limit."""
        return self.measured >= self.limit if self.is_least else self.measured < self.limit

    def __str__(self) -> str:
        asks = "at least" if self.is_least else "under"
        places = 4 if self.unit == "points" else 2
        measured = (
            f"{self.measured:.{places}f}" if isinstance(self.measured, float) else self.measured
        )
        found = f"{'met   ' if self.is_met else 'MISSED'} {self.name}: {measured} {self.unit}"
        return f"{found}, goal {asks} {self.limit:.4g} {self.unit}"

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return {**dataclasses.asdict(self), "is_met": self.is_met}


def judged(goals: Iterable[Goal]) -> tuple[str, int]:
    """Give the goals as lines, and the exit code.

    >>> judged([Goal(name="matching", measured=2.0, limit=1, unit="s")])
    ('MISSED matching: 2.00 s, goal under 1 s', 1)
    """
    asked = tuple(goals)
    lines = [str(goal) for goal in asked] or ["No goal is judged: they are for the full size."]
    return "\n".join(lines), int(not all(goal.is_met for goal in asked))
