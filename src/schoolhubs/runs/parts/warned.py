"""What in a round's lists looks like a slip: said in sentences, so that it is not lost."""

from collections.abc import Iterator

import polars as pl

from schoolhubs.runs.parts.leads import CAPACITY, Leads, of_programme
from schoolhubs.runs.parts.lists import file_name
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.matching import MatchResult
from schoolhubs.vocabulary.records.round import InputFile
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.words import counted

NAMED = 5  # URNs named in a sentence before the rest are counted


def check_lists(
    leads: pl.DataFrame,
    partnerships: pl.DataFrame,
    rules: RulesAsAt,
    sources: tuple[InputFile, ...] = (),
) -> None:
    """Refuse places and partnerships on a pathway the programme does not have.

    Parameters
    ----------
    leads, partnerships
        frames.LEADS and frames.PARTNERSHIPS; leads of other programmes are left alone.
    sources
        The files read, to name the one at fault.

    Raises
    ------
    DataProblem
        Naming each such column and partnership.
    """
    problems = [
        *_unknown_places(leads, rules, file_name(sources, "leads")),
        *_unknown_partnerships(partnerships, rules, file_name(sources, "partnerships")),
    ]
    if problems:
        raise DataProblem(problems, outcome="Nothing was written.")


def check_leads_remain(
    listed: pl.DataFrame, led: Leads, rules: RulesAsAt, sources: tuple[InputFile, ...] = ()
) -> None:
    """Refuse a list of leads of which none is left to lead.

    Parameters
    ----------
    listed
        frames.LEADS as read, of any programme; with no row, nobody had a list to lose.
    led
        Who leads in the end, by the list or by the definition's rule.

    Raises
    ------
    DataProblem
        Naming each lead and why it takes no part.
    """
    if led.schools.height or listed.is_empty():
        return
    file, reasons = file_name(sources, "leads"), list(led.set_aside.iter_rows())
    if "programme_id" in listed.columns:
        others = listed.filter(pl.col("programme_id") != rules.programme_id)
        reasons += [
            (urn, f"is for {programme_id}, not {rules.programme_id}")
            for urn, programme_id in others.select("urn", "programme_id").iter_rows()
        ]
    every = Problem(
        code="no_lead_remains",
        file=file,
        fault="no lead of the list takes part in this round",
        remedy="Mend the list, or leave it out: leads are then added by the definition's rule.",
    )
    each = (
        Problem(code="no_lead_remains", file=file, urn=urn, fault=f"this lead {reason}")
        for urn, reason in reasons
    )
    raise DataProblem([every, *each], outcome="Nothing was written.")


def _unknown_places(leads: pl.DataFrame, rules: RulesAsAt, file: str) -> Iterator[Problem]:
    """Find columns of places on no pathway of the programme that would be lost unseen."""
    names = [f"{CAPACITY}{pathway.pathway}" for pathway in rules.pathways]
    ours = of_programme(leads, rules.programme_id)
    for column in leads.columns:
        if not column.startswith(CAPACITY) or column in names:
            continue
        stated = ours.filter(pl.col(column).cast(pl.String).fill_null("") != "")
        if stated.height:
            first = stated.row(0, named=True)
            yield Problem(
                code="unknown_pathway",
                file=file,
                column=column,
                urn=first["urn"],
                value=str(first[column]),
                fault=f"the column {column} names no pathway of {rules.programme_id}, and states "
                f"the places of {counted(stated.height, 'lead')}",
                remedy=f"Name the column {' or '.join(names)}; or fill in programme_id, if the "
                "row is for another programme.",
            )


def _unknown_partnerships(
    partnerships: pl.DataFrame, rules: RulesAsAt, file: str
) -> Iterator[Problem]:
    known = [pathway.pathway for pathway in rules.pathways]
    wrong = partnerships.with_row_index("row", offset=2).filter(~pl.col("pathway").is_in(known))
    for row in wrong.iter_rows(named=True):
        yield Problem(
            code="unknown_pathway",
            file=file,
            row=row["row"],
            column="pathway",
            urn=row["partner_urn"],
            value=row["pathway"],
            fault=f"pathway is {row['pathway']!r}",
            remedy=f"Write one of {', '.join(known)}.",
        )


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
        yield f"Lead {lead} has {running} {pathway} partnerships in one term for {places} places."
    if "not_known" in result.matches.columns and (n := result.matches["not_known"].count()):
        yield (
            f"{counted(n, 'match rests', 'matches rest')} on a need type or age range that is not "
            "known: see not_known in matches.csv."
        )
    yield from _idle_overrides(decided["urn"].to_list(), overrides, lead_urns)


def unknown_partners(partnerships: pl.DataFrame, facts: pl.DataFrame) -> Iterator[str]:
    """Tell of partnerships that hold a place for a school of no register."""
    urns = partnerships["partner_urn"].unique().sort()
    unknown = urns.filter(~urns.is_in(facts["urn"].to_list())).to_list()
    if unknown:
        who = counted(len(unknown), "partner is", "partners are")
        yield (
            f"{who} on the list of partnerships and not in the school register: {_some(unknown)}. "
            "Places are held for them all the same. Check the URNs."
        )


def _idle_overrides(
    applicants: list[str], overrides: pl.DataFrame, lead_urns: list[str]
) -> Iterator[str]:
    """Tell of pins, bans and conflicts with a school that has no such part in the round."""
    is_turned = (
        (pl.col("kind") == "conflict")
        & pl.col("partner_urn").is_in(lead_urns)
        & ~pl.col("lead_urn").is_in(lead_urns)
    )
    partner = pl.when(is_turned).then("lead_urn").otherwise("partner_urn")
    lead = pl.when(is_turned).then("partner_urn").otherwise("lead_urn")
    for name, known, part in (
        (lead, lead_urns, "lead no hub of this round"),
        (partner, applicants, "did not apply to this round"),
    ):
        urns = overrides.select(name.alias("urn"))["urn"].unique().sort()
        unknown = urns.filter(~urns.is_in(known)).to_list()
        if unknown:
            yield f"Overrides name schools that {part}: {_some(unknown)}. They change nothing."


def _some(urns: list[str]) -> str:
    left = len(urns) - NAMED
    return ", ".join(urns[:NAMED]) + (f" and {left:,} more" if left > 0 else "")
