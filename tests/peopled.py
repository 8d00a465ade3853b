"""Two of every kind of organisation, with their people and private words, in the database."""

import dataclasses
import datetime
import uuid
from typing import Any

from django.utils import timezone

from invented import AT, ON, PROGRAMME, facts, register
from keyed import every_scope, key_for
from paid import Money, money_of_sides
from planned import whole_plan
from schoolhubs import diagnosis, programmes
from schoolhubs.schools import SchoolRegister
from schoolhubs.schools.register import STORED
from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.roles import OF_PEOPLE, OrganisationKind, Role
from schoolhubs.service.api.models import ApiKey
from schoolhubs.service.attendance.models import MarksImport
from schoolhubs.service.calendars.models import CalendarLink
from schoolhubs.service.calendars.queries import digest
from schoolhubs.service.delivery.models import (
    CoachingCycle,
    Leader,
    LeaderHalfDay,
    OwnCalendar,
    Proposal,
    SupportDay,
)
from schoolhubs.service.diagnosis.assessing.queries import content_of
from schoolhubs.service.diagnosis.models import (
    AssessmentAnswer,
    DiagnosticDay,
    KeptDiagnosis,
    KeptInstrument,
    Seen,
    SelfAssessment,
    TeamMember,
)
from schoolhubs.service.eligibility.models import Application, HumanDecision
from schoolhubs.service.events.models import (
    Booking,
    Event,
    Feedback,
    Party,
    Ranking,
    SharedOut,
    Step,
)
from schoolhubs.service.imports.models import Import
from schoolhubs.service.jobs.models import Product, Work
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.matching.models import (
    HubLoad,
    Outcome,
    Placement,
    PublishedRound,
    Round,
)
from schoolhubs.service.milestones.models import Completion, Concern, ConcernEntry, TasksKept
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import ExtensionRequest, Objection, Partnership, Rest
from schoolhubs.service.plans import actions as planning
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.schools.actions import archive_of
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.service.targets.models import Challenge, Explanation, Fit, SchoolTarget
from schoolhubs.service.training.library.models import ResourceUse
from schoolhubs.service.training.models import (
    ModuleCompletion,
    SchoolLeader,
    SignUp,
    TrainingSession,
)
from schoolhubs.vocabulary.records.diagnosis import Diagnosis, Evidence, Finding
from surveyed import opened
from teaching import MODULE, leader, session
from watchful import WatchfulClient, marker_of

RULES = programmes.load(PROGRAMME).as_at(ON)
OWN, OTHER = "own", "other"
# URN and trust of partner and lead, on either side.
NUMBERS = {
    OWN: {"partner": ("900001", "9001"), "lead": ("900010", "9010"), "la": "901"},
    OTHER: {"partner": ("900002", "9002"), "lead": ("900011", "9011"), "la": "902"},
}

