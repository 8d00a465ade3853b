"""What is done with an application: begin, answer, send, decide, withdraw, defer.

Each action is the same four thoughts: query, decide, save, record. The row is locked while it is
changed, and its version must be the one the person saw.
"""

import datetime
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs import eligibility
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.cohorts import queries as windows
from schoolhubs.service.eligibility import states, telling
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.models import OUT, Application, Decision, HumanDecision
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision
from schoolhubs.vocabulary.records.rules import RulesAsAt

# Letters and digits that cannot be taken for one another when read out.
# States in which a verdict still decides what becomes of an application.
DECIDABLE = ("submitted", "undecided", "eligible", "not_eligible")
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
            _record(application, "application.begin", by, organisation, at, place)
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
        held = _held(application, version)
        if held.state != "draft":
            raise Conflict(
                "The application was sent already, so its answers stand. Nothing was changed."
            )
        if step.kind == "pathways":
            held.pathways = given
        held.answers = {**held.answers, step.name: given}
        held.version += 1
        held.save(update_fields=["pathways", "answers", "version"])
        _record(held, "application.answer", by, organisation, at, place, page=step.name)
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
    with transaction.atomic():
        held = _held(application, version)
        states.check_move(held.state, "submitted", by="school")
        # A draft of an intake that has closed goes to the one that is open now.
        intake = windows.open_to(held.programme_id, held.urn, on=timezone.localdate(at))
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
        held.submitted_at, held.submitted_by, held.applied_on = at, by, at.date()
        held.snapshot, held.facts_seen = snapshot, _facts_seen(snapshot, held.urn)
        held.save()
        told = telling.of_application(
            "application_received", held, occasion=held.version, on=snapshot.on
        )
        letters.write([told], by=by, at=at, place=place)
        _record(held, "application.submit", by, organisation, at, place)
    assess(held, rules, snapshot, by=by, organisation=organisation, at=at, place=place)
    return held


