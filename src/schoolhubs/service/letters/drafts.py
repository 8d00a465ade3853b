"""What somebody is to be told, before anybody knows at which address. Pure."""

import dataclasses
from collections.abc import Mapping

from schoolhubs.service.letters.kinds import kinds


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One letter to one organisation.

    Parameters
    ----------
    kind
        One of letters.yaml.
    about
        What it is about, with what tells a second occasion from the first, such as
        ``application:AB-1234-5678/3``; a kind is written to an organisation once about each.
    organisation_key
        Such as ``school:900001`` or ``trust:9001``.
    facts
        A text for each fact the kind takes; no pupil's, and nothing private to others.
    path
        The page it is about; the host is put before it when the letter is sent.
    addresses
        Where to send it if nobody known for the organisation may be written to.

    Raises
    ------
    ValueError
        If there is no such kind, or its facts are not the ones it takes.

    Examples
    --------
    >>> told = {"school": "Ash School", "reference": "AB-1", "programme": "RISE"}
    >>> Draft(
    ...     kind="withdrawn", about="application:AB-1/4", organisation_key="school:900001",
    ...     facts=told, path="/applications",
    ... ).facts["school"]
    'Ash School'
    """

    kind: str
    about: str
    organisation_key: str
    facts: Mapping[str, str]
    path: str
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in kinds():
            raise ValueError(f"there is no kind of letter called {self.kind}")
        wanted = set(kinds()[self.kind].takes)
        if set(self.facts) != wanted:
            wrong = sorted(set(self.facts) ^ wanted)
            raise ValueError(f"a letter {self.kind} takes {sorted(wanted)}; not so: {wrong}")
