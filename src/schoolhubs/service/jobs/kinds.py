"""What kinds of work there are. Each app says its own in ``tasks.py``, read when Django starts."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from schoolhubs.service.jobs.models import Product, Work
from schoolhubs.vocabulary.progress import Progress


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a piece of work: facts, the page that shows it, a file where there is one."""

    path: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    product: Product | None = None


Effect = Callable[[], Result]


def _nothing(_: Work) -> None:
    """Leave nothing behind that needs clearing."""


def _nowhere(_: Work) -> str:
    """Give no page on which it can be changed."""
    return ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of work.

    Parameters
    ----------
    name, title
        Such as ``round``; what people read, such as "Running a round".
    work_out
        Does everything that changes nothing, outside any transaction, however long; gives the
        effect. It may run again after a power cut.
    afterwards
        Clears away once the effect stands; may run twice, so it must not mind.
    mend
        Address of the page on which what was asked for can be changed, for work that was stopped;
        blank where there is none.
    """

    name: str
    title: str
    work_out: Callable[[Work, Progress], Effect]
    afterwards: Callable[[Work], None] = _nothing
    mend: Callable[[Work], str] = _nowhere


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind of work known.

    Raises
    ------
    ValueError
        If another has the name already.
    """
    if kind.name in KINDS:
        raise ValueError(f"two kinds of work are called {kind.name}")
    KINDS[kind.name] = kind


def title_of(name: str) -> str:
    """Give what people read; the name itself for a kind of an earlier version."""
    return KINDS[name].title if name in KINDS else name.replace("_", " ").capitalize()
