"""Asks every rule of every school on every pathway, at once, with the reasons."""

import datetime
from collections.abc import Collection, Sequence

import polars as pl

from schoolhubs.eligibility import wording
from schoolhubs.eligibility.answers import check_answers
from schoolhubs.eligibility.kinds import outcome
from schoolhubs.eligibility.outcomes import Outcome, Setting
from schoolhubs.eligibility.single import ANSWER, ANY, ASKED, ASKS, IS_LEAD, IS_STAND_IN
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.rules import EligibilityRule, QuestionKind, RuleKind, RulesAsAt

RULE = "rule_"
REASON = pl.Struct(
    {
        "verdict": pl.String(),
        "value": pl.String(),
        "threshold": pl.String(),
        "source": pl.String(),
        "would_pass_if": pl.String(),
        "is_assumed": pl.Boolean(),
        "rule_source": pl.String(),
    }
)


def assess(
    facts: pl.DataFrame,
    applications: pl.DataFrame | None,
    rules: RulesAsAt,
    *,
    answers_assumed: bool = False,
    lead_urns: Collection[str] | None = None,
    register_on: datetime.date | None = None,
    stand_in_urns: Collection[str] = (),
) -> pl.DataFrame:
    """Say of every school and pathway: yes, no or cannot tell, with one reason per rule.

    Parameters
    ----------
    facts
        frames.SCHOOL_FACTS of every school as at ``rules.on``; trusts are judged by all of it.
    applications
        frames.APPLICATIONS with answers; only these schools are judged. None judges every school
        of ``facts``.
    rules
        The programme as at the date.
    answers_assumed
        Take an answer that was not given as the one asked for, and mark the reason as assumed.
        Otherwise the rule cannot tell.
    lead_urns
        Lead schools of the programme; None leaves out the rule that a lead is nobody's partner.
    register_on
        The day the school register was built for, to be named in reasons; None if ``rules.on``.
    stand_in_urns
        Those of ``lead_urns`` that a rule added and the programme never appointed.

    Returns
    -------
    polars.DataFrame
        ``urn, pathway, verdict, binding_rule, reason, is_assumed`` and for each rule in force a
        struct ``rule_<name>`` with the fields of RuleReason, missing where the rule does not ask
        about that pathway. Sorted by URN, then pathways in the definition's order. ``verdict``
        is "no" if any rule says no, else "cannot tell" if any rule cannot tell, else "yes".
        A URN that ``facts`` does not hold cannot be told.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs import programmes
    >>> rules = programmes.load("rise-hubs-2025").as_at(datetime.date(2025, 11, 12))
    >>> assess(frames.SCHOOL_FACTS.empty(), None, rules).columns[:3]
    ['urn', 'pathway', 'verdict']
    """
    setting = Setting(
        on=rules.on,
        questions={question.question: question for question in rules.questions},
        answers_assumed=answers_assumed,
        register_on=register_on,
    )
    asked = [rule for rule in rules.eligibility if _is_asked(rule, lead_urns)]
    of_school = [rule for rule in asked if not rule.test.asks_the_application]
    of_answers = [rule for rule in asked if rule.test.asks_the_application]
    # A rule that joins figures and answers reads both.
    joins = any(rule.test.parts for rule in of_answers)
    reads = [name for name in frames.SCHOOL_FACTS.schema if joins and name != "urn"]
    judged = None if applications is None else check_answers(applications, rules).applications
    schools = _with_unknown_schools(facts, judged).with_columns(
        pl.col("urn").is_in(list(lead_urns or ())).alias(IS_LEAD),
        pl.col("urn").is_in(list(stand_in_urns)).alias(IS_STAND_IN),
    )
    schools = schools.select("urn", *reads, *(_reason(rule, setting) for rule in of_school))
    if judged is not None:
        schools = schools.join(judged.select("urn").unique(), on="urn", how="semi")
    decided = []
    for place, pathway in enumerate(rules.pathways):
        answers = _answers(judged, schools, rules, pathway.pathway)
        with_answers = schools.join(answers, on="urn", how="left").with_columns(
            [_reason(rule, setting) for rule in of_answers]
        )
        decided.append(_decide(with_answers, asked, pathway.pathway, place))
    return pl.concat(decided).sort("urn", "_place").drop("_place")


def _is_asked(rule: EligibilityRule, lead_urns: Collection[str] | None) -> bool:
    return lead_urns is not None or rule.test.kind is not RuleKind.NOT_A_LEAD


def _with_unknown_schools(facts: pl.DataFrame, judged: pl.DataFrame | None) -> pl.DataFrame:
    """Add an empty row for each applicant that the facts do not hold."""
    known = facts.select(list(frames.SCHOOL_FACTS.schema))
    if judged is None:
        return known
    strangers = judged.select("urn").unique().join(facts.select("urn"), on="urn", how="anti")
    return pl.concat([known, strangers], how="diagonal")


def _reason(rule: EligibilityRule, setting: Setting) -> pl.Expr:
    """Build the struct of one rule's reason for every school."""
    said: Outcome = outcome(rule.test, setting)
    fields = pl.struct(
        verdict=_verdict(said.passes),
        value=said.value,
        threshold=said.threshold,
        source=said.source,
        would_pass_if=said.would_pass_if,
        is_assumed=said.is_assumed,
        rule_source=said.rule_source,
    )
    return fields.cast(REASON).alias(RULE + rule.rule)


