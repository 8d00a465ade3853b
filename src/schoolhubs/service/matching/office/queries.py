"""What the workbench looks at: rounds by cohort, who made them, and which is published."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet

from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.matching.models import PublishedRound, Round

ON_A_PAGE = 30
HEAVY = ("pack", "record", "snapshot__archive")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One round of the list."""

    round: Round
    made_by: str
    is_published: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of the rounds: by programme and cohort, newest first in each."""

    groups: list[tuple[str, str, list[Row]]]
    page: Page[Round]


def light() -> QuerySet[Round]:
    """Give rounds without their packs and records, with their register."""
    return Round.objects.select_related("snapshot", "base").defer(
        *HEAVY, "base__pack", "base__record"
    )


def listed(programme_ids: Iterable[str], *, programme_id: str, page: int) -> Listed:
    """Give one page of the rounds of some programmes, or of one of them."""
    rounds = light().filter(programme_id__in=list(programme_ids))
    if programme_id:
        rounds = rounds.filter(programme_id=programme_id)
    ordered = rounds.order_by("programme_id", F("cohort_id").desc(), F("pk").desc())
    shown = Paginator(ordered, ON_A_PAGE).get_page(page)
    published = set(PublishedRound.objects.values_list("round_id", flat=True))
    names = names_of_people(each.made_by for each in shown)
    groups: dict[tuple[str, str], list[Row]] = {}
    for each in shown:
        row = Row(
            round=each, made_by=names.get(each.made_by, each.made_by),
            is_published=each.pk in published,
        )  # fmt: skip
        groups.setdefault((each.programme_id, each.cohort_id), []).append(row)
    found = [(programme, cohort, rows) for (programme, cohort), rows in groups.items()]
    return Listed(groups=found, page=shown)


def round_of(round_id: int) -> Round | None:
    """Give one round without its pack; None for an unknown number."""
    return light().filter(pk=round_id).first()


def others_of(round_: Round) -> list[Round]:
    """Give the other rounds of its cohort, newest first: what it can be set beside."""
    return list(
        Round.objects.filter(programme_id=round_.programme_id, cohort_id=round_.cohort_id)
        .exclude(pk=round_.pk)
        .only("pk", "title", "made_at", "base_id")
        .order_by("-pk")
    )


def stated(record: dict[str, Any], name: str) -> Any:
    """Give a part of a round's record; an empty list where an earlier version kept none."""
    return record.get(name) or []
