"""The chain itself: how an entry's digest is made, and how a chain is found broken. Pure."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

START = "0" * 64


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was done.

    Parameters
    ----------
    number
        1, 2, 3 … without gaps.
    at
        When, with its time zone.
    by, organisation
        Who, as the sign-in knows them, and for which organisation; blank where there is none.
    action, subject
        What was done, such as ``application.submit``, and to what, such as ``application:12``.
    reason
        Why, in the person's words; blank where none is asked for.
    place
        The page or command it was done from.
    details
        Further facts, JSON-ready; never a pupil's.
    previous_hash, hash
        Digest of the entry before, and of this one.
    """

    number: int
    at: datetime.datetime
    by: str
    organisation: str
    action: str
    subject: str
    reason: str
    place: str
    details: Mapping[str, Any]
    previous_hash: str
    hash: str = ""

    def digest(self) -> str:
        """Work out the entry's SHA-256 from everything in it but ``hash``."""
        said = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name != "hash"
        }
        said["at"] = self.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A number and digest kept outside the database when the entry was made."""

    number: int
    hash: str


def faults(entries: Iterable[Entry], anchors: Sequence[Anchor]) -> Iterator[str]:
    """Find every break in a chain.

    An edit shows in its entry's digest, a deletion or reordering in numbers and links, a tail cut
    or rewritten in the anchors.

    Examples
    --------
    >>> list(faults([], [Anchor(number=2, hash="ab")]))
    ['entry 2 is missing: it was anchored outside the database']
    """
    anchored = {anchor.number: anchor.hash for anchor in anchors}
    expected, previous = 1, START
    for entry in entries:
        if entry.number != expected:
            yield f"entry {expected} is missing: entry {entry.number} follows {expected - 1}"
        if entry.previous_hash != previous:
            yield f"entry {entry.number} does not follow on from the entry before it"
        if entry.hash != entry.digest():
            yield f"entry {entry.number} was changed after it was written"
        if anchored.pop(entry.number, entry.hash) != entry.hash:
            yield f"entry {entry.number} is not the one that was anchored outside the database"
        expected, previous = entry.number + 1, entry.hash
    for number in sorted(anchored):
        yield f"entry {number} is missing: it was anchored outside the database"