def _verdict(passes: pl.Expr) -> pl.Expr:
    return (
        pl.when(passes)
        .then(pl.lit(Verdict.YES.value))
        .when(~passes)
        .then(pl.lit(Verdict.NO.value))
        .otherwise(pl.lit(Verdict.CANNOT_TELL.value))
    )


def _answers(
    judged: pl.DataFrame | None, schools: pl.DataFrame, rules: RulesAsAt, pathway: str
) -> pl.DataFrame:
    """Give each school's answers for a pathway: from its application for it, else its first.

    ``judged`` stands in the order of ``check_answers``, so the first is the earliest.
    """
    names = [question.question for question in rules.questions]
    renamed = {name: ANSWER + name for name in names}
    if judged is None:
        dtypes = {
            question.question: pl.Boolean()
            if question.kind is QuestionKind.YES_NO
            else pl.Float64()
            for question in rules.questions
        }
        unknown: dict[str, pl.DataType] = {ANSWER + name: dtypes[name] for name in names}
        unknown |= {ASKS: pl.Boolean(), ASKED: pl.String()}
        return schools.select(
            "urn", *(pl.lit(None, dtype=dtype).alias(name) for name, dtype in unknown.items())
        )
    asked = judged.group_by("urn").agg(
        (pl.col("pathway").is_null() | (pl.col("pathway") == pathway)).any().alias(ASKS),
        pl.col("pathway").fill_null(ANY).unique().sort().str.join(", ").alias(ASKED),
    )
    rank = (
        pl.when(pl.col("pathway") == pathway).then(0).when(pl.col("pathway").is_null()).then(1)
    ).otherwise(2)
    return (
        judged.sort(rank, maintain_order=True)
        .unique("urn", keep="first", maintain_order=True)
        .select("urn", *names)
        .rename(renamed)
        .join(asked, on="urn", how="left")
    )


def _decide(
    schools: pl.DataFrame, asked: list[EligibilityRule], pathway: str, place: int
) -> pl.DataFrame:
    """Join the rules' verdicts into one, and name the rule that decides."""
    ours = [rule for rule in asked if pathway in rule.pathways]
    verdicts = [pl.col(RULE + rule.rule).struct.field("verdict") for rule in ours]
    any_no = pl.any_horizontal([verdict == Verdict.NO.value for verdict in verdicts])
    any_open = pl.any_horizontal([verdict == Verdict.CANNOT_TELL.value for verdict in verdicts])
    verdict = (
        pl.when(any_no)
        .then(pl.lit(Verdict.NO.value))
        .when(any_open)
        .then(pl.lit(Verdict.CANNOT_TELL.value))
        .otherwise(pl.lit(Verdict.YES.value))
    )
    decides = [each == verdict for each in verdicts]
    is_yes = verdict == Verdict.YES.value
    kept = {RULE + rule.rule for rule in ours}
    reasons = [
        pl.col(RULE + rule.rule)
        if RULE + rule.rule in kept
        else pl.lit(None, dtype=REASON).alias(RULE + rule.rule)
        for rule in asked
    ]
    is_assumed = [pl.col(RULE + rule.rule).struct.field("is_assumed") for rule in ours]
    return schools.select(
        "urn",
        pl.lit(pathway).alias("pathway"),
        verdict.alias("verdict"),
        pl.when(~is_yes)
        .then(_first(decides, [pl.lit(rule.rule) for rule in ours]))
        .alias("binding_rule"),
        pl.when(is_yes)
        .then(pl.lit("Every rule is met."))
        .otherwise(_sentence(ours, decides, verdict))
        .alias("reason"),
        pl.any_horizontal(is_assumed).alias("is_assumed"),
        *reasons,
        pl.lit(place).alias("_place"),
    )


def _first(decides: Sequence[pl.Expr], values: Sequence[pl.Expr]) -> pl.Expr:
    """Take the value of the first rule that has the verdict of the whole."""
    return pl.coalesce(
        [pl.when(each).then(value) for each, value in zip(decides, values, strict=True)]
    )


def _sentence(
    rules: Sequence[EligibilityRule], decides: Sequence[pl.Expr], verdict: pl.Expr
) -> pl.Expr:
    """Say what the deciding rule asked, what it read and what would make it pass."""

    def said(field: str) -> pl.Expr:
        # Blank, not missing: a missing value must not give way to that of a later rule.
        of_rules = [pl.col(RULE + rule.rule).struct.field(field).fill_null("") for rule in rules]
        return _first(decides, of_rules)

    begins = pl.when(verdict == Verdict.NO.value).then(pl.lit("Not met"))
    asks = [pl.lit(rule.asks[:1].lower() + rule.asks[1:]) for rule in rules]
    return pl.format(
        "{}: {}. {}. It would pass if {}.",
        begins.otherwise(pl.lit("Cannot tell")),
        _first(decides, asks),
        wording.reading(said("value"), said("source")),
        said("would_pass_if"),
    )
