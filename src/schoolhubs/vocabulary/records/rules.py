"""A programme's rules as at one date, as the stages take them."""

import dataclasses
import datetime
import enum
from collections.abc import Mapping
from typing import Any

from schoolhubs.vocabulary.calendar import AcademicYear, Term
from schoolhubs.vocabulary.records.delivery import EventKind, EventRules
from schoolhubs.vocabulary.records.delivery.milestones import MilestoneRules
from schoolhubs.vocabulary.records.matching import MatchingRules
from schoolhubs.vocabulary.records.settings import RuleChange, Source
from schoolhubs.vocabulary.records.sourced import Assumption
from schoolhubs.vocabulary.records.support import SupportRules
from schoolhubs.vocabulary.records.training import TrainingRules


class RuleKind(enum.StrEnum):
    """The few ways a rule can test a school; a new programme picks among them.

    ``one_of``: the value is one of those listed. ``at_least``, ``at_most``: the number, or its
    distance above a comparison figure. ``answer_is``, ``answer_at_least``: an answer given in
    the application. ``framework``: another test for each inspection framework. ``trust_has``: so
    many schools of the school's trust meet all parts. ``any_of``: one part is met.
    ``asks_for``: the application asks for the pathway, or for any. ``cannot_tell``: nothing
    published decides. ``not_a_lead``: it leads no hub of the programme.
    """

    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWER_IS = "answer_is"
    ANSWER_AT_LEAST = "answer_at_least"
    FRAMEWORK = "framework"
    TRUST_HAS = "trust_has"
    ANY_OF = "any_of"
    ASKS_FOR = "asks_for"
    CANNOT_TELL = "cannot_tell"
    NOT_A_LEAD = "not_a_lead"


