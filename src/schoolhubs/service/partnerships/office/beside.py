"""What stands beside a decision on a further year: parts that come later say it when they load."""

import dataclasses
from collections.abc import Callable, Iterable

from schoolhubs.service.partnerships.models import Partnership


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of evidence: what it is, what it says, and the page that shows it, or blank."""

    key: str
    text: str
    href: str


Ask = Callable[[Partnership], Iterable[Row]]
ASKED: list[Ask] = []


def register(ask: Ask) -> None:
    """Let a part say what it knows of a partnership."""
    if ask not in ASKED:
        ASKED.append(ask)


def evidence_of(partnership: Partnership) -> list[Row]:
    """Give all that is known of a partnership."""
    return [row for ask in ASKED for row in ask(partnership)]
