"""One intake round, whole: what went in, what was decided, what it cost, what it stands on."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

import polars as pl

from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.matching import MatchingRules, MatchResult, Rematch
from schoolhubs.vocabulary.records.round.parts import InputFile, RoundBudget
from schoolhubs.vocabulary.records.round.tables import DECISIONS
from schoolhubs.vocabulary.records.settings import RuleChange
from schoolhubs.vocabulary.records.sourced import Assumption


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One intake round of one programme, as the pack shows it.

    Parameters
    ----------
    on, rules_on
        The day the round is held for, and the day its rules began to apply.
    register_on
        The day the school register was built for; None if ``on``.
    is_synthetic
        The schools are invented. Every figure then says so.
    is_rehearsal
        ``on`` lies before the programme began: the rules as announced by then are tried or,
        before the announcement, those it began with.
    is_over
        ``on`` lies after the programme finished, so its last rules are tried on a later day.
    decisions
        Frame ``DECISIONS``, a row for each applicant and pathway.
    result, alternatives
        The match, and frame ``ALTERNATIVES``.
    schools, leads
        Frames ``SCHOOLS`` (or ``SCHOOL_FACTS``) and ``LEADS`` of ``vocabulary.frames``.
    rules
        The matching rules as at the day, the limit on minutes among them.
    changes
        Values that an office turned in the rules for this round.
    n_later_applications
        Applications to this programme dated after ``on``, which wait for a later round.
    trust_pathways
        Pathways on which trusts are paired apart from the match.
    names
        Display names of pathways and eligibility rules; a key that is absent shows as itself.
    sources
        Every file that was read: register, definition, leads, applications.
    travel_source, travel_band_share
        How the minutes came about, and the share (0-1) of real journeys their band holds.
    command
        The command that repeats the round.
    versions
        Version of this project and of the libraries that decide the result.
    timings
        Seconds by stage, in the order the stages ran.
    """

    programme_id: str
    programme_title: str
    definition_version: str
    cohort_id: str
    on: datetime.date
    rules_on: datetime.date
    is_synthetic: bool
    is_rehearsal: bool
    decisions: pl.DataFrame
    result: MatchResult
    alternatives: pl.DataFrame
    schools: pl.DataFrame
    leads: pl.DataFrame
    rules: MatchingRules
    changes: tuple[RuleChange, ...] = ()
    is_over: bool = False
    n_later_applications: int = 0
    trust_pathways: frozenset[str] = frozenset()
    register_on: datetime.date | None = None
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    budget: RoundBudget | None = None
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[InputFile, ...] = ()
    travel_source: str
    travel_band_share: float
    seed: int
    command: str = ""
    versions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    timings: Mapping[str, float] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def rematch(self) -> Rematch | None:
        """What changed, where the round is a re-match of an earlier one."""
        return self.result.rematch

    def verdicts(self) -> pl.DataFrame:
        """Give one verdict a school: yes if any pathway says yes, else cannot tell if any does.

        Returns
        -------
        polars.DataFrame
            ``urn, school_name, region, phase, verdict, pathway, binding_rule, reason,
            would_pass_if`` of the pathway that decided, sorted by URN.
        """
        order = {Verdict.YES: 0, Verdict.CANNOT_TELL: 1, Verdict.NO: 2}
        place = pl.col("verdict").replace_strict(order, return_dtype=pl.Int8)
        return (
            self.decisions.select(*DECISIONS.schema)
            .with_columns(place.alias("place"))
            .sort("urn", "place", maintain_order=True)
            .unique("urn", keep="first", maintain_order=True)
            .drop("place")
        )

    def summary(self) -> dict[str, Any]:
        """Give the figures of ``round run``: schools, minutes (one way), bound, gap, seconds.

        Minutes are to hundredths, as they are solved.
        ``ruled`` counts the schools that people decided about. ``gap_percent`` is how far the
        total may lie above the least possible, in percent of the total. ``travel_minutes`` holds
        None where nobody was matched. ``already_placed`` schools keep a hub from an earlier
        cohort, however many partnerships they have; those ``waiting_for_trust_match`` are
        eligible only on pathways of trusts. Each eligible school
        is one of matched, unmatched, already placed and waiting.
        """
        counts = dict(self.verdicts().group_by("verdict").len().iter_rows())
        matches, result = self.result.matches, self.result
        minutes = matches["minutes"].cast(pl.Float64)
        slack = max(result.total_minutes - result.lower_bound_minutes, 0.0)
        return {
            "applicants": sum(counts.values()),
            "eligible": counts.get(Verdict.YES, 0),
            "not_eligible": counts.get(Verdict.NO, 0),
            "cannot_tell": counts.get(Verdict.CANNOT_TELL, 0),
            "ruled": self._n_ruled(),
            "matched": matches.height,
            "unmatched": result.unmatched.height,
            "already_placed": _n_schools(result.already_placed),
            "waiting_for_trust_match": self._n_waiting(),
            "total_minutes": round(result.total_minutes, 2),
            "lower_bound_minutes": round(result.lower_bound_minutes, 2),
            "gap_percent": 100 * slack / result.total_minutes if result.total_minutes else 0.0,
            "is_proven_optimal": result.is_proven_optimal,
            "exceptions_over_limit": int(matches["is_exception"].sum()),
            "travel_minutes": {
                "median": _hundredths(minutes.median()),
                "p95": _hundredths(minutes.quantile(0.95, "linear")),
                "maximum": _hundredths(minutes.max()),
            },
            "seconds": sum(self.timings.values()),
        }

    def _n_ruled(self) -> int:
        """Count the schools that people decided about, whatever the rules said."""
        if "ruled_by" not in self.decisions.columns:
            return 0
        return self.decisions.drop_nulls("ruled_by")["urn"].n_unique()

    def _n_waiting(self) -> int:
        """Count the schools that are eligible on pathways of trusts and on no other."""
        eligible = self.decisions.filter(pl.col("verdict") == Verdict.YES.value)
        is_trust = pl.col("pathway").is_in(list(self.trust_pathways))
        return eligible.group_by("urn").agg(is_trust.all()).filter("pathway").height


def _hundredths(minutes: Any) -> float | None:
    return None if minutes is None else round(minutes, 2)


def _n_schools(frame: pl.DataFrame) -> int:
    return frame["urn"].n_unique() if frame.height else 0
