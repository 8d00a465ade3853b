"""Puts the manners round every operation: who asks, how often, in what format, and what for."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import polars as pl
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from schoolhubs.service import clock
from schoolhubs.service.accounts.actions import note_refusal
from schoolhubs.service.api.keys import queries as key_queries
from schoolhubs.service.api.manners import asking, problems, repeats, tags
from schoolhubs.service.api.manners.asking import AskedRequest, Asking
from schoolhubs.service.api.manners.limits import limit
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.manners.saying import CSV, JSON, Manners
from schoolhubs.service.history import naming
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.tables import csv_text

View = Callable[..., HttpResponseBase]


def polite(view: View, manners_of: Callable[[str], Mapping[str, Manners]], template: str) -> View:
    """Wrap a view of the API.

    Parameters
    ----------
    view
        Answers what was let through.
    manners_of
        Gives the manners of a path, by method.
    template
        The path.
    """

    def answered(request: AskedRequest, **named: Any) -> HttpResponseBase:
        method = str(request.method)
        request.method = "GET" if method == "HEAD" else method
        try:
            response = _let_through(request, manners_of(template), view, named)
        except Refused as refused:
            response = problems.answer(refused)
        finally:
            request.method = method
        return _finished(request, cast("HttpResponse", response))

    # No cookie is looked at, so no other site can have one sent along.
    return csrf_exempt(cast("View", answered))


def _let_through(
    request: AskedRequest, here: Mapping[str, Manners], view: View, named: Mapping[str, Any]
) -> HttpResponseBase:
    # A key, its limits and repeats go by the machine's clock; what is asked, by the programme's.
    at, moment = timezone.now(), clock.now()
    key = asking.key_of(request, at=at)
    manners = here.get(str(request.method))
    if manners is None:
        allowed = sorted({*here, *(["HEAD"] if "GET" in here else [])})
        raise Refused("method_not_there", headers={"Allow": ", ".join(allowed)})
    place = f"api {request.method} {request.path}"
    try:
        actor = asking.actor_of(
            key, scope=manners.scope, extra_scope=manners.extra_scope, at=moment
        )
    except Refused as refused:
        if key and refused.code == "not_permitted":
            nobody = key_queries.actor_of(key, "", on=timezone.localdate(moment))
            _note(Asking(key=key, actor=nobody, at=moment, place=place), request, "scope")
        raise
    request.asking = Asking(key=key, actor=actor, at=moment, place=place)
    naming.say(by=actor.by, organisation=actor.organisation_key, place=place)
    media = _check(request, manners)
    if manners.changes and key:
        response = repeats.once(request, key, lambda: view(request, **named), at=at)
    else:
        response = view(request, **named)
    if getattr(request, "refusal", ""):
        _note(request.asking, request, request.refusal)
    if media == CSV and manners.table and response.status_code == 200:
        _as_csv(cast("HttpResponse", response), manners)
    return response


def _check(request: HttpRequest, manners: Manners) -> str:
    """Refuse what the operation could not read, and give the format to answer in."""
    media = request.get_preferred_type(manners.offers)
    if media is None:
        raise Refused("format_not_offered", f"This is offered as {' and '.join(manners.offers)}.")
    if faults := [*_unknown(request, manners), *_not_text(request)]:
        raise Refused("faults", problems=faults)
    if not manners.changes:
        return media
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit("most_body_bytes"):
        raise Refused("too_large", f"At most {limit('most_body_bytes'):,} bytes are read.")
    if request.content_type != JSON:
        raise Refused(
            "format_not_taken", f"What was sent is {request.content_type or 'not named'}."
        )
    if manners.of_version and "If-Match" not in request.headers:
        raise Refused("tag_missing")
    return media


def _unknown(request: HttpRequest, manners: Manners) -> list[Problem]:
    known = ", ".join(sorted(manners.parameters)) or "none"
    return [
        Problem(
            code="unknown_parameter", column=f"query.{name}", fault=f"there is no parameter {name}",
            remedy=f"It takes {known}.",
        )
        for name in request.GET
        if name not in manners.parameters
    ]  # fmt: skip


def _not_text(request: HttpRequest) -> list[Problem]:
    return [
        Problem(
            code="not_text", column=f"query.{name}", fault="it holds what is no text",
            remedy="Send text in UTF-8 without control codes.",
        )
        for name, values in request.GET.lists()
        if any("\x00" in value for value in values)
    ]  # fmt: skip


def _as_csv(response: HttpResponse, manners: Manners) -> None:
    assert manners.table is not None
    columns, rows = manners.table(json.loads(response.content))
    cells = {name: [_cell(row.get(name)) for row in rows] for name in columns}
    frame = pl.DataFrame({name: pl.Series(name, of, strict=False) for name, of in cells.items()})
    response.content = csv_text(frame, line_terminator="\r\n").encode()
    response.headers["Content-Type"] = f"{CSV}; charset=utf-8; header=present"


def _cell(value: Any) -> Any:
    """Write a list as one cell, and what is nested as JSON."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _note(asked: Asking, request: HttpRequest, reason: str) -> None:
    """Leave a trace in the audit log of what a program asked for and may not have."""
    route = request.resolver_match.view_name if request.resolver_match else "no route"
    with transaction.atomic():
        note_refusal(
            asked.actor, at=asked.at, place=route, method=str(request.method), reason=reason
        )


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tag what was read, answer 304 where it is known, and say how long it may be kept."""
    patch_vary_headers(response, ("Accept", "Authorization"))
    if request.method in {"GET", "HEAD"} and response.status_code == 200:
        response.headers.setdefault("ETag", tags.of_content(response.content))
        tag = str(response.headers["ETag"])
        shared = "no-cache" if "Authorization" not in request.headers else "private, no-cache"
        response.headers["Cache-Control"] = shared
        if tags.is_known(request, tag):
            known = HttpResponse(status=304)
            for name in ("ETag", "Cache-Control", "Vary"):
                known.headers[name] = response.headers[name]
            del known.headers["Content-Type"]
            return known
    if request.method == "HEAD":
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    return response
