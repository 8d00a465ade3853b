"""Why a school of a finished round got its lead, and what any other lead would have cost."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs import matching
from schoolhubs.runs.rereading import read_workings
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.matching import Alternative


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One school's place in a round.

    Parameters
    ----------
    urn, pathway, lead_urn, minutes
        The match; all but ``urn`` None where there is none.
    reason
        Why there is no match, or why the journey is over the limit; blank otherwise.
    decisions
        What was decided on each pathway, with the reason where it was not "yes", and whether the
        pathway was asked for; an application that names none asks for every one.
    alternatives
        The next leads, with what blocked each and its price.
    lead_names
        Name of each lead of the round by URN, as far as the pack holds it.
    school_name
        As the pack has it; None where it is not known.
    was_put_to_match
        It was eligible and no lead; if not, ``reason`` already tells what was decided.
    rematched
        Of a re-match: why its place is not that of the plan before; blank where it is.
    running
        Partnerships that keep the school out of this match: ``lead_urn, pathway, started_on,
        finished_on``.
    """

    urn: str
    pathway: str | None
    lead_urn: str | None
    minutes: float | None
    reason: str
    decisions: tuple[dict[str, Any], ...]
    alternatives: tuple[Alternative, ...]
    lead_names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    school_name: str | None = None
    was_put_to_match: bool = False
    running: tuple[dict[str, Any], ...] = ()
    rematched: str = ""

    @property
    def school_named(self) -> str:
        """Give the school's URN, and its name where that is known."""
        return f"{self.urn} {self.school_name or ''}".strip()

    def also_asked_for(self) -> tuple[dict[str, Any], ...]:
        """Give the decisions other than "yes" on other pathways that were asked for."""
        return tuple(
            row
            for row in self.decisions
            if row["is_asked_for"]
            and row["verdict"] != Verdict.YES
            and row["pathway"] != self.pathway
        )

    def lead_named(self, lead_urn: str) -> str:
        """Give a lead's URN, and its name where that is known."""
        return f"{lead_urn} {self.lead_names.get(lead_urn, '')}".strip()

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values, each lead with its name."""
        named = self.lead_names.get
        whole = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name != "lead_names"
        }
        choices = [
            {**choice.as_dict(), "lead_name": named(choice.lead_urn)}
            for choice in self.alternatives
        ]
        kept = [
            {
                name: str(value) if name.endswith("_on") and value else value
                for name, value in row.items()
            }
            | {"lead_name": named(row["lead_urn"])}
            for row in self.running
        ]
        return {
            **whole,
            "lead_name": named(self.lead_urn or ""),
            "alternatives": choices,
            "running": kept,
        }


def explain_round(folder: Path, urn: str, *, instead: str | None = None) -> Explanation:
    """Explain one school's place in a round, from the round's own folder.

    The match is made again from the round's workings, so that the prices are of that round and
    no other.

    Parameters
    ----------
    folder
        A round pack.
    urn
        Any applicant or lead school of the round.
    instead
        A lead to be told about, whatever blocks it.

    Raises
    ------
    DataProblem
        If the folder holds no round, or the school did not apply.
    """
    workings = read_workings(folder)
    decided = _decisions(folder, urn)
    if urn not in workings.partners["urn"].to_list():
        if urn in workings.leads["urn"].to_list():
            return _lead_itself(folder, urn, decided)
        if not decided:
            raise _stranger(folder, urn)
        reason = "; ".join(
            f"{row['pathway']}: {row['reason'] or row['verdict']}" for row in decided
        )
        return Explanation(
            urn=urn, pathway=None, lead_urn=None, minutes=None,
            reason=f"It was not put to the match. {reason}", decisions=decided, alternatives=(),
            school_name=_school_name(folder, urn),
        )  # fmt: skip
    solved = workings.solve()
    matched = solved.result.matches.filter(pl.col("urn") == urn)
    given = matched.row(0, named=True) if matched.height else {}
    return Explanation(
        urn=urn,
        pathway=given.get("pathway"),
        lead_urn=given.get("lead_urn"),
        minutes=given.get("minutes"),
        reason=(given.get("exception_reason") if given else _why_not(solved, urn)) or "",
        decisions=decided,
        alternatives=matching.explain(solved, urn, instead=instead),
        lead_names=_lead_names(folder),
        school_name=_school_name(folder, urn),
        was_put_to_match=True,
        running=_running(solved, urn),
        rematched=_rematched(folder, urn),
    )


def _rematched(folder: Path, urn: str) -> str:
    """Read from the round's record why a re-match changed a school's place."""
    path = folder / "round.json"
    record = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    changes = (record.get("rematch") or {}).get("changes", [])
    return next((row["reason"] for row in changes if row["urn"] == urn), "")


def _running(solved: matching.Solved, urn: str) -> tuple[dict[str, Any], ...]:
    kept = solved.result.already_placed
    if not kept.height:
        return ()
    columns = ("lead_urn", "pathway", "started_on", "finished_on")
    return tuple(kept.filter(pl.col("urn") == urn).select(columns).rows(named=True))


def _school_name(folder: Path, urn: str) -> str | None:
    path = folder / "decisions.csv"
    if not path.is_file():
        return None
    lazy = pl.scan_csv(path, infer_schema=False).filter(pl.col("urn") == urn)
    names = lazy.select("school_name").head(1).collect()["school_name"]
    return names.item() if len(names) else None


def _lead_itself(folder: Path, urn: str, decided: tuple[dict[str, Any], ...]) -> Explanation:
    reason = "It leads a hub of this round, and a lead school is nobody's partner."
    return Explanation(
        urn=urn, pathway=None, lead_urn=None, minutes=None,
        reason=f"{reason} The schools matched to it are in matches.csv.",
        decisions=decided, alternatives=(),
        school_name=_lead_names(folder).get(urn) or _school_name(folder, urn),
    )  # fmt: skip


def _why_not(solved: matching.Solved, urn: str) -> str:
    left = solved.result.unmatched.filter(pl.col("urn") == urn)
    if left.height:
        return str(left["reason"].item())
    return (
        "It already has a place: a partnership of its own runs, or is to start, within the terms "
        "of this match."
    )


def _lead_names(folder: Path) -> dict[str, str]:
    path = folder / "hubs.csv"
    if not path.is_file():
        return {}
    hubs = pl.read_csv(path, infer_schema=False)
    if not {"lead_urn", "lead_name"} <= set(hubs.columns):
        return {}
    return dict(hubs.select("lead_urn", "lead_name").drop_nulls().iter_rows())


def _decisions(folder: Path, urn: str) -> tuple[dict[str, Any], ...]:
    columns = ["urn", "pathway", "verdict", "binding_rule", "reason", "would_pass_if"]
    path = folder / "decisions.csv"
    if not path.is_file():
        return ()
    lazy = pl.scan_csv(path, infer_schema=False).filter(pl.col("urn") == urn)
    asked = pl.col("asked_rank").is_not_null() | pl.col("asked_for").is_null()
    told = lazy.select(*columns[1:], asked.alias("is_asked_for"))
    return tuple(told.collect().rows(named=True))


def _stranger(folder: Path, urn: str) -> DataProblem:
    fault = f"this school did not apply to the round in {folder}"
    remedy = (
        "Look it up in decisions.csv of that folder. A converted school applies under its new URN; "
        "an application to another programme is in that programme's rounds."
    )
    return DataProblem([Problem(code="not_in_round", urn=urn, fault=fault, remedy=remedy)])
