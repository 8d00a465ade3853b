"""What people wrote: of staff once enough answered; of pupils to the safeguarding lead alone."""

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import done_by
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.doing import reading
from schoolhubs.service.surveys.models import Respondents, State, Survey
from schoolhubs.service.surveys.results import asked, labels
from schoolhubs.service.surveys.setting.seen import is_stuck

SAFEGUARDING = Role.SCHOOL_SAFEGUARDING


@allow(SAFEGUARDING)
@require_safe
def named(request: HttpRequest) -> HttpResponse:
    """List the surveys that name the reader, with what is due."""
    actor, on = request.actor, clock.day()  # type: ignore[attr-defined]
    urn = actor.organisation.urn if actor.organisation else ""
    mine = Survey.objects.filter(urn=urn, safeguarding_lead=actor.by, asks_text=True)
    rows = [
        {
            "survey": each,
            "month": labels.month(each.wave),
            "title": queries.instrument_of(each).title,
            "is_overdue": asked.overdue(each, on=on),
            "is_new": each.texts_wait_since is not None,
        }
        for each in mine.exclude(state=State.WITHDRAWN)
    ]
    return render(request, "surveys/named.html", {"rows": rows})


@allow(*reach.READERS, SAFEGUARDING)
@require_safe
def words(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Show what people wrote, in an order that says nothing, without any role or group."""
    actor = request.actor  # type: ignore[attr-defined]
    on = clock.day()
    is_reader = is_own_school(actor, urn, SAFEGUARDING)
    refuse_others(actor, is_own=is_reader or reach.may_read(actor, urn))
    _, school = asked.school_of(urn)
    survey = asked.survey_or_404(urn, survey_key)
    told: dict[str, Any] = {"school": school, "survey": survey, "month": labels.month(survey.wave)}
    if survey.respondents == Respondents.STAFF:
        refuse_others(actor, is_own=reach.may_read(actor, urn))
        found = queries.texts_of(survey)
    else:
        refuse_others(actor, is_own=is_reader and survey.safeguarding_lead == actor.by)
        found = queries.texts_for_safeguarding(survey, actor.by)
        told["is_stuck"] = is_stuck(survey)
        told["was_overdue"] = asked.overdue(survey, on=on)
        _note(request, survey)
    answer = render(request, "surveys/words.html", told | {"words": found})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _note(request: HttpRequest, survey: Survey) -> None:
    """Note that the safeguarding lead read, each time that something waited, else once a day."""
    who, on = done_by(request), clock.day()
    was_read = survey.texts_read_on == on and survey.texts_wait_since is None
    if request.method != "GET" or survey.texts_ready_on is None or was_read:
        return
    with transaction.atomic():
        reading.note_reading(survey, on=on)
        audit.record(
            **who, action="survey.read-words", subject=f"survey:{survey.pk}",
            details={"urn": survey.urn, "wave": survey.wave},
        )  # fmt: skip
