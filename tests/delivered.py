"""Partnerships with what was delivered in them, for tests of money."""

import datetime
from typing import Any

from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import Declaration, DeclaredDay, PaymentState

SEPTEMBER = datetime.date(2022, 9, 1)


def delivered(
    *,
    half_days: int = 0,
    lead_half_days: int = 0,
    terms: int = 3,
    starts_on: datetime.date = SEPTEMBER,
    **more: Any,
) -> DeliveryRecord:
    """Give a partnership from September with its half-days spread over its first days."""
    years, rest = divmod(terms, 3)
    finishes_on = datetime.date(starts_on.year + years + (rest > 0), (9, 1, 4)[rest], 1)
    days = [
        DaySpent(
            kind=DayKind.SUPPORT_DAY if at < lead_half_days else DayKind.TRAINING,
            on=starts_on + datetime.timedelta(days=at),
            partner_half_days=int(at < half_days), lead_half_days=int(at < lead_half_days),
            evidence=f"training:{at + 1}",
        )
        for at in range(max(half_days, lead_half_days))
    ]  # fmt: skip
    given = {
        "partnership_id": "1", "programme_id": "behaviour-hubs-2021", "cohort_id": "2022-23-autumn",
        "pathway": "core", "urn": "900001", "lead_urn": "900002", **more,
    }  # fmt: skip
    return DeliveryRecord(starts_on=starts_on, finishes_on=finishes_on, days=tuple(days), **given)


def declared(half_days: int = 0, *, partnership_id: str = "1", **more: Any) -> Declaration:
    """Give a checked declaration of half-days in the first week."""
    day = DeclaredDay(on=SEPTEMBER, half_days=half_days, what="Staff meeting", evidence="minutes")
    given: dict[str, Any] = {
        "declaration_id": "9", "partnership_id": partnership_id, "state": PaymentState.CHECKED,
        "days": (day,) if half_days else (), **more,
    }  # fmt: skip
    return Declaration(**given)
