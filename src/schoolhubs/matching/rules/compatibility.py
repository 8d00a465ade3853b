"""Hard rules that a pair of schools keeps or breaks on its own, whoever else is matched.

The answer is a matrix of reasons, shape (partners, leads): 0 where the pair is allowed, else the
index into ``REASONS`` of the most basic rule that forbids it. Reasons are ordered from what a
school is, over what the office declared, to where it stands.
"""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.vocabulary.records.matching import Compatibility, MatchingRules

REASONS = (
    "",
    "is a lead school",
    "phase",
    "need type or age",
    "need type not known",
    "age range not known",
    "need type and age range not known",
    "own trust",
    "ban",
    "conflict",
    "unreachable",
    "too far",
)
ALLOWED = 0
LEAD_ITSELF, PHASE, NEED_TYPE_OR_AGE = 1, 2, 3
NOT_KNOWN = NEED_TYPE_NOT_KNOWN, AGE_NOT_KNOWN, NEITHER_KNOWN = 4, 5, 6
OWN_TRUST, BAN, CONFLICT, UNREACHABLE, TOO_FAR = 7, 8, 9, 10, 11
NEVER = -1  # hundredths of a minute between places that no road or ferry joins

Mask = NDArray[np.bool_]


def forbidden(
    partners: pl.DataFrame,
    leads: pl.DataFrame,
    hundredths: NDArray[np.int64],
    rules: MatchingRules,
    overrides: pl.DataFrame,
) -> NDArray[np.uint8]:
    """Say for each pair which rule forbids it.

    Parameters
    ----------
    partners, leads
        Frames ``PARTNERS`` (n rows) and ``LEAD_SCHOOLS`` (m rows).
    hundredths
        Shape (n, m): one-way journeys in hundredths of a minute, ``NEVER`` where there is none.
    rules
        The definition's rules.
    overrides
        Frame ``OVERRIDES``; bans and conflicts are read, pins are not.

    Returns
    -------
    numpy.ndarray
        Shape (n, m): index into ``REASONS``.
    """
    reasons = np.zeros(hundredths.shape, np.uint8)
    reasons[hundredths > round(rules.absolute_maximum_minutes * 100)] = TOO_FAR
    reasons[hundredths == NEVER] = UNREACHABLE
    for kind, reason in (("conflict", CONFLICT), ("ban", BAN)):
        pairs = overrides.filter(pl.col("kind") == kind).select("partner_urn", "lead_urn")
        if kind == "conflict":  # it stands between two schools, whichever is written first
            pairs = pl.concat([pairs, pairs.select(partner_urn="lead_urn", lead_urn="partner_urn")])
        reasons[_declared(partners, leads, pairs)] = reason
    if rules.forbids_own_trust:
        reasons[_shares(partners["trust_id"], leads["trust_id"])] = OWN_TRUST
    need_and_age = needs_and_ages(partners, leads, rules)
    binds = need_and_age == NEED_TYPE_OR_AGE
    if not rules.may_match_unknown:
        binds |= need_and_age != ALLOWED
    reasons[binds] = need_and_age[binds]
    if rules.lead_phases or rules.compatibility is Compatibility.PHASE:
        reasons[~_phases_suit(partners["phase"], leads["phase"], rules)] = PHASE
    reasons[np.isin(partners["urn"], leads["urn"])] = LEAD_ITSELF
    return reasons