MATCH = {"minutes_low": 15.0, "minutes_high": 29.0, "travel_source": "estimated from the map"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What stands in the database, by side: ``own`` is the side the actors are on."""

    snapshot: RegisterSnapshot
    round: Round
    what_if: Round
    organisations: dict[tuple[str, str], Organisation]
    people: dict[tuple[str, Role], Person]
    applications: dict[str, Application]
    decision: HumanDecision
    works: dict[str, Work]
    imports: dict[str, Import]
    marks: dict[str, MarksImport]
    letters: dict[str, Letter]
    keys: dict[str, tuple[ApiKey, str]]
    objection: Objection
    lapsed: Partnership
    extension: ExtensionRequest
    tracks: dict[str, Partnership]
    fit: Fit
    challenges: dict[str, Challenge]
    assessments: dict[str, SelfAssessment]
    survey_codes: dict[str, str]
    agreements: dict[str, Agreement]
    concerns: dict[str, Concern]
    plans: dict[str, Plan]
    diagnoses: dict[str, KeptDiagnosis]
    support_days: dict[str, SupportDay]
    proposals: dict[str, Proposal]
    money: dict[str, Money]
    bookings: dict[str, Booking]
    leaders: dict[str, SchoolLeader]
    sessions: dict[str, TrainingSession]
    completions: dict[str, dict[str, ModuleCompletion]]
    calendars: dict[str, str]

    def client(self, role: Role | None, side: str = OWN) -> WatchfulClient:
        """Give a client signed in with a role; without one, a person of the school with no role."""
        client = WatchfulClient()
        if role is None:
            organisation = self.organisations[side, "partner"]
            person = person_at(organisation, [], f"{side}-nobody")
        else:
            organisation = self.organisations[side, place_of(role)]
            person = self.people[side, role]
        client.act_as(person, organisation)
        if role and place_of(role) == "partner trust":
            client.own |= {self.organisations[side, "partner"].key}
        return client


def place_of(role: Role) -> str:
    """Name the organisation of a side for which a role is held."""
    kind = role.meaning.kind
    if kind in {OrganisationKind.SCHOOL, OrganisationKind.TRUST}:
        end = "" if kind == OrganisationKind.SCHOOL else " trust"
        return ("lead" if role.meaning.leads_a_hub else "partner") + end
    return kind.value


def peopled() -> World:
    """Fill the database."""
    places = [(NUMBERS[side][kind], side) for side in NUMBERS for kind in ("partner", "lead")]
    schools = [
        facts(urn, trust_id=trust, la_code=NUMBERS[side]["la"]) for (urn, trust), side in places
    ]
    leads = tuple(NUMBERS[side]["lead"][0] for side in NUMBERS)
    snapshot = register(*schools, leads=leads, archive=_nothing_published())
    organisations = {
        (side, place): each for side in NUMBERS for place, each in _organisations(side).items()
    }
    people = {
        (side, role): person_at(organisations[side, place_of(role)], [role], f"{side}-{role.value}")
        for side in NUMBERS
        for role in OF_PEOPLE
    }
    applications = {
        side: _application(snapshot, organisations[side, "partner"]) for side in NUMBERS
    }
    works = {side: _work(organisations[side, "office"]) for side in NUMBERS}
    published = _round(snapshot)
    partnerships = {side: _partnership(published, applications[side], side) for side in NUMBERS}
    fit = _fit(snapshot)
    leaders = {side: _leader(organisations[side, "partner"]) for side in NUMBERS}
    trained = {side: leader(NUMBERS[side]["partner"][0], "Cy Oxmantle") for side in NUMBERS}
    return World(
        snapshot=snapshot,
        round=published,
        what_if=_what_if(published),
        organisations=organisations,
        people=people,
        applications=applications,
        decision=_override(applications[OWN]),
        works=works,
        imports={side: _import(work) for side, work in works.items()},
        marks={side: _marks(organisations[side, "partner"]) for side in NUMBERS},
        letters={side: _letter(organisations[side, "partner"]) for side in NUMBERS},
        keys={side: _key(organisations[side, "partner"]) for side in NUMBERS},
        objection=_objections(partnerships)[OWN],
        lapsed=_lapsed(),
        extension=ExtensionRequest.objects.create(partnership=partnerships[OWN]),
        tracks={side: track(side) for side in NUMBERS},
        fit=fit,
        challenges={side: _challenge(fit, NUMBERS[side]["partner"][0]) for side in NUMBERS},
        concerns={side: _concern(each, side) for side, each in partnerships.items()},
        agreements={side: _agreement(each) for side, each in partnerships.items()},
        assessments={side: _assessment(organisations[side, "partner"]) for side in NUMBERS},
        survey_codes={side: _open_survey(side) for side in NUMBERS},
        plans={side: _plan(NUMBERS[side]["partner"][0]) for side in NUMBERS},
        diagnoses={side: _diagnosis(organisations[side, "partner"]) for side in NUMBERS},
        support_days={side: _support_day(each) for side, each in partnerships.items()},
        proposals={side: _schedule(each) for side, each in partnerships.items()},
        money=money_of_sides({side: NUMBERS[side] for side in NUMBERS}, marker_of),
        bookings={side: _booking(each) for side, each in partnerships.items()},
        leaders=leaders,
        sessions={side: _session(side, trained[side]) for side in NUMBERS},
        completions={side: _completions(partnerships[side], trained[side]) for side in NUMBERS},
        calendars={
            side: _calendar(people[side, Role.PARTNER_SCHOOL_HEAD], organisations[side, "partner"])
            for side in NUMBERS
        },
    )


def _calendar(person: Person, school: Organisation) -> str:
    """Let a head have a link by which a calendar follows the school's dates; give its secret."""
    secret = f"secret-of-{school.urn}"
    CalendarLink.objects.create(
        person=person, organisation=school, secret_hash=digest(secret), made_at=AT,
        expires_on=timezone.localdate() + datetime.timedelta(days=300),
    )  # fmt: skip
    return secret


def _leader(school: Organisation) -> SchoolLeader:
    """Let a school have named a leader, in its private words."""
    marker = marker_of(school.key)
    return leader(school.urn, f"Bea {marker.title()}", post=f"Deputy of {marker}")


def _session(side: str, leader: SchoolLeader) -> TrainingSession:
    """Let the lead have planned a session, with a place for a leader whom its pages name."""
    made = session(NUMBERS[side]["lead"][0])
    SignUp.objects.create(session=made, leader=leader, seat=1, made_at=AT, made_by="head")
    return made


def _completions(partnership: Partnership, leader: SchoolLeader) -> dict[str, ModuleCompletion]:
    """Let a leader have declared one module, and have a certificate of another."""
    told = {
        "leader": leader, "partnership": partnership, "programme_id": PROGRAMME, "half_days": 1,
        "definition_version": "1", "completed_on": ON, "made_at": AT, "made_by": "head",
    }  # fmt: skip
    number = f"2222-2222-22{leader.urn[-2:]}"
    ResourceUse.objects.create(
        urn=leader.urn, resource_id="eef_attendance", root_cause="first_day_late", used_on=ON,
        made_at=AT, made_by="head",
    )  # fmt: skip
    return {
        "declared": ModuleCompletion.objects.create(
            **told, module=MODULE, title="Registers", state="declared"
        ),
        "confirmed": ModuleCompletion.objects.create(
            **told, module="calm_routines", title="Routines", state="confirmed", settled_at=AT,
            settled_by="lead", number=number,
        ),
    }  # fmt: skip


def _open_survey(side: str) -> str:
    """Open a survey of pupils from today on, in which they may write; give its class code.

    The side's safeguarding lead reads what they write.
    """
    today, urn = timezone.localdate(), NUMBERS[side]["partner"][0]
    reads = f"{side}-{Role.SCHOOL_SAFEGUARDING.value}"
    _, (code,) = opened(urn=urn, opens_on=today, closes_on=today, asks_text=True,
                        safeguarding_lead=reads)  # fmt: skip
    return code


def _nothing_published() -> bytes:
    """Give the archive of a register without a row, as an import keeps it."""
    frames = {name: frame.empty() for name, frame in STORED.items()}
    return archive_of(SchoolRegister(on=ON, sources=(), **frames))


def _organisations(side: str) -> dict[str, Organisation]:
    numbers: dict[str, Any] = NUMBERS[side]
    told = {
        "office": ("office", {}),
        "evaluator": ("evaluator", {}),
        "auditor": ("auditor", {}),
        "local_authority": ("local_authority", {"la_code": numbers["la"]}),
    }
    for place in ("partner", "lead"):
        urn, uid = numbers[place]
        told |= {place: ("school", {"urn": urn}), f"{place} trust": ("trust", {"uid": uid})}
    return {
        place: Organisation.objects.create(
            sign_in_id=f"{side}-{place.replace(' ', '-')}",
            kind=kind,
            name=f"{side} {place}",
            **number,
        )
        for place, (kind, number) in told.items()
    }


def person_at(organisation: Organisation, roles: list[Role], subject: str) -> Person:
    """Make somebody, whose name carries the organisation's marker, with roles there as of now."""
    now = timezone.now()
    marker = marker_of(organisation.key)
    person = Person.objects.create(
        subject=subject, name=f"Ada {marker.title()}", email=f"{subject}@{marker}.example",
        first_signed_in_at=now, last_signed_in_at=now,
    )  # fmt: skip
    Membership.objects.create(
        person=person, organisation=organisation, roles=list(roles), checked_at=now
    )
    return person


def _application(snapshot: RegisterSnapshot, school: Organisation) -> Application:
    marker = marker_of(school.key)
    return Application.objects.create(
        reference=f"TEST-{school.urn}", programme_id=PROGRAMME, cohort_id=RULES.cohort_id,
        urn=school.urn, state="submitted", pathways=["enhanced"], begun_at=AT, begun_by="head",
        answers={"pathways": ["enhanced"], "tried": f"What {marker} tried"},
        submitted_at=AT, submitted_by=f"head of {marker}", snapshot=snapshot, applied_on=ON,
    )  # fmt: skip


def _override(application: Application) -> HumanDecision:
    return HumanDecision.objects.create(
        application=application, pathway="enhanced", rules_said="no", verdict="yes",
        reason="Agreed at the panel", decided_at=AT, decided_by="another officer",
    )  # fmt: skip


def _round(snapshot: RegisterSnapshot) -> Round:
    made = Round.objects.create(
        programme_id=PROGRAMME, cohort_id=RULES.cohort_id, definition_version="1", on=ON,
        snapshot=snapshot, made_at=AT, made_by="officer", is_synthetic=True, summary={},
        record={"travel": {"source": "estimate", "band_share": 0.8}},
        pack=b"",
    )  # fmt: skip
    PublishedRound.objects.create(
        programme_id=PROGRAMME, cohort_id=made.cohort_id, round=made, published_at=AT,
        published_by="officer", reason="Agreed",
    )  # fmt: skip
    for numbers in NUMBERS.values():
        partner, lead = numbers["partner"][0], numbers["lead"][0]
        marker = marker_of(f"school:{partner}")
        Placement.objects.create(
            round=made, urn=partner, outcome=Outcome.MATCHED, name=f"School {partner}",
            phase="primary", region="South West", pathway="enhanced", lead_urn=lead, minutes=21.0,
            record={**MATCH, "need_list": marker},
        )  # fmt: skip
        HubLoad.objects.create(
            round=made, lead_urn=lead, pathway="enhanced", name=f"School {lead}", phase="primary",
            region="South West", n_places=3, n_running=0, n_matched=1, record={},
        )  # fmt: skip
    return made


def _partnership(round_: Round, application: Application, side: str) -> Partnership:
    return Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id=round_.cohort_id, application=application, round=round_,
        partner_urn=application.urn, lead_urn=NUMBERS[side]["lead"][0], pathway="enhanced",
        starts_on=datetime.date(2026, 1, 1), finishes_on=datetime.date(2027, 1, 1),
        proposed_at=AT, proposed_by="officer", partner_says="objects", partner_at=AT,
        partner_by=marker_of(f"school:{application.urn}"),
    )  # fmt: skip


