"""The dates that matter to a programme, for a demonstration's clock: starts, ends, surveys."""

import datetime
from collections.abc import Iterator

from django.db.models import Count, QuerySet

from schoolhubs.service.clock.queries import Ahead
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.surveys.models import State, Survey
from schoolhubs.vocabulary.words import counted


def dates_ahead(on: datetime.date, until: datetime.date) -> Iterator[Ahead]:
    """Give what starts, closes and ends after a day and before another."""
    held = Partnership.objects.filter(state__in=HOLDS_A_PLACE)
    survey = Survey.objects.filter(state__in=(State.MADE, State.OPEN))
    for rows, field, one, many in (
        (held, "starts_on", "partnership starts", "partnerships start"),
        (held, "finishes_on", "partnership is over", "partnerships are over"),
        (survey, "opens_on", "survey opens", "surveys open"),
    ):
        for day, n in _days(rows, field, on, until):
            yield Ahead(on=day, words=counted(n, one, many))


def _days(
    rows: QuerySet[Partnership] | QuerySet[Survey], field: str, on: datetime.date,
    until: datetime.date,
) -> list[tuple[datetime.date, int]]:  # fmt: skip
    found = rows.filter(**{f"{field}__gt": on, f"{field}__lt": until}).order_by().values(field)
    return list(found.annotate(n=Count("pk")).values_list(field, "n"))
