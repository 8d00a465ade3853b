"""The reasons a school may give why a match does not work, read from reasons.yaml."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from importlib import resources

from schoolhubs.vocabulary.written.stored import read_facts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason: who may give it, and whether it keeps the two schools apart for good."""

    code: str
    words: str
    sides: tuple[str, ...]
    lasts: bool
    bar: str


@functools.cache
def reasons() -> Mapping[str, Reason]:
    """Give every reason by its code.

    >>> reasons()["conflict"].lasts
    True
    """
    text = resources.files("schoolhubs.service.partnerships").joinpath("reasons.yaml").read_text()
    return {
        code: Reason(
            code=code,
            words=said["words"],
            sides=tuple(said["for"]),
            lasts=said["lasts"],
            bar=said["bar"],
        )
        for code, said in read_facts(text).items()
    }


def of_side(side: str) -> tuple[Reason, ...]:
    """Give the reasons that partner or lead may give.

    >>> [each.code for each in of_side("lead") if each not in of_side("partner")]
    ['capacity']
    """
    return tuple(each for each in reasons().values() if side in each.sides)


def in_words(codes: Sequence[str]) -> list[str]:
    """Give reasons as people read them; a code of an earlier list stands for itself."""
    return [reasons()[code].words if code in reasons() else code for code in codes]