def assess(
    application: Application,
    rules: RulesAsAt,
    snapshot: RegisterSnapshot,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> tuple[EligibilityDecision, ...]:
    """Ask the rules about a sent application, keep what they say, and move it accordingly."""
    school = schools.schools_of(snapshot).get(urn=application.urn)
    lead_urns = list(hubs_on(rules.programme_id, snapshot.on).values_list("lead_urn", flat=True))
    decided = eligibility.explain(
        schools.facts_around(school), as_frame([application]), rules,
        urn=application.urn, lead_urns=lead_urns,
    )  # fmt: skip
    wished = [each for each in decided if each.pathway in application.pathways] or list(decided)
    with transaction.atomic():
        held = _held(application, application.version)
        Decision.objects.bulk_create(_decision(held, each, snapshot, at) for each in decided)
        _move(held, _state_after([each.verdict.value for each in wished]), by="office")
        drafts = telling.decided(held, occasion=f"assessed {held.version}", on=snapshot.on)
        letters.write(drafts, by=by, at=at, place=place)
        _record(held, "application.assess", by, organisation, at, place)
    application.refresh_from_db()
    return decided


def decide(
    application: Application,
    *,
    pathway: str,
    verdict: str,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> HumanDecision:
    """Record a person's decision; one against the rules waits for a second person.

    Raises
    ------
    Conflict
        If anybody changed the application or decided on it since the person saw it, or if the
        rules were never asked about that pathway.
    """
    with transaction.atomic():
        held = _held(application, version)
        said = Decision.objects.filter(application=held, pathway=pathway).order_by("-pk").first()
        if said is None:
            raise Conflict("The rules were not asked about that pathway yet. Nothing was changed.")
        made = HumanDecision.objects.create(
            application=held, pathway=pathway, rules_said=said.verdict, verdict=verdict,
            reason=reason, decided_at=at, decided_by=by,
        )  # fmt: skip
        if made.counts:
            _settle(held)
        _be_newer(held, version)
        if made.counts:
            _tell(held, made, by=by, at=at, place=place)
        _record(
            held,
            "application.decide",
            by,
            organisation,
            at,
            place,
            reason,
            pathway=pathway,
            verdict=verdict,
        )
    return made


def agree(
    decision: HumanDecision,
    *,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> HumanDecision:
    """Agree another person's decision against the rules, so that it counts.

    Raises
    ------
    Conflict
        If the same person decided it, somebody has agreed already, or anybody changed the
        application or decided on it since the person saw it.
    """
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=decision.application_id)
        held = HumanDecision.objects.select_for_update().get(pk=decision.pk)
        if held.agreed_by:
            raise Conflict("It was agreed already. Nothing was changed.")
        if held.decided_by == by:
            raise Conflict("A second person must agree it. Nothing was changed.")
        _refuse_unseen(application, version)
        held.agreed_at, held.agreed_by = at, by
        held.save(update_fields=["agreed_at", "agreed_by"])
        _settle(application)
        _be_newer(application, version)
        _tell(application, held, by=by, at=at, place=place)
        _record(application, "application.agree", by, organisation, at, place, pathway=held.pathway)
    return held


def move(
    application: Application,
    to: str,
    *,
    maker: str,
    version: int,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    cohort_id: str = "",
) -> Application:
    """Withdraw, defer, put on the waiting list: any move of the table that needs no more.

    Schools leave by ``partnerships.actions.leave``, which ends what the application led to first.
    ``cohort_id`` is the later intake that a deferred application waits for.
    """
    with transaction.atomic():
        held = _held(application, version)
        intake_to = windows.later(held, cohort_id) if to == "deferred" else None
        if intake_to:
            held.deferred_to = intake_to.cohort_id
        _move(held, to, by=maker)
        intake = {"intake": intake_to.title.lower()} if intake_to else {}
        letters.write(telling.moved(held, to, on=at.date(), **intake), by=by, at=at, place=place)
        _record(held, f"application.{to}", by, organisation, at, place, reason)
    return held


def as_frame(applications: Sequence[Application]) -> pl.DataFrame:
    """Give applications as frames.APPLICATIONS with their answers, a row for each wished pathway.

    Only what the programme's own questions ask goes along, which is yes, no or a number: names of
    people and what they wrote stay here.
    """
    rows = [
        {
            "urn": each.urn,
            "programme_id": each.programme_id,
            "pathway": pathway,
            "applied_on": each.applied_on,
            **{name: _as_text(value) for name, value in each.answers.items() if _is_plain(value)},
        }
        for each in applications
        for pathway in (each.pathways or [None])
    ]
    asked = sorted({name for row in rows for name in row} - set(frames.APPLICATIONS.schema))
    return pl.DataFrame(
        rows, schema={**frames.APPLICATIONS.schema, **dict.fromkeys(asked, pl.String())}
    )


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float)


def _as_text(value: float) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _held(application: Application, version: int) -> Application:
    """Lock the row, and refuse if somebody changed it since."""
    held = Application.objects.select_for_update().get(pk=application.pk)
    _refuse_unseen(held, version)
    return held


def _refuse_unseen(held: Application, version: int) -> None:
    if held.version != version:
        raise Conflict(
            "Somebody else changed this application while you had it open. Nothing of yours was "
            "saved."
        )


def _be_newer(held: Application, version: int) -> None:
    """Raise the version of an application that something was decided on, where no move has."""
    if held.version == version:
        held.version += 1
        held.save(update_fields=["version"])


def _move(held: Application, to: str, *, by: str) -> None:
    if held.state == to:
        return
    states.check_move(held.state, to, by=by)
    held.state, held.version = to, held.version + 1
    held.save(update_fields=["state", "deferred_to", "version"])


def _settle(held: Application) -> None:
    """Move an application to where the rules and the decisions that count put it.

    Raises
    ------
    Conflict
        If a hub was proposed already, or it is out: what follows is not decided by a verdict.
    """
    if held.state not in DECIDABLE:
        raise Conflict(
            f"The application is {held.state} by now, so a decision on joining changes nothing in "
            "it. Nothing was changed."
        )
    verdicts = {each.pathway: each.verdict for each in Decision.objects.filter(application=held)}
    for each in HumanDecision.objects.filter(application=held):
        if each.counts:
            verdicts[each.pathway] = each.verdict
    wished = [verdict for pathway, verdict in verdicts.items() if pathway in held.pathways]
    _move(held, _state_after(wished or list(verdicts.values())), by="office")


def _tell(
    held: Application, made: HumanDecision, *, by: str, at: datetime.datetime, place: str
) -> None:
    """Write to the school what a person's decision that counts has led to."""
    drafts = telling.decided(held, occasion=f"decision {made.pk}", on=at.date())
    letters.write(drafts, by=by, at=at, place=place)


def _state_after(verdicts: Sequence[str]) -> str:
    """One yes is enough; without one, what cannot be told keeps the door open.

    >>> _state_after(["no", "yes"]), _state_after(["no", "cannot tell"]), _state_after(["no"])
    ('eligible', 'undecided', 'not_eligible')
    """
    if "yes" in verdicts:
        return "eligible"
    return "undecided" if "cannot tell" in verdicts else "not_eligible"


def _decision(
    held: Application, said: EligibilityDecision, snapshot: RegisterSnapshot, at: datetime.datetime
) -> Decision:
    return Decision(
        application=held,
        pathway=said.pathway,
        verdict=said.verdict.value,
        made_at=at,
        definition_version=said.definition_version,
        snapshot=snapshot,
        record=said.as_dict(),
    )


def _facts_seen(snapshot: RegisterSnapshot, urn: str) -> dict[str, Any]:
    return dict(schools.schools_of(snapshot).values_list("facts", flat=True).get(urn=urn))


def _reference() -> str:
    drawn = "".join(secrets.choice(READABLE) for _ in range(8))
    return f"AB-{drawn[:4]}-{drawn[4:]}"


def _record(
    application: Application,
    action: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    reason: str = "",
    **details: str,
) -> None:
    subject = f"application:{application.reference}"
    facts: Mapping[str, str] = {"state": application.state, **details}
    audit.record(
        by=by, organisation=organisation, at=at, action=action, subject=subject, place=place,
        reason=reason, details=facts,
    )  # fmt: skip
