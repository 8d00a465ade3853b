"""What a re-match did with each school of the plan it started from."""

import numpy as np
import polars as pl

from schoolhubs.matching.optimum import goals
from schoolhubs.matching.optimum.network import Ints
from schoolhubs.matching.rules.plan import NOWHERE, Plan
from schoolhubs.matching.rules.pool import Pool
from schoolhubs.vocabulary.records.matching import Rematch

KINDS = ("", "replaced", "unmatched", "moved", "lost place", "newly matched")
REPLACED, UNMATCHED, MOVED, LOST, NEW = range(1, 6)


def told(pool: Pool, plan: Plan, arcs: goals.Arcs, chosen: Ints) -> Rematch:
    """Tell who was displaced and where they went, and who else was moved.

    Where a lead has fewer places than schools, so many of those that went count as displaced,
    first by URN; any others that went from there were moved.
    """
    serves = arcs.serves[chosen]
    place = np.where(serves, arcs.place[chosen], NOWHERE)
    leaves = (plan.slot != NOWHERE) & (place != plan.slot)
    is_displaced = plan.is_displaced | _of_the_crowded(plan, leaves)
    is_other = leaves & ~is_displaced
    had = (plan.slot != NOWHERE) | plan.is_displaced
    kind = np.zeros(len(place), np.int64)
    kind[is_displaced] = np.where(serves[is_displaced], REPLACED, UNMATCHED)
    kind[is_other] = np.where(serves[is_other], MOVED, LOST)
    kind[~had & serves] = NEW
    urns = pool.partners["urn"]

    def of(*kinds: int) -> tuple[str, ...]:
        return tuple(urns.gather(np.flatnonzero(np.isin(kind, kinds))))

    return Rematch(
        displaced=of(REPLACED, UNMATCHED),
        replaced=of(REPLACED),
        moved_others=of(MOVED, LOST),
        unmatched=of(UNMATCHED),
        newly_matched=of(NEW),
        changes=_changes(pool, plan, kind, place),
    )


def _of_the_crowded(plan: Plan, leaves: np.ndarray) -> np.ndarray:
    """Tell who goes because there are more schools than places; sorted by URN as partners are."""
    is_it = np.zeros(len(leaves), np.bool_)
    for slot in np.flatnonzero(plan.n_too_many).tolist():
        going = np.flatnonzero(leaves & (plan.slot == slot))
        is_it[going[: plan.n_too_many[slot]]] = True
    return is_it


def _changes(pool: Pool, plan: Plan, kind: Ints, place: Ints) -> pl.DataFrame:
    mine = np.flatnonzero(kind)
    known = {urn: column for column, urn in enumerate(pool.travel.to_ids)}
    before = pl.DataFrame({"urn": pool.partners["urn"].gather(mine)}).join(
        plan.given, on="urn", how="left", maintain_order="left"
    )
    minutes = [
        float(pool.travel.minutes[row, known[lead]]) if lead in known else None
        for row, lead in zip(pool.travel_rows[mine].tolist(), before["lead_urn"], strict=True)
    ]
    slot = place[mine]
    has = slot != NOWHERE
    lead = np.where(has, pool.slots.lead[slot], 0) if len(pool.slots.lead) else slot
    hundredths = np.where(has, pool.hundredths[mine, lead], 0) if len(pool.slots.lead) else slot
    return pl.DataFrame(
        {
            "urn": before["urn"],
            "kind": [KINDS[each] for each in kind[mine].tolist()],
            "lead_before": before["lead_urn"],
            "pathway_before": before["pathway"],
            "minutes_before": pl.Series(minutes, dtype=pl.Float64).round(2),
            "lead_urn": [
                pool.lead_urns[pool.slots.lead[each]] if each != NOWHERE else None
                for each in slot.tolist()
            ],
            "pathway": [
                pool.pathways[pool.slots.pathway[each]] if each != NOWHERE else None
                for each in slot.tolist()
            ],
            "minutes": [
                each / 100 if there else None
                for each, there in zip(hundredths.tolist(), has.tolist(), strict=True)
            ],
        },
        schema={name: CHANGES[name] for name in CHANGES if name != "reason"},
    ).with_columns(reason=pl.lit(None, dtype=pl.String))


CHANGES = {
    "urn": pl.String(),
    "kind": pl.String(),
    "lead_before": pl.String(),
    "pathway_before": pl.String(),
    "minutes_before": pl.Float64(),
    "lead_urn": pl.String(),
    "pathway": pl.String(),
    "minutes": pl.Float64(),
    "reason": pl.String(),
}
