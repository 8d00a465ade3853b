"""The kinds of letters and how they are sent, read from one table. Pure."""

import dataclasses
import functools
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs.service.accounts.roles import Role
from schoolhubs.vocabulary.written.stored import read_facts

PLACEHOLDER = re.compile(r"\(\(([a-z_]+)\)\)")
# Every letter has these: the page it is about, and whom to write to.
ALWAYS = ("link", "contact")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LetterKind:
    """One kind of letter: who gets it, what it takes, what it says.

    ``subject`` and ``body`` hold placeholders such as ``((school))``, as GOV.UK Notify's do.
    """

    kind: str
    title: str
    roles: tuple[Role, ...]
    takes: tuple[str, ...]
    subject: str
    body: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How letters are sent; waits are multiples of how long one answer is waited for."""

    most_a_minute: int
    share_of_most: float
    n_at_once: int
    settle: float
    first_wait: float
    longest_wait: float
    most_tries: int
    slice: float

    @property
    def seconds_apart(self) -> float:
        """Seconds between the starts of two requests.

        >>> round(sending().seconds_apart, 3)
        0.04
        """
        return 60 / (self.most_a_minute * self.share_of_most)

    def wait(self, n_tries: int) -> float:
        """Give how long to wait after some tries, in multiples of the wait for an answer.

        >>> sending().wait(1), sending().wait(2), sending().wait(40)
        (0.5, 1.0, 90)
        """
        # Doubled more often than this it is the longest in any case.
        doubled = self.first_wait * 2.0 ** min(n_tries - 1, 30)
        return min(doubled, self.longest_wait)


@functools.cache
def _table() -> Mapping[str, Any]:
    text = resources.files("schoolhubs.service.letters").joinpath("letters.yaml").read_text("utf-8")
    return dict(read_facts(text))


@functools.cache
def kinds() -> Mapping[str, LetterKind]:
    """Give each kind of letter by its name, in the order of the table.

    Raises
    ------
    ValueError
        If a kind holds a placeholder it does not take, or takes a fact it does not tell.
    """
    sides = _table()["sides"]
    found = {}
    for kind, said in _table()["kinds"].items():
        roles = tuple(Role(code) for side in said["to"] for code in sides[side])
        takes = tuple(said["takes"])
        told = set(PLACEHOLDER.findall(said["subject"] + said["body"]))
        if told | {*ALWAYS} != {*takes, *ALWAYS} or "link" not in told:
            raise ValueError(f"letters.yaml: {kind} takes {takes} and tells {sorted(told)}")
        found[kind] = LetterKind(
            kind=kind, title=said["title"], roles=roles, takes=takes, subject=said["subject"],
            body=said["body"],
        )  # fmt: skip
    return found


@functools.cache
def sending() -> Sending:
    """Give how letters are sent."""
    return Sending(**{name: said["value"] for name, said in _table()["sending"].items()})


def address_days() -> int:
    """Give for how many days the address a letter went to is kept."""
    return int(_table()["keeping"]["address_days"]["value"])


def notify_days() -> int:
    """Give for how many days GOV.UK Notify keeps a message, unless its settings say otherwise."""
    return int(_table()["keeping"]["notify_days"]["value"])


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Put facts into their placeholders; one without its fact stays, so that it is seen.

    >>> filled("((school)) may join", {"school": "Ash School"})
    'Ash School may join'
    """
    return PLACEHOLDER.sub(lambda found: facts.get(found[1], found[0]), text)


def title_of(kind: str) -> str:
    """Give what people read; the name itself for a kind of an earlier version."""
    return kinds()[kind].title if kind in kinds() else kind.replace("_", " ").capitalize()


def blocks(text: str) -> list[tuple[str, list[str]]]:
    r"""Part a letter into what Notify sets apart: headings, paragraphs and lists, each with lines.

    >>> blocks("# Next\n\nRead:\n* one\n* two")
    [('heading', ['Next']), ('paragraph', ['Read:']), ('list', ['one', 'two'])]
    """
    found: list[tuple[str, list[str]]] = []
    is_new = True
    for line in text.splitlines():
        kind, said = _block(line)
        if said and not is_new and found and found[-1][0] == kind != "heading":
            found[-1][1].append(said)
        elif said:
            found.append((kind, [said]))
        is_new = not said
    return found


def _block(line: str) -> tuple[str, str]:
    for mark, kind in (("# ", "heading"), ("* ", "list")):
        if line.startswith(mark):
            return kind, line.removeprefix(mark).strip()
    return "paragraph", line.strip()
