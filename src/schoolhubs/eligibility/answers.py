"""Turns the answers of applications, written as text, into values a rule can test."""

import dataclasses

import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.rules import Question, QuestionKind, RulesAsAt

YES = ["yes", "y", "true", "1"]
NO = ["no", "n", "false", "0"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAnswers:
    """Applications with a typed column for each question, and what could not be read.

    Parameters
    ----------
    applications
        frames.APPLICATIONS of this programme, plus a flag (yes_no) or a number for each
        question. An answer that is blank, absent or unreadable is missing. Each school's rows
        stand by day of application, those of one day in the definition's order of pathways.
    problems
        One for each answer, pathway or repetition that could not be taken.
    """

    applications: pl.DataFrame
    problems: tuple[Problem, ...]


def check_answers(applications: pl.DataFrame, rules: RulesAsAt) -> CheckedAnswers:
    """Read the answers to the programme's questions.

    Parameters
    ----------
    applications
        frames.APPLICATIONS with a text column for each question; absent columns are unanswered.
        Rows for other programmes are left out.
    rules
        The programme as at the date.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs import programmes
    >>> rules = programmes.load("behaviour-hubs-2021").as_at(datetime.date(2022, 9, 1))
    >>> given = pl.DataFrame({"urn": ["100001"], "ready_to_change": ["Yes"]})
    >>> check_answers(given, rules).applications["ready_to_change"].to_list()
    [True]
    """
    names = list(frames.APPLICATIONS.schema)
    given = applications.with_row_index("_row", offset=2).with_columns(
        [
            pl.lit(None, dtype=frames.APPLICATIONS.schema[name]).alias(name)
            for name in names
            if name not in applications.columns
        ]
    )
    ours = given.filter(
        pl.col("programme_id").is_null() | (pl.col("programme_id") == rules.programme_id)
    )
    problems: list[Problem] = []
    typed = ours.select("_row", *names)
    for question in rules.questions:
        column, faults = _typed(ours, question)
        typed = typed.with_columns(column)
        problems += faults
    typed, wrong = _known_pathways(typed, rules)
    problems += wrong
    twice = typed.filter(pl.struct("urn", "pathway").is_first_distinct().not_())
    problems += [
        Problem(
            code="repeated_application",
            row=row,
            urn=urn,
            fault=f"a second application for the pathway {pathway or 'any'}",
            remedy="Keep one of the two.",
        )
        for row, urn, pathway in twice.select("_row", "urn", "pathway").iter_rows()
    ]
    kept = _in_order(typed, rules).unique(["urn", "pathway"], keep="first", maintain_order=True)
    return CheckedAnswers(applications=kept.drop("_row"), problems=tuple(problems))


def _in_order(typed: pl.DataFrame, rules: RulesAsAt) -> pl.DataFrame:
    """Put each school's applications in an order that the rows of its file cannot change.

    The earliest day first, one without a day last; of one day in the definition's order of
    pathways, one for any pathway last.
    """
    place = pl.col("pathway").cast(pl.Enum([pathway.pathway for pathway in rules.pathways]))
    return typed.sort("urn", "applied_on", place, "_row", nulls_last=True)


def _typed(ours: pl.DataFrame, question: Question) -> tuple[pl.Series, list[Problem]]:
    """Read one question's column; what cannot be read is missing and a problem."""
    name, is_flag = question.question, question.kind is QuestionKind.YES_NO
    dtype = pl.Boolean() if is_flag else pl.Float64()
    if name not in ours.columns:
        return pl.Series(name, [None] * ours.height, dtype=dtype), []
    if ours.schema[name] == dtype or (not is_flag and ours.schema[name].is_numeric()):
        return ours[name].cast(dtype), []
    text = pl.col(name).cast(pl.String).str.strip_chars().str.to_lowercase()
    blank = text.fill_null("") == ""
    if is_flag:
        read: pl.Expr = (
            pl.when(text.is_in(YES))
            .then(pl.lit(value=True))
            .when(text.is_in(NO))
            .then(pl.lit(value=False))
        )
    else:
        as_number = text.cast(pl.Float64, strict=False)
        read = pl.when(as_number.is_finite() & (as_number >= 0)).then(as_number)
    column = ours.select(read.cast(dtype).alias(name))[name]
    unread = ours.select("_row", "urn", name, bad=~blank & column.is_null()).filter("bad")
    expected = "yes or no" if is_flag else "a number, 0 or more"
    problems = [
        Problem(
            code="unreadable_answer",
            row=row,
            column=name,
            urn=urn,
            value=str(value),
            fault=f"{name} is {value!r}",
            remedy=f"Write {expected}, or leave the cell blank if it was not answered.",
        )
        for row, urn, value in unread.select("_row", "urn", name).iter_rows()
    ]
    return column, problems


def _known_pathways(typed: pl.DataFrame, rules: RulesAsAt) -> tuple[pl.DataFrame, list[Problem]]:
    """Name pathways as the definition does, whatever capitals and spaces the list uses."""
    known = [pathway.pathway for pathway in rules.pathways]
    plain = pl.col("pathway").cast(pl.String).str.strip_chars()
    named = plain.str.to_lowercase().replace_strict(
        {name.lower(): name for name in known}, default=None, return_dtype=pl.String
    )
    wrong = typed.filter((plain != "") & named.is_null())
    problems = [
        Problem(
            code="unknown_pathway",
            row=row,
            column="pathway",
            urn=urn,
            value=pathway,
            fault=f"pathway is {pathway!r}",
            remedy=f"Write one of {', '.join(known)}, or leave the cell blank for any.",
        )
        for row, urn, pathway in wrong.select("_row", "urn", "pathway").iter_rows()
    ]
    return typed.with_columns(named.alias("pathway")), problems
