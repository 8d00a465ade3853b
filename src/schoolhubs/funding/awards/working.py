"""The steps of an award while it is worked out, and how days are said."""

import dataclasses

from schoolhubs.vocabulary.records.funding import AwardLine, MoneyRules


@dataclasses.dataclass(slots=True, kw_only=True)
class Working:
    """Lines so far, and what the award says beside them."""

    lines: list[AwardLine] = dataclasses.field(default_factory=list)
    would_change: list[str] = dataclasses.field(default_factory=list)
    assumed: list[str] = dataclasses.field(default_factory=list)
    derived_from: list[str] = dataclasses.field(default_factory=list)
    counted_half_days: int = 0
    expected_half_days: float = 0.0

    @property
    def pence(self) -> int:
        """What the lines add up to so far."""
        return sum(line.amount_pence for line in self.lines)


def add(working: Working, code: str, text: str, pence: int, why: str = "") -> None:
    """Add a line."""
    working.lines.append(AwardLine(code=code, text=text, amount_pence=pence, why=why))


def said(working: Working, money: MoneyRules, name: str) -> str:
    """Say who gave a rule of money; one that nobody published is noted with the award."""
    rule = money.said[name]
    if rule.is_assumed and f"money.{name}" not in working.assumed:
        working.assumed.append(f"money.{name}")
    return str(rule)


def text_of_days(half_days: float) -> str:
    """Say half-days as days.

    >>> text_of_days(1), text_of_days(2), text_of_days(33)
    ('half a day', '1 day', '16.5 days')
    """
    if half_days == 1:
        return "half a day"
    return f"{half_days / 2:g} {'day' if half_days == 2 else 'days'}"