def needs_and_ages(
    partners: pl.DataFrame, leads: pl.DataFrame, rules: MatchingRules
) -> NDArray[np.uint8]:
    """Say for each pair whether need types and age ranges suit, do not, or are not known.

    Returns
    -------
    numpy.ndarray
        Shape (n, m): 0 where they suit, or where the definition goes by phase alone;
        ``NEED_TYPE_OR_AGE`` where what was read does not suit, else one of ``NOT_KNOWN``.
    """
    told = np.zeros((partners.height, leads.height), np.uint8)
    if rules.compatibility is not Compatibility.NEED_TYPE_AND_AGE:
        return told
    needs_suit, needs_known = _needs_overlap(partners, leads)
    ages_overlap, ages_known = _ages_overlap(partners, leads)
    told[~needs_known] = NEED_TYPE_NOT_KNOWN
    told[~ages_known] = AGE_NOT_KNOWN
    told[~needs_known & ~ages_known] = NEITHER_KNOWN
    told[(needs_known & ~needs_suit) | (ages_known & ~ages_overlap)] = NEED_TYPE_OR_AGE
    return told


def _codes(*columns: pl.Series) -> list[NDArray[np.int64]]:
    """Number the values of some text columns alike; missing is -1."""
    words = pl.concat(columns).unique().drop_nulls().sort()
    numbers = dict(zip(words, range(len(words)), strict=True))
    return [np.array([numbers.get(text, -1) for text in column], np.int64) for column in columns]


def _phases_suit(partner: pl.Series, lead: pl.Series, rules: MatchingRules) -> Mask:
    here, _ = _codes(partner, lead)
    suits = np.zeros((here.max(initial=-1) + 1, lead.len()), np.bool_)
    for code, phase in set(zip(here.tolist(), partner, strict=True)):
        allowed = rules.lead_phases.get(phase, frozenset())
        suits[code] = [other in allowed for other in lead]
    return suits[here]


def _shares(partner: pl.Series, lead: pl.Series) -> Mask:
    here, there = _codes(partner, lead)
    same: Mask = (here[:, None] == there[None, :]) & (here >= 0)[:, None]
    return same


def _needs_overlap(partners: pl.DataFrame, leads: pl.DataFrame) -> tuple[Mask, Mask]:
    """Tell who shares a type of need, and of whom that is known: both list one at least."""
    words = sorted(
        {word for f in (partners, leads) for row in f["need_types"].to_list() for word in row or ()}
    )
    here, there = (_membership(frame["need_types"], words) for frame in (partners, leads))
    shared: Mask = here.astype(np.float32) @ there.astype(np.float32).T > 0
    lists_some, lead_lists_some = (np.asarray(each.any(axis=1)) for each in (here, there))
    return shared, lists_some[:, None] & lead_lists_some[None, :]


def _membership(lists: pl.Series, words: list[str]) -> Mask:
    place = {word: index for index, word in enumerate(words)}
    held = np.zeros((len(lists), len(words)), np.bool_)
    for row, listed in enumerate(lists.to_list()):
        for word in listed or ():
            held[row, place[word]] = True
    return held


def _ages_overlap(partners: pl.DataFrame, leads: pl.DataFrame) -> tuple[Mask, Mask]:
    """Tell whose age ranges overlap by more than the year in which pupils move on, if known.

    A statutory range of 4 to 11 and one of 11 to 16 share no year group. One end of a range may
    be enough to know that two do not overlap.
    """
    low, high = (_numbers(partners[name])[:, None] for name in ("age_low", "age_high"))
    lead_low, lead_high = (_numbers(leads[name])[None, :] for name in ("age_low", "age_high"))
    overlap = (low < lead_high) & (lead_low < high)
    return overlap, overlap | (low >= lead_high) | (lead_low >= high)


def _numbers(column: pl.Series) -> NDArray[np.float64]:
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()


def _declared(partners: pl.DataFrame, leads: pl.DataFrame, pairs: pl.DataFrame) -> Mask:
    rows, columns = indices(partners["urn"]), indices(leads["urn"])
    named = np.zeros((partners.height, leads.height), np.bool_)
    for partner, lead in pairs.iter_rows():
        if partner in rows and lead in columns:
            named[rows[partner], columns[lead]] = True
    return named


def indices(column: pl.Series) -> dict[Any, int]:
    """Map each value of a column of unique values to its row."""
    return {value: row for row, value in enumerate(column)}
