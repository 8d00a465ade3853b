"""Which places are left, and whether any school without a hub may take one."""

import polars as pl

from schoolhubs.packs.words import in_order, listed, phase_name
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.matching import Compatibility
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.words import counted


def places_left(held: Round, hubs: pl.DataFrame, pathway: str) -> str:
    """Say how many places of a pathway are left, at hubs of which phase, and who may take them.

    Parameters
    ----------
    hubs
        The pathway's rows of ``PackTables.hubs``.
    """
    n_left = int(hubs["n_left"].sum())
    if not n_left:
        return "no places are left"
    free = hubs.filter(pl.col("n_left") > 0)
    by_phase = free.group_by("phase").agg(n=pl.col("n_left").sum()).sort("n", "phase")
    phase, n_most = by_phase.row(-1)
    of_them = "all" if n_most == n_left else f"{n_most:,} of them"
    where = (
        f", {of_them} at {phase_name(phase).lower()} hubs" if hubs["phase"].n_unique() > 1 else ""
    )
    phases = frozenset(free["phase"].drop_nulls().unique())
    return (
        f"{counted(n_left, 'place is', 'places are')} left{where}{_takers(held, pathway, phases)}"
    )


def _takers(held: Round, pathway: str, phases: frozenset[str]) -> str:
    """Count the schools without a hub whose phase the hubs with places take."""
    n_without = held.result.unmatched.height
    if not n_without:
        return "; no eligible school is left without a hub" if held.result.matches.height else ""
    may_join = held.decisions.filter(
        pl.col("pathway") == pathway, pl.col("verdict") == Verdict.YES
    ).join(held.result.unmatched, on="urn", how="semi")
    without = counted(n_without, "eligible school without a hub", "eligible schools without a hub")
    if not may_join.height:
        return f"; none of the {without} may join on this pathway"
    if held.rules.compatibility is not Compatibility.PHASE:
        return ""
    taken = [phase for phase, suits in held.rules.lead_phases.items() if suits & phases]
    if n := may_join.filter(pl.col("phase").is_in(taken)).height:
        said = f"; {n:,} of the {without} {'is' if n == 1 else 'are'} of a phase these hubs take"
        return f"{said}, and unmatched.csv says what keeps each out"
    names = [phase_name(phase).lower() for phase in in_order(taken, "phase")]
    only = f"only {listed(names)}" if names else "no"
    return f"; none of the {without} may take one, since these hubs take {only} schools"