def _lapsed() -> Partnership:
    """Store a proposal to the own lead that lapsed, of a school that no other page is about."""
    on = timezone.localdate()
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id=RULES.cohort_id, partner_urn="900077",
        lead_urn=NUMBERS[OWN]["lead"][0], pathway="enhanced", starts_on=on,
        finishes_on=on + datetime.timedelta(days=365), proposed_at=AT, proposed_by="officer",
        answer_by=on - datetime.timedelta(days=1), reminded_at=AT,
    )  # fmt: skip
    made.state, made.version = "lapsed", 2
    made.why_ended = "The partner and the lead had not answered."
    made.save()
    return made


def track(side: str = OWN, **changes: Any) -> Partnership:
    """Store the two-year track of a side's trusts, proposed but for the changes."""
    (partner_urn, partner_trust), (lead_urn, lead_trust) = (
        NUMBERS[side][kind] for kind in ("partner", "lead")
    )
    told = {
        "programme_id": "behaviour-hubs-2021", "cohort_id": "2022-23-summer",
        "pathway": "multi_school", "partner_urn": partner_urn, "lead_urn": lead_urn,
        "partner_trust_id": partner_trust, "lead_trust_id": lead_trust,
        "starts_on": datetime.date(2023, 4, 1), "finishes_on": datetime.date(2025, 4, 1),
        "proposed_at": AT, "proposed_by": "officer", **changes,
    }  # fmt: skip
    return Partnership.objects.create(**told)


