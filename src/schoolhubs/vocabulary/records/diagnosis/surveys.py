"""What scoring a survey hands over."""

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.disclosure import Release

TABLES: Mapping[str, frames.Frame] = MappingProxyType(
    {
        "scores": frames.SURVEY_SCORES,
        "response": frames.SURVEY_RESPONSE,
        "reliability": frames.SURVEY_RELIABILITY,
        "changes": frames.SURVEY_CHANGES,
        "item_differences": frames.ITEM_DIFFERENCES,
    }
)


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

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values: each table as a list of rows, and releases by themselves."""
        return {
            "instrument_id": self.instrument_id,
            "version": self.version,
            "fingerprint": self.fingerprint,
            "respondents": self.respondents,
            "warnings": list(self.warnings),
            "releases": [each.as_dict() for each in self.releases],
            **{name: getattr(self, name).to_dicts() for name in TABLES},
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read scores from what :meth:`as_dict` gave.

        Raises
        ------
        DataProblem
            If a table does not keep its contract.
        """
        tables = {
            name: frame.fill(pl.DataFrame(told[name], schema=frame.schema))
            for name, frame in TABLES.items()
        }
        return cls(
            instrument_id=told["instrument_id"],
            version=told["version"],
            fingerprint=told["fingerprint"],
            respondents=told["respondents"],
            warnings=tuple(told["warnings"]),
            releases=tuple(Release.from_dict(each) for each in told["releases"]),
            **tables,
        )
