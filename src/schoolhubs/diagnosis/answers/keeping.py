"""An answer set from its first answer to the day on which it is finished."""

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem
from schoolhubs.vocabulary.records.diagnosis.answers import Answer, AnswerSet, ChangedItem
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

NOTHING_KEPT = "None of these answers was kept."


def begin(instrument: Instrument, urn: str) -> AnswerSet:
    """Give an empty answer set of a school.

    Raises
    ------
    DataProblem
        If the instrument is a survey: its answers have no names.

    Examples
    --------
    >>> from schoolhubs import diagnosis
    >>> begin(diagnosis.instrument("attendance-special"), "100001").answers
    ()
    """
    if instrument.kind != "self_assessment":
        fault = f"{instrument.instrument_id} is a survey, and a survey's answers have no names"
        remedy = "Score a survey with `schoolhubs survey score`."
        raise DataProblem([Problem(code="not_a_self_assessment", fault=fault, remedy=remedy)])
    return AnswerSet(
        urn=urn,
        instrument_id=instrument.instrument_id,
        version=instrument.version,
        fingerprint=instrument.fingerprint,
    )


def put(answer_set: AnswerSet, instrument: Instrument, answers: Iterable[Answer]) -> AnswerSet:
    """Add answers; a later one of the same person to the same item takes the place of the earlier.

    Raises
    ------
    Conflict
        If the set is finished, or the instrument changed since the set was begun.
    DataProblem
        With every answer that fits no item or no point; none is kept then.

    Examples
    --------
    >>> from schoolhubs import diagnosis
    >>> asked = diagnosis.instrument("attendance-special")
    >>> given = [Answer(person="Head", item="register_on_time", value=2)]
    >>> put(begin(asked, "100001"), asked, given).people
    ('Head',)
    """
    new = tuple(answers)
    _refuse_finished(answer_set)
    _refuse_changed(answer_set, instrument)
    if problems := list(_problems(answer_set.urn, instrument, new)):
        raise DataProblem(problems, outcome=NOTHING_KEPT)
    kept = {(each.person, each.item): each for each in (*answer_set.answers, *new)}
    ordered = tuple(kept[key] for key in sorted(kept))
    return dataclasses.replace(answer_set, answers=ordered)


def put_many(
    answer_sets: Sequence[AnswerSet],
    instrument: Instrument,
    answers: Mapping[str, Iterable[Answer]],
) -> tuple[AnswerSet, ...]:
    """Add answers for many schools at once, as one by one; all are kept, or none.

    Parameters
    ----------
    answer_sets
        One a school.
    answers
        By URN. A trust that answers alike for several gives the same answers to each.

    Raises
    ------
    Conflict
        If a set is finished or of another version.
    DataProblem
        With the problems of every school, and of schools that have no set.
    """
    given = {urn: tuple(each) for urn, each in answers.items()}
    unknown = given.keys() - {each.urn for each in answer_sets}
    problems = [
        Problem(code="no_answer_set", urn=urn, fault="it has no answer set", remedy="Begin one.")
        for urn in sorted(unknown)
    ]
    for each in answer_sets:
        if each.urn in given:
            _refuse_finished(each)
            _refuse_changed(each, instrument)
            problems += _problems(each.urn, instrument, given[each.urn])
    if problems:
        raise DataProblem(problems, outcome=NOTHING_KEPT)
    return tuple(
        put(each, instrument, given[each.urn]) if each.urn in given else each
        for each in answer_sets
    )


def changes(before: Instrument, after: Instrument) -> tuple[ChangedItem, ...]:
    """Say which items came, went, or read otherwise, for whoever has to decide on a restart.

    >>> from schoolhubs import diagnosis
    >>> asked = diagnosis.instrument("attendance-special")
    >>> changes(asked, asked)
    ()
    """
    old = {each.name: (each.words, each.levels) for each in before.items}
    new = {each.name: (each.words, each.levels) for each in after.items}
    removed = [ChangedItem(item=n, how="removed", before=old[n][0]) for n in old if n not in new]
    added = [ChangedItem(item=n, how="added", after=new[n][0]) for n in new if n not in old]
    reworded = [
        ChangedItem(item=n, how="reworded", before=old[n][0], after=new[n][0])
        for n in old
        if n in new and old[n] != new[n]
    ]
    return (*removed, *added, *reworded)


