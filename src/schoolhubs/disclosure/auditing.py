"""The audit: what can be told from tables that went out, by somebody who has nothing else."""

from collections.abc import Sequence

import numpy as np

from schoolhubs.disclosure.attacking import arithmetic, attacker, knowledge, linking
from schoolhubs.disclosure.attacking.arithmetic import Ints
from schoolhubs.disclosure.attacking.attacker import seen_at
from schoolhubs.disclosure.attacking.knowledge import Knowledge
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.disclosure import DisclosureFinding, Release

SEED = 20261123  # of directions only; what is found is proved


def audit(releases: Sequence[Release]) -> tuple[DisclosureFinding, ...]:
    """Attack releases together; name every hidden figure that can be told.

    Each release is read as it was published, with its rules; the strictest threshold counts. The
    attacker knows totals, rounding, that zeros are shown, that what is shown is above the
    threshold, that people are whole, and parts of wholes.

    Raises
    ------
    Conflict
        If the releases contradict each other, so that no table fits them all.

    Examples
    --------
    >>> import polars as pl
    >>> from schoolhubs.disclosure import rules
    >>> from schoolhubs.vocabulary.records.disclosure import TableLayout
    >>> table = pl.DataFrame(
    ...     {
    ...         "fsm": ["yes", "no", "total"],
    ...         "enrolments": [None, 98, 100],
    ...         "enrolments_mark": ["c", None, None],
    ...     }
    ... )
    >>> layout = TableLayout(
    ...     dimensions=("fsm",), counts=("enrolments",), totals={"fsm": "total"}
    ... )
    >>> release = Release(name="naive", layout=layout, rules=rules("school-tables"), table=table)
    >>> print(audit([release])[0])
    naive: enrolments of fsm yes is not shown but must be 2
    """
    if not releases:
        return ()
    rules = max((each.rules for each in releases), key=lambda each: each.threshold)
    known, value, union = _fitted(releases)
    attack = attacker.facing(known, value, known.hidden_low, known.hidden_high, rules)
    spread = seen_at(value)
    pinned = attack.pinned(known.is_attacked, spread, np.random.default_rng(SEED))
    findings = []
    for unknown in pinned.tolist():
        release, column, where = _told(releases, union, unknown)
        low, high = attack.reach(unknown, spread)
        findings.append(
            DisclosureFinding(release=release, column=column, where=where, low=low, high=high)
        )
    return tuple(findings)


def _fitted(releases: Sequence[Release]) -> tuple[Knowledge, Ints, linking.Union]:
    """Give what all releases tell, figures that fit it, and the releases as one table."""
    tables = [(each.layout, linking.read(each)) for each in releases]
    for union in linking.unions(tables, linking.uneven_of(releases)):
        known = knowledge.nothing(union.sums)
        for release, place in zip(releases, union.places, strict=True):
            linking.take_in(known, release, place)
        if any(each.rules.is_rest_protected for each in releases):
            known.is_attacked[knowledge.rests(known, union.sums)] = True
        value = attacker.fitting(known, known.hidden_low, known.hidden_high)
        if value is not None:
            return known, value, union
    names = ", ".join(each.name for each in releases)
    raise Conflict(f"No table fits all that is shown by {names}: a figure was changed between.")


def _told(releases: Sequence[Release], union: linking.Union, unknown: int) -> tuple[str, str, str]:
    """Name an unknown by the first release that has it, or has its group."""
    outside = " outside a part of it" if union.sums.is_others[unknown] else ""
    for release, place in zip(releases, union.places, strict=True):
        at = np.flatnonzero(place == union.sums.group[unknown])
        if not len(at):
            continue
        column, row = divmod(int(at[0]), release.table.height)
        where = arithmetic.where(release.layout, release.table, row)
        return release.name, f"{release.layout.columns[column]}{outside}", where
    return ", ".join(each.name for each in releases), "those of no part shown", "a total"