def _objections(partnerships: dict[str, Partnership]) -> dict[str, Objection]:
    """Let both partner schools object, in private words."""
    return {
        side: Objection.objects.create(
            partnership=each, side="partner", reasons=["journey"], made_at=AT, made_by="head",
            words=f"What {marker_of(f'school:{each.partner_urn}')} said",
        )
        for side, each in partnerships.items()
    }  # fmt: skip


def _what_if(published: Round) -> Round:
    return Round.objects.create(
        programme_id=PROGRAMME, cohort_id=published.cohort_id, definition_version="1", on=ON,
        snapshot=published.snapshot, made_at=AT, made_by="officer", is_synthetic=True,
        summary={"matched": 0, "unmatched": 0}, record=published.record, pack=b"",
        base=published, title="Nobody is matched",
    )  # fmt: skip


def _work(office: Organisation) -> Work:
    work = Work.objects.create(
        kind="import_check", asked_at=AT, asked_by=marker_of(office.key), organisation=office.key,
        place="import-new",
    )  # fmt: skip
    Product.objects.create(
        work=work,
        name="faults.csv",
        content_type="text/csv",
        content=marker_of(office.key).encode(),
    )
    return work


def _key(school: Organisation) -> tuple[ApiKey, str]:
    """Make a key with every scope of a school's, named in the school's private words."""
    return key_for(school, *every_scope(school), name=f"System of {marker_of(school.key)}")


