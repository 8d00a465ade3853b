"""Keeps drawn pages: what everybody sees alike is drawn once, until something it tells of changes.

A page is kept in three parts, its title, the way back and its content; the layout around them is
kept by itself, for each person and what the navigation shows. What no two answers share, such as
the nonce and the token of a form, is put in at last. Nothing goes stale: what a page tells of is
part of the name it is kept under (``kept.stamps``), and old names are asked for no more.
"""

import hashlib
import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.template.backends.utils import csrf_input
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from schoolhubs.service.accounts.pages import about_the_actor
from schoolhubs.service.web.pages import about_the_service

# What stands between the parts; no page can hold it, as every text from data is escaped.
BETWEEN = "<part>"
PARTS = ("title", "back", "content")
# Where in a layout something is put in later; by lot, so that nothing that anybody typed is one.
PLACES = {
    name: mark_safe(f"kept-{secrets.token_hex(16)}-{name}")  # noqa: S308 - letters and digits
    for name in ("nonce", "csrf", "session", "title", "content")
}


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
    parts = _held(_name(template, of))
    if parts is None:
        is_kept = may_keep()
        parts = _drawn(request, template, told())
        if is_kept:
            _hold(_name(template, of), parts)
    return HttpResponse(_within(request, parts))


def _held(name: str) -> Mapping[str, SafeString] | None:
    found: Mapping[str, SafeString] | None = caches["pages"].get(name)
    return found


def _hold(name: str, parts: Mapping[str, SafeString]) -> None:
    caches["pages"].set(name, parts, timeout=None)


def _name(template: str, of: tuple[Hashable, ...]) -> str:
    return hashlib.sha256(repr((template, *of)).encode()).hexdigest()


def _drawn(
    request: HttpRequest, template: str, told: Mapping[str, Any]
) -> Mapping[str, SafeString]:
    # Without the request itself: neither the actor nor a token of a form can get into the parts.
    about = {
        **about_the_service(request), "cspNonce": "", "frame": "web/parts.html",
        "said_once": list,  # what one person did is nothing that everybody is told
    }  # fmt: skip
    drawn = render_to_string(template, {**about, **told})
    parts = (mark_safe(part.strip()) for part in drawn.split(BETWEEN))  # noqa: S308 - escaped above
    return dict(zip(PARTS, parts, strict=True))


def _within(request: HttpRequest, parts: Mapping[str, SafeString]) -> str:
    """Give a page: its parts, and what is of this answer alone, in the layout around them."""
    told = {**about_the_service(request), **about_the_actor(request)}
    actor = told["actor"]
    filled = {"nonce": told["cspNonce"], "title": parts["title"], "content": parts["content"]}
    if actor.is_signed_in:
        filled["csrf"] = csrf_input(request)
        filled["session"] = render_to_string("accounts/session_bar.html", told)
    page: str = _layout(told, parts["back"])["page"]
    for name, value in filled.items():
        page = page.replace(PLACES[name], str(value))
    return page


def _layout(told: Mapping[str, Any], back: str) -> Mapping[str, SafeString]:
    """Give the layout for somebody, with places in it for what differs between two answers."""
    actor = told["actor"]
    named = (
        str(actor.person or ""),
        actor.organisation.name if actor.organisation else "",
        actor.is_signed_in,
    )
    on = told["demonstration_day"]
    name = _name("layout", (*named, on, repr(told["navigation"]), back))
    held = _held(name)
    if held is None:
        places = {
            "cspNonce": PLACES["nonce"], "csrf_input": PLACES["csrf"],
            "session_bar": PLACES["session"], "title": PLACES["title"],
            "content": PLACES["content"], "back": back,
        }  # fmt: skip
        held = {"page": render_to_string("web/kept.html", {**told, **places})}
        _hold(name, held)
    return held
