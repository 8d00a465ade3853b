"""Facts with their source, and the assumptions a result stands on."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A value nobody published, or a choice made for want of one, shown wherever it is used.

    Parameters
    ----------
    where
        The definition's path of the value, or the stage that assumed it.
    value, unit
        What was assumed.
    description, said
        What it is, and the value in plain words; blank where ``value`` is a sentence already.
    why
        One sentence: what is not known, and why this value.
    """

    where: str
    value: str
    unit: str = ""
    description: str = ""
    said: str = ""
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)