def _import(work: Work) -> Import:
    return Import.objects.create(
        on=ON, made_at=AT, made_by=work.asked_by, organisation=work.organisation, files=[],
        check_work=work,
    )  # fmt: skip


def _marks(school: Organisation) -> MarksImport:
    """Store an import of marks that was read, in the school's private words."""
    fault = {"fault": f"What {marker_of(school.key)} sent", "remedy": "Mend it.", "column": "Mark"}
    return MarksImport.objects.create(
        urn=school.urn, organisation=school.key, made_at=AT, made_by="head", suffix=".csv",
        layout="week", step="found",
        report={"problems": [{**fault, "rows": [2], "n_rows": 1}], "n_marks": 0},
    )  # fmt: skip


def _concern(partnership: Partnership, side: str) -> Concern:
    """Let a lead be worried about its partner; both read it.

    It rested once; what that of the other side had come to is kept.
    """
    made = Concern.objects.create(
        partnership=partnership, raised_side="lead", step="answer", step_on=AT.date(),
    )  # fmt: skip
    ConcernEntry.objects.create(
        concern=made, what="raised", step="answer", words="Nobody came",
        evidence="Two visits", said_at=AT, said_by="lead",
    )  # fmt: skip
    Rest.objects.create(
        partnership=partnership, from_on=AT.date(), until_on=AT.date(), reason="A leaking roof",
        begun_at=AT, begun_by="ada", ended_at=AT, ended_by="ada", ended_reason="Mended",
    )  # fmt: skip
    TasksKept.objects.create(partnership=partnership, tasks=[])
    if side == OTHER:
        Completion.objects.create(
            partnership=partnership, finished_on=AT.date(), definition_version="1", kept_at=AT,
            record={"done": {}, "left": [], "half_days": {}, "lead_half_days": 0},
        )  # fmt: skip
    return made


