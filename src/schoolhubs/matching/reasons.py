"""Why a partner was left out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.matching.optimum import goals
from schoolhubs.matching.optimum.network import Ints
from schoolhubs.matching.rules import compatibility
from schoolhubs.matching.rules.pool import NOT_PINNED, Pool
from schoolhubs.vocabulary.records.matching import FloorGroup

Mask = NDArray[np.bool_]
NOT_SUITED = (
    compatibility.LEAD_ITSELF,
    compatibility.PHASE,
    compatibility.NEED_TYPE_OR_AGE,
)
SHOWN = 3  # schools named in a sentence before the rest are counted
NOBODY = np.iinfo(np.int64).max


def unmatched(pool: Pool, arcs: goals.Arcs, chosen: Ints) -> pl.DataFrame:
    """Give one row for each partner left out, with the rule or capacity that binds.

    Parameters
    ----------
    chosen
        Arc of each partner.
    """
    mine = np.flatnonzero(~arcs.serves[chosen])
    suits = ~np.isin(pool.forbidden[mine], NOT_SUITED)
    journeys = pool.hundredths[mine]
    measured = np.where(suits & (journeys >= 0), journeys, NOBODY)
    least = measured.min(axis=1, initial=NOBODY)
    known = least < NOBODY
    nearest = np.where(known, measured.argmin(axis=1) if pool.leads.height else 0, 0)
    urns = pl.Series(pool.lead_urns or [None], dtype=pl.String).gather(nearest)
    return pl.DataFrame(
        {
            "urn": pool.partners["urn"].gather(mine),
            "need_weight": pool.need[mine],
            "reason": pl.Series(_reasons(pool, arcs, chosen, mine), dtype=pl.String),
            "nearest_lead_urn": urns,
            "nearest_minutes": least / 100,
        }
    ).with_columns(
        pl.when(pl.Series(known)).then(pl.col(name)).alias(name)
        for name in ("nearest_lead_urn", "nearest_minutes")
    )


def _reasons(pool: Pool, arcs: goals.Arcs, chosen: Ints, mine: Ints) -> list[str]:
    """Say for each partner the rule that its best pair fails, or who holds the places.

    The best pair is the one that passes most rules, in the order of ``compatibility.REASONS``.
    """
    allowed = pool.forbidden[mine] == compatibility.ALLOWED
    in_reach = allowed.any(axis=1)
    furthest = pool.forbidden[mine].max(axis=1, initial=0)
    by_rule = _by_rule(pool)
    phases = pool.partners["phase"].str.replace_all("_", " ").gather(mine).to_list()
    by_place = iter(_by_place(pool, arcs, chosen, mine[in_reach], allowed[in_reach]))
    return [
        next(by_place) if reached else by_rule[rule].format(phase=phase)
        for reached, rule, phase in zip(in_reach.tolist(), furthest.tolist(), phases, strict=True)
    ]


def _by_rule(pool: Pool) -> dict[int, str]:
    limit = pool.rules.absolute_maximum_minutes
    return {
        compatibility.ALLOWED: "there are no lead schools",
        compatibility.LEAD_ITSELF: "it is a lead school itself",
        compatibility.PHASE: "no lead school suits its phase ({phase})",
        compatibility.NEED_TYPE_OR_AGE: "no lead school shares its need type and age range",
        compatibility.NEED_TYPE_NOT_KNOWN: "whether a lead shares its need type is not known",
        compatibility.AGE_NOT_KNOWN: "whether a lead shares its age range is not known",
        compatibility.NEITHER_KNOWN: (
            "whether a lead shares its need type and age range is not known"
        ),
        compatibility.OWN_TRUST: "the only leads that suit it are in its own trust",
        compatibility.BAN: "the only leads that suit it are banned for it by the office",
        compatibility.CONFLICT: "a conflict is declared with the only leads that suit it",
        compatibility.UNREACHABLE: "no lead that suits it can be reached by road or ferry",
        compatibility.TOO_FAR: f"no lead that suits it is within {limit:g} minutes",
    }


def _by_place(pool: Pool, arcs: goals.Arcs, chosen: Ints, mine: Ints, allowed: Mask) -> list[str]:
    """Say who holds the places of the leads that each partner may go to."""
    slots = pool.slots
    here = allowed[:, slots.lead] & pool.wants[mine][:, slots.pathway]
    free = here & (slots.n_free > 0)
    used = np.bincount(arcs.place[chosen], minlength=arcs.n_places)[: len(slots.lead)]
    holders = np.where(free, _least_need(pool, arcs, chosen), NOBODY).min(axis=1, initial=NOBODY)
    columns = (
        mine,
        np.any(here & (slots.n_places > 0), axis=1),
        np.any(free & (used < slots.n_free), axis=1),
        (free * slots.n_free).sum(axis=1),
        holders,
    )
    rows = zip(*(column.tolist() for column in columns), _leads_named(pool, free), strict=True)
    need, names = pool.need.tolist(), _pathways_named(pool, mine)
    within = f"open to it within {pool.rules.absolute_maximum_minutes:g} minutes"
    preferred = f"{pool.rules.preferred_maximum_minutes:g} minutes"
    pressed = " or by pins and floors" if _is_pressed(pool) else ""
    keeps = pool.plan is not None and not pool.plan.may_wait.all()
    said = []
    for (partner, is_offered, is_spare, n_places, holder, leads), name in zip(
        rows, names, strict=True
    ):
        if not name:
            said.append("it may be placed on no pathway")
        elif not is_offered:
            said.append(f"no lead {within} offers a place in {name}")
        elif not n_places:
            said.append(f"every {name} place {within} is held by a partnership declared already")
        elif is_spare:
            said.append(
                f"the free {name} places {within} are over {preferred} away, and only a school "
                "with need points is given an exception"
            )
        else:
            said.append(_taken(n_places, f"{name} place", f"{within} ({leads})"))
            if keeps and holder < need[partner]:
                said[-1] += " by schools that keep the place they have"
                continue
            said[-1] += _by_whom(need[partner], holder, n_places) + (
                pressed if holder < need[partner] else ""
            )
    return said


def _taken(n_places: int, what: str, where: str) -> str:
    """Say that places are taken, in the number they are.

    >>> _taken(1, "core place", "near (100001)"), _taken(1_200, "core place", "near")
    ('the only core place near (100001) is taken', 'all 1,200 core places near are taken')
    """
    if n_places == 1:
        return f"the only {what} {where} is taken"
    return f"{'both' if n_places == 2 else f'all {n_places:,}'} {what}s {where} are taken"


def _by_whom(need: int, holder: int, n_places: int) -> str:
    """Compare a school's need with the least need among those that hold the places."""
    is_one = n_places == 1
    if holder < need:
        return f", and freeing {'it' if is_one else 'one'} would leave more need unserved"
    if holder > need:
        return f" by {'a school' if is_one else 'schools'} of greater need"
    return " by a school of equal need" if is_one else " by schools of greater or equal need"


