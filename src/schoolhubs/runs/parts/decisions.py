"""Who applied to a round, and what was decided on each pathway in question."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence

import polars as pl

from schoolhubs import eligibility
from schoolhubs.runs.parts.lists import file_name
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem, SchoolhubsError
from schoolhubs.vocabulary.records.round import DECISIONS, InputFile
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.words import counted

RULE = "rule_"
NAMED = 5  # rulings named in a sentence before the rest are counted
RULING = "ruling"
RULING_ASKS = "The people who decide say yes"


def applicants(
    applications: pl.DataFrame | None,
    facts: pl.DataFrame,
    rules: RulesAsAt,
    sources: tuple[InputFile, ...] = (),
) -> pl.DataFrame:
    """Give the cleaned applications to this programme made by the day of the round.

    Pathways are named as the definition names them and answers are typed, whatever capitals and
    words the list used. With no applications at all, every open state school applies, for no
    pathway in particular.

    Parameters
    ----------
    sources
        The files read, to name the one at fault.

    Raises
    ------
    DataProblem
        With every pathway or answer that cannot be read, and every application made twice.
    """
    if applications is None:
        every = facts.filter(pl.col("is_open") & pl.col("is_state_funded")).select("urn")
        return frames.APPLICATIONS.fill(every)
    checked = eligibility.check_answers(applications, rules)
    if checked.problems:
        file = file_name(sources, "applications")
        named = [dataclasses.replace(problem, file=file) for problem in checked.problems]
        raise DataProblem(named, outcome="Nothing was written.")
    in_time = pl.col("applied_on").is_null() | (pl.col("applied_on") <= rules.on)
    return checked.applications.filter(in_time)


def decide(
    applicants: pl.DataFrame,
    facts: pl.DataFrame,
    rules: RulesAsAt,
    lead_urns: Sequence[str],
    *,
    answers_assumed: bool,
    register_on: datetime.date | None = None,
    stand_in_urns: Sequence[str] = (),
    rulings: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Decide every application, on each pathway it puts in question.

    Where the definition says that the school decides, those are the pathways it asked for; else,
    and where an application names none, every pathway.

    Parameters
    ----------
    applicants
        Applications of :func:`applicants`; a school may send one for each pathway.
    register_on
        The day the school register was built for; None if that of the rules.
    stand_in_urns
        Leads among ``lead_urns`` that a rule added and nobody appointed.
    rulings
        frames.RULINGS of :func:`check_rulings`: they count, whatever the rules say.

    Returns
    -------
    polars.DataFrame
        records.round.DECISIONS, then ``rules_verdict``, ``ruling_reason`` and ``ruled_by`` (what
        the rules alone said, and why and by whom it was decided otherwise or at all; the last two
        missing where nobody ruled), ``is_stand_in_lead`` (a rule added it as a lead),
        ``asked_for`` (every pathway asked for, by day of application, then as the definition
        has them),
        ``asked_rank`` (this pathway's place in that order, from 1; missing if it was not asked
        for) and for each rule ``<rule>_verdict`` and ``<rule>_value``; sorted by URN.

    Raises
    ------
    SchoolhubsError
        If an applicant is left without a decision: a fault of ours.
    """
    judged = eligibility.assess(
        facts, applicants, rules,
        answers_assumed=answers_assumed, lead_urns=lead_urns, register_on=register_on,
        stand_in_urns=stand_in_urns,
    )  # fmt: skip
    wishes, ranked = _wishes(applicants)
    judged = judged.join(wishes, on="urn", how="left")
    judged = judged.join(ranked, on=["urn", "pathway"], how="left", maintain_order="left")
    if rules.pathway_decided_by == "school":
        judged = judged.filter(pl.col("_any") | pl.col("asked_rank").is_not_null())
    if lost := sorted(set(applicants["urn"].to_list()) - set(judged["urn"].to_list())):
        were = counted(len(lost), "applicant was", "applicants were")
        fault = f"{were} left without a decision, such as {lost[0]}."
        raise SchoolhubsError(f"{fault} Nothing was written.")
    named = judged.join(facts.select("urn", "school_name", "region", "phase"), on="urn", how="left")
    each = [name.removeprefix(RULE) for name in judged.columns if name.startswith(RULE)]
    binding = [
        pl.when(pl.col("binding_rule") == rule).then(
            pl.col(RULE + rule).struct.field("would_pass_if")
        )
        for rule in each
    ]
    by_rule = [
        pl.col(RULE + rule).struct.field(field).alias(f"{rule}_{field}")
        for rule in each
        for field in ("verdict", "value")
    ]
    settled = pl.coalesce(binding) if binding else pl.lit(None, dtype=pl.String)
    stands_in = pl.col("urn").is_in(list(stand_in_urns)).alias("is_stand_in_lead")
    told = named.with_columns(settled.alias("would_pass_if"), stands_in, *by_rule)
    return _ruled(told, frames.RULINGS.empty() if rulings is None else rulings).select(
        *DECISIONS.schema,
        "rules_verdict",
        "ruling_reason",
        "ruled_by",
        "is_stand_in_lead",
        "asked_for",
        "asked_rank",
        *(column.meta.output_name() for column in by_rule),
    )


