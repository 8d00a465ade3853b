"""What a leadership team answered to a self-assessment."""

import dataclasses
import datetime
from typing import Literal

HowChanged = Literal["added", "removed", "reworded"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One person's answer to one item.

    Parameters
    ----------
    person
        Who on the team, as the school names them; an adult, and never a pupil.
    item
        Name of the item.
    value
        Point of the scale; None for "I cannot tell". An item left out has no answer at all.
    note
        What was seen; blank where nothing was written.
    """

    person: str
    item: str
    value: int | None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSet:
    """All answers of one school to one version of one self-assessment.

    Parameters
    ----------
    fingerprint
        That of the instrument as it was answered.
    answers
        At most one for a person and item, in the order of both.
    finished_on
        From then on it never changes; None while it is being answered.
    restarted_from
        The version that was being answered before the instrument changed; blank if it did not.
    """

    urn: str
    instrument_id: str
    version: str
    fingerprint: str
    answers: tuple[Answer, ...] = ()
    finished_on: datetime.date | None = None
    restarted_from: str = ""

    @property
    def is_finished(self) -> bool:
        """It stays as it is."""
        return self.finished_on is not None

    @property
    def people(self) -> tuple[str, ...]:
        """Who answered anything, sorted."""
        return tuple(sorted({each.person for each in self.answers}))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswers:
    """What a team answered to one item, side by side: there is no mean.

    Parameters
    ----------
    by_person
        Person and point, sorted by person; those who cannot tell are in ``cannot_tell``.
    lowest, highest
        Points; None where nobody could tell.
    """

    urn: str
    item: str
    section: str
    root_cause: str
    by_person: tuple[tuple[str, int], ...]
    cannot_tell: tuple[str, ...]
    lowest: int | None
    highest: int | None

    @property
    def spread(self) -> int:
        """Points between the lowest and the highest answer; 0 where fewer than two answered."""
        if self.lowest is None or self.highest is None:
            return 0
        return self.highest - self.lowest


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ChangedItem:
    """How an item differs between two versions of an instrument."""

    item: str
    how: HowChanged
    before: str = ""
    after: str = ""
