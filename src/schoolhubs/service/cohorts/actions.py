"""What is done with intakes: propose, set a window, let a school come late, bring back deferred."""

import datetime
import logging

from django.db import transaction

from schoolhubs import programmes
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.cohorts.models import Intake, LatePermission
from schoolhubs.service.cohorts.proposing import proposed
from schoolhubs.service.eligibility import actions as applications
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.models import OUT, Application
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem, SchoolhubsError
from schoolhubs.vocabulary.records.rules import RulesAsAt

OF_THE_SERVICE = "the service"

log = logging.getLogger("schoolhubs.cohorts")


def propose_intakes(
    programme_id: str, *, on: datetime.date, by: str, at: datetime.datetime, place: str
) -> int:
    """Put the intakes that a programme published, or the terms ahead, before the office.

    Those that are there already stay as they are.

    Returns
    -------
    int
        Intakes that are new; nobody can apply for them until the office confirms their window.
    """
    rules = programmes.load(programme_id).as_at(on)
    there = set(
        Intake.objects.filter(programme_id=programme_id).values_list("cohort_id", flat=True)
    )
    new = [
        Intake(
            programme_id=programme_id, cohort_id=each.cohort_id, title=each.title,
            starts_on=each.starts_on, opens_on=each.opens_on, closes_on=each.closes_on,
            day_from=each.day_from,
        )
        for each in proposed(rules, on=on)
        if each.cohort_id not in there
    ]  # fmt: skip
    if new:
        with transaction.atomic():
            Intake.objects.bulk_create(new, ignore_conflicts=True)
            audit.record(
                by=by, at=at, action="intakes.propose", subject=f"programme:{programme_id}",
                place=place, details={"cohorts": [each.cohort_id for each in new]},
            )  # fmt: skip
    return len(new)


def set_window(
    intake: Intake,
    *,
    opens_on: datetime.date,
    closes_on: datetime.date,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Intake:
    """Confirm an intake's window, open it early, keep it open longer or close it.

    Raises
    ------
    Conflict
        If somebody changed it meanwhile, or the programme is over by then.
    DataProblem
        If it would close before it opens.
    """
    if closes_on <= opens_on:
        fault = "The last day to apply must be on or after the first"
        raise DataProblem([Problem(code="window", fault=fault, remedy="Change one of the days.")])
    rules = programmes.load(intake.programme_id).as_at(opens_on)
    if rules.finished_on is not None and closes_on > rules.finished_on:
        raise Conflict("The programme is over by then, so no school can apply. Nothing was saved.")
    with transaction.atomic():
        held = Intake.objects.select_for_update().get(pk=intake.pk)
        if held.version != version:
            raise Conflict(
                "Somebody else changed this intake while you had it open. Nothing of yours was "
                "saved; look at what stands now."
            )
        held.opens_on, held.closes_on, held.is_confirmed = opens_on, closes_on, True
        held.changed_at, held.changed_by, held.reason = at, by, reason
        held.version += 1
        held.save()
        audit.record(
            by=by, organisation=organisation, at=at, action="intake.set-window",
            subject=f"intake:{held.programme_id}:{held.cohort_id}", place=place, reason=reason,
            details={"opens_on": opens_on.isoformat(), "closes_on": closes_on.isoformat()},
        )  # fmt: skip
    return held


def let_in_late(
    intake: Intake,
    *,
    urn: str,
    until_on: datetime.date,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> LatePermission:
    """Let one school apply outside the window, up to a day; said again, the later word counts."""
    with transaction.atomic():
        permission, _ = LatePermission.objects.update_or_create(
            intake=intake, urn=urn,
            defaults={"until_on": until_on, "reason": reason, "given_at": at, "given_by": by},
        )  # fmt: skip
        audit.record(
            by=by, organisation=organisation, at=at, action="intake.let-in-late",
            subject=f"intake:{intake.programme_id}:{intake.cohort_id}", place=place, reason=reason,
            details={"urn": urn, "until_on": until_on.isoformat()},
        )  # fmt: skip
    return permission


def bring_back(*, on: datetime.date, at: datetime.datetime, place: str) -> int:
    """Bring deferred applications back as sent, once their intake is open, and assess them anew.

    Returns
    -------
    int
        Applications brought back; a second call finds none.
    """
    snapshot = current_snapshot()
    if snapshot is None:
        return 0
    opened = Intake.objects.filter(is_confirmed=True, opens_on__lte=on, closes_on__gt=on)
    n = 0
    for intake in opened:
        waiting = Application.objects.filter(
            programme_id=intake.programme_id, deferred_to=intake.cohort_id, state="deferred"
        )
        rules = programmes.load(intake.programme_id).as_at(snapshot.on)
        known = School.objects.filter(snapshot=snapshot).values("urn")
        for each in waiting.filter(urn__in=known).order_by("pk"):
            try:
                n += _bring_back(each, intake, rules, snapshot, at=at, place=place)
            except SchoolhubsError:
                # One that cannot come back hinders no other; it stays put off, for the office.
                log.exception("an application stays put off", extra={"event": each.reference})
    return n


def _bring_back(
    application: Application,
    intake: Intake,
    rules: RulesAsAt,
    snapshot: RegisterSnapshot,
    *,
    at: datetime.datetime,
    place: str,
) -> bool:
    """Bring one back, in a transaction of its own, so that one that cannot hinders no other."""
    with transaction.atomic():
        held = Application.objects.select_for_update().get(pk=application.pk)
        newer = Application.objects.filter(programme_id=held.programme_id, urn=held.urn)
        if held.state != "deferred" or newer.exclude(pk=held.pk).exclude(state__in=OUT).exists():
            return False
        states.check_move(held.state, "submitted", by="office")
        held.state, held.cohort_id, held.deferred_to = "submitted", intake.cohort_id, ""
        held.version += 1
        held.snapshot = snapshot
        held.facts_seen = dict(
            School.objects.values_list("facts", flat=True).get(snapshot=snapshot, urn=held.urn)
        )
        held.save()
        told = {"state": held.state, "cohort": held.cohort_id}
        applications.assess(
            held, rules, snapshot, by=OF_THE_SERVICE, organisation="", at=at, place=place
        )
        # The audit's lock is everybody's: it is asked for last, once the rules are worked out.
        audit.record(
            by=OF_THE_SERVICE, at=at, action="application.bring-back",
            subject=f"application:{held.reference}", place=place, details=told,
        )  # fmt: skip
    return True
