"""The kinds of rule that test one value of a school, one function a kind."""

import polars as pl

from schoolhubs.eligibility import wording
from schoolhubs.eligibility.outcomes import Outcome, Setting, fixed, unless_passed
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.rules import RuleKind, RuleTest

ANSWER = "answer_"
IS_LEAD = "is_lead_school"
IS_STAND_IN = "is_stand_in_lead"  # flag: a lead that a rule added, appointed by nobody
ASKS = "asks_for_pathway"  # flag: the application asks for this pathway, or for any
ASKED = "pathways_asked"  # text: all it asks for
ANY = "any"
APPLICATION = pl.lit("application")
TAKEN = pl.lit("assumed for planning; the application asks it")
NEARLY = 6  # decimals that a difference of two published percentages is rounded to


def one_of(test: RuleTest, setting: Setting) -> Outcome:
    """Test that a value is one of those listed."""
    value, allowed = pl.col(test.reads), test.threshold
    dtype = frames.SCHOOL_FACTS.schema[test.reads]
    if dtype == pl.String:  # a capital or a space more is no other value
        value = value.str.strip_chars().str.to_lowercase()
        allowed = [each.lower() for each in allowed]
    words = test.in_words or wording.either([wording.word(test.reads, each) for each in allowed])
    passes = value.is_in(allowed)
    named = wording.label(test.reads)
    failed = pl.lit(f"{named} were {words}")
    unknown = f"{named} were known to be {words}"
    if test.reads == "is_open":
        failed = _under_its_successor(failed)
    return Outcome(
        passes=passes,
        value=wording.value_words(test.reads, dtype),
        source=wording.source_words(test.reads, setting.on, setting.register),
        would_pass_if=unless_passed(passes, failed, pl.lit(unknown)),
        **fixed(test, words),
    )


def _under_its_successor(failed: pl.Expr) -> pl.Expr:
    """Send a closed school's application to the school that took its place."""
    successor = pl.col("successor_urns").list.last()
    words = pl.format("it applied under the URN of its successor, {}", successor)
    return pl.coalesce(words, failed)


def compared(test: RuleTest, setting: Setting) -> Outcome:
    """Test a number, or how far it lies above its comparison figure."""
    is_least = test.kind is RuleKind.AT_LEAST
    value, asked = pl.col(test.reads), float(test.threshold)
    beside = pl.col(test.compared_with) if test.compared_with else pl.lit(0.0)
    over = (value - beside).round(NEARLY)
    passes = over >= asked if is_least else over <= asked
    words = f"{'at least' if is_least else 'at most'} {wording.number(asked, test.unit)}"
    named = wording.label(test.reads)
    per_cent = " %" if test.reads.endswith("_percent") else f" {test.unit}"
    mark = pl.lit(None, dtype=pl.String)
    if test.reads == "persistent_absence_percent":
        mark = pl.format("withheld ({})", pl.col("persistent_absence_mark"))
    shown = pl.format("{}" + per_cent, wording.decimals(value))
    if test.compared_with:
        words += " above the phase's figure"
        shown = pl.format(
            "{} % against {} % for the phase", wording.decimals(value), wording.decimals(beside)
        )
    limit = pl.format(
        f"{named} were {{}}{per_cent} or {'more' if is_least else 'less'}",
        wording.decimals(beside + asked),
    )
    unknown = pl.lit(f"{named} were known and were {words}")
    return Outcome(
        passes=passes,
        value=pl.coalesce(shown, mark, wording.value_words(test.reads, pl.Float64())),
        source=wording.source_words(test.reads, setting.on, setting.register),
        would_pass_if=unless_passed(passes, limit, unknown),
        **fixed(test, words),
    )


