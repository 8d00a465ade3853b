"""The API told of: a page for people, and the OpenAPI document for programs."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.api import interface
from schoolhubs.service.api.keys.scopes import scopes
from schoolhubs.service.api.manners import asking, limits, problems, tags


@allow(public=True)
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """List the operations, the scopes, the limits and every kind of problem."""
    told = interface.document()
    operations = [
        (method.upper(), path, operation)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    tagged: dict[str, list[tuple[str, str, object]]] = {}
    for each in operations:
        tagged.setdefault(each[2]["tags"][0], []).append(each)
    shown = {
        "tagged": tagged,
        "scopes": scopes(),
        "limit": limits.limit,
        "kinds": problems.kinds(),
    }
    return render(request, "api/about.html", shown)


@allow(public=True)
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """Give the OpenAPI document."""
    try:
        asking.key_of(request, at=timezone.now())
    except problems.Refused as refused:
        return problems.answer(refused)
    content = json.dumps(interface.document(), ensure_ascii=False).encode()
    tag = tags.of_content(content)
    if tags.is_known(request, tag):
        return tags.put(HttpResponse(status=304), tag)
    return tags.put(HttpResponse(content, content_type="application/json"), tag)
