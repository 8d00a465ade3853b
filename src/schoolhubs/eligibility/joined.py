"""The kinds of rule that join other tests: by framework, any of several, schools of a trust."""

import functools
from collections.abc import Sequence

import polars as pl

from schoolhubs.eligibility import wording
from schoolhubs.eligibility.outcomes import Outcome, Setting, fixed, unless_passed
from schoolhubs.vocabulary.records.rules import RuleKind, RuleTest


def by_framework(test: RuleTest, setting: Setting, parts: Sequence[Outcome]) -> Outcome:
    """Take the part of the framework that the school's last inspection followed."""
    framework = pl.col(test.reads)
    of = {each.framework: part for each, part in zip(test.parts, parts, strict=True)}

    def chosen(field: str, otherwise: pl.Expr) -> pl.Expr:
        chain: pl.Expr = otherwise
        for name, part in of.items():
            chain = pl.when(framework == name).then(getattr(part, field)).otherwise(chain)
        return chain

    telling = [
        f"{_literal(part.threshold)} (in {wording.FRAMEWORKS[each.framework]})"
        for each, part in zip(test.parts, parts, strict=True)
        if each.kind is not RuleKind.CANNOT_TELL
    ]
    asked = " or ".join(telling) or "what the programme office takes"
    unknown = f"a graded inspection were known and gave {asked}"
    other = wording.value_words(test.reads, pl.String())
    shown = pl.coalesce(
        chosen("value", other),
        other,
    )
    return Outcome(
        passes=chosen("passes", pl.lit(None, dtype=pl.Boolean)),
        value=shown,
        threshold=chosen("threshold", pl.lit(asked)),
        source=wording.source_words(test.reads, setting.on, setting.register),
        would_pass_if=chosen("would_pass_if", pl.lit(unknown)),
        is_assumed=chosen("is_assumed", pl.lit(value=test.is_assumed)),
        rule_source=chosen("rule_source", pl.lit(str(test.source))),
        # A framework no part speaks of leaves nothing to say; one not known might be any.
        applies=framework.is_in(list(of)) | framework.is_null(),
    )


def _literal(expression: pl.Expr) -> str:
    return str(pl.select(expression).item())


def any_of(test: RuleTest, _: Setting, parts: Sequence[Outcome]) -> Outcome:
    """Test that one part is met, of those that have something to say of the school."""
    applies = pl.any_horizontal([part.applies for part in parts])
    passed = pl.any_horizontal([part.applies & part.passes for part in parts])
    passes = pl.when(applies).then(passed).otherwise(pl.lit(None, dtype=pl.Boolean))
    shown = [_where(part.applies, part.value) for part in parts]
    # A school that no part speaks of is told what every part asks.
    speaks = [part.applies | ~applies.fill_null(value=False) for part in parts]
    named = [
        pl.format(f"{_plain(each)} {{}}", value)
        for each, value in zip(test.parts, shown, strict=True)
    ]
    joined = pl.concat_str(named, separator="; ", ignore_nulls=True)
    asked = [
        _where(
            spoken if each.phases else pl.lit(value=True),
            pl.format(f"{_plain(each)} {{}}", part.threshold),
        )
        for each, part, spoken in zip(test.parts, parts, speaks, strict=True)
    ]
    settling = [
        _where(spoken & (part.would_pass_if != ""), part.would_pass_if)
        for part, spoken in zip(parts, speaks, strict=True)
    ]
    phases = sorted({phase for each in test.parts for phase in each.phases})
    settles: pl.Expr = _joined(settling, ", or ")
    if phases and all(each.phases for each in test.parts):
        # What it would ask of another kind of school is no help to this one.
        kinds = pl.lit(
            f"its phase were {wording.either([wording.word('phase', each) for each in phases])}"
        )
        settles = pl.when(applies.fill_null(value=True)).then(settles).otherwise(kinds)
    return Outcome(
        passes=passes,
        value=pl.when(joined == "").then(pl.lit(None, dtype=pl.String)).otherwise(joined),
        threshold=_joined(asked, " or "),
        source=_joined(
            [_where(spoken, part.source) for part, spoken in zip(parts, speaks, strict=True)],
            "; ",
            is_each_once=True,
        ),
        would_pass_if=unless_passed(passes, settles, settles),
        is_assumed=pl.any_horizontal([part.is_assumed for part in parts]),
        rule_source=_joined([part.rule_source for part in parts], "; ", is_each_once=True),
        applies=applies,
    )