def _ruled(decided: pl.DataFrame, rulings: pl.DataFrame) -> pl.DataFrame:
    """Let what people decided count; what the rules said stays beside it."""
    theirs = rulings.select(
        "urn", "pathway", pl.col("verdict").alias("_ruling"),
        pl.col("reason").alias("ruling_reason"), pl.col("decided_by").alias("ruled_by"),
    )  # fmt: skip
    joined = decided.join(theirs, on=["urn", "pathway"], how="left", maintain_order="left")
    is_ruled, is_no = pl.col("_ruling").is_not_null(), pl.col("_ruling") == "no"
    by_whom = [pl.col("ruled_by"), pl.lit(": "), pl.col("ruling_reason").str.strip_chars_end(". ")]
    rules_said = pl.concat_str(pl.lit(". "), pl.col("reason")).fill_null(".")
    told = pl.concat_str(
        pl.col("_ruling").replace_strict({"yes": "Yes", "no": "No"}, return_dtype=pl.String),
        pl.lit(", decided by "), *by_whom, pl.lit(". The rules alone say "), pl.col("verdict"),
        rules_said,
    )  # fmt: skip
    return joined.with_columns(
        rules_verdict=pl.col("verdict"),
        verdict=pl.coalesce("_ruling", "verdict"),
        reason=pl.when(is_ruled).then(told).otherwise("reason"),
        binding_rule=pl.when(is_no)
        .then(pl.lit(RULING))
        .when(~is_ruled)
        .then(pl.col("binding_rule")),
        would_pass_if=pl.when(~is_ruled).then("would_pass_if"),
    )


def check_rulings(
    rulings: pl.DataFrame, rules: RulesAsAt, sources: tuple[InputFile, ...] = ()
) -> None:
    """Refuse rulings that decide nothing, or two ways.

    Raises
    ------
    DataProblem
        Naming each ruling on a pathway the programme does not have or with another verdict than
        yes or no, each without a reason or a person, and each school ruled on twice.
    """
    rows, file = rulings.with_row_index("row", offset=2), file_name(sources, "rulings")
    problems = [*_without_effect(rows, rules, file), *_ruled_twice(rows, file)]
    if problems:
        raise DataProblem(problems, outcome="Nothing was written.")


def _without_effect(rows: pl.DataFrame, rules: RulesAsAt, file: str) -> Iterator[Problem]:
    allowed = {"pathway": [each.pathway for each in rules.pathways], "verdict": ["yes", "no"]}
    for column in frames.RULINGS.schema:
        known, cell = allowed.get(column), pl.col(column)
        fits = cell.is_in(known) if known else cell.str.strip_chars() != ""
        for row in rows.filter(~fits.fill_null(value=False)).iter_rows(named=True):
            yield Problem(
                code="ruling_without_effect",
                file=file,
                row=row["row"],
                column=column,
                urn=row["urn"] or "",
                value=str(row[column] or ""),
                fault=f"{column} of this ruling is {row[column] or 'missing'}",
                remedy=f"Write {' or '.join(known)}." if known else "Fill it in.",
            )


def _ruled_twice(rows: pl.DataFrame, file: str) -> Iterator[Problem]:
    key = ["urn", "pathway"]
    twice = rows.filter(rows.select(key).is_duplicated()).unique(key, keep="last")
    for row in twice.sort("row").iter_rows(named=True):
        yield Problem(
            code="ruled_twice",
            file=file,
            row=row["row"],
            urn=row["urn"],
            fault=f"there is more than one ruling on {row['pathway']}",
            remedy="Keep the one that counts.",
        )


def idle_rulings(rulings: pl.DataFrame, decided: pl.DataFrame) -> Iterator[str]:
    """Tell of rulings on schools that did not apply, or not for that pathway."""
    idle = rulings.join(decided, on=["urn", "pathway"], how="anti").sort("urn", "pathway")
    if idle.height:
        named = [f"{urn} on {pathway}" for urn, pathway in idle["urn", "pathway"].iter_rows()]
        more = f" and {len(named) - NAMED:,} more" if len(named) > NAMED else ""
        yield (
            f"{counted(idle.height, 'ruling is', 'rulings are')} on nobody in question in this "
            f"round: {', '.join(named[:NAMED])}{more}."
        )


def _wishes(applicants: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give each applicant's wishes as a whole, and the rank of each pathway it asked for.

    Rows stand in the order of ``eligibility.check_answers``, which no shuffled file changes.
    """
    ranked = (
        applicants.select("urn", "pathway")
        .drop_nulls()
        .unique(maintain_order=True)
        .with_columns(pl.int_range(1, pl.len() + 1).over("urn").alias("asked_rank"))
    )
    asked = ranked.group_by("urn").agg(
        pl.col("pathway").sort_by("asked_rank").str.join(", ").alias("asked_for")
    )
    is_open = applicants.group_by("urn").agg(pl.col("pathway").is_null().any().alias("_any"))
    return is_open.join(asked, on="urn", how="left"), ranked
