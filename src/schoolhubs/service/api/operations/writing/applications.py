"""Applications: list, begin, answer, declare, withdraw, put off."""

from typing import Annotated, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from ninja import Path, Query, Router, Status

from schoolhubs import programmes
from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import PARTNER_SCHOOL, Role
from schoolhubs.service.api.manners import cursors, tags
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.operations.schools import register
from schoolhubs.service.api.operations.writing.answering import (
    check,
    check_leaving,
    rules_for,
    told,
)
from schoolhubs.service.api.schemas.applications import (
    Answers,
    ApplicationBrief,
    ApplicationWhole,
    Begin,
    Declare,
    Leave,
)
from schoolhubs.service.api.schemas.common import PAGE, URN, Cursor, Limit, Paged
from schoolhubs.service.eligibility import actions, states
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships import actions as partnerships
from schoolhubs.vocabulary.errors import Conflict

router = Router()
READ, WRITE = "read:applications", "write:applications"
OWN = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
ONE = "/applications/{slug:reference}"
Reference = Annotated[
    str, Path(pattern=r"^[-a-zA-Z0-9_]+$", max_length=20, description="Such as AB-1234-5678.")
]


def applications_for(actor: Actor) -> QuerySet[Application]:
    """Give the actor's own applications, or every one that was sent to those who see them all."""
    if actor.holds(*reach.SEE_EVERY_SCHOOL):
        return Application.objects.exclude(state="draft")
    return Application.objects.filter(urn__in=reach.own_urns(actor, *OWN))


@router.get(
    "/applications", response=Paged[ApplicationBrief], url_name="api-applications",
    operation_id="list_applications", summary="List applications",
    openapi_extra=behaves(scope=READ, table=paging.table_of(ApplicationBrief)),
)  # fmt: skip
def list_applications(
    request: AskedRequest,
    response: HttpResponse,
    programme_id: Annotated[
        str, Query(max_length=60, description="Blank for all programmes.")
    ] = "",
    state: Annotated[
        str, Query(max_length=60, description="State, as in answers; blank for all.")
    ] = "",
    urn: Annotated[str, Query(pattern=rf"{URN}|^$", description="Blank for all schools.")] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List applications in the order they were begun.

    An organisation gets its own; the office and auditors get all that were sent.
    """
    asked = {"programme_id": programme_id, "state": state, "urn": urn}
    rows = applications_for(request.asking.actor).filter(
        **{name: value for name, value in asked.items() if value}
    )
    found = cursors.page(
        rows, by=("pk",), of="applications", asked=asked, cursor=cursor, limit=limit
    )
    meanings = states.meanings()
    for each in found.rows:
        each.state_words = meanings[each.state]  # type: ignore[attr-defined]
    return paging.told(found, request, response, found.rows)


@router.post(
    "/applications", response={200: ApplicationWhole, 201: ApplicationWhole},
    url_name="api-applications", operation_id="begin_application", summary="Begin an application",
    openapi_extra=behaves(scope=WRITE, changes=True),
)  # fmt: skip
def begin_application(request: AskedRequest, response: HttpResponse, begin: Begin) -> Status[Any]:
    """Begin a school's application (201), or give the one that is under way (200)."""
    asking = request.asking
    snapshot = register()
    if begin.programme_id not in settings.ENVIRONMENT.programme_ids:
        raise Http404
    is_own = begin.urn in reach.own_urns(asking.actor, *OWN)
    refuse_others(asking.actor, is_own=is_own)
    rules = programmes.load(begin.programme_id).as_at(snapshot.on)
    made = actions.begin(urn=begin.urn, rules=rules, at=asking.at, place=asking.place, **asking.who)
    response.headers["Location"] = reverse("api-application", kwargs={"reference": made.reference})
    tags.put(response, tags.of_version(made.reference, made.version))
    return Status(201 if made.begun_at == asking.at else 200, told(made, rules))


@router.get(
    ONE, response=ApplicationWhole, url_name="api-application",
    operation_id="read_application", summary="Read an application",
    openapi_extra=behaves(scope=READ),
)  # fmt: skip
def read_application(
    request: AskedRequest, response: HttpResponse, reference: Reference
) -> dict[str, Any]:
    """Give one application with its answers, what it asks, and what was decided."""
    return _answered(response, _found(request, reference))


@router.patch(
    ONE, response=ApplicationWhole, url_name="api-application",
    operation_id="answer_application", summary="Answer steps of an application",
    openapi_extra=behaves(scope=WRITE, changes=True, of_version=True),
)  # fmt: skip
def answer_application(
    request: AskedRequest, response: HttpResponse, reference: Reference, given: Answers
) -> dict[str, Any]:
    """Keep answers to some steps of a draft; all of them or, where one is at fault, none."""
    application = _as_seen(request, reference)
    rules = rules_for(application)
    checked = check(application, rules, given.answers)
    asking = request.asking
    with transaction.atomic():
        for step, answer in checked:
            application = actions.answer(
                application, step, answer, version=application.version, at=asking.at,
                place=asking.place, **asking.who,
            )  # fmt: skip
    return _answered(response, application)


@router.post(
    f"{ONE}/declaration", response=ApplicationWhole, url_name="api-application-declaration",
    operation_id="declare_application", summary="Declare and send an application",
    openapi_extra=behaves(scope=WRITE, changes=True, of_version=True),
)  # fmt: skip
def declare_application(
    request: AskedRequest,
    response: HttpResponse,
    reference: Reference,
    declare: Declare,
) -> dict[str, Any]:
    """Send a complete draft, declared true and agreed by the headteacher; the rules decide it."""
    application = _as_seen(request, reference)
    asking = request.asking
    snapshot = register()
    if declare.register_id != snapshot.pk:
        raise Conflict("The school register was renewed since you read it. Nothing was sent.")
    sent = actions.submit(
        application, rules_for(application), snapshot, version=application.version, at=asking.at,
        place=asking.place, **asking.who,
    )  # fmt: skip
    sent.refresh_from_db()
    return _answered(response, sent)


@router.post(
    f"{ONE}/departure", response=ApplicationWhole, url_name="api-application-departure",
    operation_id="leave_application", summary="Withdraw an application, or put it off",
    openapi_extra=behaves(scope=WRITE, changes=True, of_version=True),
)  # fmt: skip
def leave_application(
    request: AskedRequest, response: HttpResponse, reference: Reference, leave: Leave
) -> dict[str, Any]:
    """Take an application back, or put it off to a later intake, with a reason."""
    application = _as_seen(request, reference)
    asking = request.asking
    moved = partnerships.leave(
        application, leave.to, **check_leaving(application, leave), version=application.version,
        at=asking.at, place=asking.place, **asking.who,
    )  # fmt: skip
    moved.refresh_from_db()
    return _answered(response, moved)


def _found(request: AskedRequest, reference: str) -> Application:
    """Give an application; one of another organisation answers as if nothing were there."""
    actor = request.asking.actor
    application = Application.objects.filter(reference=reference).first()
    if application is None:
        raise Http404
    refuse_others(actor, is_own=applications_for(actor).filter(pk=application.pk).exists())
    return application


def _as_seen(request: AskedRequest, reference: str) -> Application:
    """Give an application in the version that If-Match names."""
    application = _found(request, reference)
    if tags.version_named(request, reference) != application.version:
        raise Refused("stale")
    return application


def _answered(response: HttpResponse, application: Application) -> dict[str, Any]:
    tags.put(response, tags.of_version(application.reference, application.version))
    return told(application, rules_for(application))