def _least_need(pool: Pool, arcs: goals.Arcs, chosen: Ints) -> Ints:
    """Least need among the schools that hold each slot's places."""
    least = np.full(len(pool.slots.lead), NOBODY)
    serving = chosen[arcs.serves[chosen]]
    np.minimum.at(least, arcs.place[serving], pool.need[arcs.partner[serving]])
    return least


def _leads_named(pool: Pool, free: Mask) -> list[str]:
    """Name the first leads of each row of slots, and count the rest."""
    by_lead = np.zeros((len(free), max(pool.leads.height, 1)), np.bool_)
    for slot, lead in enumerate(pool.slots.lead):
        by_lead[:, lead] |= free[:, slot]
    rank = np.where(by_lead, by_lead.cumsum(axis=1), 0)
    firsts = [(rank == nth).argmax(axis=1).tolist() for nth in range(1, SHOWN + 1)]
    urns = pool.lead_urns
    named = []
    for n, *columns in zip(by_lead.sum(axis=1).tolist(), *firsts, strict=True):
        shown = ", ".join(urns[column] for column in columns[:n])
        named.append(shown + (f" and {n - SHOWN} more" if n > SHOWN else ""))
    return named


def _pathways_named(pool: Pool, mine: Ints) -> list[str]:
    said = {
        row: " or ".join(name for name, is_in in zip(pool.pathways, row, strict=True) if is_in)
        for row in {tuple(row) for row in pool.wants[mine].tolist()}
    }
    return [said[tuple(row)] for row in pool.wants[mine].tolist()]


def _is_pressed(pool: Pool) -> bool:
    has_floors = pool.rules.floor_group is not FloorGroup.NONE
    return has_floors or bool((pool.pinned_lead != NOT_PINNED).any())
