"""What is asked of a school and its people: surveys and self-assessments."""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from schoolhubs.vocabulary.records.settings import Source, Status

Kind = Literal["self_assessment", "survey"]
Respondents = Literal["leaders", "staff", "pupils"]
ENGLISH = "en"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of the answer scale: ``value`` counts from 1, the best is the highest."""

    value: int
    words: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What several items of a survey measure together.

    Parameters
    ----------
    name, title, about
        The word that files use, its title, and one sentence.
    least_answered
        A person has a score on the scale from this many answered items on.
    """

    name: str
    title: str
    about: str
    least_answered: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items that stand together on a page: name, title and a sentence before them."""

    name: str
    title: str
    about: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One statement or question.

    Parameters
    ----------
    name, words
        The column of an answers file, and what a person reads.
    section, scale
        Names; ``scale`` is blank where nothing is scored together.
    root_cause
        Which root cause a low answer speaks for; see :mod:`schoolhubs.vocabulary.root_causes`.
    is_reversed
        Agreeing is bad: point 1 of 4 counts as 4.
    levels
        Self-assessment: what can be seen in the school at each point, lowest first. Else empty.
    look_at
        Self-assessment: where to look for it. Else blank.
    national
        Name of the national item that asks the same; blank where none does.
    """

    name: str
    words: str
    section: str
    root_cause: str
    scale: str = ""
    is_reversed: bool = False
    levels: tuple[str, ...] = ()
    look_at: str = ""
    national: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HelpContact:
    """Somebody a person can turn to: who, how, and when they answer."""

    name: str
    how: str
    when: str
    source: Source


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a person reads before a survey: what is done with an answer, and for a parent."""

    privacy: tuple[str, ...]
    parents: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A survey or a self-assessment, whole.

    Parameters
    ----------
    instrument_id, version
        Such as ``pupil-survey`` and ``1.0``. What was answered under a version is read by it.
    fingerprint
        Twelve hex digits over all that bears on an answer: items, points, scales.
    kind, respondents
        ``survey`` or ``self_assessment``; ``leaders``, ``staff`` or ``pupils``.
    topics, settings
        Words of :mod:`schoolhubs.vocabulary.root_causes`.
    year_groups
        Whom it is written for; empty where it is not asked of pupils.
    language, is_easy_read
        Two or three letters, ``en`` being the source of every other; written in easy words.
    points, dont_know
        The answers a person chooses from; every item can also be left out.
    licence, source, status, why
        Whose words they are; ``why`` is there on what is assumed.
    """

    instrument_id: str
    version: str
    fingerprint: str
    title: str
    about: str
    kind: Kind
    respondents: Respondents
    topics: tuple[str, ...]
    settings: tuple[str, ...]
    phases: tuple[str, ...]
    sections: tuple[Section, ...]
    scales: tuple[Scale, ...]
    items: tuple[Item, ...]
    points: tuple[Point, ...]
    dont_know: str
    skip_words: str
    licence: str
    source: Source
    status: Status
    why: str = ""
    year_groups: tuple[int, ...] = ()
    language: str = ENGLISH
    is_easy_read: bool = False
    notice: Notice = Notice(privacy=())
    help_contacts: tuple[HelpContact, ...] = ()
    changes: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_for_pupils(self) -> bool:
        """Pupils answer it, so its words keep a reading age."""
        return self.respondents == "pupils"

    def item(self, name: str) -> Item:
        """Give the item of that name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for each in self.items:
            if each.name == name:
                return each
        raise KeyError(name)

    def of_scale(self, scale: str) -> tuple[Item, ...]:
        """Give the items that are scored together, in the order they are asked."""
        return tuple(each for each in self.items if each.scale == scale)

    def of_section(self, section: str) -> tuple[Item, ...]:
        """Give the items of a section, in the order they are asked."""
        return tuple(each for each in self.items if each.section == section)

    def feeding(self, root_cause: str) -> tuple[Item, ...]:
        """Give the items whose low answer speaks for that root cause."""
        return tuple(each for each in self.items if each.root_cause == root_cause)

    def said(self) -> Iterator[str]:
        """Give every sentence that a person who answers reads."""
        yield from (self.title, self.about, self.dont_know, self.skip_words)
        yield from (point.words for point in self.points)
        yield from (words for each in self.sections for words in (each.title, each.about))
        yield from (words for each in self.items for words in (each.words, *each.levels))
        yield from self.notice.privacy
        yield from (words for each in self.help_contacts for words in (each.how, each.when))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NationalItem:
    """What a national survey asks, as far as it is published.

    Parameters
    ----------
    name, asks, answers
        Its name here, what it asks, and the answers that its figures count, in words.
    counted_points
        Points of our own four that count as the same; empty where ours cannot be held against it.
    """

    name: str
    asks: str
    answers: str
    counted_points: tuple[int, ...]
    status: Status
    source: Source
    why: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NationalFigure:
    """What a national survey found for one item in one wave.

    Parameters
    ----------
    item, asked_of
        Name of the national item; ``leaders``, ``teachers`` or ``pupils``.
    year, wave_on
        Academic year, and the first day of the wave's month; None where only the year is known.
        Waves of different months are not compared.
    percent
        0 to 100, who answered in one of the ways that the item counts.
    """

    item: str
    asked_of: str
    year: str
    wave_on: datetime.date | None
    percent: float
    source: Source
    status: Status