def _agreement(partnership: Partnership) -> Agreement:
    """Let a lead have proposed what its partner shares, for when both have accepted."""
    return Agreement.objects.create(
        partnership=partnership, purposes=["find_causes"], kinds=["findings"],
        starts_on=partnership.starts_on, finishes_on=partnership.finishes_on,
        proposed_side="lead", proposed_at=AT, proposed_by="lead",
    )  # fmt: skip


def _assessment(school: Organisation) -> SelfAssessment:
    """Let a school have begun a self-assessment, in private words."""
    asked = diagnosis.instrument("attendance-mainstream")
    kept, _ = KeptInstrument.objects.get_or_create(
        instrument_id=asked.instrument_id, version=asked.version, fingerprint=asked.fingerprint,
        defaults={"content": content_of(asked), "kept_at": AT},
    )  # fmt: skip
    made = SelfAssessment.objects.create(
        urn=school.urn, asked=kept, instrument_id=asked.instrument_id, begun_at=AT, begun_by="ada",
        organisation=school.key,
    )  # fmt: skip
    member = TeamMember.objects.create(assessment=made, by="ada", person="Deputy head")
    AssessmentAnswer.objects.create(
        assessment=made, member=member, item="register_on_time", value=2, answered_at=AT,
        note=f"What {marker_of(school.key)} saw",
    )  # fmt: skip
    return made


def _diagnosis(school: Organisation) -> KeptDiagnosis:
    """Let a school have confirmed findings once, and be at its next diagnostic day."""
    marker = marker_of(school.key)
    days = [
        DiagnosticDay.objects.create(
            urn=school.urn, held_on=ON, agenda=f"Gate of {marker}", who="Head", to_see="Lunch",
            made_at=AT, made_by="ada", organisation=school.key, confirmed_at=confirmed_at,
        )
        for confirmed_at in (AT, None)
    ]  # fmt: skip
    for day in days:
        Seen.objects.create(
            day=day, root_cause="routines_differ", side="school", says="for",
            text=f"Rooms of {marker}", made_at=AT, made_by="ada",
        )  # fmt: skip
    seen = Evidence(
        kind="observation", measure="o1", says="for", text=f"Rooms of {marker}", by="school",
        strength="one",
    )  # fmt: skip
    found = Finding(
        finding_id="routines_differ", root_cause="routines_differ", rank=1, how_sure="said",
        title="Routines differ from room to room", evidence=(seen,), decision="kept",
        drafted_rank=1,
    )  # fmt: skip
    record = Diagnosis(urn=school.urn, findings=(found,), confirmed_on=ON).as_dict()
    files = {"school.json": f'{{"urn": "{school.urn}", "setting": "mainstream"}}'}
    return KeptDiagnosis.objects.create(
        urn=school.urn, day=days[0], record=record, files=files, drafted="0" * 12, confirmed_on=ON,
        confirmed_at=AT, confirmed_by="ada", organisation=school.key,
    )  # fmt: skip


