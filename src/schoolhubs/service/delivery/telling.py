"""What both schools are written about support days, once for each occasion."""

from collections.abc import Sequence

from django.urls import reverse

from schoolhubs.service.delivery.models import CoachingCycle, SupportDay
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.partnerships.models import Partnership, Side
from schoolhubs.service.partnerships.telling import Names, names_of
from schoolhubs.service.web.pages import day as written

SIDES = (Side.PARTNER, Side.LEAD)
PARTS = {"day": "all day", "am": "in the morning", "pm": "in the afternoon"}


def planned(one: SupportDay) -> list[Draft]:
    """Draft for both schools that a day has its date."""
    return _to(SIDES, "support_day_planned", one)


def moved(one: SupportDay, before: str) -> list[Draft]:
    """Draft for both schools that a day has another date."""
    return _to(SIDES, "support_day_moved", one, before=before, reason=one.reason)


def cancelled(one: SupportDay) -> list[Draft]:
    """Draft for both schools that a day was taken back."""
    return _to(SIDES, "support_day_cancelled", one, reason=one.reason)


def missed(one: SupportDay) -> list[Draft]:
    """Draft for both schools that a day did not take place."""
    return _to(SIDES, "support_day_missed", one, reason=one.reason)


def waits(one: SupportDay) -> list[Draft]:
    """Draft for the partner, who says whether a day took place as the lead says."""
    return _to((Side.PARTNER,), "support_day_waits", one)


def waits_still(one: SupportDay) -> list[Draft]:
    """Draft for the partner that its answer is overdue."""
    return _to((Side.PARTNER,), "support_day_overdue", one)


def disputed(one: SupportDay) -> list[Draft]:
    """Draft for the lead that the partner says it was otherwise."""
    return _to((Side.LEAD,), "support_day_disputed", one, reason=one.reason)


def coaching_missed(cycle: CoachingCycle, *, because: str, occasion: str) -> list[Draft]:
    """Draft for both schools that coaching has stopped, or a session was missed."""
    partnership = cycle.partnership
    names = names_of([partnership.partner_urn, partnership.lead_urn])
    path = reverse("coaching", args=[partnership.pk])
    return [
        Draft(
            kind="coaching_missed", about=f"coaching:{cycle.pk}/{occasion}",
            organisation_key=_key(partnership, side), path=path,
            facts={**_sides(partnership, side, names), "coach": cycle.coach.name,
                   "because": because},
        )
        for side in SIDES
    ]  # fmt: skip


def many_planned(made: Sequence[SupportDay]) -> list[Draft]:
    """Draft one letter to each partner and one to the lead, with every date that was planned."""
    held: dict[int, list[SupportDay]] = {}
    for each in made:
        held.setdefault(each.partnership_id, []).append(each)
    drafts = []
    for ours in held.values():
        partnership = ours[0].partnership
        names = names_of([partnership.partner_urn, partnership.lead_urn])
        dates = "\n".join(f"* {when(each)}" for each in sorted(ours, key=lambda one: one.on))
        drafts += [
            Draft(
                kind="support_days_planned", about=f"support_day:{ours[0].pk}/many",
                organisation_key=_key(partnership, side),
                path=reverse("support-days", args=[partnership.pk]),
                facts={**_sides(partnership, side, names), "dates": dates},
            )
            for side in SIDES
        ]  # fmt: skip
    return drafts


def when(one: SupportDay) -> str:
    """Say when a day is, in the words of a sentence."""
    return f"{written(one.on)}, {PARTS[one.part]}"


def _to(sides: tuple[Side, ...], kind: str, one: SupportDay, **facts: str) -> list[Draft]:
    partnership = one.partnership
    names = names_of([partnership.partner_urn, partnership.lead_urn])
    told = {"when": when(one), "focus": one.focus, **facts}
    return [
        Draft(
            kind=kind, about=f"support_day:{one.pk}/{one.version}",
            organisation_key=_key(partnership, side), path=reverse("support-day", args=[one.pk]),
            facts={**_sides(partnership, side, names), **told},
        )
        for side in sides
    ]  # fmt: skip


def _sides(partnership: Partnership, side: Side, names: Names) -> dict[str, str]:
    other = Side.LEAD if side == Side.PARTNER else Side.PARTNER
    return {
        "school": names.side(partnership, side.value), "other": names.side(partnership, other.value)
    }  # fmt: skip


def _key(partnership: Partnership, side: Side) -> str:
    trust_id = getattr(partnership, f"{side.value}_trust_id")
    urn = getattr(partnership, f"{side.value}_urn")
    return f"trust:{trust_id}" if trust_id else f"school:{urn}"
