"""Every page and state that is looked at, one line each: to add a page, add its line.

An address names its school by kind in braces; ``SUBJECTS`` says how one is found in the data.
What takes several steps to reach (an error after sending, a saved form) is a journey's test, which
calls ``visitor.look`` at each step.
"""

import dataclasses

from browser.looking import EVERY_MODE, MODES, Mode
from browser.serving import Service
from schoolhubs.service.accounts.roles import OF_PEOPLE

PROGRAMME = "rise-hubs-2025"
SPECIAL_PROGRAMME = "special-ap-hubs-example"
OFFICE, ADMINISTRATOR, HEAD = "office_read", "office_administrator", "partner_school_head"
CASEWORKER = "office_caseworker"
# Heads of the two schools that are further on: one has a plan in force, one is in its audit.
REVIEWING, MIDWAY = "partner_school_head_reviewing", "partner_school_head_midway"
APPLICANT = "partner_school_head_applying"  # the headteacher whose school has not applied
ROLES = tuple(role.value for role in OF_PEOPLE)


def _placed(programme_id: str, outcome: str) -> str:
    return (
        "SELECT p.urn FROM matching_placement p JOIN matching_publishedround r USING (round_id)"
        f" WHERE r.programme_id = '{programme_id}' AND p.outcome = '{outcome}' ORDER BY p.urn"
    )


def _open(phase: str) -> str:
    return f"SELECT urn FROM schools_school WHERE is_open AND phase = '{phase}' ORDER BY urn"


# The first plan of each kind is the demonstration's own; journeys of other tests come later.
APPROVED = "(SELECT urn FROM plans_plan WHERE state = 'approved' ORDER BY id LIMIT 1)"
DRAFTED = "(SELECT urn FROM plans_plan WHERE state = 'draft' ORDER BY id LIMIT 1)"

