"""One thing that waits for somebody, or is there to be looked at."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something to do or to look at; ``why`` says what it is about."""

    words: str
    href: str
    why: str = ""
