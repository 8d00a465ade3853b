"""What schools and hubs are written of training: each once."""

import datetime
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils import timezone

from schoolhubs.service.eligibility.doing.telling import school_name
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.partnerships.resting.queries import resting_schools
from schoolhubs.service.training import queries
from schoolhubs.service.training.models import ModuleCompletion, TrainingSession
from schoolhubs.service.web.pages import moment


def reminders(*, at: datetime.datetime) -> Iterator[Draft]:
    """Draft for each school with a place at a session that is near enough to be reminded of."""
    on = timezone.localdate(at)
    coming = TrainingSession.objects.filter(queries.planned_from(at)).order_by("starts_at", "pk")
    for session in coming:
        rules = queries.rules_of(session.programme_id, on)
        days = datetime.timedelta(days=rules.reminder_days) if rules else datetime.timedelta(0)
        if timezone.localdate(session.starts_at) - days <= on:
            signed_up = {each.leader.urn for each in queries.sign_ups_of(session)}
            resting = resting_schools(signed_up)
            yield from _to_each_school(session, "training_reminder", but=resting)


def cancelled(session: TrainingSession) -> Iterator[Draft]:
    """Draft for each school with a place that a session is off."""
    yield from _to_each_school(session, "training_cancelled", reason=session.why_cancelled)


def certificate(completion: ModuleCompletion) -> Iterator[Draft]:
    """Draft for a school that a leader's certificate is ready; it names no person."""
    yield _of(completion, "training_certificate")


def declared(completion: ModuleCompletion) -> Iterator[Draft]:
    """Draft for the hub that a partner declared a completion."""
    partnership = completion.partnership
    yield Draft(
        kind="training_declared", about=f"completion:{completion.pk}/declared",
        organisation_key=f"school:{partnership.lead_urn}",
        facts={"school": school_name(partnership.partner_urn), "module": completion.title},
        path=reverse("training-settle", kwargs={"completion_id": completion.pk}),
    )  # fmt: skip


def refused(completion: ModuleCompletion) -> Iterator[Draft]:
    """Draft for a school that a completion was not confirmed, and why."""
    yield _of(completion, "training_refused", reason=completion.settled_reason)


def struck(completion: ModuleCompletion) -> Iterator[Draft]:
    """Draft for a school that a certificate stands no more, and why."""
    yield _of(completion, "training_struck", reason=completion.settled_reason)


def _of(completion: ModuleCompletion, kind: str, **facts: str) -> Draft:
    urn = completion.partnership.partner_urn
    return Draft(
        kind=kind, about=f"completion:{completion.pk}/{kind}", organisation_key=f"school:{urn}",
        facts={"school": school_name(urn), "module": completion.title, **facts},
        path=reverse("school-training", kwargs={"urn": urn}),
    )  # fmt: skip


def _to_each_school(
    session: TrainingSession, kind: str, but: Collection[str] = (), **facts: str
) -> Iterator[Draft]:
    rules = queries.rules_of(session.programme_id, timezone.localdate(session.starts_at))
    module = rules.module(session.module) if rules else None
    title = module.title if module else session.module
    for urn in sorted({each.leader.urn for each in queries.sign_ups_of(session)} - set(but)):
        yield Draft(
            kind=kind, about=f"training-session:{session.pk}/{kind}",
            organisation_key=f"school:{urn}",
            facts={
                "school": school_name(urn), "module": title, "when": moment(session.starts_at),
                "where": session.where, **facts,
            },
            path=reverse("training-sign-up", kwargs={"urn": urn, "session_id": session.pk}),
        )  # fmt: skip
