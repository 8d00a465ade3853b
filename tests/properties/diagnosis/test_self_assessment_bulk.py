"""What a trust does for many schools in one go equals what each school does by itself."""

import datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolhubs import diagnosis
from schoolhubs.diagnosis import answers
from schoolhubs.vocabulary.records.diagnosis.answers import Answer, AnswerSet

ASKED = diagnosis.instrument("attendance-mainstream")
URNS = ("100001", "100002", "100003")
ITEMS = [item.name for item in ASKED.items[:5]]

one_answer = st.builds(
    Answer,
    person=st.sampled_from(["Head", "Deputy", "SENCO"]),
    item=st.sampled_from(ITEMS),
    value=st.none() | st.integers(1, 4),
    note=st.sampled_from(["", "seen on Friday"]),
)
rounds = st.lists(
    st.dictionaries(st.sampled_from(URNS), st.lists(one_answer, max_size=8), max_size=3), max_size=4
)


def begun() -> tuple[AnswerSet, ...]:
    return tuple(answers.begin(ASKED, urn) for urn in URNS)


def one_by_one(given_rounds: list[dict[str, list[Answer]]]) -> tuple[AnswerSet, ...]:
    """Answer by answer and school by school, the latest counting."""
    sets = {each.urn: each for each in begun()}
    for each in given_rounds:
        for urn, said in each.items():
            for answer in said:
                sets[urn] = answers.put(sets[urn], ASKED, [answer])
    return tuple(sets[urn] for urn in URNS)


@settings(max_examples=60, deadline=None)
@given(rounds)
def test_putting_in_bulk_equals_putting_one_by_one(
    given_rounds: list[dict[str, list[Answer]]],
) -> None:
    sets = begun()
    for each in given_rounds:
        sets = answers.put_many(sets, ASKED, each)
    assert sets == one_by_one(given_rounds)


@settings(max_examples=40, deadline=None)
@given(rounds)
def test_profiles_in_bulk_equal_each_schools_own(
    given_rounds: list[dict[str, list[Answer]]],
) -> None:
    sets = [each for each in one_by_one(given_rounds) if each.answers]

    found = answers.profiles(answers.to_frame(sets), ASKED)

    expected = [
        {
            "urn": own.urn,
            "item": own.item,
            "root_cause": own.root_cause,
            "n_people": len(one.people),
            "n_answered": len(own.by_person),
            "n_cannot_tell": len(own.cannot_tell),
            "lowest": own.lowest,
            "highest": own.highest,
            "is_agreed": own.spread == 0 if len(own.by_person) > 1 else None,
        }
        for one in sets
        for own in answers.profile(one, ASKED)
    ]
    if not expected:
        assert found.is_empty()
        return
    assert found.select(list(expected[0])).rows(named=True) == expected


@settings(max_examples=40, deadline=None)
@given(rounds, st.booleans())
def test_a_frame_loses_nothing(given_rounds: list[dict[str, list[Answer]]], is_done: bool) -> None:
    sets = [each for each in one_by_one(given_rounds) if each.answers]
    if is_done:
        left = [Answer(person="Head", item=item.name, value=1) for item in ASKED.items]
        on = datetime.date(2026, 11, 20)
        sets = [answers.finish(answers.put(each, ASKED, left), ASKED, on=on) for each in sets]
    frame = answers.to_frame(sets).sample(fraction=1, shuffle=True, seed=1)
    assert answers.from_frame(frame) == tuple(sets)


def test_profiles_that_mixed_schools_up_would_be_seen() -> None:
    """The control: with every row given to one school, bulk no longer equals single."""
    sets = one_by_one([{urn: [Answer(person="Head", item=ITEMS[0], value=1)] for urn in URNS}])
    mixed = answers.to_frame(sets).with_columns(
        pl.lit(URNS[0]).alias("urn"), pl.int_range(pl.len()).cast(pl.String).alias("person")
    )
    assert not answers.profiles(mixed, ASKED).equals(
        answers.profiles(answers.to_frame(sets), ASKED)
    )
