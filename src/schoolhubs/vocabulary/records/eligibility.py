"""Who may join, with a reason for each rule."""

import dataclasses
import datetime
import enum
from typing import Any


class Verdict(enum.StrEnum):
    """The three answers. What is not known is never "no"."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RuleReason:
    """What one rule said of one school.

    Parameters
    ----------
    rule
        Name of the rule in the programme's definition.
    verdict
        What this rule alone says.
    value
        The value read, in words a head would know it by; None where nothing is known.
    threshold
        What the rule asks for, in words.
    source
        Where the value came from: publication, year, and the URN if it is a predecessor's.
    would_pass_if
        What would make it pass; blank where it passes.
    is_assumed
        The threshold is assumed, not published.
    rule_source
        Where the rule itself was published.
    """

    rule: str
    verdict: Verdict
    value: str | None
    threshold: str
    source: str
    would_pass_if: str
    is_assumed: bool
    rule_source: str

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityDecision:
    """Whether a school may join on one pathway, on one date, and why.

    The verdict is "no" if any rule says no, else "cannot tell" if any rule cannot tell, else
    "yes".
    """

    programme_id: str
    definition_version: str
    cohort_id: str
    urn: str
    pathway: str
    verdict: Verdict
    reasons: tuple[RuleReason, ...]
    on: datetime.date

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values, the date as text."""
        whole = dataclasses.asdict(self)
        return {**whole, "on": self.on.isoformat()}
