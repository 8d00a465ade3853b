"""The pictures of a survey's results: each with title, sentence, table and source."""

from collections.abc import Iterable

import polars as pl

from schoolhubs import pictures
from schoolhubs.service.surveys.results import labels, sentences, told
from schoolhubs.service.surveys.results.told import Seen, SidesScored
from schoolhubs.vocabulary.records.diagnosis.surveys import SurveyScores

RIGHT, LEFT = "good answers", "other answers"
AXIS = "score, 0 to 100"
# A picture, and its table for reading.
Drawn = tuple[pictures.Picture, pl.DataFrame]


def _source(seen: Seen, unit: str) -> str:
    asked = seen.instrument
    months = ", ".join(labels.month(wave) for wave, _ in seen.waves)
    who = labels.words()["respondents"][asked.respondents]
    return (
        f"survey of the school’s {who} ({asked.instrument_id} {asked.version}), {months}; {unit}, "
        f"{_weighting(*(scores for _, scores in seen.waves))}. The interval holds the truth nine "
        "times in ten"
    )


def _weighting(*scores: SurveyScores) -> str:
    return weighting(name for each in scores for name in each.response["weighted_to"])


def weighting(weighted_to: Iterable[str]) -> str:
    """Say whether the answers behind a picture were weighted, from what each was weighted to.

    >>> weighting(["year_group;fsm", "year_group"]), weighting([""])
    ('weighted to who was asked', 'every answer counts the same')
    """
    told = [bool(each) for each in weighted_to]
    if told and all(told):
        return "weighted to who was asked"
    if any(told):
        return "weighted to who was asked where that is known"
    return "every answer counts the same"


def of_scales(seen: Seen, *, is_synthetic: bool) -> Drawn:
    """Draw every scale, wave by wave."""
    rows = told.scales(seen)
    caption = pictures.Caption(
        key="scales", title="The four scales", sentence=sentences.said_of_scales(rows, seen),
        source=_source(seen, "mean score, 0 to 100"), is_synthetic=is_synthetic,
    )  # fmt: skip
    picture = pictures.charts.estimates(rows, caption, axis=AXIS, decimals=0)
    return picture, read(rows, "Scale and wave")


def of_questions(seen: Seen, *, is_synthetic: bool) -> list[Drawn]:
    """Draw the questions of each scale, wave by wave."""
    source = _source(seen, "% who gave a good answer, of those who answered")
    if len(seen.waves) > 1:
        source += ". Earlier waves are striped"
    drawn = []
    for scale in seen.instrument.scales:
        rows = told.questions(seen, scale.name)
        caption = pictures.Caption(
            key=f"questions-{scale.name}", title=scale.title,
            sentence=sentences.said_of_questions(rows), source=source, is_synthetic=is_synthetic,
        )  # fmt: skip
        picture = pictures.charts.diverging(rows, caption, right=RIGHT, left=LEFT)
        drawn.append((picture, _questions(rows)))
    return drawn


def of_sides(found: SidesScored, seen: Seen, names: dict[str, str], *, is_synthetic: bool) -> Drawn:
    """Draw staff beside pupils, scale by scale; they are never averaged."""
    rows = told.sides(found, names)
    caption = pictures.Caption(
        key="sides", title="Staff and pupils side by side",
        sentence=sentences.said_of_sides(found, names),
        source=(
            f"surveys of the school’s staff and pupils, {labels.month(seen.wave)}; mean score, 0 "
            f"to 100, {_weighting(found.staff, found.pupils)}. The interval "
            "holds the truth nine times in ten"
        ),
        is_synthetic=is_synthetic,
    )  # fmt: skip
    picture = pictures.charts.estimates(rows, caption, axis=AXIS, decimals=0)
    return picture, pl.DataFrame(list(told.gap_rows(found.gaps, names)))


def read(rows: pl.DataFrame, head: str) -> pl.DataFrame:
    """Give estimates as a table for reading; ``head`` names what each row is of."""
    return rows.select(
        pl.col("label").alias(head),
        pl.col("value").round(0).cast(pl.Int64).alias("Score"),
        pl.format("{} to {}", *(pl.col(n).round(0).cast(pl.Int64) for n in ("low", "high"))).alias(
            "90 % interval"
        ),
    )


def _questions(rows: pl.DataFrame) -> pl.DataFrame:
    ends = (pl.col(name).round(0).cast(pl.Int64) for name in ("low", "high"))
    return rows.select(
        pl.col("label").alias("Question"),
        pl.col("wave").alias("Wave"),
        pl.col("said").alias("Good answers"),
        pl.format("{} to {}", *ends).fill_null("").alias("90 % interval"),
        pl.col("national")
        .round(0)
        .cast(pl.Int64)
        .cast(pl.String)
        .fill_null("")
        .alias("England, %"),
        pl.col("change").alias("Change"),
        pl.col("counts as good").alias("Counts as good"),
    )
