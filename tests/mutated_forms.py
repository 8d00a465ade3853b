"""Every form of the service that writes: who sends it, what a good answer is, what it may change.

To add a form, add its line to :data:`FORMS`; a form without one fails.
"""

import dataclasses
import datetime
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from invented import AT, ON, PROGRAMME
from mutating import Allowed
from peopled import NUMBERS, OWN, RULES, World
from schoolhubs import diagnosis
from schoolhubs.delivery.days.school_days import SchoolDays
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.attendance.models import MarksImport
from schoolhubs.service.delivery.models import Leader, SupportDay
from schoolhubs.service.diagnosis.assessing.queries import content_of
from schoolhubs.service.diagnosis.findings.gathering import drafted, files_of
from schoolhubs.service.diagnosis.models import (
    AssessmentAnswer,
    DiagnosticDay,
    KeptInstrument,
    Seen,
    SelfAssessment,
    TeamMember,
)
from schoolhubs.service.eligibility.models import Application, HumanDecision
from schoolhubs.service.events.models import Booking, Event, Party, Ranking
from schoolhubs.service.imports.models import Import, Step
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.service.network.lists.given import packed
from schoolhubs.service.network.lists.plans import Change, Plan, Standing
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans.models import Plan as SchoolPlan
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.service.surveys.doing import making
from schoolhubs.service.targets.models import SchoolTarget
from schoolhubs.service.training.models import SignUp, TrainingSession
from schoolhubs.vocabulary.calendar import term_starts_on
from surveyed import WHO, made
from teaching import MODULE, leader, running

URN = NUMBERS[OWN]["partner"][0]
SPECIAL = "special-ap-hubs-example"
AUDIT = "audit_auditentry"
JOBS = frozenset({"jobs_work", "procrastinate_jobs", "procrastinate_events", AUDIT})
LETTERS = frozenset({"letters_letter", *JOBS})
APPLICATION = frozenset({"eligibility_application", AUDIT})
PARTNERSHIP = frozenset(
    {
        "partnerships_partnership", "partnerships_objection", "partnerships_extensionrequest",
        "eligibility_application", AUDIT,
    }
)  # fmt: skip
MARKS = frozenset({"attendance_marksimport", AUDIT})
# Whose file of marks it is: no form changes that.
WHOSE_MARKS = "SELECT id, urn, organisation, made_by FROM attendance_marksimport ORDER BY 1"
CHALLENGE = "targets_challenge"
# What a challenge disputes: no form changes it once it is made.
DISPUTED = "SELECT id, urn, kind, name, before, after, words FROM targets_challenge ORDER BY 1"
ASSESSMENT = frozenset(
    {
        "diagnosis_selfassessment", "diagnosis_keptinstrument", "diagnosis_teammember",
        "diagnosis_assessmentanswer", AUDIT,
    }
)  # fmt: skip
# Whose a self-assessment is, and what it asks: no form changes either.
WHOSE_ASSESSMENT = (
    "SELECT id, urn, instrument_id, asked_id FROM diagnosis_selfassessment ORDER BY 1"
)
# What others of the team answered: nobody's form changes it.
OTHERS_ANSWERS = (
    "SELECT a.id, a.item, a.value, a.note FROM diagnosis_assessmentanswer a "
    "JOIN diagnosis_teammember m ON m.id = a.member_id WHERE m.by = 'ada' ORDER BY 1"
)
CONCERN = LETTERS | {"milestones_concern", "milestones_concernentry"}
SHARING = LETTERS | {"sharing_agreement"}
# What an agreement is about, and which of them are agreed.
WHAT_IS_SHARED = "SELECT id, partnership_id, kinds, finishes_on FROM sharing_agreement ORDER BY 1"
AGREED = "SELECT count(*) FROM sharing_agreement WHERE state = 'agreed'"
# What a plan is saved by: a version, what its screens ask, and the plan that goes on to it.
PLAN = frozenset({"plans_plan", "plans_planversion", "plans_actionscreen", AUDIT})
# Whose a plan is, and every version there was: no form changes either.
WHOSE_PLAN = "SELECT id, urn, programme_id, begun_by FROM plans_plan ORDER BY 1"
INTAKE, LATE, KEY = "cohorts_intake", "cohorts_latepermission", "api_apikey"
PAIRS = (
    "SELECT id, partner_urn, lead_urn, programme_id FROM partnerships_partnership "
    "WHERE year = 1 ORDER BY 1"
)
# What both sides accepted: no form of the office's does that for them.
AGREED_PAIRS = "SELECT id FROM partnerships_partnership WHERE state = 'agreed' ORDER BY 1"
# Whose an application is, and what it is called: no form changes either.
WHOSE = (
    "SELECT id, urn, programme_id FROM eligibility_application "
    "WHERE reference LIKE 'TEST%' ORDER BY 1"
)
NO_ROLES = "SELECT id, roles::text FROM accounts_membership ORDER BY 1"
SURVEY = frozenset({"surveys_survey", AUDIT})
INVITED = frozenset({"surveys_invitation", AUDIT})
# What a survey is: no form changes that once it is made.
WHAT_SURVEYS_ARE = (
    "SELECT key, urn, instrument_id, respondents, wave, is_anonymous, route, least_answers, "
    "asks_text, lock FROM surveys_survey ORDER BY 1"
)
DECLARED = frozenset({"funding_declaration", AUDIT})
DECLARED_DAYS = DECLARED | {"funding_declaredday"}
PAYMENTS = frozenset(
    {"funding_paymentrun", "funding_payment", "funding_recovery", "funding_confirmation", AUDIT}
)
# What is awarded and what was sent: no form changes either once it is there.
WHAT_IS_AWARDED = "SELECT id, payee, milestone, amount_pence FROM funding_keptaward ORDER BY 1"
WHAT_IS_SENT = (
    "SELECT id, payee, milestone, gross_pence, taken_pence, amount_pence FROM funding_payment "
    "WHERE state = 'paid' ORDER BY 1"
)
MONEY = (WHAT_IS_AWARDED, WHAT_IS_SENT)
REASON = "Because the panel met and agreed it"
# What a list of one new hub would change, as its page shows it.
SHOWN = Plan(
    new=(
        Change(
            urn="900088", before=None, after=Standing(started_on=None, finished_on=None, places={})
        ),
    ),
    changed=(), over=(), kept_days=(), unknown=(), n_same=0, n_of_others=0,
    lacking=tuple(sorted(NUMBERS[side]["lead"][0] for side in NUMBERS)),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form: its role, its good answers, what makes its page ready, and what it may do."""

    role: Role
    good: Mapping[str, Any]
    allowed: Allowed
    prepare: Callable[[World], dict[str, Any]] = lambda _: {}
    is_taken: bool = True


def day(name: str, of_month: int, month: int, year: int) -> dict[str, str]:
    """Give a day as its three boxes."""
    return {f"{name}-day": str(of_month), f"{name}-month": str(month), f"{name}-year": str(year)}


def draft(_: World) -> dict[str, Any]:
    """Begin an application, so that there is something to answer."""
    made = Application.objects.create(
        reference="TEST-DRAFT", programme_id=SPECIAL, cohort_id="2025-26-spring", urn=URN,
        state="draft", begun_at=AT, begun_by="head", pathways=["open_days"],
        answers={"pathways": ["open_days"]},
    )  # fmt: skip
    return {"programme_id": SPECIAL, "version": made.version}


# One observation of the leader's own, and why it is taken back.
WRITTEN = {"seen": "987654", "reason": REASON}


def written_down(world: World) -> dict[str, Any]:
    """Let the leader have written something down, so that it can be taken back."""
    Seen.objects.create(
        pk=int(WRITTEN["seen"]), day=DiagnosticDay.objects.get(urn=URN, confirmed_at=None),
        root_cause="routines_differ", side="school", says="for", text="Rooms", made_at=AT,
        made_by=world.people[OWN, Role.PARTNER_SCHOOL_LEADER].subject,
    )  # fmt: skip
    return {}


def without_plan(_: World) -> dict[str, Any]:
    """End the school's plan, so that another can be begun."""
    ended = {"state": "ended", "ended_at": AT, "why_ended": "A new year"}
    SchoolPlan.objects.filter(urn=URN).update(**ended)
    return {}


def undecided(world: World) -> dict[str, Any]:
    """Let the rules have been unable to tell, with a decision of the rules to be decided on."""
    from schoolhubs.service.eligibility.models import Decision

    Decision.objects.create(
        application=world.applications[OWN], pathway="enhanced", verdict="cannot tell", made_at=AT,
        definition_version="1", snapshot=world.snapshot, record={"reasons": []},
    )  # fmt: skip
    HumanDecision.objects.filter(pk=world.decision.pk).delete()
    return {}


def checked(world: World) -> dict[str, Any]:
    """Have an import checked, so that it waits for a choice."""
    report = {"files": [], "choices": {"whole_files": {"fault": "No list of schools"}}}
    made = Import.objects.create(
        on=ON, made_at=AT, made_by="zq", organisation=world.organisations[OWN, "office"].key,
        files=[], step=Step.CHECKED, report=report, compared_with=world.snapshot,
    )  # fmt: skip
    return {"import_id": made.pk}


def kept(world: World) -> dict[str, Any]:
    """Have an import kept, so that it can be undone."""
    before = RegisterSnapshot.objects.create(
        on=ON, imported_at=AT, is_synthetic=True, n_schools=0, sources=[], quality=[], archive=b""
    )
    made = Import.objects.create(
        on=ON, made_at=AT, made_by="zq", organisation=world.organisations[OWN, "office"].key,
        files=[], step=Step.KEPT, snapshot=world.snapshot, before=before,
    )  # fmt: skip
    return {"import_id": made.pk}


def brought(step: str) -> Callable[[World], dict[str, Any]]:
    """Have a file of marks brought, as far as a step."""

    def bring(world: World) -> dict[str, Any]:
        columns = {"pupil": ["UPN"], "week_on": "Week", "marks": "Marks"}
        made = MarksImport.objects.create(
            urn=URN, organisation=world.organisations[OWN, "partner"].key, made_at=AT,
            made_by="head", suffix=".csv", layout="week", step=step,
            headings=["UPN", "Week", "Marks"],
            columns={"name": "Weekly", "layout": "week", "columns": columns},
        )  # fmt: skip
        return {"marks_import_id": made.pk}

    return bring


def ahead(name: str, *, days: int = 40) -> dict[str, str]:
    """Give a day some days from now as its three boxes."""
    on = timezone.localdate() + datetime.timedelta(days=days)
    return day(name, on.day, on.month, on.year)


def survey_made(_: World) -> dict[str, Any]:
    """Make a survey of pupils with a code, that is not open yet."""
    today = timezone.localdate()
    survey = made(urn=URN, wave="2020-01", opens_on=today, closes_on=today)
    making.invite(survey, 1, **WHO)
    return {"survey_key": survey.pk}


def failed(world: World) -> dict[str, Any]:
    """Have a job stopped, so that it can be tried again."""
    Work.objects.filter(pk=world.works[OWN].pk).update(
        state=State.FAILED, fault="It broke", finished_at=AT
    )
    return {}


def without_target(world: World) -> dict[str, Any]:
    """Let the school have no target by rule, so that a person sets a goal."""
    SchoolTarget.objects.create(
        fit=world.fit, urn=URN, version=2, phase="special", expected_percent=9.0, low_percent=7.0,
        high_percent=11.0, n_years=3, context_part="full", made_at=AT, amended_because=REASON,
    )  # fmt: skip
    return {}


def of_behaviour(_: World) -> dict[str, Any]:
    """Name the self-assessment that the school has not begun."""
    return {"instrument_id": "behaviour-mainstream"}


def all_answered(world: World) -> dict[str, Any]:
    """Have every item of the self-assessment answered, so that it can be finished."""
    one = world.assessments[OWN]
    member = TeamMember.objects.get(assessment=one)
    asked = diagnosis.instrument(one.instrument_id)
    AssessmentAnswer.objects.bulk_create(
        AssessmentAnswer(assessment=one, member=member, item=each.name, value=2, answered_at=AT)
        for each in asked.items
        if each.name != "register_on_time"
    )
    return {}


def changed(world: World) -> dict[str, Any]:
    """Let the open self-assessment have been begun before the questions changed."""
    asked = diagnosis.instrument("attendance-mainstream")
    before = dataclasses.replace(asked, version="0.9", fingerprint="0" * 12)
    kept = KeptInstrument.objects.create(
        instrument_id=before.instrument_id, version=before.version, fingerprint=before.fingerprint,
        content=content_of(before), kept_at=AT,
    )  # fmt: skip
    SelfAssessment.objects.filter(pk=world.assessments[OWN].pk).update(state="restarted")
    made = SelfAssessment.objects.create(
        urn=URN, asked=kept, instrument_id=before.instrument_id, begun_at=AT, begun_by="ada",
        organisation=world.organisations[OWN, "partner"].key,
    )  # fmt: skip
    return {"assessment_id": made.pk}


def together(_: World) -> dict[str, Any]:
    """Let both schools have accepted a year from now on, with nothing shared yet."""
    today = timezone.localdate()
    accepted = {
        "partner_says": "accepts",
        "lead_says": "accepts",
        "partner_by": "a",
        "lead_by": "b",
    }
    made = Partnership.objects.create(
        programme_id=SPECIAL, cohort_id="2025-26-spring", partner_urn=URN, pathway="paired",
        lead_urn=NUMBERS[OWN]["lead"][0], starts_on=today, proposed_at=AT, proposed_by="officer",
        finishes_on=today + datetime.timedelta(days=365), partner_at=AT, lead_at=AT, **accepted,
    )  # fmt: skip
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=2)
    return {"partnership": made}


