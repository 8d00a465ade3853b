"""What in a round's lists looks like a slip: said in sentences, so that it is not lost."""

from collections.abc import Iterator

import polars as pl

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.matching import MatchResult
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.words import counted

NAMED = 5  # URNs named in a sentence before the rest are counted


def check_partnerships(partnerships: pl.DataFrame, rules: RulesAsAt) -> None:
    """Refuse a partnership on a pathway the programme does not have.

    Raises
    ------
    DataProblem
        Naming each such partnership.
    """
    known = [pathway.pathway for pathway in rules.pathways]
    wrong = partnerships.with_row_index("row", offset=2).filter(~pl.col("pathway").is_in(known))
    problems = [
        Problem(
            code="unknown_pathway",
            file="partnerships",
            row=row["row"],
            column="pathway",
            urn=row["partner_urn"],
            value=row["pathway"],
            fault=f"pathway is {row['pathway']!r}",
            remedy=f"Write one of {', '.join(known)}.",
        )
        for row in wrong.iter_rows(named=True)
    ]
    if problems:
        raise DataProblem(problems, outcome="Nothing was written.")


def slips(
    decided: pl.DataFrame,
    overrides: pl.DataFrame,
    lead_urns: list[str],
    result: MatchResult,
) -> Iterator[str]:
    """Tell of unknown schools, leads without a place and leads with too many partners."""
    strangers = decided.filter(pl.col("school_name").is_null())["urn"].unique().sort().to_list()
    if strangers:
        who = counted(len(strangers), "applicant is", "applicants are")
        yield f"{who} not in the school register: {_some(strangers)}. Check the URNs."
    if int(result.hubs["n_places"].sum() if result.hubs.height else 0) == 0:
        yield "No lead school has a place, so nobody can be matched."
    over = result.hubs.filter(pl.col("n_running") > pl.col("n_places"))
    for lead, pathway, places, running in over.select(
        "lead_urn", "pathway", "n_places", "n_running"
    ).iter_rows():
        yield f"Lead {lead} has {running} running {pathway} partnerships for {places} places."
    unknown = overrides.filter(~pl.col("lead_urn").is_in(lead_urns))["lead_urn"].unique().sort()
    if unknown.len():
        yield (
            f"Overrides name schools that lead no hub of this round: {_some(unknown.to_list())}. "
            "They change nothing."
        )


def _some(urns: list[str]) -> str:
    left = len(urns) - NAMED
    return ", ".join(urns[:NAMED]) + (f" and {left:,} more" if left > 0 else "")