def _plain(test: RuleTest) -> str:
    """Name what a part reads, without "its"."""
    if test.asks_the_application:
        return "an answer of"
    read = test.parts[0].reads if test.parts else test.reads
    return wording.label(read).removeprefix("its ")


def _where(applies: pl.Expr, text: pl.Expr) -> pl.Expr:
    return pl.when(applies).then(text).otherwise(pl.lit(None, dtype=pl.String))


def _joined(texts: Sequence[pl.Expr], by: str, *, is_each_once: bool = False) -> pl.Expr:
    if is_each_once:
        once = pl.concat_list(list(texts)).list.unique(maintain_order=True)
        return once.list.drop_nulls().list.join(by)
    return pl.concat_str(list(texts), separator=by, ignore_nulls=True)


def _named(test: RuleTest, part: Outcome) -> str:
    """Say what a part asks of a school, with the name of what it reads unless that is plain."""
    name = _plain(test)
    asked = _literal(part.threshold)
    return asked if name == "the school" else f"{name} {asked}"


def in_trust(test: RuleTest, setting: Setting, parts: Sequence[Outcome]) -> Outcome:
    """Count the open schools of the school's trust that meet every part."""
    meets = functools.reduce(lambda a, b: a & b, [part.passes for part in parts], pl.col("is_open"))
    has_trust = pl.col("trust_id").is_not_null()
    n_meeting = meets.fill_null(value=False).sum().over("trust_id")
    n_unknown = (meets.is_null()).sum().over("trust_id")
    n_open = pl.col("is_open").fill_null(value=False).sum().over("trust_id")
    asked = int(test.threshold)
    passes = (
        pl.when(~has_trust | pl.col("trust_id").is_null())
        .then(pl.lit(None, dtype=pl.Boolean))
        .when(n_meeting >= asked)
        .then(pl.lit(value=True))
        .when(n_meeting + n_unknown >= asked)
        .then(pl.lit(None, dtype=pl.Boolean))
        .otherwise(pl.lit(value=False))
    )
    example = pl.when(meets).then(pl.col("urn")).min().over("trust_id")
    such_as = pl.coalesce(pl.format(", such as URN {}", example), pl.lit(""))
    conditions = " and ".join(
        _named(each, part) for each, part in zip(test.parts, parts, strict=True)
    )
    words = f"at least {asked} open school{'s' if asked > 1 else ''} of the trust"
    words += f": {conditions}" if conditions else ""
    n_more = pl.lit(asked) - n_meeting.cast(pl.Int64)
    more = pl.format(
        f"{{}} more open {{}} of the trust met this: {conditions}"
        if conditions
        else "the trust had {} more open {}",
        n_more,
        pl.when(n_more == 1).then(pl.lit("school")).otherwise(pl.lit("schools")),
    )
    return Outcome(
        passes=passes,
        value=pl.when(has_trust).then(
            pl.format(
                "{} of {} open {} of the trust{}",
                n_meeting,
                n_open,
                pl.when(n_open == 1).then(pl.lit("school")).otherwise(pl.lit("schools")),
                such_as,
            )
        ),
        source=pl.when(has_trust)
        .then(
            pl.format(
                "trust {} ({}), {}",
                pl.col("trust_name").fill_null("name not known"),
                pl.col("trust_id"),
                pl.lit(setting.register),
            )
        )
        .otherwise(pl.lit(f"no trust is known on {setting.on}")),
        would_pass_if=unless_passed(
            passes,
            more,
            pl.when(has_trust)
            .then(more + pl.lit(", which is not known of every school of it"))
            .otherwise(pl.lit("its trust were known")),
        ),
        **fixed(test, words),
    )
