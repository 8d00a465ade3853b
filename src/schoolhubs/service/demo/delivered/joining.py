"""Which hubs of a delivered year are told of, whole, and the partnerships of them."""

import collections
import dataclasses
import datetime
import itertools
from collections.abc import Collection, Sequence

from schoolhubs import programmes
from schoolhubs.service.demo.delivered.reading import Year
from schoolhubs.service.demo.partnerships import keep_pairs
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.queries import schools_of
from schoolhubs.vocabulary.records.delivery import DeliveryRecord

BY = "demonstration, a delivered year"
# Hubs of each programme. More would keep whoever opens the demonstration waiting.
N_HUBS = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One partnership that is told of: the record of the folder, and ours."""

    record: DeliveryRecord
    partnership: Partnership


def of_hubs(
    year: Year, programme_id: str, snapshot: RegisterSnapshot, lead_urns: Collection[str]
) -> list[DeliveryRecord]:
    """Choose whole hubs: those with most schools of one trust, and of those with most partners.

    A hub that leads no more, or with a partner that the register does not hold as open, is left
    out: a hub is told of wholly or not at all.
    """
    every = year.of(programme_id)
    open_ = schools_of(snapshot).filter(is_open=True, urn__in={each.urn for each in every})
    trusts = dict(open_.values_list("urn", "trust_id"))
    hubs: dict[str, list[DeliveryRecord]] = collections.defaultdict(list)
    for each in every:
        hubs[each.lead_urn].append(each)
    able = [
        urn for urn, ours in hubs.items()
        if urn in lead_urns and all(each.urn in trusts for each in ours)
    ]  # fmt: skip

    def liveliness(urn: str) -> tuple[int, int, str]:
        size = collections.Counter(trusts[each.urn] for each in hubs[urn] if trusts[each.urn])
        return -max(size.values(), default=0), -len(hubs[urn]), urn

    chosen = set(sorted(able, key=liveliness)[:N_HUBS])
    return [each for each in every if each.lead_urn in chosen]


def join(
    records: Sequence[DeliveryRecord], snapshot: RegisterSnapshot, *, at: datetime.datetime
) -> list[Partnership]:
    """Store the partnerships in the order of the year, as running since their first day.

    The order counts: what a lead spends on an event stands with the oldest that came.
    """
    made: list[Partnership] = []
    together = itertools.groupby(records, lambda one: (one.pathway, one.starts_on))
    for (pathway, starts_on), group in together:
        ours = list(group)
        rules = programmes.load(ours[0].programme_id).as_at(starts_on)
        pairs = [(each.urn, each.lead_urn) for each in ours]
        made += keep_pairs(
            pairs, rules, rules.pathway(pathway), snapshot, at=at, begins_on=starts_on, by=BY
        )
    return made


def told_of(year: Year, programme_id: str) -> list[Told]:
    """Give the partnerships that were stored, each with its record, in order."""
    ours = Partnership.objects.filter(programme_id=programme_id, proposed_by=BY, year=1)
    records = {(each.urn, each.lead_urn): each for each in year.of(programme_id)}
    return [
        Told(record=records[each.partner_urn, each.lead_urn], partnership=each)
        for each in ours.order_by("pk")
        if (each.partner_urn, each.lead_urn) in records
    ]