SUBJECTS = {
    "reviewing": f"SELECT {APPROVED}",
    "midway": f"SELECT {DRAFTED}",
    "midway_trust": f"SELECT trust_id FROM schools_school WHERE urn = {DRAFTED}",
    "second_wave": f"SELECT urn || '/surveys/' || key FROM surveys_survey WHERE urn = {APPROVED}"
    " AND respondents = 'pupils' AND state = 'closed' ORDER BY wave DESC",
    "written_to": f"SELECT urn || '/surveys/' || key FROM surveys_survey WHERE urn = {DRAFTED}"
    " AND state = 'open'",
    "assessing": "SELECT urn || '/self-assessment/' || id FROM diagnosis_selfassessment"
    f" WHERE urn = {DRAFTED} AND state = 'open'",
    "matched": _placed(PROGRAMME, "matched"),
    "unmatched": _placed(PROGRAMME, "unmatched"),
    "refused": _placed(PROGRAMME, "not_eligible"),
    "special_matched": _placed(SPECIAL_PROGRAMME, "matched"),
    "published_round": (
        f"SELECT round_id FROM matching_publishedround WHERE programme_id = '{PROGRAMME}'"
    ),
    "lead": "SELECT lead_urn FROM matching_hubload WHERE n_matched > 0 ORDER BY round_id, lead_urn",
    "independent": _open("other"),
    "special": _open("special"),
    "alternative_provision": _open("alternative_provision"),
    "termly": "SELECT id FROM partnerships_partnership WHERE partner_trust_id = ''"
    " AND state IN ('agreed', 'running') ORDER BY id",
    "lapsed": "SELECT id FROM partnerships_partnership WHERE state = 'lapsed' ORDER BY id",
    "objection": "SELECT id FROM partnerships_objection WHERE state = 'open' ORDER BY id",
    "track": "SELECT id FROM partnerships_partnership WHERE partner_trust_id <> '' ORDER BY id",
    "lead_of": "SELECT programme_id || '/' || lead_urn FROM network_hub ORDER BY id",
    "intake": "SELECT r.programme_id || '/' || r.cohort_id FROM matching_publishedround r"
    f" WHERE r.programme_id = '{PROGRAMME}'",
    "letter": "SELECT id FROM letters_letter ORDER BY id",
    "further_year": "SELECT id FROM partnerships_extensionrequest WHERE state = 'asked'",
    "trust": "SELECT trust_id FROM schools_school WHERE is_open AND trust_id <> ''"
    " GROUP BY trust_id HAVING count(*) > 4 ORDER BY count(*), trust_id",
    "together": "SELECT id FROM partnerships_partnership WHERE state = 'running'"
    f" AND partner_urn = {APPROVED}",
    "came_to": "SELECT id FROM events_event WHERE state = 'held' AND n_taken > 0 ORDER BY id",
    "filling": "SELECT id FROM events_event WHERE state = 'open' AND n_taken > 0 ORDER BY id",
    "booked": "SELECT id FROM events_booking WHERE state = 'booked' ORDER BY id",
    "in_line": "SELECT id FROM events_booking WHERE state = 'waiting' ORDER BY id",
    "support_day": "SELECT id FROM delivery_supportday WHERE state = 'agreed' ORDER BY id",
    "taught": "SELECT id FROM training_trainingsession ORDER BY id",
    "paid_run": "SELECT id FROM funding_paymentrun WHERE state = 'paid' ORDER BY id",
    "paid_payment": "SELECT id FROM funding_payment WHERE state = 'paid' ORDER BY id",
    "paid_award": "SELECT award_id FROM funding_payment WHERE state = 'paid' ORDER BY id",
    "run_to_agree": "SELECT id FROM funding_paymentrun WHERE state = 'prepared' ORDER BY id",
    "with_marks": "SELECT urn FROM attendance_finding ORDER BY id",
    "closed": "SELECT urn FROM schools_school WHERE NOT is_open ORDER BY urn",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One page in one state: what it is counted as, its address, who looks, what it says."""

    name: str
    address: str
    role: str = ""
    status: int = 200
    says: str = ""
    modes: tuple[Mode, ...] = MODES


PLACES = (
    Place(name="home", address="/", modes=EVERY_MODE),
    Place(name="accessibility", address="/accessibility"),
    Place(name="cookies", address="/cookies"),
    Place(name="privacy", address="/privacy"),
    Place(
        name="not to be read", address="/eligibility?" + "&".join(["q="] * 1_001), status=400,
        says="cannot be read",
    ),
    Place(name="no such page", address="/no-such-page", status=404, says="Page not found"),
    Place(name="survey, a code", address="/surveys/answer", says="Your code"),
    Place(
        name="survey, no such code", address="/surveys/answer/BCDFG-HJKLM", status=404,
        says="You can not answer now",
    ),
    Place(
        name="survey, sent", address="/surveys/answer/sent/pupil-survey",
        says="Your answers are in",
    ),
    Place(name="find a school", address="/eligibility"),
    Place(name="find a school, no words", address="/eligibility?q=", says="There is a problem"),
    Place(name="find a school, none found", address="/eligibility?q=Zyx", says="No schools found"),
    Place(name="find a school, many found", address="/eligibility?q=school", says="or more found"),
    Place(name="answer, may join", address="/eligibility/{matched}", says="May join"),
    Place(name="answer, independent", address="/eligibility/{independent}", says="May not join"),
    Place(name="answer, special", address="/eligibility/{special}", says="May"),
    Place(name="answer, AP", address="/eligibility/{alternative_provision}", says="May"),
    Place(name="answer, closed", address="/eligibility/{closed}", says="May not join"),
    Place(name="answer, no such school", address="/eligibility/999999", status=404),
    Place(name="hubs", address=f"/programmes/{PROGRAMME}/hubs"),
    Place(name="hubs, special", address=f"/programmes/{SPECIAL_PROGRAMME}/hubs"),
    Place(name="hubs, one phase", address=f"/programmes/{PROGRAMME}/hubs?phase=primary"),
    Place(
        name="hubs, none left",
        address=f"/programmes/{PROGRAMME}/hubs?phase=primary&region=North+East",
    ),
    Place(name="hubs, no programme", address="/programmes/no-such/hubs", status=404),
    Place(name="programmes", address="/programmes"),
    Place(name="programme", address=f"/programmes/{PROGRAMME}"),
    Place(name="programme, special", address=f"/programmes/{SPECIAL_PROGRAMME}"),
    Place(name="programme, what changed", address=f"/programmes/{PROGRAMME}/changes"),
    Place(name="role cards", address="/sign-in"),
    Place(name="role cards, signed out", address="/sign-in?ended=idle", says="You were signed out"),
    Place(name="sent to the role cards", address="/office/applications", says="Choose who to be"),
    *(
        Place(
            name=name, address=f"/programmes/{programme}/schools/{{{kind}}}/match", role=OFFICE,
            says=says,
        )
        for name, programme, kind, says in (
            ("match", PROGRAMME, "matched", "Why this hub?"),
            ("match, none", PROGRAMME, "unmatched", "Why no hub?"),
            ("match, refused", PROGRAMME, "refused", "Why no hub?"),
            ("match, special", SPECIAL_PROGRAMME, "special_matched", "Why this hub?"),
        )
    ),
    Place(name="start, signed in", address="/", role=HEAD, modes=EVERY_MODE),
    Place(name="journey", address="/schools/{with_marks}/journey", role=HEAD),
    Place(name="journey, office", address="/schools/{matched}/journey", role=OFFICE),
    Place(name="journeys of a trust", address="/journey", role="partner_trust"),
    Place(name="self-assessments", address="/self-assessment", role=HEAD),
    Place(
        name="support days", address="/partnerships/{together}/days", role=REVIEWING,
        says="The ledger",
    ),
    Place(name="support days, office", address="/partnerships/{together}/days", role=OFFICE),
    Place(name="support days of a hub", address="/hubs/{lead}/days", role=OFFICE),
    Place(name="support days of every hub", address="/office/support-days", role=OFFICE),
    Place(name="coaching", address="/partnerships/{together}/days/coaching", role=REVIEWING),
    Place(name="term dates", address="/term-dates/{with_marks}", role=HEAD, says="Half terms"),
    Place(name="terms", address="/partnerships/{termly}/terms", role=OFFICE, says="Term by term"),
    Place(name="rest or end", address="/partnerships/{termly}/rest", role=CASEWORKER),
    Place(name="concern, new", address="/partnerships/{termly}/concern", role=CASEWORKER),
    Place(name="stuck", address="/stuck", role=OFFICE, says="Stuck partnerships"),
    Place(name="clock", address="/clock", role=ADMINISTRATOR, says="How far?"),
    Place(name="open days", address="/events", role=HEAD, says="Open days and networking"),
    Place(name="open days of a hub", address="/hub/events", role="lead_school"),
    Place(name="open days of every hub", address="/office/events", role=OFFICE),
    Place(
        name="open day, with bookings", address="/events/{filling}", role=CASEWORKER,
        says="beside the rules",
    ),
    Place(
        name="open day, beside the rules", address="/events/{filling}/beside-the-rules",
        role=CASEWORKER, says="Which school comes?",
    ),
    Place(name="open day, over", address="/events/{came_to}", role=OFFICE, says="Who came"),
    Place(
        name="open day, check-in", address="/events/{came_to}/check-in", role=CASEWORKER,
        says="Who came?",
    ),
    Place(name="open day, every step", address="/events/{filling}/record", role=OFFICE),
    Place(name="booking", address="/bookings/{booked}", role=OFFICE),
    Place(
        name="booking, waiting", address="/bookings/{in_line}", role=OFFICE,
        says="on the waiting list",
    ),
    Place(name="support day", address="/support-days/{support_day}", role=OFFICE, says="greed"),
    Place(name="training session", address="/training/sessions/{taught}", role=OFFICE),
    Place(
        name="stuck, one kind", address="/stuck?kind=training", role=OFFICE,
        says="Stuck partnerships",
    ),
    Place(name="what is shared", address="/schools/{with_marks}/sharing", role=HEAD),
    *(Place(name="your work", address="/work", role=role) for role in ROLES),
    *(Place(name="account", address="/account", role=role, modes=MODES[:1]) for role in ROLES),
    Place(
        name="organisations", address="/organisations", role="partner_school_attendance",
        says="What you can see and do depends on it",
    ),
    Place(name="queue", address="/office/applications", role=OFFICE),
    Place(name="queue, for a school", address="/office/applications", role=HEAD, status=403),
    Place(name="rounds", address="/office/rounds", role=OFFICE, says="Published"),
    Place(name="round, new", address="/office/rounds/new", role=CASEWORKER),
    Place(name="round", address="/office/rounds/{published_round}", role=OFFICE),
    Place(
        name="what-if", address="/office/rounds/{published_round}/what-if", role=CASEWORKER,
        says="In force",
    ),
    Place(name="round, no such", address="/office/rounds/999999", role=OFFICE, status=404),
    Place(
        name="publish, published already", address="/office/rounds/{published_round}/publish",
        role=ADMINISTRATOR, says="published already",
    ),
    Place(name="my applications", address="/applications", role=HEAD),
    Place(name="my partnerships", address="/partnerships", role=HEAD),
    Place(name="action plan, none", address="/plan", role=HEAD, says="no action plan here yet"),
    Place(name="action plans, trust", address="/plan", role="partner_trust"),
    Place(name="my partnerships, trust", address="/partnerships", role="partner_trust"),
    Place(name="my hub", address="/hub", role="lead_school"),
    Place(name="hub today", address="/hubs/{lead}/today", role=OFFICE, says="Your hub today"),
    Place(name="training", address="/training", role=HEAD, says="Training record"),
    Place(name="training, trust", address="/training", role="partner_trust"),
    Place(name="training, plan", address="/training/sessions/new", role="lead_school"),
    Place(name="training, sessions", address="/training/sessions", role="lead_school"),
    Place(name="training, all hubs", address="/office/training", role=OFFICE),
    Place(name="certificate", address="/certificates"),
    Place(name="resources", address="/resources", says="Guidance, research"),
    Place(name="resources, found", address="/resources?words=part-time", says="for “part-time”"),
    Place(name="resources, none", address="/resources?words=zyxw", says="Nothing fits"),
    Place(name="resource", address="/resources/attendance_guidance", role=HEAD),
    Place(name="resources, for findings", address="/schools/{reviewing}/resources", role=REVIEWING),
    Place(
        name="certificate, mistyped", address="/certificates?number=HJ4K-25EF-WYA8",
        says="is no number",
    ),
    Place(name="my hub, trust", address="/hub", role="lead_trust"),
    Place(name="trust tracks", address="/trust-tracks", role="lead_trust", says="Lead trust"),
    Place(name="trust tracks, office", address="/trust-tracks", role=OFFICE, says="Lead trust"),
    Place(name="trust track", address="/trust-tracks/{track}", role="partner_trust", says="Next:"),
    Place(name="trust track, no such", address="/trust-tracks/999999", role=OFFICE, status=404),
    Place(name="objections", address="/office/objections", role=OFFICE),
    Place(name="objections, all", address="/office/objections?state=all", role=OFFICE),
    Place(name="lapsed proposal", address="/office/lapsed-proposals/{lapsed}", role=CASEWORKER),
    Place(name="objection", address="/office/objections/{objection}", role=CASEWORKER),
    Place(
        name="a further year", address="/office/further-years/{further_year}", role=CASEWORKER,
        says="Reason",
    ),
    Place(name="a hub steps down", address="/office/hubs/{lead_of}/step-down", role=CASEWORKER),
    Place(name="intakes", address="/office/intakes", role=CASEWORKER),
    Place(name="intake", address="/office/intakes/{intake}/window", role=CASEWORKER),
    Place(name="intake, late", address="/office/intakes/{intake}/late", role=CASEWORKER),
    Place(name="waiting list", address="/office/intakes/{intake}/waiting", role=OFFICE),
    Place(name="people", address="/people", role=ADMINISTRATOR),
    Place(name="API", address="/api", says="What a key can let a program do"),
    Place(name="calendar link", address="/calendar-link", role=HEAD),
    Place(name="API keys", address="/office/api-keys", role=ADMINISTRATOR),
    Place(name="API key, new", address="/office/api-keys/new", role=ADMINISTRATOR),
    Place(name="audit log", address="/audit", role="auditor"),
    Place(name="audit log, of one round", address="/audit?subject=round%3A1", role="auditor"),
    Place(
        name="audit log, not understood", address="/audit?since=31%2F2%2F2026", role="auditor",
        says="There is a problem",
    ),
    Place(name="audit log, none found", address="/audit?by=nobody+at+all", role=ADMINISTRATOR),
    Place(name="office hubs", address="/office/hubs", role=OFFICE),
    Place(name="hubs, bring in", address="/office/hubs/bring-in", role=ADMINISTRATOR),
    Place(
        name="office hubs, map", address=f"/office/hubs/{PROGRAMME}", role=OFFICE,
        says="Hubs and unmet need",
    ),
    Place(
        name="office hubs, one region and pathway", role="behaviour_adviser",
        address=f"/office/hubs/{PROGRAMME}?region=South+West&pathway=regional",
    ),
    Place(
        name="office hubs, none", role=OFFICE,
        address=f"/office/hubs/{PROGRAMME}?phase=primary&region=North+East&pathway=enhanced",
    ),
    Place(
        name="office hub", address=f"/office/hubs/{PROGRAMME}/{{lead}}", role=OFFICE,
        says="partner school",
    ),
    Place(
        name="office hub, no such", address=f"/office/hubs/{PROGRAMME}/999999", role=OFFICE,
        status=404,
    ),
    Place(
        name="local authority", address="/local-authority", role="local_authority", says="Totals"
    ),
    Place(
        name="local authority, another", address="/local-authority/999", role="local_authority",
        status=404,
    ),
    Place(
        name="figures for evaluation", address="/evaluation/figures", role="evaluator",
        says="No school and no person is named",
    ),
    Place(name="money", address="/money", role=HEAD),
    Place(name="money, lead", address="/money", role="lead_school"),
    Place(name="money, trust", address="/money", role="partner_trust"),
    Place(name="declarations", address="/office/money/declarations", role=CASEWORKER),
    Place(name="payment runs", address="/office/money/runs", role="finance_maker"),
    Place(
        name="payment run, new", role="finance_maker",
        address=f"/office/money/programmes/{PROGRAMME}/run",
    ),
    Place(
        name="payment run, no such", address="/office/money/runs/999999", role=OFFICE, status=404
    ),
    Place(
        name="budget", role=OFFICE, says="A day may cost",
        address=f"/office/money/programmes/{PROGRAMME}/budget?scenario=90x60%40250",
    ),
    Place(
        name="payment run, paid", address="/office/money/runs/{paid_run}", role="finance_checker",
        says="agrees with the run to the penny",
    ),
    Place(
        name="payment run, payments", address="/office/money/runs/{paid_run}/payments",
        role="finance_maker",
    ),
    Place(
        name="payment run, agree", address="/office/money/runs/{run_to_agree}/agree",
        role="finance_checker", says="By agreeing you say",
    ),
    Place(name="clawbacks", address="/office/money/clawbacks", role="finance_checker"),
    Place(
        name="decisions about money", address="/office/money/decisions", role="finance_checker"
    ),
    Place(
        name="payment, settle by hand", address="/office/money/payments/{paid_payment}/settle",
        role="finance_maker", says="Somebody else agrees it",
    ),
    Place(
        name="payment, hold back", role="finance_maker",
        address="/office/money/awards/{paid_award}/hold", says="The budget still counts it",
    ),
    Place(
        name="who is paid in place of a payee", role="finance_maker",
        address="/office/money/awards/{paid_award}/successor", says="nothing is paid to both",
    ),
    Place(name="samples", address="/office/money/samples", role="finance_checker"),
    Place(name="letters", address="/letters", role=HEAD),
    Place(name="letters, to a hub", address="/letters", role="lead_school"),
    Place(name="office letters", address="/office/letters", role=OFFICE),
    Place(
        name="office letters, nobody to go to", role="office_caseworker",
        address="/office/letters?state=nobody",
    ),
    Place(
        name="office letter", address="/office/letters/{letter}", role=CASEWORKER, says="Written"
    ),
    Place(
        name="office letters, not understood", role="auditor",
        address="/office/letters?state=lost", says="There is a problem",
    ),
    Place(name="among schools", address="/schools/{matched}/among-schools", says="no ranking"),
    Place(
        name="among schools, cannot tell", address="/schools/{independent}/among-schools",
        says="We cannot tell",
    ),
    Place(name="trust’s schools", address="/trusts/{trust}/absence", says="Absence of the trust’s"),
    Place(name="attendance targets", address="/office/targets", role=ADMINISTRATOR),
    Place(
        name="attendance target, special", address="/schools/{special}/target", role=OFFICE,
        says="a person sets a goal",
    ),
    Place(name="goal", address="/schools/{special}/target/goal", role=CASEWORKER, modes=MODES[:1]),
    Place(
        name="issued elsewhere", address="/schools/{matched}/target/issued-elsewhere",
        role=CASEWORKER, modes=MODES[:1],
    ),
    Place(name="challenges of targets", address="/office/target-challenges?state=all", role=OFFICE),
    Place(name="how targets are worked out", address="/attendance-targets"),
    Place(
        name="attendance target", address="/schools/{matched}/target", role=OFFICE,
        says="Attendance target",
    ),
    Place(
        name="attendance lead", address="/schools/{with_marks}/attendance",
        role=HEAD, says="Where to look first",
    ),
    Place(
        name="attendance, totals", address="/schools/{with_marks}/attendance",
        role="partner_school_governor", says="the school’s own",
    ),
    Place(
        name="marks, bring", address="/schools/{with_marks}/attendance/marks", role=HEAD,
        says="How is the file laid out",
    ),
    Place(
        name="marks, erase", address="/schools/{with_marks}/attendance/erase", role=HEAD,
        says="cannot be brought back",
    ),
    Place(name="surveys", address="/surveys", role=HEAD, says="Nobody can find out who said what"),
    Place(name="surveys of a trust", address="/surveys", role="partner_trust", says="Surveys"),
    Place(name="survey, set up", address="/schools/{with_marks}/surveys/new", role=HEAD),
    Place(
        name="survey, check before it is made", role=HEAD, says="Fixed for good",
        address="/schools/{with_marks}/surveys/new?instrument=pupil-survey&route=class_codes"
        "&opens_on-day=1&opens_on-month=6&opens_on-year=2090"
        "&closes_on-day=12&closes_on-month=6&closes_on-year=2090",
    ),
    Place(
        name="what pupils wrote", address="/surveys/what-pupils-wrote", role="school_safeguarding",
        says="No survey names you",
    ),
    *(
        Place(name=name, address=f"/schools/{{{kind}}}{page}", role=role, says=says)
        for name, kind, page, role, says in (
            ("survey, two waves", "second_wave", "/results", REVIEWING, "Staff and pupils side by"),
            ("day, over", "reviewing", "/diagnostic-day", REVIEWING, "The last day is over"),
            ("behaviour return", "reviewing", "/behaviour-return", REVIEWING, "EHC plan"),
            ("plan, in force", "reviewing", "/plan", REVIEWING, "Approved"),
            ("plan, reviews", "reviewing", "/plan/reviews", REVIEWING, "Green"),
            ("plan, who was affected", "reviewing", "/plan/affected", REVIEWING, "none widened"),
            ("plan, compare", "reviewing", "/plan/affected/new", REVIEWING, "The counts"),
            ("plan, one page", "reviewing", "/plan/one-page", REVIEWING, "nobody is left worse"),
            ("self-assessment, going on", "assessing", "", MIDWAY, "Registers and codes"),
            ("survey, letter", "written_to", "/letter", MIDWAY, "For parents and carers"),
            ("barrier", "midway", "/diagnostic-day/barriers/transport", MIDWAY, "Who answers"),
            ("plan, library", "midway", "/plan/library", MIDWAY, "Take it up"),
            ("words to read", "written_to", "/words", "school_safeguarding_midway", "library"),
            ("plan, copy", "midway", "/plan/copy", "partner_trust", "Copy"),
        )
    ),
    Place(
        name="self-assessment, many schools", role="partner_trust",
        address="/trusts/{midway_trust}/self-assessment", says="Self-assessment",
    ),
    Place(
        name="self-assessment, a file", role="partner_trust", modes=MODES[:1],
        address="/trusts/{midway_trust}/self-assessment/attendance-mainstream/upload",
    ),
    Place(name="work", address="/jobs", role=OFFICE),
    Place(name="imports", address="/imports", role=OFFICE),
    Place(name="import, new", address="/imports/new", role=ADMINISTRATOR),
)  # fmt: skip


def find_subjects(service: Service) -> dict[str, str]:
    """Give the URN of one school of each kind."""
    return {kind: service.ask(question) for kind, question in SUBJECTS.items()}