def restart(answer_set: AnswerSet, instrument: Instrument, *, knowing: str) -> AnswerSet:
    """Begin anew under a changed instrument; the caller keeps the old set as it was.

    Parameters
    ----------
    knowing
        Fingerprint of the instrument that the person was shown, and agreed to begin anew with.

    Raises
    ------
    Conflict
        If the set is finished, the instrument is another or has not changed, or it changed once
        more after the person was asked.
    """
    _refuse_finished(answer_set)
    if answer_set.instrument_id != instrument.instrument_id:
        raise Conflict(
            f"The answers are to {answer_set.instrument_id}, and this is "
            f"{instrument.instrument_id}. Give the instrument that was being answered."
        )
    if answer_set.fingerprint == instrument.fingerprint:
        raise Conflict(
            f"{instrument.instrument_id} has not changed since version {answer_set.version} was "
            "begun. Go on answering; nothing was lost."
        )
    if knowing != instrument.fingerprint:
        raise Conflict(
            f"{instrument.instrument_id} changed again since you were asked: it is version "
            f"{instrument.version} ({instrument.fingerprint}). Look at what changed and say once "
            "more that you begin anew."
        )
    anew = begin(instrument, answer_set.urn)
    return dataclasses.replace(anew, restarted_from=answer_set.version)


def finish(answer_set: AnswerSet, instrument: Instrument, *, on: datetime.date) -> AnswerSet:
    """Close the set: it stays as it is from then on, whatever becomes of the instrument.

    Raises
    ------
    Conflict
        If it is finished already, or the instrument changed since it was begun.
    DataProblem
        Naming each item that nobody answered; "I cannot tell" is an answer.
    """
    _refuse_finished(answer_set)
    _refuse_changed(answer_set, instrument)
    answered = {each.item for each in answer_set.answers}
    open_items = [each for each in instrument.items if each.name not in answered]
    if open_items:
        remedy = "Answer it, or say that you cannot tell."
        raise DataProblem(
            [
                Problem(
                    code="unanswered",
                    urn=answer_set.urn,
                    column=each.name,
                    fault=f"nobody has answered {each.name} ({each.words})",
                    remedy=remedy,
                )
                for each in open_items
            ],
            outcome="The self-assessment stays open.",
        )
    return dataclasses.replace(answer_set, finished_on=on)


def _refuse_finished(answer_set: AnswerSet) -> None:
    if answer_set.is_finished:
        raise Conflict(
            f"School {answer_set.urn} finished {answer_set.instrument_id} on "
            f"{answer_set.finished_on}, and it stays as it was. Begin another one."
        )


def _refuse_changed(answer_set: AnswerSet, instrument: Instrument) -> None:
    now = (instrument.instrument_id, instrument.version, instrument.fingerprint)
    if now != (answer_set.instrument_id, answer_set.version, answer_set.fingerprint):
        raise Conflict(
            f"School {answer_set.urn} answers {answer_set.instrument_id} {answer_set.version} "
            f"({answer_set.fingerprint}), and this is {instrument.instrument_id} "
            f"{instrument.version} ({instrument.fingerprint}). Go on with the version that was "
            "begun, or restart under the new one."
        )


def _problems(urn: str, instrument: Instrument, answers: Sequence[Answer]) -> Iterator[Problem]:
    items = {each.name for each in instrument.items}
    points = [each.value for each in instrument.points]
    for each in answers:
        for code, fault, remedy in _faults(instrument, each, items, points):
            yield Problem(code=code, urn=urn, column=each.item, fault=fault, remedy=remedy)


def _faults(
    instrument: Instrument, answer: Answer, items: set[str], points: Sequence[int]
) -> Iterator[tuple[str, str, str]]:
    if answer.item not in items:
        fault = f"{instrument.instrument_id} {instrument.version} has no item {answer.item!r}"
        yield "unknown_item", fault, "Check its name."
    elif answer.value is not None and answer.value not in points:
        fault = f"{answer.value} is no point of {answer.item}"
        remedy = f"Choose from {points[0]} to {points[-1]}, or say that you cannot tell."
        yield "unknown_point", fault, remedy
    if not answer.person.strip():
        fault = f"the answer to {answer.item} has nobody's name"
        remedy = "Say who on the team answered: differences are shown by person."
        yield "no_person", fault, remedy
