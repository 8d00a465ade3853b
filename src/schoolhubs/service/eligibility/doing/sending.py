"""What a school does with its application: begin, answer, send."""

import copy
import datetime
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.service.cohorts import queries as windows
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.applying.saying import standing
from schoolhubs.service.eligibility.doing import changing, telling
from schoolhubs.service.eligibility.doing.assessing import ask_rules, assess, keep
from schoolhubs.service.eligibility.models import OUT, Application
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem, SchoolhubsError
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision
from schoolhubs.vocabulary.records.rules import RulesAsAt

# Letters and digits that cannot be taken for one another when read out.
READABLE = "BCDFGHJKMNPQRSTVWXYZ23456789"


def begin(
    *, urn: str, rules: RulesAsAt, by: str, organisation: str, at: datetime.datetime, place: str
) -> Application:
    """Begin a school's application to the intake that is open, or give the one under way.

    Raises
    ------
    Conflict
        If no intake is open to the school on the day.
    """
    under_way = Application.objects.filter(programme_id=rules.programme_id, urn=urn).exclude(
        state__in=OUT
    )
    if found := under_way.first():
        return found
    intake = windows.open_to(rules.programme_id, urn, on=timezone.localdate(at))
    try:
        with transaction.atomic():
            application = Application.objects.create(
                reference=_reference(),
                programme_id=rules.programme_id,
                cohort_id=intake.cohort_id,
                urn=urn,
                begun_at=at,
                begun_by=by,
            )
            changing.record(application, "application.begin", by, organisation, at, place)
    except IntegrityError:
        return under_way.get()  # somebody else at the school began it a moment before
    return application


def answer(
    application: Application,
    step: applying.Step,
    given: Any,
    *,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Application:
    """Keep the answer to one page of a draft.

    Raises
    ------
    Conflict
        If it is no draft any more, or somebody changed it since the person opened the page.
    """
    with transaction.atomic():
        held = _held_draft(application, version, kept="Its answers stand: nothing was changed.")
        if step.kind == "pathways":
            held.pathways = given
        held.answers = {**held.answers, step.name: given}
        held.version += 1
        held.save(update_fields=["pathways", "answers", "version"])
        changing.record(held, "application.answer", by, organisation, at, place, page=step.name)
    return held


def submit(
    application: Application,
    rules: RulesAsAt,
    snapshot: RegisterSnapshot,
    *,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Application:
    """Send a complete draft, with the facts of the school as they were shown, and assess it.

    Raises
    ------
    DataProblem
        Naming each page without an answer.
    Conflict
        If it is no draft, or somebody changed it since the person read it through.
    """
    on = timezone.localdate(at)
    said = _asked_before(application, version, rules, snapshot, on)
    with transaction.atomic():
        held = _held_draft(application, version, kept="Nothing was sent twice.")
        # A draft of an intake that has closed goes to the one that is open now.
        intake = windows.intake_to_send(held, on=on)
        if intake is None:
            raise Conflict(windows.closed(held.programme_id, on=on))
        held.cohort_id = intake.cohort_id
        phase = schools.schools_of(snapshot).get(urn=held.urn).phase
        if missing := applying.unanswered(rules, held.pathways, held.answers, phase=phase):
            raise DataProblem(
                [
                    Problem(
                        code="unanswered",
                        fault=f"“{step.title}” has no answer",
                        remedy="Answer it.",
                    )
                    for step in missing
                ]
            )
        held.state, held.version = "submitted", held.version + 1
        held.submitted_at, held.submitted_by, held.applied_on = at, by, on
        held.snapshot, held.facts_seen = snapshot, _facts_seen(snapshot, held.urn)
        held.save()
        told = telling.of_application(
            "application_received", held, occasion=held.version, on=snapshot.on
        )
        letters.write([told], by=by, at=at, place=place)
        changing.record(held, "application.submit", by, organisation, at, place)
    who: dict[str, Any] = {"by": by, "organisation": organisation, "at": at, "place": place}
    if said is None:
        assess(held, rules, snapshot, **who)
    else:
        keep(held, said, snapshot, **who)
    return held


def _asked_before(
    application: Application, version: int, rules: RulesAsAt, snapshot: RegisterSnapshot,
    on: datetime.date,
) -> tuple[EligibilityDecision, ...] | None:  # fmt: skip
    """Ask the rules of a draft what they will say of it once it is sent.

    Rules take a while, and whoever sends holds the end of the audit log, for which every other
    change waits: from the first record to the end of the transaction, which for a program is that
    of its whole request. None where it has to be asked afterwards: a draft that is not as it was
    seen is refused, and what the rules cannot read is told once the draft is known to be whole.
    """
    if application.state != "draft" or application.version != version:
        return None
    seen = copy.copy(application)
    seen.applied_on = on
    try:
        return ask_rules(seen, rules, snapshot)
    except (SchoolhubsError, School.DoesNotExist):
        return None


def _held_draft(application: Application, version: int, *, kept: str) -> Application:
    """Lock a draft; of one that was sent say so, whoever sent it, before asking what was seen."""
    found = Application.objects.select_for_update().get(pk=application.pk)
    if found.state != "draft":
        raise Conflict(f"{standing(found)}. {kept}")
    changing.refuse_unseen(found, version)
    return found


def _facts_seen(snapshot: RegisterSnapshot, urn: str) -> dict[str, Any]:
    return dict(schools.schools_of(snapshot).values_list("facts", flat=True).get(urn=urn))


def _reference() -> str:
    drawn = "".join(secrets.choice(READABLE) for _ in range(8))
    return f"AB-{drawn[:4]}-{drawn[4:]}"
