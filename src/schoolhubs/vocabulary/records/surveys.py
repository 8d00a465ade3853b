"""What scoring a survey hands over."""

import dataclasses

import polars as pl

from schoolhubs.vocabulary.records.disclosure import Release


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SurveyScores:
    """A survey scored, with nothing in it that may not be seen.

    Parameters
    ----------
    instrument_id, version, fingerprint
        What was asked.
    respondents
        ``pupils``, ``staff`` or ``leaders``.
    scores, response, reliability, changes, item_differences
        Frames of :mod:`schoolhubs.vocabulary.frames.surveys`.
    warnings
        What a reader must know before any figure, in sentences.
    releases
        This release of each school, behind those that went before: for the next wave.
    """

    instrument_id: str
    version: str
    fingerprint: str
    respondents: str
    scores: pl.DataFrame
    response: pl.DataFrame
    reliability: pl.DataFrame
    changes: pl.DataFrame
    item_differences: pl.DataFrame
    warnings: tuple[str, ...]
    releases: tuple[Release, ...]
