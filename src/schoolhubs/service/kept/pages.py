"""Keeps drawn pages: what everybody sees alike is drawn once, until something it tells of changes.

A page is kept in three parts, its title, the way back and its content; the layout around them,
with who is signed in, is drawn for each answer. Nothing goes stale: what a page tells of is part
of the name it is kept under (``kept.stamps``), and old names are asked for no more.
"""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from schoolhubs.service.web.pages import about_the_service

# What stands between the parts; no page can hold it, as every text from data is escaped.
BETWEEN = "<part>"
PARTS = ("title", "back", "content")


def render_kept(
    request: HttpRequest,
    template: str,
    told: Callable[[], Mapping[str, Any]],
    *,
    of: tuple[Hashable, ...],
    may_keep: Callable[[], bool] = lambda: True,
) -> HttpResponse:
    """Answer with a page whose content is the same for whoever may see it.

    Parameters
    ----------
    template
        A page on ``layout.html`` that begins ``{% extends frame | default("layout.html") %}``.
    told
        Gives what the template is told; asked only where the page is not kept yet. The content
        knows nothing of who asks.
    of
        What the page depends on, changes of the database among it.
    may_keep
        Tells whether ``of`` is sure to change with the next change; asked before ``told`` is.
    """
    parts = _kept(template, of)
    if parts is None:
        is_kept = may_keep()
        parts = _drawn(request, template, told())
        if is_kept:
            caches["pages"].set(_name(template, of), parts, timeout=None)
    return render(request, "web/kept.html", parts)


def _kept(template: str, of: tuple[Hashable, ...]) -> Mapping[str, SafeString] | None:
    found: Mapping[str, SafeString] | None = caches["pages"].get(_name(template, of))
    return found


def _name(template: str, of: tuple[Hashable, ...]) -> str:
    return hashlib.sha256(repr((template, *of)).encode()).hexdigest()


def _drawn(
    request: HttpRequest, template: str, told: Mapping[str, Any]
) -> Mapping[str, SafeString]:
    # Without the request itself: neither the actor nor a token of a form can get into the parts.
    about = {**about_the_service(request), "cspNonce": "", "frame": "web/parts.html"}
    drawn = render_to_string(template, {**about, **told})
    parts = (mark_safe(part.strip()) for part in drawn.split(BETWEEN))  # noqa: S308 - escaped above
    return dict(zip(PARTS, parts, strict=True))
