"""A self-assessment as its pages show it: sections, and answers side by side."""

import dataclasses
from collections.abc import Collection, Mapping

from schoolhubs import diagnosis
from schoolhubs.vocabulary.records.diagnosis.answers import AnswerSet, ItemAnswers
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument, Item, Section
from schoolhubs.vocabulary.root_causes import root_causes
from schoolhubs.vocabulary.words import counted


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SectionDone:
    """A section, and how many of its items one person has answered."""

    section: Section
    n_items: int
    n_answered: int

    @property
    def is_done(self) -> bool:
        """Nothing of it is left."""
        return self.n_answered == self.n_items


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One item with the answers of a team side by side.

    Parameters
    ----------
    people
        What the team knows somebody as, their answer in words, and their note. Without names,
        how many gave each answer stands in place of who did.
    """

    item: Item
    section: str
    cause: str
    spread: int
    people: tuple[tuple[str, str, str], ...]


def sections_of(instrument: Instrument, answered: Collection[str]) -> tuple[SectionDone, ...]:
    """Give the sections in the order of the instrument."""
    return tuple(
        SectionDone(
            section=each,
            n_items=len(instrument.of_section(each.name)),
            n_answered=sum(item.name in answered for item in instrument.of_section(each.name)),
        )
        for each in instrument.sections
    )


def side_by_side(
    answer_set: AnswerSet, instrument: Instrument, *, with_names: bool
) -> tuple[tuple[Beside, ...], tuple[Beside, ...]]:
    """Give the items on which people differ, widest first, and then all others in order.

    Nothing is averaged: a difference is what the team has to talk about.
    """
    notes = {(each.person, each.item): each.note for each in answer_set.answers}
    wide = diagnosis.answers.differences(answer_set, instrument)
    differing = {each.item for each in wide}
    every = diagnosis.answers.profile(answer_set, instrument)
    rest = [each for each in every if each.item not in differing]
    told = [
        tuple(_beside(each, instrument, notes, with_names=with_names) for each in part)
        for part in (wide, rest)
    ]
    return told[0], told[1]


def _beside(
    found: ItemAnswers,
    instrument: Instrument,
    notes: Mapping[tuple[str, str], str],
    *,
    with_names: bool,
) -> Beside:
    words = {each.value: f"{each.value}. {each.words}" for each in instrument.points}
    said = [(person, words[value]) for person, value in found.by_person]
    said += [(person, instrument.dont_know) for person in found.cannot_tell]
    people = tuple((who, point, notes.get((who, found.item), "")) for who, point in said)
    titles = {each.name: each.title for each in instrument.sections}
    return Beside(
        item=instrument.item(found.item),
        section=titles[found.section],
        cause=root_causes()[found.root_cause].title,
        spread=found.spread,
        people=people if with_names else _without_names([point for _, point in said]),
    )


def _without_names(points: list[str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (counted(points.count(each), "person", "people"), each, "") for each in sorted(set(points))
    )