def _support_day(partnership: Partnership) -> SupportDay:
    """Let a lead have recorded a day and begun coaching: what both of the two schools read."""
    marker, lead = marker_of(f"school:{partnership.partner_urn}"), partnership.lead_urn
    made = {"added_at": AT, "added_by": "lead"}
    leader = Leader.objects.create(lead_urn=lead, name=f"Leader of {lead}", **made)
    OwnCalendar.objects.create(
        urn=partnership.partner_urn, year="2025/26", cannot={"2026-02-02": f"Fair of {marker}"},
        set_at=AT, set_by="head",
    )  # fmt: skip
    cycle = CoachingCycle.objects.create(
        partnership=partnership, coach=leader, focus="Habits", starts_on=ON,
        review_on=partnership.last_on, began_at=AT, began_by="lead",
    )  # fmt: skip
    told = {"planned_at": AT, "planned_by": "lead", "delivered_at": AT, "delivered_by": "lead"}
    SupportDay.objects.create(
        partnership=partnership, kind="coaching", cycle=cycle, on=ON, part="pm", state="delivered",
        focus="Lessons", observation="Three of five lessons", next_step="Again", **told,
    )  # fmt: skip
    day = SupportDay.objects.create(
        partnership=partnership, on=ON, part="am", focus="Corridors",
        state="delivered", evidence="Notes are kept", **told,
    )  # fmt: skip
    LeaderHalfDay.objects.create(day=day, leader=leader, on=ON, half="am")
    return day


def _schedule(partnership: Partnership) -> Proposal:
    """Let dates have been worked out for a lead, which stand on what is no longer so."""
    lead = partnership.lead_urn
    work = Work.objects.create(
        kind="support_schedule", order={"lead": lead}, asked_at=AT, asked_by="lead",
        organisation=f"school:{lead}", place="tests",
    )  # fmt: skip
    record = {
        "outcome": "fits", "is_best": True, "is_verified": False, "conflict": [], "remedies": [],
        "short": [], "visits": [], "partners": [], "from_on": "2026-02-02",
    }  # fmt: skip
    return Proposal.objects.create(
        programme_id=PROGRAMME, lead_urn=lead, work=work, basis="0" * 64, record=record,
        made_at=AT, made_by="lead",
    )  # fmt: skip


def _booking(partnership: Partnership) -> Booking:
    """Let a school have been to one open day, and have booked another; its term is shared out."""
    hub = Hub.objects.get(programme_id=PROGRAMME, lead_urn=partnership.lead_urn)
    term, later = datetime.date(2026, 1, 1), datetime.date(2026, 9, 1)
    been = _party(hub, partnership, datetime.date(2026, 2, 5), term, n_came=2)
    Event.objects.filter(pk=been.event_id).update(state="held")
    Feedback.objects.create(party=been, useful=4, will_try=True, made_at=AT, made_by="head")
    ahead = _party(hub, partnership, datetime.date(2026, 12, 18), later)
    Ranking.objects.create(
        partnership=partnership, kind="open_day", term_starts_on=later, n_people=2,
        choices=[ahead.event_id], made_at=AT, made_by="head",
    )  # fmt: skip
    SharedOut.objects.create(
        hub=hub, kind="open_day", term_starts_on=later, seed=1, made_at=AT, made_by="lead",
        record={"asks": [], "given": {}, "left_out": [], "cost": {}, "why": {}},
    )  # fmt: skip
    return ahead.booking


def _party(
    hub: Hub, one: Partnership, on: datetime.date, term: datetime.date, **told: Any
) -> Party:
    event = Event.objects.create(
        hub=hub, kind="open_day", state="open", place_urn=hub.lead_urn, on=on,
        starts_at=datetime.time(9, 30), finishes_at=datetime.time(15), term_starts_on=term,
        about="Lesson starts", n_places=30, closes_on=on, made_at=AT, made_by="lead",
        changed_at=AT,
    )  # fmt: skip
    booking = Booking.objects.create(
        event=event, key=uuid.uuid4(), organisation=f"school:{one.partner_urn}", state="booked",
        n_people=2, made_at=AT, made_by="head", booked_at=AT,
    )  # fmt: skip
    Step.objects.create(event=event, number=1, kind="places", n=30, at=AT)
    came = {"checked_in_at": AT, "checked_in_by": "lead"} if told else {}
    return Party.objects.create(
        booking=booking, event=event, partnership=one, urn=one.partner_urn, n_people=2,
        kind="open_day", term_starts_on=term, visit=1, stands="takes", **told, **came,
    )  # fmt: skip