def answered(test: RuleTest, setting: Setting) -> Outcome:
    """Test an answer of the application; one not given passes only if answers are assumed."""
    given = pl.col(ANSWER + test.reads)
    if test.kind is RuleKind.ANSWER_IS:
        read, words = given == pl.lit(test.threshold), wording.word("", test.threshold)
        value: pl.Expr = pl.when(given).then(pl.lit("yes")).when(~given).then(pl.lit("no"))
    else:
        read, value = given >= float(test.threshold), wording.decimals(given)
        words = f"at least {wording.number(test.threshold, test.unit)}"
    question = setting.questions[test.reads].wording
    about = fixed(test, words)
    passes: pl.Expr = read
    source: pl.Expr = APPLICATION
    if setting.answers_assumed:
        passes = pl.coalesce(read, pl.lit(value=True))
        value = pl.coalesce(value, pl.lit(f"{words} (assumed, not asked yet)"))
        about["is_assumed"] = about["is_assumed"] | given.is_null()
        source = pl.when(given.is_null()).then(TAKEN).otherwise(source)
    else:
        source = (
            pl.when(given.is_null())
            .then(pl.lit("not answered in the application"))
            .otherwise(source)
        )
    return Outcome(
        passes=passes,
        value=value,
        source=source,
        would_pass_if=unless_passed(
            passes, *[pl.lit(f"the application answered {words} to “{question}”")] * 2
        ),
        **about,
    )


def asks_for(test: RuleTest, setting: Setting) -> Outcome:
    """Test that the application asks for the pathway; without one, as answers are."""
    asks, words = pl.col(ASKS), str(test.threshold)
    passes: pl.Expr = asks
    value: pl.Expr = pl.format("an application for {}", pl.col(ASKED))
    source: pl.Expr = pl.when(asks.is_null()).then(pl.lit("no application")).otherwise(APPLICATION)
    about = fixed(test, words)
    if setting.answers_assumed:
        # An application that names no pathway may have been made up for planning, too.
        is_taken = asks.is_null() | (pl.col(ASKED) == ANY)
        passes = pl.coalesce(asks, pl.lit(value=True))
        value = pl.when(is_taken).then(pl.lit("assumed to ask for any")).otherwise(value)
        source = pl.when(is_taken).then(TAKEN).otherwise(source)
        about["is_assumed"] = about["is_assumed"] | is_taken
    return Outcome(
        passes=passes,
        value=value,
        source=source,
        would_pass_if=unless_passed(passes, *[pl.lit(f"there were {words}")] * 2),
        **about,
    )


def cannot_tell(test: RuleTest, setting: Setting) -> Outcome:
    """Say that nothing published decides, and what the school's inspection was."""
    unknown = pl.lit(None, dtype=pl.Boolean)
    return Outcome(
        passes=unknown,
        value=wording.value_words("inspection_framework", pl.String()),
        source=wording.source_words("inspection_framework", setting.on, setting.register),
        would_pass_if=pl.lit(
            f"the programme office decided that it passes; the rule asks for {test.threshold}"
        ),
        **fixed(test, str(test.threshold)),
    )


def not_a_lead(test: RuleTest, _: Setting) -> Outcome:
    """Test that the school leads no hub of the programme, whether appointed or standing in."""
    leads, stands_in = pl.col(IS_LEAD), pl.col(IS_STAND_IN)
    value = (
        pl.when(stands_in)
        .then(pl.lit("a stand-in for a lead school"))
        .when(leads)
        .then(pl.lit("a lead school"))
        .otherwise(pl.lit("no lead school"))
    )
    source = (
        pl.when(stands_in)
        .then(pl.lit("added by rule as a stand-in, not appointed by the programme"))
        .otherwise(pl.lit("the programme's list of lead schools"))
    )
    settles = (
        pl.when(stands_in)
        .then(pl.lit("the round were run without it as a stand-in"))
        .otherwise(pl.lit("it stopped leading a hub of the programme"))
    )
    return Outcome(
        passes=~leads,
        value=value,
        source=source,
        would_pass_if=unless_passed(~leads, settles, pl.lit("")),
        **fixed(test, str(test.threshold)),
    )