def of_milestones(world: World) -> dict[str, Any]:
    """Let both schools have accepted a year from now on, in a programme with milestones."""
    found = together(world)["partnership"]
    Partnership.objects.filter(pk=found.pk).update(state="running", version=3)
    return {"partnership_id": found.pk}


def proposed_by_lead(world: World) -> dict[str, Any]:
    """Let the lead have proposed what is shared, in a partnership that both accepted."""
    found = together(world)["partnership"]
    agreement = Agreement.objects.create(
        partnership=found, purposes=["find_causes"], kinds=["findings"], starts_on=found.starts_on,
        finishes_on=found.finishes_on, proposed_side="lead", proposed_at=AT, proposed_by="lead",
    )  # fmt: skip
    return {"agreement_id": agreement.pk}


def until(days: int) -> dict[str, str]:
    """Give a day some days ahead as its three boxes."""
    ahead = timezone.localdate() + datetime.timedelta(days=days)
    return day("last_on", ahead.day, ahead.month, ahead.year)


DAY = frozenset(
    {
        "diagnosis_diagnosticday", "diagnosis_seen", "diagnosis_seendraft",
        "diagnosis_outsidebarrier", AUDIT,
    }
)  # fmt: skip
# Whose days, barriers and findings there are; what was confirmed: no form of the day changes it.
CONFIRMED = "SELECT id, urn, record::text, drafted FROM diagnosis_keptdiagnosis ORDER BY 1"
WHOSE_DAY = "SELECT id, urn, made_by, organisation FROM diagnosis_diagnosticday ORDER BY 1"


# Filled in once there is a draft to confirm.
DECIDED: dict[str, str] = {}


def to_confirm(_: World) -> dict[str, Any]:
    """Decide every finding of the school's draft as the rule has it."""
    draft = drafted(files_of(URN))
    DECIDED.update({"draft": draft.digest})
    for at, each in enumerate(draft.findings):
        DECIDED.update({f"decision-{at}": "kept", f"rank-{at}": "1", f"reason-{at}": REASON})
        assert each.evidence
    return {}


