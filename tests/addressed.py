"""What stands in addresses of the service: the things of one side of a peopled database."""

from typing import Any

from django.utils import timezone

from invented import PROGRAMME
from keyed import proposal
from peopled import NUMBERS, RULES, World
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.surveys.doing.answering import survey_of
from teaching import MODULE


def values_in_addresses(world: World, side: str) -> dict[str, Any]:
    """Give what stands in an address, for the things of one side."""
    return {
        "programme_id": PROGRAMME,
        "urn": NUMBERS[side]["partner"][0],
        "trust_id": NUMBERS[side]["partner"][1],
        "lead_urn": NUMBERS[side]["lead"][0],
        "la_code": NUMBERS[side]["la"],
        "to": "withdrawn",
        "step": "pathways",
        "reference": world.applications[side].reference,
        "decision_id": world.decision.pk,
        "person_id": world.people[side, Role.PARTNER_SCHOOL_HEAD].pk,
        "work_id": world.works[side].pk,
        "import_id": world.imports[side].pk,
        "marks_import_id": world.marks[side].pk,
        "table": "by-day",
        "letter_id": world.letters[side].pk,
        "round_id": world.what_if.pk,
        "prefix": world.keys[side][0].prefix,
        "cohort_id": RULES.cohort_id,
        "objection_id": world.objection.pk,
        "lapsed_id": world.lapsed.pk,
        "request_id": world.extension.pk,
        "what": "contributions",
        "version": 1,
        "challenge_id": world.challenges[side].pk,
        "concern_id": world.concerns[side].pk,
        "partnership_id": world.concerns[side].partnership_id,
        "kind": "csv",
        "agreement_id": world.agreements[side].pk,
        "assessment_id": world.assessments[side].pk,
        "instrument_id": world.assessments[side].instrument_id,
        "section": "registers",
        "root_cause": "transport",
        "diagnosis_id": world.diagnoses[side].pk,
        "file": "findings.csv",
        "track_id": world.tracks[side].pk,
        "objective_id": "o1",
        "action_id": "a1",
        "consulted": "parents",
        "acceptance_id": proposal(world, side).pk,
        "code": world.survey_codes[side],
        "survey_key": survey_of(world.survey_codes[side], on=timezone.localdate()).pk,
        "questionnaire_id": "pupil-survey",
        "day_id": world.support_days[side].pk,
        "leader_id": world.support_days[side].held.get().leader_id,
        "proposal_id": world.proposals[side].pk,
        "form": "csv",
        "money_id": world.money[side].partnership.pk,
        "milestone": "first_year",
        "declaration_id": world.money[side].declaration.pk,
        "declared_day_id": world.money[side].day.pk,
        "run_id": world.money[side].run.pk,
        "award_id": world.money[side].award.pk,
        "clawback_id": world.money[side].clawback.pk,
        "money_decision_id": world.money[side].decision.pk,
        "successor_id": world.money[side].successor.pk,
        "payment_id": world.money[side].decision.payment_id,
        "sample_id": world.money[side].sample.pk,
        "booking_id": world.bookings[side].pk,
        "event_id": world.bookings[side].event_id,
        "hub_id": world.bookings[side].event.hub_id,
        "event_kind": "open_day",
        "term": "2026-09-01",
        "suffix": "csv",
        "school_leader_id": world.leaders[side].pk,
        "session_id": world.sessions[side].pk,
        "module": MODULE,
        "completion_id": world.completions[side]["declared"].pk,
        "certificate_id": world.completions[side]["confirmed"].pk,
        "ending": "xlsx",
        "resource_id": "attendance_guidance",
        "secret": world.calendars[side],
    }