def _letter(school: Organisation) -> Letter:
    marker = marker_of(school.key)
    return Letter.objects.create(
        kind="application_received", about=f"application:TEST-{school.urn}/1",
        organisation=school.key, to=f"head@{marker}.example", path="/applications",
        facts={"school": marker, "reference": f"TEST-{school.urn}", "programme": PROGRAMME},
        state="failed", fault="Refused", reference=uuid.uuid4(), written_at=AT, written_by="head",
        place="tests", not_before=AT,
    )  # fmt: skip


def _fit(snapshot: RegisterSnapshot) -> Fit:
    """Store a fit with a target of each partner school, explained in private words."""
    fit = Fit.objects.create(
        snapshot=snapshot, until="2024/25", year="2025/26", is_hindsight=False,
        definition_version="1", fitted_at=AT, fitted_by="officer", n_schools=2, n_targets=2,
        n_learned_from=2, artefact="",
        card={"model_card": "# Model card", "transparency_record": {"1.1 Name": "Targets"}},
    )  # fmt: skip
    for side in NUMBERS:
        urn = NUMBERS[side]["partner"][0]
        figures = {
            "expected_percent": 8.1, "target_percent": 7.8, "low_percent": 6.0,
            "high_percent": 10.0, "chance_unaided": 0.4, "last_year_percent": 8.4,
            "baseline_percent": 8.2, "national_percent": 5.2, "national_year": "2024/25",
            "chance_size_percent": 0.5,
        }  # fmt: skip
        target = SchoolTarget.objects.create(
            fit=fit, urn=urn, phase="primary", frontier_percent=7.0, n_years=3,
            context_part="full", made_at=AT, **figures,
        )  # fmt: skip
        marker = marker_of(f"school:{urn}")
        piece = {"kind": "last_year", "points": 2.9, "said": f"What {marker} had"}
        record = {
            **figures, "urn": urn, "school_name": f"School {urn}", "phase": "primary",
            "year": fit.year, "phase_mean_percent": 5.2, "contributions": [piece],
            "comparators": [], "visits": [], "notes": [], "trend": [], "need_types": None,
            "model_until": fit.until, "definition_version": "1", "register_on": "2026-01-29",
        }  # fmt: skip
        sections = {key: ["Said."] for key in ("headline", "why", "learn_from", "footing")}
        said = {"said": sections, "titles": {"last_year": "Last year"}}
        Explanation.objects.create(target=target, record=record, said=said, made_at=AT)
    return fit


def _challenge(fit: Fit, urn: str) -> Challenge:
    """Let a school challenge last year's figure, in private words."""
    marker = marker_of(f"school:{urn}")
    return Challenge.objects.create(
        target=SchoolTarget.objects.get(fit=fit, urn=urn), urn=urn, kind="figure", name="2024/25",
        before=8.4, after=8.0, words=f"What {marker} counted", evidence="Our own marks",
        made_at=AT, made_by="head", organisation=f"school:{urn}",
    )  # fmt: skip


def _plan(urn: str) -> Plan:
    """Let a school write a plan, in private words in every part of it."""
    marker = marker_of(f"school:{urn}")
    record = whole_plan()
    objective = dataclasses.replace(record.objectives[0], title=f"What {marker} wants")
    action = dataclasses.replace(record.actions[0], title=f"What {marker} does")
    screen = dataclasses.replace(
        record.screens[0],
        screened_version=action.version,
        evidence=(f"What {marker} saw",),
        reviewer="",
        reviewed_on=None,
    )
    asked = dataclasses.replace(record.consultations[0], said=f"What {marker} heard")
    first = dataclasses.replace(
        record, urn=urn, title=f"Plan of {marker}", objectives=(objective,), actions=(action,),
        screens=(screen,), consultations=(asked, *record.consultations[1:]), approval=None,
    )  # fmt: skip
    made = planning.Who(
        by="deputy", organisation=f"school:{urn}", at=AT, place="tests", name=f"Ada {marker}"
    )
    return planning.begin(urn, first, who=made)
