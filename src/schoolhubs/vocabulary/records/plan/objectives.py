"""What a plan wants to change, what it does for that, and how it went."""

import dataclasses
import datetime

from schoolhubs.vocabulary.records.plan import written


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure with the noise it has.

    Parameters
    ----------
    value
        In the unit of the measure.
    low, high
        90 % interval; None where the noise is not known, and then nothing can be green.
    measured_on
        Last day that the figure counts.
    n
        Pupils or answers behind it; None where not known.
    source
        Where it was read, such as ``attendance measure, autumn 2026``.
    """

    value: float
    low: float | None = None
    high: float | None = None
    measured_on: datetime.date | None = None
    n: int | None = None
    source: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One thing a plan wants to change. Blank or None is what nobody wrote yet.

    Parameters
    ----------
    root_cause
        A practice in ``vocabulary/root_causes/root_causes.yaml``.
    finding_id
        The finding of the diagnosis that it rests on.
    measure
        A measure of ``plans/measures.yaml``.
    expected_size
        The improvement hoped for by the last review, in the measure's unit, above 0.
    target
        The figure at the last review: the baseline bettered by ``expected_size``.
    owner
        Who answers for it.
    started_on, review_on
        First day, and the days of review.
    evidence_strength, evidence
        A strength of ``plans/strengths.yaml``, and why.
    """

    objective_id: str
    title: str = ""
    root_cause: str = ""
    finding_id: str = ""
    measure: str = ""
    baseline: Measured | None = None
    expected_size: float | None = None
    target: float | None = None
    owner: str = ""
    started_on: datetime.date | None = None
    review_on: tuple[datetime.date, ...] = ()
    cost_pence: int | None = None
    evidence_strength: str = ""
    evidence: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a reward, a sanction or a timetable turns on, as fields instead of prose.

    Parameters
    ----------
    turns_on
        ``attendance``, ``lateness``, ``conduct``, ``effort`` or blank.
    given_to
        ``pupil`` or ``group``.
    threshold_percent
        Attendance that is asked for; None where none is.
    counts_codes
        Attendance codes that count against a pupil.
    leaves_out
        Reasons of absence that count against nobody: ``illness``, ``medical``, ``disability``,
        ``religion``, ``caring``.
    includes_flagged
        Whether pupils with an EHC plan, SEN support or a medical flag are within its reach.
    purpose
        Of a timetable: ``health``, ``reintegration``, ``behaviour`` or blank.
    ends_on, review_on, is_agreed_with_parents
        Of a timetable.
    """

    turns_on: str = ""
    given_to: str = "pupil"
    threshold_percent: float | None = None
    counts_codes: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    includes_flagged: bool = False
    purpose: str = ""
    ends_on: datetime.date | None = None
    review_on: datetime.date | None = None
    is_agreed_with_parents: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAction:
    """What a school does for an objective.

    Parameters
    ----------
    library_id
        The action of the library it comes from; blank for a school's own.
    kind
        ``support``, ``reward``, ``sanction``, ``timetable`` or ``contact``.
    text
        What is done, in the school's words; read by the lint like title, first steps and for whom.
    conditions
        For rewards, sanctions and timetables; None otherwise.

    Examples
    --------
    >>> action = PlannedAction(action_id="a1", objective_id="o1", title="Greet at the door")
    >>> len(action.version), action.version == PlannedAction.from_dict(action.as_dict()).version
    (12, True)
    """

    action_id: str
    objective_id: str = ""
    library_id: str = ""
    kind: str = "support"
    title: str = ""
    text: str = ""
    first_steps: tuple[str, ...] = ()
    staff_hours: float | None = None
    cost_pence: int | None = None
    for_whom: str = ""
    conditions: Conditions | None = None

    @property
    def version(self) -> str:
        """Twelve letters that change with anything the action says; a screen names them."""
        return written.digest(self)

    @property
    def words(self) -> str:
        """All that the action says in prose, a sentence a line."""
        held = (self.title, self.text, *self.first_steps, self.for_whom)
        return "\n".join(said for said in held if said)

    def as_dict(self) -> dict[str, written.Written]:
        """Give JSON-ready values."""
        return written.as_dict(self)

    @classmethod
    def from_dict(cls, given: object) -> "PlannedAction":
        """Read what :meth:`as_dict` gives; see :meth:`ActionPlan.from_dict`."""
        return written.from_dict(cls, given)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a review of one objective found.

    Parameters
    ----------
    rag
        ``green``, ``amber`` or ``red``: never better than the figures allow.
    comment, reviewed_by
        The lead's words and name.
    """

    objective_id: str
    reviewed_on: datetime.date
    measured: Measured | None = None
    rag: str = ""
    comment: str = ""
    reviewed_by: str = ""