class QuestionKind(enum.StrEnum):
    """What sort of answer a question takes."""

    YES_NO = "yes_no"
    NUMBER = "number"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """One test with the threshold in force.

    Parameters
    ----------
    path
        Where the threshold stands in the definition.
    kind
        How it tests.
    threshold, unit
        What is asked for; None for kinds that only join their parts.
    reads
        Column of frames.SCHOOL_FACTS, or the question's id for answers; blank for joining kinds.
    compared_with
        Column taken off the value first; blank for none.
    framework
        Inspection framework this part is for; blank for all.
    parts
        Tests that this one joins.
    phases
        Phases this part speaks of; empty for all.
    in_words
        The threshold in words, where its list is long; blank to list it.
    is_assumed, source
        Of the threshold.
    """

    path: str
    kind: RuleKind
    threshold: Any
    unit: str
    is_assumed: bool
    source: Source
    reads: str = ""
    compared_with: str = ""
    framework: str = ""
    in_words: str = ""
    parts: tuple["RuleTest", ...] = ()
    phases: tuple[str, ...] = ()

    @property
    def asks_the_application(self) -> bool:
        """It, or a part of it, reads the application and not the school register."""
        kinds = (RuleKind.ANSWER_IS, RuleKind.ANSWER_AT_LEAST, RuleKind.ASKS_FOR)
        return self.kind in kinds or any(part.asks_the_application for part in self.parts)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRule:
    """A rule in force: what it asks, of which pathways, and its test."""

    rule: str
    asks: str
    pathways: tuple[str, ...]
    test: RuleTest


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question put in the application, and the pathways that need its answer.

    ``phases`` are those whose schools are asked; empty for all.
    """

    question: str
    wording: str
    kind: QuestionKind
    pathways: tuple[str, ...]
    source: Source
    is_assumed: bool
    phases: tuple[str, ...] = ()

    def asks(self, phase: str | None) -> bool:
        """Tell whether a school of a phase is asked; one whose phase is not known is."""
        return not self.phases or not phase or phase in self.phases


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PathwayRules:
    """One pathway as at a date.

    Parameters
    ----------
    pathway, name
        Identifier in the code and the programme's own name for it.
    partner_kind
        ``school`` or ``trust``.
    places_per_lead
        Partners a lead takes on this pathway in a term, where its own list says nothing.
    duration_terms, optional_extra_terms
        Terms a partnership lasts, and the further terms it may be given.
    days_per_partner
        Least and most days a partner gives.
    lead_days_per_partner
        Days of a lead's leaders that each partner gets; 0 where none are promised.
    audit_steps
        What must be done before a plan may change a sanction, such as ``self_assessment``; None
        where the definition does not say.
    """

    pathway: str
    name: str
    partner_kind: str
    places_per_lead: int
    duration_terms: int
    optional_extra_terms: int
    days_per_partner: tuple[float, float]
    lead_days_per_partner: float
    audit_steps: tuple[str, ...] | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NeedPart:
    """Pupils of a school above its phase's figure, and the points each counts.

    ``part`` is the name the definition knows it by.
    """

    reads: str
    compared_with: str
    points_per_pupil: float
    part: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NeedRules:
    """How many need points matching a school serves.

    Points are ``base_points`` plus, for each part, ``points_per_pupil`` × roll × how far its
    percentage lies above the compared one (never below 0), rounded to an integer and no more
    than ``maximum_points``. A part whose figure is missing adds nothing.
    """

    base_points: int
    maximum_points: int
    roll: str
    parts: tuple[NeedPart, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LeadSelection:
    """Who may be added as a lead where the programme's own list is incomplete.

    ``phase_shares`` is each phase's share of the leads (0-1), ``counted_as`` the phase whose share
    a lead of another phase fills, and ``nearness_counts_to_km`` the distance beyond which a lead is
    no nearer to a school than none.
    """

    overall_grades: frozenset[int]
    maximum_points_over_phase: float
    minimum_pupils: int
    phase_shares: Mapping[str, float]
    counted_as: Mapping[str, str]
    nearness_counts_to_km: float


class GrantRule(enum.StrEnum):
    """What a partner's grant is in proportion to: nothing, or the most days it gives."""

    NONE = "none"
    DAYS_PER_PARTNER = "days_per_partner"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The programme's money: days × rate × hubs is set against the total.

    A partner's grant is ``maximum_grant_pence``; where ``grant_proportional_to`` says so, that
    is for ``grant_full_at_days`` of its days, and fewer days earn less in proportion. Source and
    status stand apart for the most (``grant_``) and for the proportion (``grant_share_``).
    """

    total_pence: int
    day_rate_pence: int
    maximum_grant_pence: int
    total_is_assumed: bool
    day_rate_is_assumed: bool
    total_source: Source
    day_rate_source: Source
    grant_source: Source
    grant_is_assumed: bool
    grant_proportional_to: GrantRule
    grant_full_at_days: float
    grant_share_source: Source
    grant_share_is_assumed: bool

    def grant_share(self, days: float) -> float:
        """Give the share (0-1) of the largest grant that so many days of a partner earn."""
        if self.grant_proportional_to is GrantRule.NONE:
            return 1.0
        return min(days / self.grant_full_at_days, 1.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RulesAsAt:
    """Everything a round asks of a programme's definition, as at one date.

    Parameters
    ----------
    on, rules_on
        The date judged by, and the date whose rules apply.
    is_rehearsal
        ``on`` lies before the programme began, so that its rules are being tried out.
    finished_on
        The first day after the programme; None where no end was published.
    cohorts
        First days of the cohorts that schools joined; empty where none were published.
    last_trust_intake_on
        First day of the last term in which trusts started; None where nothing was published.
    definition_version
        The declared version and a digest of the definition's content.
    pathway_decided_by
        ``school`` or ``office``.
    n_hubs, n_hubs_planned
        Lead schools named by the date, and planned; None where nothing was said by then.
    hub_counts
        ``(date, lead schools)`` for every date published.
    universal_offer
        What every school gets, whether it joins or not.
    commitments
        What is expected of each role.
    senior_leaders_named
        Senior leaders that each school names in its application; None where none are asked for.
    assumptions
        Every value in force that nobody published.
    changes
        Values that an office turned for this round; empty for the rules as they stand.
    events
        Open days and networking; empty where the definition says nothing of them.
    training
        What the programme teaches; None where nothing is said of it.
    support
        How support days are given; None where the definition does not say.
    milestones
        What it asks of whom, term by term; None where nothing is said of it.
    """

    programme_id: str
    definition_version: str
    title: str
    on: datetime.date
    rules_on: datetime.date
    is_rehearsal: bool
    pathways: tuple[PathwayRules, ...]
    eligibility: tuple[EligibilityRule, ...]
    questions: tuple[Question, ...]
    pathway_decided_by: str
    matching: MatchingRules
    need: NeedRules
    lead_selection: LeadSelection
    budget: Budget
    n_hubs: int | None
    n_hubs_planned: int | None
    hub_counts: tuple[tuple[datetime.date, int], ...]
    universal_offer: tuple[str, ...]
    commitments: Mapping[str, tuple[str, ...]]
    assumptions: tuple[Assumption, ...]
    finished_on: datetime.date | None = None
    cohorts: tuple[datetime.date, ...] = ()
    senior_leaders_named: int | None = None
    last_trust_intake_on: datetime.date | None = None
    changes: tuple[RuleChange, ...] = ()
    events: Mapping[EventKind, EventRules] = dataclasses.field(default_factory=dict)
    training: TrainingRules | None = None
    support: SupportRules | None = None
    milestones: MilestoneRules | None = None

    @property
    def is_over(self) -> bool:
        """``on`` lies after the programme finished, so that its last rules are being tried out."""
        return self.finished_on is not None and self.on >= self.finished_on

    @property
    def cohort_id(self) -> str:
        """The cohort that starts in the term of ``on``, such as ``2022-23-spring``."""
        year = AcademicYear.holding(self.on).replace("/", "-")
        return f"{year}-{Term.holding(self.on).value}"

    def pathway(self, pathway: str) -> PathwayRules:
        """Give one pathway by its identifier."""
        return next(each for each in self.pathways if each.pathway == pathway)
