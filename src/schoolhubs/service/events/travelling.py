"""The way to events: that of the match to a lead school, and estimated to any other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from schoolhubs import travel
from schoolhubs.service.events.models import Event
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools import queries as schools


def minutes_to(
    events: Iterable[Event], partnerships: Sequence[Partnership]
) -> Mapping[int, dict[int, float]]:
    """Give minutes by car, one way, by partnership and event; a way nobody knows is missing."""
    found: dict[int, dict[int, float]] = defaultdict(dict)
    estimates: dict[str, dict[str, float]] = {}
    urns = sorted({each.partner_urn for each in partnerships})
    for event in events:
        away = event.place_urn != event.hub.lead_urn
        if away and event.place_urn not in estimates:
            estimates[event.place_urn] = estimated(urns, event.place_urn)
        for one in partnerships:
            way = estimates[event.place_urn].get(one.partner_urn) if away else one.minutes
            if way is not None:
                found[one.pk][event.pk] = way
    return found


def estimated(urns: Sequence[str], place_urn: str) -> dict[str, float]:
    """Estimate minutes by car from schools to another; those without a place are left out."""
    snapshot = schools.current_snapshot()
    if snapshot is None:
        return {}
    rows = schools.schools_of(snapshot).filter(urn__in=[*urns, place_urn])
    points = [
        {"id": urn, "lat": lat, "lon": lon}
        for urn, lat, lon in rows.values_list("urn", "facts__lat", "facts__lon")
        if lat is not None and lon is not None
    ]
    starts = [each for each in points if each["id"] in urns]
    ends = [each for each in points if each["id"] == place_urn]
    if not starts or not ends:
        return {}
    minutes = pl.Series(travel.between(pl.DataFrame(starts), pl.DataFrame(ends)).minutes[:, 0])
    ways = zip(starts, minutes.fill_nan(None).to_list(), strict=True)
    return {str(each["id"]): float(one) for each, one in ways if one is not None}
