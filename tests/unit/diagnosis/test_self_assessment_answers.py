"""A team's answers: put, shown side by side, restarted knowingly, finished for good."""

import dataclasses
import datetime

import pytest

from schoolhubs import diagnosis
from schoolhubs.diagnosis import answers
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.diagnosis.answers import Answer, AnswerSet
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

ASKED = diagnosis.instrument("behaviour-special")
DAY = datetime.date(2026, 11, 20)


def changed(instrument: Instrument) -> Instrument:
    """Give the next version: one item gone, one new, one reworded."""
    first, second, *rest = instrument.items
    new = dataclasses.replace(first, name="quite_new", words="Something new is asked")
    reworded = dataclasses.replace(second, words="It is asked in other words")
    return dataclasses.replace(
        instrument, version="1.1", fingerprint="0123456789ab", items=(new, reworded, *rest)
    )


def said(person: str, item: str, value: int | None) -> Answer:
    return Answer(person=person, item=item, value=value)


def all_answered(instrument: Instrument = ASKED, urn: str = "100001") -> AnswerSet:
    given = [said("Head", item.name, 3) for item in instrument.items]
    return answers.put(answers.begin(instrument, urn), instrument, given)


def test_differences_are_shown_and_nothing_is_averaged() -> None:
    given = [
        said("Head", "help_comes", 4),
        said("Deputy", "help_comes", 4),
        said("SENCO", "help_comes", 1),
        said("Head", "handover", 2),
        said("SENCO", "handover", 3),
        said("Head", "coaching", 3),
        said("SENCO", "coaching", 3),
        said("Head", "community", None),
    ]
    one = answers.put(answers.begin(ASKED, "100001"), ASKED, given)

    found = answers.differences(one, ASKED)

    assert [(each.item, each.lowest, each.highest) for each in found] == [
        ("help_comes", 1, 4),
        ("handover", 2, 3),
    ]
    assert found[0].by_person == (("Deputy", 4), ("Head", 4), ("SENCO", 1))
    profile = {each.item: each for each in answers.profile(one, ASKED)}
    assert profile["community"].cannot_tell == ("Head",)
    assert profile["community"].lowest is None
    assert profile["coaching"].spread == 0
    assert len(profile) == len(ASKED.items)
    fields = {field.name for field in dataclasses.fields(found[0])}
    assert not {name for name in fields if "mean" in name or "average" in name}


def test_a_later_answer_takes_the_place_of_the_earlier() -> None:
    one = answers.put(answers.begin(ASKED, "1"), ASKED, [said("Head", "handover", 1)])
    one = answers.put(one, ASKED, [said("Head", "handover", 2), said("SENCO", "handover", 4)])
    assert [(each.person, each.value) for each in one.answers] == [("Head", 2), ("SENCO", 4)]


def test_every_answer_that_fits_nothing_is_told_and_none_is_kept() -> None:
    one = answers.begin(ASKED, "100001")
    wrong = [said("Head", "nonsense", 1), said("Head", "handover", 5), said(" ", "coaching", 1)]
    with pytest.raises(DataProblem, match="None of these answers was kept") as refused:
        answers.put(one, ASKED, [said("Head", "coaching", 1), *wrong])
    assert [each.code for each in refused.value.problems] == [
        "unknown_item",
        "unknown_point",
        "no_person",
    ]


def test_a_changed_instrument_takes_no_answer_until_somebody_begins_anew() -> None:
    one = answers.put(answers.begin(ASKED, "100001"), ASKED, [said("Head", "handover", 1)])
    newer = changed(ASKED)
    for refused in (
        lambda: answers.put(one, newer, [said("Head", "coaching", 1)]),
        lambda: answers.finish(one, newer, on=DAY),
        lambda: answers.profile(one, newer),
    ):
        with pytest.raises(Conflict, match=r"1\.0"):
            refused()

    anew = answers.restart(one, newer, knowing=newer.fingerprint)

    assert (anew.version, anew.restarted_from, anew.answers) == ("1.1", "1.0", ())
    assert len(one.answers) == 1, "what was answered is still there for whoever keeps it"


def test_a_restart_is_knowing() -> None:
    """Somebody who was shown one change does not begin anew under another."""
    one = answers.begin(ASKED, "100001")
    with pytest.raises(Conflict, match="changed again since you were asked"):
        answers.restart(one, changed(ASKED), knowing=ASKED.fingerprint)
    with pytest.raises(Conflict, match="has not changed"):
        answers.restart(one, ASKED, knowing=ASKED.fingerprint)
    other = diagnosis.instrument("behaviour-mainstream")
    with pytest.raises(Conflict, match="Give the instrument that was being answered"):
        answers.restart(one, other, knowing=other.fingerprint)


def test_what_changed_can_be_told_before_the_restart() -> None:
    first, second = ASKED.items[:2]
    told = [(each.how, each.item) for each in answers.changes(ASKED, changed(ASKED))]
    assert told == [("removed", first.name), ("added", "quite_new"), ("reworded", second.name)]


def test_a_finished_set_stays_as_it_was() -> None:
    done = answers.finish(all_answered(), ASKED, on=DAY)
    newer = changed(ASKED)
    assert done.finished_on == DAY
    for refused in (
        lambda: answers.put(done, ASKED, [said("Head", "handover", 1)]),
        lambda: answers.restart(done, newer, knowing=newer.fingerprint),
        lambda: answers.finish(done, ASKED, on=DAY),
    ):
        with pytest.raises(Conflict, match="stays as it was"):
            refused()
    assert answers.profile(done, ASKED)[0].highest == 3, "and is read by its own version"


def test_a_set_is_finished_once_somebody_answered_each_item() -> None:
    first, second, *rest = ASKED.items
    given = [said("Head", item.name, 2) for item in rest] + [said("SENCO", first.name, None)]
    one = answers.put(answers.begin(ASKED, "100001"), ASKED, given)
    with pytest.raises(DataProblem, match="stays open") as refused:
        answers.finish(one, ASKED, on=DAY)
    assert [each.column for each in refused.value.problems] == [second.name]


def test_a_survey_takes_no_answers_with_names() -> None:
    with pytest.raises(DataProblem, match="a survey's answers have no names"):
        answers.begin(diagnosis.instrument("staff-survey"), "100001")


def test_many_schools_are_kept_whole_or_not_at_all() -> None:
    sets = [answers.begin(ASKED, urn) for urn in ("100001", "100002")]
    wrong = {"100001": [said("CEO", "handover", 2)], "100002": [said("CEO", "nonsense", 2)]}
    with pytest.raises(DataProblem, match="nonsense"):
        answers.put_many(sets, ASKED, wrong)
    with pytest.raises(DataProblem, match="URN 100003: it has no answer set"):
        answers.put_many(sets, ASKED, {"100003": [said("CEO", "handover", 2)]})
    assert all(not each.answers for each in sets)


def test_profiles_refuse_answers_to_another_version() -> None:
    frame = answers.to_frame([all_answered(changed(ASKED))])
    with pytest.raises(Conflict, match="read it by that version"):
        answers.profiles(frame, ASKED)
