"""What a school and its lead found: causes with their evidence, and what lies outside."""

import dataclasses
import datetime

from schoolhubs.vocabulary.records.plan import written


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that speaks for a root cause, or against it.

    Parameters
    ----------
    kind
        ``marks``, ``behaviour``, ``survey``, ``self_assessment``, ``observation`` or ``target``.
    measure
        What was looked at, such as ``first_weeks`` or the name of an item.
    says
        ``for``, ``against`` or ``cannot_tell``.
    text
        The same in one sentence, with its figure.
    by
        Who says so: ``school``, ``pupils``, ``staff``, ``leaders``, ``lead_school``; blank for
        figures that nobody's opinion is part of.
    strength
        A strength of ``diagnosis/finding/rules.yaml``.
    value, unit, low, high, n
        The figure with its interval and how many pupils or answers it is of; None where it has
        none or it may not be shown.
    series, year
        Where the figure belongs, such as ``own marks`` and ``2026/27``.
    source
        Where it can be read again: file and row.
    """

    kind: str
    measure: str
    says: str
    text: str
    by: str = ""
    strength: str = ""
    value: float | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    series: str = ""
    year: str = ""
    source: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A practice of the school that evidence speaks for.

    Parameters
    ----------
    finding_id
        Stable from draft to draft: the root cause, or ``gap_``, a scale of the surveys and the
        wave.
    root_cause
        A practice in ``vocabulary/root_causes``; never what lies outside the school.
    rank
        1 is the first to look at; the same for those that the rule cannot tell apart.
    how_sure
        A word of ``diagnosis/finding/rules.yaml``: ``shown``, ``likely``, ``said`` or
        ``cannot_tell``.
    would_change
        What would change this finding, in sentences.
    differ
        Who sees it otherwise than whom, in sentences; empty where nobody does.
    decision, reason
        What people made of a draft: ``kept`` or ``set_aside``, and why; blank in a draft.
    drafted_rank
        The rank by the rule, where people ranked anew; None in a draft.
    """

    finding_id: str
    root_cause: str
    title: str = ""
    topics: tuple[str, ...] = ()
    rank: int = 0
    how_sure: str = ""
    evidence: tuple[Evidence, ...] = ()
    would_change: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()
    decision: str = ""
    reason: str = ""
    drafted_rank: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """What lies outside the school: recorded with the body that answers for it, no objective.

    Parameters
    ----------
    root_cause
        One of the ``outside`` causes.
    extent
        Whom it keeps away and how much, in words; never a pupil.
    body
        Who answers for it.
    referral, referred_on
        What was asked of that body, and when; blank and None where nothing was.
    answer, answered_on
        What it said; blank and None until it does.
    """

    root_cause: str
    title: str = ""
    extent: str = ""
    body: str = ""
    referral: str = ""
    referred_on: datetime.date | None = None
    answer: str = ""
    answered_on: datetime.date | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What somebody saw on the diagnostic day of one root cause; never a pupil.

    Parameters
    ----------
    by
        ``school`` or ``lead_school``: which side saw it.
    says
        ``for``, ``against`` or ``cannot_tell``.
    text, place
        What was seen and where, in words.
    """

    observation_id: str
    root_cause: str
    by: str
    says: str
    text: str
    place: str = ""
    seen_on: datetime.date | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InputRead:
    """A file that a diagnosis was drafted from, with twelve letters that change with it."""

    name: str
    fingerprint: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What was not there to be looked at, and what that means."""

    kind: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What was found at a school: a draft, or what people confirmed.

    Parameters
    ----------
    urn
        Six digits.
    rules_version
        Of ``diagnosis/finding/rules.yaml``: the same inputs and rules give the same draft.
    inputs
        What it was drafted from.
    findings
        By rank; those that cannot be told last.
    barriers, missing
        What lies outside the school, and what nobody brought.
    confirmed_by, confirmed_on
        Blank and None in a draft.

    Examples
    --------
    >>> finding = Finding(finding_id="first_day_late", root_cause="first_day_late", rank=1)
    >>> found = Diagnosis(urn="900001", findings=(finding,))
    >>> Diagnosis.from_dict(found.as_dict()) == found
    True
    """

    urn: str
    rules_version: str = ""
    inputs: tuple[InputRead, ...] = ()
    findings: tuple[Finding, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    missing: tuple[Missing, ...] = ()
    confirmed_by: str = ""
    confirmed_on: datetime.date | None = None

    @property
    def digest(self) -> str:
        """Twelve letters that change with anything it says."""
        return written.digest(self)

    def as_dict(self) -> dict[str, written.Written]:
        """Give JSON-ready values, dates as ``2026-11-22``."""
        return written.as_dict(self)

    @classmethod
    def from_dict(cls, given: object) -> "Diagnosis":
        """Read a mapping as :meth:`as_dict` gives it.

        Raises
        ------
        DataProblem
            With every word that no diagnosis has, every value of another kind, every missing id.
        """
        return written.from_dict(cls, given, what="diagnosis")