SUPPORT = frozenset({"delivery_supportday", "delivery_leaderhalfday"}) | LETTERS
# Of which partnership a day is, and which days both schools agreed.
WHOSE_DAYS = "SELECT id, partnership_id, kind, planned_by FROM delivery_supportday ORDER BY 1"
AGREED_DAYS = "SELECT id FROM delivery_supportday WHERE state = 'agreed' ORDER BY 1"
OTHERS_LEADERS = "SELECT id, lead_urn, added_by FROM delivery_leader ORDER BY 1"
SENT_LEADERS: list[str] = ["987650"]


def working(world: World) -> dict[str, Any]:
    """Let the two work together from two months ago, with a leader and a planned day."""
    on = timezone.localdate()
    accepted = {
        "partner_says": "accepts", "lead_says": "accepts", "partner_by": "a", "lead_by": "b",
    }  # fmt: skip
    lead = NUMBERS[OWN]["lead"][0]
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2020-21-autumn", partner_urn=URN, pathway="enhanced",
        lead_urn=lead, starts_on=on - datetime.timedelta(days=60), proposed_at=AT,
        finishes_on=on + datetime.timedelta(days=300), partner_at=AT, lead_at=AT,
        proposed_by="officer", **accepted,
    )  # fmt: skip
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=2)
    Leader.objects.create(
        pk=int(SENT_LEADERS[0]), lead_urn=lead, name="Ada Ash", added_at=AT, added_by="lead"
    )
    planned = SupportDay.objects.create(
        partnership=made, on=on, part="pm", focus="Lunch", planned_at=AT, planned_by="lead"
    )
    return {"partnership_id": made.pk, "day_id": planned.pk, "leader_id": SENT_LEADERS[0]}


def open_day_ahead() -> dict[str, str]:
    """Give the next day on which schools with the usual term dates are open."""
    usual = SchoolDays(name="any")
    on = timezone.localdate() + datetime.timedelta(days=1)
    while not usual.is_open(on):
        on += datetime.timedelta(days=1)
    return day("on", on.day, on.month, on.year)


def today_in_boxes() -> dict[str, str]:
    """Give today as its three boxes."""
    on = timezone.localdate()
    return day("on", on.day, on.month, on.year)


def disputed_day(world: World) -> dict[str, Any]:
    """Let the partner have said that the recorded day was otherwise."""
    changes = {"state": "disputed", "reason": "A morning", "version": 2}
    SupportDay.objects.filter(pk=world.support_days[OWN].pk).update(**changes)
    return {}


VISIT = {
    "part": "am", "held_at": "partner", "kind": "support_day", "leaders": SENT_LEADERS,
    "focus": REASON,
}  # fmt: skip
EVENTS = LETTERS | {"events_event", "events_booking", "events_party", "events_step"}
# What no form about an event changes: whose it is, and whose bookings are.
WHOSE_EVENTS = "SELECT id, hub_id, kind, made_by FROM events_event ORDER BY 1"
WHOSE_BOOKINGS = "SELECT id, event_id, organisation, made_by FROM events_booking ORDER BY 1"
SCHOOL, EVENT, PARTY, BOOKING = 987_001, 987_002, 987_003, 987_004


def gathering(days: int, state: str = "") -> Callable[[World], dict[str, Any]]:
    """Let a hub have an event in so many days, and its partner a booking for it if asked for."""

    def gather(_: World) -> dict[str, Any]:
        on, now = timezone.localdate() + datetime.timedelta(days=days), timezone.now()
        lead = NUMBERS[OWN]["lead"][0]
        told = {
            "programme_id": PROGRAMME, "cohort_id": "2020-21-autumn", "partner_urn": URN,
            "pathway": "regional", "lead_urn": lead, "proposed_by": "officer", "proposed_at": AT,
            "starts_on": on - datetime.timedelta(days=90), "partner_says": "accepts",
            "finishes_on": on + datetime.timedelta(days=90), "lead_says": "accepts",
            "partner_at": AT, "lead_at": AT, "partner_by": "a", "lead_by": "b",
        }  # fmt: skip
        one = Partnership.objects.create(pk=SCHOOL, **told)
        Partnership.objects.filter(pk=SCHOOL).update(state="agreed", version=2)
        event = Event.objects.create(
            pk=EVENT, hub=Hub.objects.get(programme_id=PROGRAMME, lead_urn=lead), on=on,
            kind="open_day", state="open", place_urn=lead, starts_at=datetime.time(9, 30),
            finishes_at=datetime.time(15), term_starts_on=term_starts_on(on), about="Lessons",
            n_places=30, closes_on=on, made_at=AT, made_by="lead", changed_at=AT,
        )  # fmt: skip
        if state:
            booked = Booking.objects.create(
                pk=BOOKING, event=event, key=uuid.uuid4(), organisation=f"school:{URN}",
                state=state, n_people=2, made_at=AT, made_by="head",
                booked_at=AT if state == "booked" else None,
                hold_until=now + datetime.timedelta(days=1),
            )  # fmt: skip
            came = {"n_came": 2, "checked_in_at": AT, "checked_in_by": "lead"} if days < 0 else {}
            Party.objects.create(
                pk=PARTY, booking=booked, event=event, partnership=one, urn=URN, n_people=2,
                kind="open_day", term_starts_on=event.term_starts_on, visit=1, stands="takes",
                **came,
            )  # fmt: skip
        else:
            Ranking.objects.create(
                partnership=one, kind="open_day", term_starts_on=event.term_starts_on,
                choices=[EVENT], n_people=1, made_at=AT, made_by="head",
            )  # fmt: skip
        return {"event_id": EVENT, "booking_id": BOOKING, "term": str(event.term_starts_on)}

    return gather


AN_EVENT = {
    "starts_at": "9:30", "finishes_at": "15:00", "place_urn": NUMBERS[OWN]["lead"][0],
    "place": REASON, "about": REASON, "access": REASON, "n_places": "30", "opens": "yes",
    "all_the_same": "yes",
    "phases": ["primary"],
}  # fmt: skip
OF_EVENTS = {"place": REASON, "about": REASON, "access": REASON}
NOTES = {"roles": REASON, "access_needs": REASON}

# Whose leaders there are; leaders of others; what a session teaches and where; certificates.
WHOSE_LEADERS = "SELECT id, urn, named_on, succeeds_id FROM training_schoolleader ORDER BY 1"
OTHERS_TRAINED = f"SELECT * FROM training_schoolleader WHERE urn <> '{URN}' ORDER BY 1"
SESSIONS = (
    "SELECT id, module, lead_urn, n_places FROM training_trainingsession "
    "WHERE made_by = 'lead' ORDER BY 1"
)
CERTIFIED = (
    "SELECT id, leader_id, number FROM training_modulecompletion WHERE number <> '' ORDER BY 1"
)
DONE_BY = "SELECT id, leader_id, module, completed_on FROM training_modulecompletion ORDER BY 1"
# Filled in once there is a place.
CAME: dict[str, Any] = {}


def begun(world: World) -> dict[str, Any]:
    """Let the session have begun, with one place; its partner is in no partnership yet."""
    started = timezone.now() - datetime.timedelta(hours=2)
    held = world.sessions[OWN]
    TrainingSession.objects.filter(pk=held.pk).update(
        starts_at=started, ends_at=started + datetime.timedelta(hours=1)
    )
    CAME.update({"came": [str(SignUp.objects.get(session=held).pk)], "version": "1"})
    return {}


# Filled in once there is a leader who may come, or who may have done it.
COMES: dict[str, Any] = {}
DONE: dict[str, Any] = {}


def training_runs(_: World) -> dict[str, Any]:
    """Let the partnership run, with a leader of the school who has no place and owes a module."""
    running(URN, NUMBERS[OWN]["lead"][0], cohort_id="2020-21-autumn")
    ours = leader(URN, "Dee Oxmantle")
    COMES.update({"leaders": [str(ours.pk)]})
    DONE.update({"leader": str(ours.pk), **ahead("completed_on", days=0)})
    return {"module": MODULE}


