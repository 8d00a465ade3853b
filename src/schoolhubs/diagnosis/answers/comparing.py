"""Answers of a team side by side: for one school as records, for many as a frame."""

from collections.abc import Iterable

import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.diagnosis.answers import Answer, AnswerSet, ItemAnswers
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

SET = ("urn", "instrument_id", "version", "fingerprint", "finished_on", "restarted_from")


def profile(answer_set: AnswerSet, instrument: Instrument) -> tuple[ItemAnswers, ...]:
    """Give the answers to each item, in the order of the instrument.

    Parameters
    ----------
    instrument
        The version that was answered: a finished set is read by it, whatever came later.

    Raises
    ------
    Conflict
        If it is another version.

    Examples
    --------
    >>> from schoolhubs import diagnosis
    >>> from schoolhubs.diagnosis.answers import begin, put
    >>> asked = diagnosis.instrument("behaviour-mainstream")
    >>> given = [
    ...     Answer(person="Head", item="help_comes", value=4),
    ...     Answer(person="SENCO", item="help_comes", value=2),
    ... ]
    >>> found = profile(put(begin(asked, "100001"), asked, given), asked)
    >>> next(each for each in found if each.item == "help_comes").by_person
    (('Head', 4), ('SENCO', 2))
    """
    if answer_set.fingerprint != instrument.fingerprint:
        raise Conflict(
            f"School {answer_set.urn} answered {answer_set.instrument_id} {answer_set.version} "
            f"({answer_set.fingerprint}): read it by that version."
        )
    return tuple(_side_by_side(answer_set, instrument, each.name) for each in instrument.items)


def differences(answer_set: AnswerSet, instrument: Instrument) -> tuple[ItemAnswers, ...]:
    """Give the items on which people of the team differ, widest first.

    Examples
    --------
    >>> from schoolhubs import diagnosis
    >>> from schoolhubs.diagnosis.answers import begin, put
    >>> asked = diagnosis.instrument("behaviour-mainstream")
    >>> given = [
    ...     Answer(person=person, item=item, value=value)
    ...     for person, item, value in (
    ...         ("Head", "help_comes", 4),
    ...         ("SENCO", "help_comes", 1),
    ...         ("Head", "phones", 3),
    ...         ("SENCO", "phones", 3),
    ...     )
    ... ]
    >>> found = differences(put(begin(asked, "100001"), asked, given), asked)
    >>> [(each.item, each.spread) for each in found]
    [('help_comes', 3)]
    """
    found = [each for each in profile(answer_set, instrument) if each.spread]
    return tuple(sorted(found, key=lambda each: -each.spread))


def _side_by_side(answer_set: AnswerSet, instrument: Instrument, name: str) -> ItemAnswers:
    item = instrument.item(name)
    given = [each for each in answer_set.answers if each.item == name]
    chosen = tuple((each.person, each.value) for each in given if each.value is not None)
    points = [value for _, value in chosen]
    return ItemAnswers(
        urn=answer_set.urn,
        item=name,
        section=item.section,
        root_cause=item.root_cause,
        by_person=chosen,
        cannot_tell=tuple(each.person for each in given if each.value is None),
        lowest=min(points, default=None),
        highest=max(points, default=None),
    )


def profiles(answers: pl.DataFrame, instrument: Instrument) -> pl.DataFrame:
    """Give the profile of every school in one go.

    Parameters
    ----------
    answers
        SELF_ASSESSMENT_ANSWERS of one instrument and version.

    Returns
    -------
    polars.DataFrame
        SELF_ASSESSMENT_PROFILE: a row for each school that answered anything and each item.

    Raises
    ------
    Conflict
        If answers are to another version.
    """
    answers = frames.SELF_ASSESSMENT_ANSWERS.check(answers)
    other = answers.filter(pl.col("fingerprint") != instrument.fingerprint)
    if other.height:
        first = other.row(0, named=True)
        raise Conflict(
            f"School {first['urn']} answered {first['instrument_id']} {first['version']} "
            f"({first['fingerprint']}): read it by that version."
        )
    items = pl.DataFrame(
        [(each.name, each.section, each.root_cause) for each in instrument.items],
        schema={"item": pl.String, "section": pl.String, "root_cause": pl.String},
        orient="row",
    ).with_row_index("place")
    schools = answers.group_by("urn", "instrument_id", "version").agg(
        pl.col("person").n_unique().cast(pl.Int64).alias("n_people")
    )
    chosen = pl.col("value").count().cast(pl.Int64)
    by_item = answers.group_by("urn", "item").agg(
        chosen.alias("n_answered"),
        pl.col("value").null_count().cast(pl.Int64).alias("n_cannot_tell"),
        pl.col("value").min().alias("lowest"),
        pl.col("value").max().alias("highest"),
    )
    agreed = pl.when(pl.col("n_answered") > 1).then(pl.col("lowest") == pl.col("highest"))
    every = (
        schools.join(items, how="cross")
        .join(by_item, on=["urn", "item"], how="left")
        .with_columns(pl.col("n_answered", "n_cannot_tell").fill_null(0))
        .with_columns(agreed.alias("is_agreed"))
        .sort("urn", "place")
    )
    return frames.SELF_ASSESSMENT_PROFILE.fill(every)


def to_frame(answer_sets: Iterable[AnswerSet]) -> pl.DataFrame:
    """Give answer sets as SELF_ASSESSMENT_ANSWERS; a set without answers has no rows."""
    rows = [
        {
            **{name: getattr(one, name) for name in SET},
            "person": each.person,
            "item": each.item,
            "value": each.value,
            "note": each.note,
        }
        for one in answer_sets
        for each in one.answers
    ]
    if not rows:
        return frames.SELF_ASSESSMENT_ANSWERS.empty()
    contract = frames.SELF_ASSESSMENT_ANSWERS
    return contract.fill(pl.DataFrame(rows, schema_overrides=dict(contract.schema)))


def from_frame(answers: pl.DataFrame) -> tuple[AnswerSet, ...]:
    """Give the answer sets of a frame, by school; the way back from :func:`to_frame`."""
    answers = frames.SELF_ASSESSMENT_ANSWERS.check(answers)
    found = []
    for key, part in answers.group_by(*SET, maintain_order=True):
        said = dict(zip(SET, key, strict=True))
        kept = sorted(part.rows(named=True), key=lambda row: (row["person"], row["item"]))
        given = tuple(
            Answer(
                person=row["person"],
                item=row["item"],
                value=row["value"],
                note=row["note"] or "",
            )
            for row in kept
        )
        said["restarted_from"] = said["restarted_from"] or ""
        found.append(AnswerSet(**said, answers=given))
    return tuple(sorted(found, key=lambda one: (one.urn, one.instrument_id)))
