"""What a sentence takes back: denied, ended, carved out, or quoted to be abolished.

A denial is believed only where every word between it and what it denies is known to be harmless.
So "we do not fine" is no fine, and "pupils who do not attend are fined" is one. A reading that
fails should give a false alarm; it gives a miss too, now and then, which is why every screen asks.
"""

import functools
import re
from collections.abc import Iterator, Sequence

from schoolhubs.plans.linting.statements import Statement
from schoolhubs.plans.stored import stored

Span = tuple[int, int]
WORD = re.compile(r"[\w'%£-]+")
BREAK = re.compile(r"[:;()]")
CLAUSE = re.compile(r"[:;(),]|\b(?:and|but|or)\b")
MOST_WORDS = 14


@functools.cache
def pattern(name: str) -> re.Pattern[str]:
    """Compile a list of ``words.yaml``, or one of its terms; ``@penal`` stands for all of penal."""
    return re.compile(r"(?<![\w-])(?:" + "|".join(_listed(name)) + r")(?!\w)")


def _listed(name: str) -> Iterator[str]:
    said = stored("linting/words.yaml")
    for each in said["terms"].get(name) or said[name]:
        if each.startswith("@"):
            yield from _listed(each.removeprefix("@"))
        else:
            yield each


@functools.cache
def _words(name: str) -> frozenset[str]:
    return frozenset(str(word) for word in stored("linting/words.yaml")[name])


def spans(term: str, text: str) -> list[Span]:
    """Give where a term stands in plain small letters."""
    return [found.span() for found in pattern(term).finditer(text)]


def _between(text: str, start: int, end: int) -> list[str] | None:
    """Give the words of a gap; None where it holds a break, and nothing may reach across."""
    gap = text[start:end]
    return None if end < start or BREAK.search(gap) else WORD.findall(gap)


def _reaches(text: str, start: int, end: int, allowed: frozenset[str]) -> bool:
    words = _between(text, start, end)
    return words is not None and len(words) <= MOST_WORDS and allowed.issuperset(words)


def _before(name: str, text: str, span: Span, allowed: frozenset[str]) -> Iterator[Span]:
    for found in spans(name, text[: span[0]]):
        if _reaches(text, found[1], span[0], allowed):
            yield found


def is_denied(statement: Statement, span: Span, *, ended_too: bool = True) -> bool:
    """Tell whether what stands at ``span`` is denied, ended, or told of as feared.

    ``ended_too`` false takes what is ended for what stands: to end a thing is to change it.
    """
    text, light = statement.text, _words("light")
    if pattern("taken_back").search(text, span[1]):
        return False
    listed = [("negators", light), ("nobody", light | _words("nobody_light"))]
    listed += [("ended", light), ("told", light)] if ended_too else []
    for name, allowed in listed:
        for found in _before(name, text, span, allowed):
            if not _is_denied_itself(text, found):
                return True
    return _is_denied_after(text, span, ended_too=ended_too)


def _is_denied_itself(text: str, found: Span) -> bool:
    """Tell whether a denial is denied: "we will not end", "no child will be without one"."""
    begun = max((each.end() for each in CLAUSE.finditer(text, 0, found[0])), default=0)
    before = text[begun : found[0]]
    return bool(pattern("negators").search(before) or pattern("nobody").search(before))


def _is_denied_after(text: str, span: Span, *, ended_too: bool) -> bool:
    aux, rest = _words("aux"), text[span[1] :]
    for found in pattern("after_ended").finditer(rest) if ended_too else ():
        if _reaches(rest, 0, found.start(), aux):
            return True
    for found in pattern("after_no").finditer(rest):
        if _reaches(rest, 0, found.start(), aux):
            following = WORD.findall(rest[found.end() :])[:3]
            light = _words("light") | _words("aux")
            for word in following:
                if word in _words("given"):
                    return True
                if word not in light:
                    break
    return False


def is_considered(statement: Statement, span: Span) -> bool:
    """Tell whether a need is asked about before what stands at ``span``, or that is looked into.

    "Staff ask whether SEND played a part before a detention"; but not "pupils with SEND get a
    detention and are monitored": what is looked into is in the same breath.
    """
    text = statement.text
    for found in spans("asked_first", text):
        if found[1] <= span[0] or _is_in_one_breath(text, found, span):
            return True
    return any(_is_in_one_breath(text, found, span) for found in spans("looked_into", text))


def _is_in_one_breath(text: str, one: Span, other: Span) -> bool:
    first, last = sorted((one, other))
    return not CLAUSE.search(text[first[1] : last[0]])


def is_no_condition(statement: Statement, span: Span) -> bool:
    """Tell whether a condition is said not to matter: "no prize depends on full attendance"."""
    return any(True for _ in _before("hinges", statement.text, span, _words("light")))


def is_carved_out(statement: Statement, span: Span) -> bool:
    """Tell whether a reason is left out: "illness does not count", "except for illness"."""
    text = statement.text
    stops, takes = pattern("carved_stops"), pattern("carved_otherwise")
    for found in spans("carved_before", text[: span[0]]):
        words = _between(text, found[1], span[0])
        denied = any(True for _ in _before("negators", text, found, _words("light")))
        if words is None or len(words) > MOST_WORDS or denied:
            continue
        if not stops.search(text[found[1] : span[0]]) and not takes.search(text, span[1]):
            return True
    rest = text[span[1] :]
    for tail in pattern("carved_after").finditer(rest):
        words = _between(rest, 0, tail.start())
        is_near = words is not None and len(words) <= MOST_WORDS
        if is_near and not stops.search(rest[: tail.start()]):
            return True
    return False


def is_quoted_to_end(around: Sequence[Statement], at: int, start: int) -> bool:
    """Tell whether a place is quoted from a text that this or a neighbouring sentence ends."""
    if not around[at].is_quoted(start):
        return False
    near = around[max(at - 1, 0) : at + 2]
    for each in near:
        for found in spans("quoted_and_ended", each.text):
            light = _words("light")
            if not each.is_quoted(found[0]) and not any(
                True for _ in _before("negators", each.text, found, light)
            ):
                return True
    return False
