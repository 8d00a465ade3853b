"""Puts a synthetic England's applications into the office's queue, decided by the rules."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from schoolhubs import eligibility
from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.eligibility.models import Application, Decision
from schoolhubs.service.matching.models import Outcome, Placement, Round
from schoolhubs.vocabulary.records.rules import QuestionKind, RulesAsAt

BY = "demonstration"
ROWS_AT_ONCE = 2_000
# The state of an application once it is decided, by what the round found of its school.
DECIDED: Mapping[str, str] = {
    Outcome.MATCHED: "eligible",
    Outcome.UNMATCHED: "eligible",
    Outcome.HELD: "eligible",
    Outcome.NOT_ELIGIBLE: "not_eligible",
    Outcome.CANNOT_TELL: "undecided",
}


def keep_applications(
    applications: pl.DataFrame,
    facts: pl.DataFrame,
    lead_urns: list[str],
    rules: RulesAsAt,
    round_: Round,
    *,
    at: datetime.datetime,
    intake: Intake,
) -> int:
    """Store the applications of a round's schools with their decisions, before it is published.

    Returns
    -------
    int
        Applications stored.
    """
    checked = eligibility.check_answers(applications, rules).applications
    known = set(facts["urn"].to_list())
    ours = checked.filter(pl.col("urn").is_in(list(known)))
    assessed = eligibility.assess(
        facts, ours, rules, lead_urns=lead_urns, register_on=round_.snapshot.on
    )
    with transaction.atomic():
        kept = Application.objects.bulk_create(
            _applications(_in_window(ours, intake, at), rules, round_, at),
            batch_size=ROWS_AT_ONCE,
        )
        by_urn = {each.urn: each for each in kept}
        decided = (
            Decision(
                application=by_urn[each.urn], pathway=each.pathway, verdict=each.verdict.value,
                made_at=at, definition_version=each.definition_version,
                snapshot=round_.snapshot, record=each.as_dict(),
            )
            for each in eligibility.decisions(assessed, rules)
        )  # fmt: skip
        Decision.objects.bulk_create(decided, batch_size=ROWS_AT_ONCE)
        _move(round_)
    return len(kept)


def _in_window(ours: pl.DataFrame, intake: Intake, at: datetime.datetime) -> pl.DataFrame:
    """Move the days of application into the open window: the last of them was yesterday."""
    yesterday = timezone.localdate(at) - datetime.timedelta(days=1)
    last = ours["applied_on"].max()
    if last is None:
        return ours
    moved = pl.col("applied_on") + (yesterday - last)  # type: ignore[operator]
    return ours.with_columns(applied_on=pl.max_horizontal(moved, pl.lit(intake.opens_on)))


def _applications(
    ours: pl.DataFrame, rules: RulesAsAt, round_: Round, at: datetime.datetime
) -> Iterator[Application]:
    kinds = {each.question: each.kind for each in rules.questions}
    for n, ((urn,), rows) in enumerate(ours.group_by("urn", maintain_order=True), 1):
        first = rows.row(0, named=True)
        wished = [pathway for pathway in rows["pathway"].to_list() if pathway]
        yield Application(
            reference=f"AB-{round_.pk:02d}-{n:05d}",
            programme_id=rules.programme_id,
            cohort_id=rules.cohort_id,
            urn=urn,
            state="submitted",
            pathways=wished,
            answers={"pathways": wished, "email": _address(urn), **_answers(first, kinds)},
            begun_at=at,
            begun_by=BY,
            submitted_at=at,
            submitted_by=BY,
            applied_on=first["applied_on"],
            snapshot=round_.snapshot,
        )


def _answers(row: Mapping[str, Any], kinds: Mapping[str, QuestionKind]) -> dict[str, Any]:
    return {name: row[name] for name in kinds if row.get(name) is not None}


def _address(urn: object) -> str:
    """Invent an address that can belong to nobody: letters of a demonstration go nowhere."""
    return f"office@{urn}.example"


def _move(round_: Round) -> None:
    """Lead each application to where its decisions put it; publishing moves it on."""
    of_round = Application.objects.filter(
        programme_id=round_.programme_id, cohort_id=round_.cohort_id
    )
    for outcome, state in DECIDED.items():
        urns = Placement.objects.filter(round=round_, outcome=outcome).values("urn")
        of_round.filter(urn__in=urns).update(state=state, version=F("version") + 1)
