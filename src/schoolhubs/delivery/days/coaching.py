"""Whether a coaching cycle goes on: sessions held, missed, and none for too long."""

import dataclasses
import datetime
import enum
from collections.abc import Sequence

from schoolhubs.delivery.milestones.terms import DAY, moved
from schoolhubs.vocabulary.records.delivery.milestones import Paused
from schoolhubs.vocabulary.records.support import CoachingRules


class AlertKind(enum.StrEnum):
    """What a cycle waits for."""

    MISSED = "missed"
    SILENT = "silent"
    REVIEW = "review"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session of a cycle: its day and the state of that day."""

    on: datetime.date
    state: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something both schools are told, since when, in words that follow a colon."""

    kind: AlertKind
    since_on: datetime.date
    words: str


def alerts(
    sessions: Sequence[Session],
    rules: CoachingRules,
    *,
    starts_on: datetime.date,
    review_on: datetime.date,
    on: datetime.date,
    pauses: Sequence[Paused] = (),
) -> tuple[Alert, ...]:
    """Tell what a cycle that runs waits for on a day.

    A missed session counts until one was held or planned after it; silence counts from the last
    session held, or from the cycle's first day, while none is planned. Rests of the partnership
    count for nothing of it: they put off silence and review by as many days as they lasted.

    Examples
    --------
    >>> rules = CoachingRules(half_days_a_meeting=1, meetings_a_term=3, review_after_days=90,
    ...                       missed_after_days=42)
    >>> first = datetime.date(2026, 9, 7)
    >>> [each.kind.value for each in alerts(
    ...     [], rules, starts_on=first, review_on=datetime.date(2026, 12, 6),
    ...     on=datetime.date(2026, 11, 20))]
    ['silent']
    """
    held = [each.on for each in sessions if each.state in {"delivered", "agreed", "disputed"}]
    ahead = [each.on for each in sessions if each.state == "planned" and each.on >= on]
    missed = [each.on for each in sessions if each.state == "missed"]
    # A planned session whose day is over was neither recorded nor called off.
    missed += [each.on for each in sessions if each.state == "planned" and each.on < on]
    found = []
    last = max(held, default=starts_on)
    open_missed = [each for each in missed if each >= last]
    if open_missed and not ahead:
        since = max(open_missed)
        words = f"the session of {since.day} {since:%B %Y} was missed, and none is planned"
        found.append(Alert(kind=AlertKind.MISSED, since_on=since, words=words))
    elif not ahead and on > moved(last + rules.missed_after_days * DAY, pauses, on):
        what = "the last session was on" if held else "the cycle began on"
        words = f"{what} {last.day} {last:%B %Y}, and none is planned"
        found.append(Alert(kind=AlertKind.SILENT, since_on=last, words=words))
    review_on = moved(review_on, pauses, on)
    if on >= review_on:
        words = f"its review was due on {review_on.day} {review_on:%B %Y}"
        found.append(Alert(kind=AlertKind.REVIEW, since_on=review_on, words=words))
    return tuple(found)
