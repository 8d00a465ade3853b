"""What ``schoolhubs round`` says to people, in sentences."""

import datetime
from typing import Any

from schoolhubs.vocabulary.records.matching import Alternative, Price
from schoolhubs.vocabulary.words import counted, price_in_words


def who_may_join(summary: dict[str, Any]) -> list[str]:
    """Count the verdicts; a verdict that nobody got is not spoken of.

    >>> who_may_join({"applicants": 1, "eligible": 1, "not_eligible": 0, "cannot_tell": 0})
    ['1 applicant: 1 may join.']
    """
    said = {"eligible": "may join", "not_eligible": "may not", "cannot_tell": "cannot be told"}
    told = [f"{summary[name]:,} {words}" for name, words in said.items() if summary[name]]
    return [f"{counted(summary['applicants'], 'applicant')}: {', '.join(told)}."]


def who_is_placed(summary: dict[str, Any]) -> list[str]:
    """Count where the eligible schools are; the parts add up to them.

    >>> who_is_placed(
    ...     {"matched": 5, "unmatched": 0, "already_placed": 1, "waiting_for_trust_match": 2}
    ... )
    ['Of those: 5 matched, 1 keeps an earlier place, 2 wait for a match of trusts.']
    """
    keeps = "keeps" if summary["already_placed"] == 1 else "keep"
    waits = "waits" if summary["waiting_for_trust_match"] == 1 else "wait"
    said = {
        "matched": "matched",
        "unmatched": "not matched",
        "already_placed": f"{keeps} an earlier place",
        "waiting_for_trust_match": f"{waits} for a match of trusts",
    }
    told = [f"{summary[name]:,} {words}" for name, words in said.items() if summary[name]]
    return [f"Of those: {', '.join(told)}."] if told else []


def kept_in_words(school: str, kept: dict[str, Any], lead: str) -> str:
    """Say which partnership a school keeps, and until when.

    >>> kept = {"pathway": "core", "started_on": datetime.date(2025, 9, 1), "finished_on": None}
    >>> kept_in_words("900001 Ash", kept, "900002 Elm")
    '900001 Ash keeps lead 900002 Elm (core), from 2025-09-01, with no last day stated.'
    """
    until = ", with no last day stated"
    if kept["finished_on"]:  # the first day after the last
        until = f" to its last day, {kept['finished_on'] - datetime.timedelta(days=1)}"
    return f"{school} keeps lead {lead} ({kept['pathway']}), from {kept['started_on']}{until}."


def decision_in_words(row: dict[str, Any]) -> str:
    """Say what became of another pathway that a school asked for.

    >>> reason = "No: the school is open. We read closed. It would pass if the school were open."
    >>> decision_in_words({"pathway": "enhanced", "verdict": "no", "reason": reason})
    'On enhanced: No: the school is open. We read closed. It would pass if the school were open.'
    """
    return f"On {row['pathway']}: {row['reason'] or row['verdict']}"


def _who_loses(price: Price) -> str:
    """Say who makes room for a school that has no hub, where all others' places are taken.

    One school more and none fewer matched in all means that another one lost its place.

    >>> _who_loses(Price(need=0, exceptions=0, minutes=3.0))
    'another school losing its place, '
    >>> _who_loses(Price(need=0, exceptions=0, minutes=3.0, schools=-1))
    ''
    """
    n = price.schools + 1
    if n < 1:
        return ""
    return "another school losing its place, " if n == 1 else f"{n:,} others losing their places, "


def choice_in_words(choice: Alternative, lead: str, *, is_left_out: bool) -> str:
    """Say what blocked another lead, and what forcing it would cost."""
    if choice.minutes is None:
        away = "no way to get there"
    else:
        away = counted(round(choice.minutes), "minute")
    said = f"Instead {lead} ({choice.pathway}), {away}: blocked by {choice.blocked_by}"
    if choice.price is None:
        return f"{said}; a hard rule or a place held fast forbids it."
    loses = _who_loses(choice.price) if is_left_out else ""
    return f"{said}. Forcing it would mean {loses}{price_in_words(choice.price)}."


def rematch_in_words(
    counts: dict[str, int], names: dict[str, str], changes: list[Any]
) -> list[str]:
    """Tell a re-match: the counts, then each school with its reason.

    >>> counts = {"displaced": 1, "replaced": 1, "moved_others": 0, "unmatched": 0}
    >>> row = {"urn": "900011", "reason": "Goes to Elm (900002) instead of Ash (900001)."}
    >>> for line in rematch_in_words(counts, {"900011": "Oak"}, [row]):
    ...     print(line)
    1 school displaced: 1 placed again, 0 without a hub. 0 others moved.
    900011 Oak: Goes to Elm (900002) instead of Ash (900001).
    """
    displaced = counted(counts["displaced"], "school").replace("no ", "0 ")
    first = (
        f"{displaced} displaced: {counts['replaced']:,} placed again, {counts['unmatched']:,} "
        f"without a hub. {counts['moved_others']:,} others moved."
    )
    named = [f"{row['urn']} {names.get(row['urn'], '')}".strip() for row in changes]
    return [
        first,
        *(f"{name}: {row['reason']}" for name, row in zip(named, changes, strict=True)),
    ]
