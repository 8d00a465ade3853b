"""Each partnership as it stands on a day: its milestones, its rests, the days of its ledgers."""

import dataclasses
import datetime
from collections.abc import Collection, Iterable

from django.db.models import Q

from schoolhubs import delivery, programmes
from schoolhubs.service.funding.awarding.ledger import days_of
from schoolhubs.service.milestones.standing.shown import shown_of
from schoolhubs.service.milestones.standing.taught import taught
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import rests_of
from schoolhubs.vocabulary.records.delivery import DaySpent
from schoolhubs.vocabulary.records.delivery.milestones import DoneWhen, MilestoneRules, Paused
from schoolhubs.vocabulary.records.rules import RulesAsAt

# A partnership that is over is looked at to the day it was.
WITH_MILESTONES = ("agreed", "running", "finished")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """One partnership on a day.

    Parameters
    ----------
    rules
        Of its first day: what was asked then stays asked.
    dues
        Its milestones in order of their days; empty where the definition has none.
    """

    partnership: Partnership
    rules: RulesAsAt
    dues: tuple[delivery.milestones.Due, ...]
    days: tuple[DaySpent, ...]
    pauses: tuple[Paused, ...]

    @property
    def is_resting(self) -> bool:
        """It rests now."""
        return any(each.until_on is None for each in self.pauses)

    @property
    def milestones(self) -> MilestoneRules:
        """The rules of its milestones."""
        assert self.rules.milestones is not None
        return self.rules.milestones


def together(partnerships: Iterable[Partnership], *, on: datetime.date) -> list[Together]:
    """Give how partnerships stand on a day, in their order; those without milestones do not."""
    with_rules = [(each, rules_of(each)) for each in partnerships]
    ours = [(each, rules) for each, rules in with_rules if rules.milestones is not None]
    ids = [each.pk for each, _ in ours]
    if not ids:
        return []
    days, pauses = days_of(ids), rests_of(ids)
    training = taught([each for each, rules in ours if _asks_for_training(each, rules)], on=on)
    shown = shown_of([each for each, _ in ours], days)
    return [
        Together(
            partnership=each, rules=rules, days=tuple(days.get(each.pk, ())),
            pauses=tuple(pauses.get(each.pk, ())),
            dues=delivery.milestones.due(
                rules.milestones, pathway=each.pathway, starts_on=each.starts_on,
                finishes_on=each.finishes_on, shown=[*shown[each.pk], *training.get(each.pk, ())],
                on=min(on, each.finishes_on) if each.state == "finished" else on,
                pauses=pauses.get(each.pk, ()),
                lead_days=rules.pathway(each.pathway).lead_days_per_partner,
            ),
        )
        for each, rules in ours
        if rules.milestones is not None
    ]  # fmt: skip


def _asks_for_training(partnership: Partnership, rules: RulesAsAt) -> bool:
    asked = rules.milestones.of(partnership.pathway) if rules.milestones else ()
    return any(each.done_when is DoneWhen.TRAINING for each in asked)


def rules_of(partnership: Partnership) -> RulesAsAt:
    """Give the programme's rules of a partnership's first day."""
    return programmes.load(partnership.programme_id).as_at(partnership.starts_on)


def with_milestones(urns: Collection[str], led: Collection[str]) -> list[Partnership]:
    """Give the agreed and running partnerships of some schools, as partners or as leads."""
    of_us = Q(partner_urn__in=urns) | Q(lead_urn__in=led)
    held = Partnership.objects.filter(of_us, state__in=("agreed", "running")).select_related(
        "extends"
    )
    return list(held.order_by("starts_on", "partner_urn", "pk"))