FORMS: Mapping[str, Form] = {
    "training-sign-up": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good=COMES, prepare=training_runs,
        allowed=Allowed(
            writes=LETTERS | {"training_signup"}, guards=(OTHERS_TRAINED, SESSIONS, DONE_BY)
        ),
    ),
    "training-declare": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good=DONE, prepare=training_runs,
        allowed=Allowed(
            writes=LETTERS | {"training_modulecompletion"},
            guards=(OTHERS_TRAINED, SESSIONS, CERTIFIED),
        ),
    ),
    "event-new": Form(
        role=Role.LEAD_SCHOOL,
        good={"kind": "open_day", **ahead("on"), **ahead("closes_on"), **AN_EVENT},
        allowed=Allowed(writes=EVENTS, guards=(WHOSE_BOOKINGS,), keeps=OF_EVENTS),
    ),
    "event-edit": Form(
        role=Role.LEAD_SCHOOL, prepare=gathering(20, "booked"),
        good={**ahead("on"), **ahead("closes_on"), **AN_EVENT, "version": "1"}, is_taken=False,
        allowed=Allowed(
            writes=EVENTS, guards=(WHOSE_EVENTS, WHOSE_BOOKINGS), keeps=OF_EVENTS
        ),
    ),
    "event-call-off": Form(
        role=Role.LEAD_SCHOOL, prepare=gathering(20, "booked"),
        good={"reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=EVENTS, guards=(WHOSE_EVENTS, WHOSE_BOOKINGS), keeps={"reason": REASON}
        ),
    ),
    "event-beside": Form(
        role=Role.OFFICE_CASEWORKER, prepare=gathering(20),
        good={"partnership": str(SCHOOL), "n_people": "1", "access_needs": REASON,
              "reason": REASON, "key": "6f0d1c3a-8a52-4b7e-9d0e-2f6d3b1c5a75"},
        allowed=Allowed(
            writes=EVENTS, guards=(WHOSE_EVENTS,), keeps={"reason": REASON, "access_needs": REASON}
        ),
    ),
    "event-check-in": Form(
        role=Role.LEAD_SCHOOL, prepare=gathering(0, "booked"), good={f"n_{PARTY}": "1"},
        allowed=Allowed(writes=EVENTS, guards=(WHOSE_EVENTS, WHOSE_BOOKINGS)),
    ),
    "event-hand-down": Form(
        role=Role.LEAD_SCHOOL, prepare=gathering(20, "booked"), good={}, is_taken=False,
        allowed=Allowed(writes=EVENTS, guards=(WHOSE_EVENTS, WHOSE_BOOKINGS)),
    ),
    "event-book": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=gathering(20),
        good={f"n_{SCHOOL}": "1", **NOTES, "key": "6f0d1c3a-8a52-4b7e-9d0e-2f6d3b1c5a74"},
        allowed=Allowed(writes=EVENTS, guards=(WHOSE_EVENTS,), keeps=NOTES),
    ),
    "booking-check": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=gathering(20, "held"), good={}, is_taken=False,
        allowed=Allowed(writes=EVENTS, guards=(WHOSE_EVENTS, WHOSE_BOOKINGS)),
    ),
    "booking-change": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=gathering(20, "booked"),
        good={f"n_{PARTY}": "1", **NOTES, "version": "1"},
        allowed=Allowed(
            writes=EVENTS, guards=(WHOSE_EVENTS, WHOSE_BOOKINGS), keeps=NOTES
        ),
    ),
    "booking-cancel": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=gathering(20, "booked"),
        good={"reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=EVENTS, guards=(WHOSE_EVENTS, WHOSE_BOOKINGS), keeps={"reason": REASON}
        ),
    ),
    "booking-feedback": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=gathering(-2, "booked"),
        good={"useful": "4", "will_try": "yes", "words": REASON},
        allowed=Allowed(
            writes=frozenset({"events_feedback", AUDIT}), guards=(WHOSE_EVENTS, WHOSE_BOOKINGS),
            keeps={"words": REASON},
        ),
    ),
    "ranking": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=gathering(20),
        good={f"r_{EVENT}": "1", "n_people": "2"},
        allowed=Allowed(
            writes=frozenset({"events_ranking", AUDIT}), guards=(WHOSE_EVENTS, WHOSE_BOOKINGS)
        ),
    ),
    "sharing-out": Form(
        role=Role.LEAD_SCHOOL, prepare=gathering(20), good={"do": "run"}, is_taken=False,
        allowed=Allowed(
            writes=JOBS, guards=(WHOSE_EVENTS, WHOSE_BOOKINGS)
        ),
    ),
    "support-day-plan": Form(
        role=Role.LEAD_SCHOOL, prepare=working, good={**open_day_ahead(), **VISIT},
        allowed=Allowed(writes=SUPPORT, guards=(AGREED_DAYS, PAIRS), keeps={"focus": REASON}),
    ),
    # What is right is shown to be checked first: nothing is kept yet, and checking sends no field.
    "support-day-check": Form(
        role=Role.LEAD_SCHOOL, good={}, is_taken=False, allowed=Allowed(writes=SUPPORT)
    ),
    "support-day-record": Form(
        role=Role.LEAD_SCHOOL, prepare=working, good={
            **today_in_boxes(), **VISIT, "evidence": REASON, "n_partner_leaders": "2",
            "travel_minutes": "40",
        },
        allowed=Allowed(writes=frozenset(), guards=(AGREED_DAYS, WHOSE_DAYS)),
    ),
    "support-day-move": Form(
        role=Role.LEAD_SCHOOL, prepare=working, good={
            **open_day_ahead(), "part": "am", "held_at": "lead", "leaders": SENT_LEADERS,
            "reason": REASON, "version": "1",
        },
        allowed=Allowed(
            writes=SUPPORT, guards=(AGREED_DAYS, WHOSE_DAYS), keeps={"reason": REASON}
        ),
    ),
    "support-day-cancel": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=working, good={"reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=SUPPORT, guards=(AGREED_DAYS, WHOSE_DAYS), keeps={"reason": REASON}
        ),
    ),
    "support-day-missed": Form(
        role=Role.LEAD_SCHOOL, prepare=working, good={"reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=SUPPORT, guards=(AGREED_DAYS, WHOSE_DAYS), keeps={"reason": REASON}
        ),
    ),
    "support-day-answer": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"verdict": "yes", "reason": REASON, "version": "1"},
        allowed=Allowed(writes=SUPPORT, guards=(WHOSE_DAYS,), keeps={"reason": REASON}),
    ),
    "support-day-settle": Form(
        role=Role.OFFICE_CASEWORKER, prepare=disputed_day,
        good={"to": "agreed", "reason": REASON, "version": "2"},
        allowed=Allowed(writes=SUPPORT, guards=(WHOSE_DAYS,), keeps={"reason": REASON}),
    ),
    "hub-proposal": Form(
        role=Role.LEAD_SCHOOL, good={}, allowed=Allowed(writes=JOBS, guards=(WHOSE_DAYS,))
    ),
    "hub-proposal-accept": Form(
        role=Role.LEAD_SCHOOL, good={"version": "1"}, is_taken=False,
        allowed=Allowed(writes=frozenset(), guards=(WHOSE_DAYS,)),
    ),
    "coaching": Form(
        role=Role.LEAD_SCHOOL, good={"coach": SENT_LEADERS[0], "focus": REASON}, is_taken=False,
        prepare=working, allowed=Allowed(writes=frozenset(), guards=(WHOSE_DAYS,)),
    ),
    "coaching-end": Form(
        role=Role.LEAD_SCHOOL, good={"reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=frozenset({"delivery_coachingcycle", AUDIT}), guards=(WHOSE_DAYS,),
            keeps={"reason": REASON},
        ),
    ),
    "hub-leaders": Form(
        role=Role.LEAD_SCHOOL, good={"name": "Ben Beech", "job": "Deputy", "most_minutes": "60"},
        allowed=Allowed(writes=frozenset({"delivery_leader", AUDIT}), guards=(WHOSE_DAYS,)),
    ),
    "hub-leader": Form(
        role=Role.LEAD_SCHOOL, prepare=working,
        good={"job": "Deputy", "most_minutes": "60", "cannot": "20 11 2026", "version": "1"},
        allowed=Allowed(
            writes=frozenset({"delivery_leader", AUDIT}), guards=(WHOSE_DAYS, OTHERS_LEADERS)
        ),
    ),
    "term-dates": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={"half_terms": "", "cannot": "20 11 2026 staff training", "version": "0"},
        allowed=Allowed(
            writes=frozenset({"delivery_owncalendar", AUDIT}), guards=(WHOSE_DAYS,)
        ),
    ),
    "behaviour-return": Form(
        role=Role.PARTNER_SCHOOL_HEAD, is_taken=False,
        good={"layout": "pupil", "year": "2025/26", "suspensions": "Susp", "file": ""},
        allowed=Allowed(
            writes=frozenset({"diagnosis_behaviourreturn", AUDIT}), guards=(WHOSE_DAY,)
        ),
    ),
    "findings-confirm": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good=DECIDED, prepare=to_confirm,
        allowed=Allowed(
            writes=frozenset({"diagnosis_diagnosticday", "diagnosis_keptdiagnosis", AUDIT}),
            guards=(WHOSE_DAY,),
        ),
    ),
    "diagnostic-day-prepare": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            **ahead("held_on"), "agenda": REASON, "who": "Head", "to_see": "Lunch", "version": "1",
        },
        allowed=Allowed(
            writes=DAY, guards=(WHOSE_DAY, CONFIRMED), keeps={"agenda": REASON}
        ),
    ),
    "diagnostic-day-see": Form(
        role=Role.PARTNER_SCHOOL_LEADER,
        good={
            "root_cause": "leaders_not_seen", "says": "against", "text": REASON, "place": "Gate",
        },
        # What is refused is kept as the writer's own draft: a long day loses no word.
        allowed=Allowed(
            writes=DAY, refusals=frozenset({AUDIT, "diagnosis_seendraft"}),
            guards=(WHOSE_DAY, CONFIRMED), keeps={"text": REASON},
        ),
    ),
    "diagnostic-day-take-back": Form(
        role=Role.PARTNER_SCHOOL_LEADER, good=WRITTEN, prepare=written_down,
        allowed=Allowed(
            writes=frozenset({"diagnosis_seen", AUDIT}), guards=(WHOSE_DAY, CONFIRMED),
        ),
    ),
    "diagnostic-day-barrier": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={"extent": REASON, "body": "The authority", "version": "0"},
        allowed=Allowed(writes=DAY, guards=(WHOSE_DAY, CONFIRMED), keeps={"extent": REASON}),
    ),
    "concern-new": Form(
        role=Role.LEAD_SCHOOL, prepare=of_milestones, good={"words": REASON, "evidence": REASON},
        allowed=Allowed(writes=CONCERN, keeps={"words": REASON, "evidence": REASON}),
    ),
    "concern": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"do": "answer", "words": REASON, "version": "1"},
        allowed=Allowed(writes=CONCERN, keeps={"words": REASON}),
    ),
    "partnership-rest": Form(
        role=Role.OFFICE_CASEWORKER, prepare=of_milestones, good={"do": "rest", "words": REASON},
        allowed=Allowed(
            writes=PARTNERSHIP | LETTERS | {"partnerships_rest"}, keeps={"words": REASON}
        ),
    ),
    "sharing-propose": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=together,
        good={"purposes": ["make_plan"], "kinds": ["findings", "plan"], **until(60)},
        allowed=Allowed(writes=SHARING, guards=(AGREED,)),
    ),
    "sharing-answer": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=proposed_by_lead,
        good={"verdict": "yes", "reason": REASON, "version": "1"},
        allowed=Allowed(writes=SHARING, guards=(WHAT_IS_SHARED,), keeps={"reason": REASON}),
    ),
    "sharing-withdraw": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=proposed_by_lead,
        good={"reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=SHARING, guards=(WHAT_IS_SHARED, AGREED), keeps={"reason": REASON}
        ),
    ),
    "trust-self-assessment-answer": Form(
        role=Role.PARTNER_TRUST,
        good={"schools": [URN], "phones": "2", "note-phones": REASON}, prepare=of_behaviour,
        allowed=Allowed(
            writes=ASSESSMENT, guards=(OTHERS_ANSWERS,), keeps={"note-phones": REASON}
        ),
    ),
    "trust-self-assessment-upload": Form(
        role=Role.PARTNER_TRUST, good={"file": ""}, is_taken=False,
        allowed=Allowed(writes=ASSESSMENT, guards=(OTHERS_ANSWERS,)),
    ),
    "self-assessment-begin": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={}, prepare=of_behaviour,
        allowed=Allowed(writes=ASSESSMENT, guards=(OTHERS_ANSWERS,)),
    ),
    "self-assessment-section": Form(
        role=Role.PARTNER_SCHOOL_LEADER,
        good={"register_on_time": "3", "note-register_on_time": REASON},
        allowed=Allowed(
            writes=ASSESSMENT, guards=(WHOSE_ASSESSMENT, OTHERS_ANSWERS),
            keeps={"note-register_on_time": REASON},
        ),
    ),
    "self-assessment-name": Form(
        role=Role.PARTNER_SCHOOL_LEADER, good={"person": "Head of Year 9"},
        allowed=Allowed(writes=ASSESSMENT, guards=(WHOSE_ASSESSMENT, OTHERS_ANSWERS)),
    ),
    "self-assessment-finish": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={}, prepare=all_answered,
        allowed=Allowed(writes=ASSESSMENT, guards=(WHOSE_ASSESSMENT, OTHERS_ANSWERS)),
    ),
    "self-assessment-restart": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=changed,
        good={"knowing": diagnosis.instrument("attendance-mainstream").fingerprint},
        allowed=Allowed(writes=ASSESSMENT, guards=(OTHERS_ANSWERS,)),
    ),
    "survey-enter": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"code": "BCDFG-HJKLM"}, is_taken=False,
        allowed=Allowed(refusals=frozenset(), keeps={"code": "BCDFG-HJKLM"}),
    ),
    "survey-questions": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            "item_felt_safe": "3", "group_sex": "female", "text": "Break is short", "form": "zq",
        },
        allowed=Allowed(
            writes=frozenset({"surveys_sealedanswer", "surveys_sealedtext"}),
            refusals=frozenset(), keeps={"text": "Break is short"},
            guards=("SELECT key, state, version FROM surveys_survey ORDER BY 1",),
        ),
    ),
    "survey-new": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            "instrument": "staff-survey", "route": "class_codes", **ahead("opens_on"),
            **ahead("closes_on"), "asks_text": "on", "sure": "yes",
        },
        allowed=Allowed(
            writes=SURVEY, guards=("SELECT count(*) FROM surveys_survey WHERE urn <> '900001'",),
        ),
    ),
    "survey-asked": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"n-7-yes-female": "12", "version": "1"},
        prepare=survey_made, allowed=Allowed(writes=SURVEY, guards=(WHAT_SURVEYS_ARE,)),
    ),
    "survey-days": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=survey_made,
        good={**ahead("opens_on"), **ahead("closes_on"), "version": "1"},
        allowed=Allowed(writes=SURVEY, guards=(WHAT_SURVEYS_ARE,)),
    ),
    "survey-codes": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"classes": "7A"}, is_taken=False,  # not sure
        prepare=survey_made,
        allowed=Allowed(guards=(WHAT_SURVEYS_ARE,), keeps={"classes": "7A"}),
    ),
    "survey-open": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"version": "1"}, prepare=survey_made,
        allowed=Allowed(writes=SURVEY, guards=(WHAT_SURVEYS_ARE,)),
    ),
    "survey-close": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"version": "2"},
        allowed=Allowed(
            writes=SURVEY | JOBS | {"surveys_invitation"}, guards=(WHAT_SURVEYS_ARE,)
        ),
    ),
    "survey-withdraw": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"reason": REASON, "version": "1"},
        prepare=survey_made,
        allowed=Allowed(
            writes=INVITED | SURVEY, guards=(WHAT_SURVEYS_ARE,), keeps={"reason": REASON}
        ),
    ),
    "sign-out": Form(
        role=Role.OFFICE_READ, good={}, allowed=Allowed(writes=frozenset({AUDIT}))
    ),
    "organisations": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"organisation": f"school-{URN}"},
        allowed=Allowed(
            writes=frozenset({AUDIT, "accounts_membership", "accounts_organisation"}),
            refusals=frozenset({AUDIT, "accounts_membership", "accounts_organisation"}),
        ),
    ),
    "person": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={"access": "stop", "reason": REASON},
        allowed=Allowed(
            writes=frozenset({"accounts_person", AUDIT}), keeps={"reason": REASON},
            guards=(NO_ROLES, "SELECT id, subject, name FROM accounts_person ORDER BY 1"),
        ),
    ),
    "application-start": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={}, allowed=Allowed(writes=APPLICATION),
        prepare=lambda _: {"programme_id": SPECIAL},
    ),
    "application-question": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"pathways": ["open_days"], "version": "1"},
        prepare=draft, allowed=Allowed(writes=APPLICATION, guards=(WHOSE,)),
    ),
    "application-check": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"declared": "yes", "version": "1"}, is_taken=False,
        prepare=draft, allowed=Allowed(writes=APPLICATION, guards=(WHOSE,)),
    ),
    "application-leave": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=APPLICATION | PARTNERSHIP | LETTERS, guards=(WHOSE,), keeps={"reason": REASON},
        ),
    ),
    "case": Form(
        role=Role.OFFICE_CASEWORKER, prepare=undecided,
        good={"pathway": "enhanced", "verdict": "yes", "reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=APPLICATION | LETTERS | {"eligibility_humandecision"}, guards=(WHOSE,),
            keeps={"reason": REASON},
        ),
    ),
    "case-agree": Form(
        role=Role.OFFICE_CASEWORKER, good={"version": "1"},
        allowed=Allowed(
            writes=APPLICATION | LETTERS | {"eligibility_humandecision"}, guards=(WHOSE,)
        ),
    ),
    "office-letter-try-again": Form(
        role=Role.OFFICE_CASEWORKER, good={}, is_taken=False, allowed=Allowed(writes=LETTERS)
    ),
    "office-letters-try-again": Form(
        role=Role.OFFICE_CASEWORKER, good={}, is_taken=False, allowed=Allowed(writes=LETTERS)
    ),
    "round-new": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={"cohort": f"{PROGRAMME} {RULES.cohort_id}"},
        is_taken=False, allowed=Allowed(writes=JOBS),
    ),
    "round-pack": Form(role=Role.OFFICE_READ, good={}, allowed=Allowed(writes=JOBS)),
    "round-publish": Form(
        role=Role.OFFICE_ADMINISTRATOR,
        good={"reason": REASON, "n_schools": "2", "replaces": "0"},
        allowed=Allowed(writes=JOBS, keeps={"reason": REASON}), is_taken=False,
    ),
    "audit-check": Form(role=Role.AUDITOR, good={}, allowed=Allowed(writes=JOBS)),
    "job-try-again": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={}, prepare=failed, allowed=Allowed(writes=JOBS)
    ),
    "job-set-aside": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={}, prepare=failed, allowed=Allowed(writes=JOBS)
    ),
    "import-new": Form(
        role=Role.OFFICE_ADMINISTRATOR,
        good={"day": "29", "month": "1", "year": "2026", "files": ""}, is_taken=False,
        allowed=Allowed(writes=JOBS | {"imports_import", "imports_broughtfile"}),
    ),
    "import": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={"choice": "stop"}, prepare=checked,
        allowed=Allowed(writes=JOBS | {"imports_import"}),
    ),
    "import-undo": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={"reason": REASON}, prepare=kept,
        allowed=Allowed(
            writes=JOBS | {"imports_import", "schools_currentregister"}, keeps={"reason": REASON}
        ),
    ),
    "marks-bring": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"layout": "week", "file": ""}, is_taken=False,
        allowed=Allowed(writes=MARKS, guards=(WHOSE_MARKS,)),
    ),
    "marks-columns": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=brought("brought"),
        good={
            "name": "Weekly", "date_format": "%Y-%m-%d", "column_pupil": "UPN",
            "column_week_on": "Week", "column_marks": "Marks", "version": "1",
        },
        allowed=Allowed(writes=MARKS | {"attendance_mapping"}, guards=(WHOSE_MARKS,)),
    ),
    "marks-terms": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=brought("mapped"), is_taken=False,
        good={"first_1": "3/9/2025", "last_1": "24/10/2025", "closed_on": "", "version": "1"},
        allowed=Allowed(
            writes=JOBS | MARKS | {"attendance_schoolyear"}, guards=(WHOSE_MARKS,)
        ),
    ),
    "marks-found": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"choice": "stop", "version": "1"},
        allowed=Allowed(writes=JOBS | MARKS, guards=(WHOSE_MARKS,)),
    ),
    "marks-erase": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"typed": URN, "reason": REASON},
        allowed=Allowed(
            # What is on its way in is stopped, so that it brings nothing back.
            writes=MARKS | {"attendance_finding"}, keeps={"reason": REASON},
            guards=(WHOSE_MARKS,),
        ),
    ),
    "match-accept": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"version": "1"},
        allowed=Allowed(writes=PARTNERSHIP | LETTERS, guards=(PAIRS,)),
    ),
    "match-object": Form(
        role=Role.PARTNER_SCHOOL_HEAD, is_taken=False,
        good={"reasons": ["journey"], "words": REASON, "version": "1"},
        allowed=Allowed(writes=PARTNERSHIP | LETTERS, guards=(PAIRS,)),
    ),
    "match-more": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"reason": REASON, "version": "1"}, is_taken=False,
        allowed=Allowed(writes=PARTNERSHIP | LETTERS, guards=(PAIRS,)),
    ),
    "objection": Form(
        role=Role.OFFICE_CASEWORKER, good={"verdict": "no", "reason": REASON, "version": "1"},
        is_taken=False,
        allowed=Allowed(
            writes=PARTNERSHIP | LETTERS, guards=(PAIRS,), keeps={"reason": REASON}
        ),
    ),
    "lapsed-proposal": Form(
        role=Role.OFFICE_CASEWORKER, good={"reason": REASON},
        allowed=Allowed(writes=PARTNERSHIP | LETTERS, guards=(AGREED_PAIRS,)),
    ),
    "extension": Form(
        role=Role.OFFICE_CASEWORKER, good={"verdict": "no", "reason": REASON, "version": "1"},
        is_taken=False,
        allowed=Allowed(
            writes=PARTNERSHIP | LETTERS, guards=(PAIRS,), keeps={"reason": REASON}
        ),
    ),
    "intakes-propose": Form(
        role=Role.OFFICE_CASEWORKER, good={}, allowed=Allowed(writes=frozenset({INTAKE, AUDIT}))
    ),
    "intake": Form(
        role=Role.OFFICE_CASEWORKER, is_taken=False,
        good={
            **day("opens_on", 1, 9, 2025), **day("last_on", 31, 12, 2026), "reason": REASON,
            "version": "1",
        },
        allowed=Allowed(
            writes=LETTERS | APPLICATION | {INTAKE}, guards=(WHOSE,), keeps={"reason": REASON}
        ),
    ),
    "intake-late": Form(
        role=Role.OFFICE_CASEWORKER, is_taken=False,
        good={"urn": URN, **day("until_on", 31, 12, 2026), "reason": REASON},
        allowed=Allowed(writes=LETTERS | {LATE}, guards=(WHOSE,), keeps={"reason": REASON}),
    ),
    "hub-step-down": Form(
        role=Role.OFFICE_CASEWORKER, is_taken=False,
        good={**day("last_on", 31, 12, 2026), "reason": REASON},
        allowed=Allowed(
            writes=PARTNERSHIP | LETTERS | {"network_hub"}, guards=(PAIRS,),
            keeps={"reason": REASON},
        ),
    ),
    "hubs-bring": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={"programme": PROGRAMME, "file": ""}, is_taken=False,
        allowed=Allowed(),
    ),
    "hubs-keep": Form(
        role=Role.OFFICE_ADMINISTRATOR,
        good={
            "programme": PROGRAMME, "held": packed(b"urn\n900088\n"), "shown": SHOWN.digest(),
            "reason": REASON,
        },
        # Once a list is brought in, no hub but the one it names is another than before.
        allowed=Allowed(
            writes=frozenset({"network_hub", AUDIT}), keeps={"reason": REASON},
            guards=("SELECT * FROM network_hub WHERE lead_urn <> '900088' ORDER BY id",),
        ),
    ),
    "round-what-if": Form(
        role=Role.OFFICE_CASEWORKER, good={"title": REASON, "do": "run"}, is_taken=False,
        allowed=Allowed(writes=JOBS),
    ),
    "rematch": Form(
        role=Role.OFFICE_CASEWORKER, good={}, is_taken=False, allowed=Allowed(writes=JOBS)
    ),
    "api-key-new": Form(
        role=Role.OFFICE_ADMINISTRATOR, is_taken=False,
        good={"organisation": URN, "name": REASON, "scopes": ["schools:read"]},
        allowed=Allowed(writes=frozenset({KEY, AUDIT}), keeps={"name": REASON}),
    ),
    "calendar-link": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"do": "make"},
        allowed=Allowed(writes=frozenset({"calendars_calendarlink", AUDIT})),
    ),
    "api-key": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={"reason": REASON}, is_taken=False,
        allowed=Allowed(writes=frozenset({KEY, AUDIT}), keeps={"reason": REASON}),
    ),
    "office-targets": Form(
        role=Role.OFFICE_ADMINISTRATOR, good={"until": "2024/25"}, is_taken=False,
        allowed=Allowed(writes=JOBS),
    ),
    "target-challenge": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={"thing": "context:eal_percent", "after": "9.5", "words": REASON, "evidence": REASON},
        allowed=Allowed(writes=LETTERS | {CHALLENGE}, keeps={"words": REASON}),
    ),
    "target-challenge-withdraw": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"version": "1"},
        allowed=Allowed(writes=frozenset({CHALLENGE, AUDIT}), guards=(DISPUTED,)),
    ),
    "target-challenge-case": Form(
        role=Role.OFFICE_CASEWORKER, good={"verdict": "no", "reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=LETTERS | {CHALLENGE}, guards=(DISPUTED,), keeps={"reason": REASON}
        ),
    ),
    "target-goal": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=without_target,
        good={"percent": "9.5", "reason": REASON, "version": "0"},
        allowed=Allowed(writes=frozenset({"targets_goal", AUDIT}), keeps={"reason": REASON}),
    ),
    "target-issued": Form(
        role=Role.OFFICE_CASEWORKER,
        good={
            "percent": "5.8", "issued_by": REASON, "version": "0", **day("issued_on", 10, 11, 2025)
        },
        allowed=Allowed(
            writes=frozenset({"targets_issuedelsewhere", AUDIT}), keeps={"issued_by": REASON}
        ),
    ),
    "plan-begin": Form(
        role=Role.PARTNER_SCHOOL_HEAD, prepare=without_plan,
        good={"title": REASON, "pathway": f"{PROGRAMME}/enhanced"},
        allowed=Allowed(writes=PLAN, keeps={"title": REASON}),
    ),
    "plan-details": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={"title": REASON, "setting": "mainstream", "version": "1"},
        allowed=Allowed(writes=PLAN, guards=(WHOSE_PLAN,), keeps={"title": REASON}),
    ),
    "plan-objective": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            "title": REASON, "measure": "absence_percent", "value": "8.4", "low": "8",
            "high": "8.8", "expected_size": "0.4", "owner": "SENCO", "version": "1",
            **day("started_on", 30, 11, 2026), **day("review_1", 26, 3, 2027),
        },
        allowed=Allowed(writes=PLAN, guards=(WHOSE_PLAN,)),
    ),
    "plan-library": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={"library_id": "first_day_call", "objective_id": "o1", "version": "1"},
        allowed=Allowed(writes=PLAN, guards=(WHOSE_PLAN,)),
    ),
    "plan-action": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            "title": REASON, "objective_id": "o1", "kind": "support", "first_steps": "One",
            "staff_hours": "3", "cost": "0", "for_whom": "All", "version": "1",
        },
        allowed=Allowed(writes=PLAN, guards=(WHOSE_PLAN,)),
    ),
    "plan-consultation": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            "how": "A talk", "said": REASON, "changed": "Nothing, since they agreed",
            "version": "1", **day("held_on", 12, 11, 2026),
        },
        allowed=Allowed(writes=PLAN, guards=(WHOSE_PLAN,)),
    ),
    "plan-move": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            "state": "doing", "owner": "SENCO", "version": "0", **day("due_on", 26, 3, 2027)
        },
        allowed=Allowed(writes=frozenset({"plans_card", AUDIT}), guards=(WHOSE_PLAN,)),
    ),
    "plan-screen": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            "answer-duty": "no_disadvantage", "reason-duty": REASON, "for_whom-0": "All",
            "what-0": REASON, "evidence": "Figures", "consulted": "Parents", "version": "1",
        },
        allowed=Allowed(writes=PLAN, guards=(WHOSE_PLAN,)),
    ),
    "plan-screen-review": Form(
        role=Role.PARTNER_SCHOOL_GOVERNOR, good={"version": "1"},
        allowed=Allowed(writes=PLAN, guards=(WHOSE_PLAN,)),
    ),
    "plan-approve": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"version": "1"}, is_taken=False,
        allowed=Allowed(writes=frozenset()),
    ),
    "plan-comment": Form(
        role=Role.PARTNER_SCHOOL_GOVERNOR, good={"words": REASON},
        allowed=Allowed(
            writes=frozenset({"plans_comment", AUDIT}), guards=(WHOSE_PLAN,),
            keeps={"words": REASON},
        ),
    ),
    "plan-end": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"reason": REASON},
        allowed=Allowed(
            writes=frozenset({"plans_plan", AUDIT}), guards=(WHOSE_PLAN,),
            keeps={"reason": REASON},
        ),
    ),
    # The plan of the walked data was never approved: nothing that comes after can be kept.
    "plan-review": Form(
        role=Role.PARTNER_SCHOOL_HEAD, is_taken=False,
        good={
            "value": "8.1", "low": "7.9", "high": "8.3", "source": REASON, "comment": REASON,
            "rag": "", "version": "1", **day("measured_on", 30, 10, 2026),
        },
        allowed=Allowed(
            writes=PLAN | {"plans_termreview"}, guards=(WHOSE_PLAN,), keeps={"comment": REASON}
        ),
    ),
    "plan-compare": Form(
        role=Role.PARTNER_SCHOOL_HEAD, is_taken=False,
        good={
            "about": REASON, "counts": "characteristic,group,period,pupils,affected",
            **day("before_from_on", 1, 9, 2025), **day("before_last_on", 20, 7, 2026),
            **day("after_from_on", 1, 9, 2026), **day("after_last_on", 30, 10, 2026),
        },
        allowed=Allowed(
            writes=PLAN | LETTERS | {"plans_affectedreturn"}, guards=(WHOSE_PLAN,),
            keeps={"about": REASON},
        ),
    ),
    "resource-use": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"root_cause": "first_day_late"},
        allowed=Allowed(
            writes=frozenset({"training_resourceuse", "plans_comment", AUDIT}),
            guards=(WHOSE_PLAN,),
        ),
    ),
    "training-leader-new": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={"called": "Bryn Torrowby", "post": REASON, "duties": ["attendance"], "succeeds": ""},
        allowed=Allowed(
            writes=frozenset({"training_schoolleader", AUDIT}), guards=(OTHERS_TRAINED,),
            keeps={"post": REASON},
        ),
    ),
    "training-leader": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={"called": "Bryn Torrowby", "post": REASON, "duties": ["behaviour"], "version": "1"},
        allowed=Allowed(
            writes=frozenset({"training_schoolleader", AUDIT}),
            guards=(OTHERS_TRAINED, WHOSE_LEADERS),
            keeps={"post": REASON},
        ),
    ),
    "training-leader-left": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={**ahead("left_on"), "version": "1"},
        allowed=Allowed(
            writes=frozenset({"training_schoolleader", AUDIT}),
            guards=(OTHERS_TRAINED, WHOSE_LEADERS),
        ),
    ),
    "training-session-new": Form(
        role=Role.LEAD_SCHOOL,
        good={
            "module": f"{PROGRAMME}/{NUMBERS[OWN]['lead'][0]}/{MODULE}", **ahead("held_on"),
            "begins": "14:00", "ends": "15:30", "how": "hub", "where": REASON, "n_places": "12",
        },
        allowed=Allowed(
            writes=frozenset({"training_trainingsession", AUDIT}), guards=(SESSIONS,),
            keeps={"where": REASON},
        ),
    ),
    "training-session-record": Form(
        role=Role.LEAD_SCHOOL, good=CAME, prepare=begun,
        allowed=Allowed(
            writes=LETTERS | {
                "training_trainingsession", "training_signup", "training_modulecompletion",
            },
            guards=(SESSIONS, DONE_BY),
        ),
    ),
    "training-session-cancel": Form(
        role=Role.LEAD_SCHOOL, good={"reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=LETTERS | {"training_trainingsession"}, guards=(SESSIONS,),
            keeps={"reason": REASON},
        ),
    ),
    "training-settle": Form(
        role=Role.LEAD_SCHOOL, good={"verdict": "no", "reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=LETTERS | {"training_modulecompletion"}, guards=(CERTIFIED,),
            keeps={"reason": REASON},
        ),
    ),
    "plan-copy": Form(
        role=Role.PARTNER_TRUST, good={"school": "900099", "title": REASON}, is_taken=False,
        allowed=Allowed(writes=PLAN, guards=(WHOSE_PLAN,), keeps={"title": REASON}),
    ),
    "declaration": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={}, allowed=Allowed(writes=DECLARED, guards=MONEY),
    ),
    "declaration-day": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={
            "on_day": "12", "on_month": "10", "on_year": "2022", "half_days": "4", "what": REASON,
            "by_whom": "Deputy", "evidence": "Minutes", "excused_because": "", "version": "1",
        },
        allowed=Allowed(writes=DECLARED_DAYS, guards=MONEY, keeps={"what": REASON}),
    ),
    "declaration-day-out": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"version": "1"},
        allowed=Allowed(writes=DECLARED_DAYS, guards=MONEY),
    ),
    "declaration-use": Form(
        role=Role.PARTNER_SCHOOL_HEAD,
        good={"travel": "120.50", "backfill": "1,000", "plan": "0", "version": "1"},
        allowed=Allowed(writes=DECLARED, guards=MONEY),
    ),
    "declaration-declare": Form(
        role=Role.PARTNER_SCHOOL_HEAD, good={"sure": "yes", "version": "1"},
        allowed=Allowed(writes=DECLARED, guards=MONEY),
    ),
    # What stands is being written by the school: nothing of it is the office's yet.
    "declaration-check": Form(
        role=Role.OFFICE_CASEWORKER, is_taken=False,
        good={"verdict": "no", "reason": REASON, "version": "1"},
        allowed=Allowed(writes=DECLARED | LETTERS, guards=MONEY, keeps={"reason": REASON}),
    ),
    "declaration-strike": Form(
        role=Role.OFFICE_CASEWORKER, is_taken=False, good={"reason": REASON, "version": "1"},
        allowed=Allowed(writes=DECLARED_DAYS, guards=MONEY, keeps={"reason": REASON}),
    ),
    # A run of the programme is open, so no other is prepared.
    "payment-run-new": Form(
        role=Role.FINANCE_MAKER, is_taken=False,
        good={"pay_on_day": "1", "pay_on_month": "9", "pay_on_year": "2026"},
        allowed=Allowed(writes=PAYMENTS, guards=MONEY),
    ),
    "payment-run-agree": Form(
        role=Role.FINANCE_CHECKER, good={"version": "1"},
        allowed=Allowed(writes=PAYMENTS, guards=MONEY),
    ),
    "payment-run-hand-over": Form(
        role=Role.FINANCE_MAKER, good={"version": "1"}, is_taken=False,
        allowed=Allowed(writes=PAYMENTS, guards=MONEY),
    ),
    "payment-run-set-aside": Form(
        role=Role.FINANCE_MAKER, good={"reason": REASON, "version": "1"},
        allowed=Allowed(writes=PAYMENTS, guards=MONEY, keeps={"reason": REASON}),
    ),
    "payment-run-confirm": Form(
        role=Role.FINANCE_MAKER, good={"file": ""}, is_taken=False,
        allowed=Allowed(writes=PAYMENTS, guards=MONEY),
    ),
    "payment-run-draw": Form(
        role=Role.FINANCE_CHECKER, good={}, is_taken=False,
        allowed=Allowed(writes=frozenset({"funding_sampledpayment", AUDIT}), guards=MONEY),
    ),
    # Nothing was paid above the award.
    "clawback-new": Form(
        role=Role.FINANCE_MAKER, good={"amount": "1.00", "reason": REASON}, is_taken=False,
        allowed=Allowed(writes=frozenset({"funding_clawback", AUDIT}), guards=MONEY),
    ),
    "clawback": Form(
        role=Role.FINANCE_CHECKER, good={"verdict": "no", "reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=frozenset({"funding_clawback", AUDIT}) | LETTERS, guards=MONEY,
            keeps={"reason": REASON},
        ),
    ),
    # The clawback waits to be agreed, so nothing can come back of it yet.
    "clawback-repaid": Form(
        role=Role.FINANCE_MAKER, is_taken=False,
        good={
            "amount": "1.00", "received_on_day": "1", "received_on_month": "10",
            "received_on_year": "2026", "reference": REASON,
        },
        allowed=Allowed(writes=frozenset({"funding_moneydecision", AUDIT}), guards=MONEY),
    ),
    "money-decision": Form(
        role=Role.FINANCE_CHECKER, good={"verdict": "no", "reason": REASON, "version": "1"},
        allowed=Allowed(
            writes=PAYMENTS | {"funding_moneydecision"} | LETTERS, guards=MONEY,
            keeps={"reason": REASON},
        ),
    ),
    "payment-hold": Form(
        role=Role.FINANCE_MAKER, good={"reason": REASON, "does": "hold"},
        allowed=Allowed(
            writes=frozenset({"funding_heldpayment", AUDIT}), guards=MONEY, keeps={"reason": REASON}
        ),
    ),
    # The payee is open, so it is paid itself.
    "successor-new": Form(
        role=Role.FINANCE_MAKER, is_taken=False,
        good={"kind": "school", "number": "900001", "reason": REASON},
        allowed=Allowed(writes=frozenset({"funding_moneydecision", AUDIT}), guards=MONEY),
    ),
    "money-decision-take-back": Form(
        role=Role.FINANCE_MAKER, good={"reason": REASON, "version": "2"},
        allowed=Allowed(
            writes=frozenset({"funding_moneydecision", AUDIT}), guards=MONEY,
            keeps={"reason": REASON},
        ),
    ),
    # A decision about the payment waits to be agreed already.
    "payment-settle": Form(
        role=Role.FINANCE_MAKER, is_taken=False,
        good={
            "amount": "1.00", "paid_on_day": "29", "paid_on_month": "1", "paid_on_year": "2026",
            "reason": REASON,
        },
        allowed=Allowed(writes=frozenset({"funding_moneydecision", AUDIT}), guards=MONEY),
    ),
    "sample": Form(
        role=Role.OFFICE_CASEWORKER, good={"verdict": "yes", "found": REASON, "version": "1"},
        allowed=Allowed(
            writes=frozenset({"funding_sampledpayment", AUDIT}), guards=MONEY,
            keeps={"found": REASON},
        ),
    ),
}  # fmt: skip
