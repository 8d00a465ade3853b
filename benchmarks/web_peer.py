"""The peer of ``benchmarks.web``: the same templates on bare Django, their contexts filled before.

Each page is asked of the service's own views once, as gunicorn loads this module; what its template
was given is kept. From then on a page is nothing but that template, rendered and compressed: no
middleware, no session, no database, which is closed and refuses to open.
"""

import json
import os
from typing import Any
from unittest import mock

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

django.setup()
from schoolhubs.service.eligibility.office import views as office  # noqa: E402
from schoolhubs.service.network import views as hubs  # noqa: E402
from schoolhubs.service.schools import views as schools  # noqa: E402
from schoolhubs.service.urls import urlpatterns as urls_of_the_service  # noqa: E402


def _captured() -> dict[str, tuple[Any, dict[str, Any]]]:
    """Give the Jinja template and whole context of each page, asked of the service once."""
    from django.db import connection
    from django.template.backends.jinja2 import Template
    from django.test import Client

    kept: dict[str, tuple[Any, dict[str, Any]]] = {}
    for page in json.loads(os.environ["BENCHMARK_PAGES"]):
        seen: list[tuple[Any, dict[str, Any]]] = []
        rendered = Template.render

        def watched(
            template: Any, context: Any = None, request: Any = None,
            seen: list[Any] = seen, rendered: Any = rendered,
        ) -> Any:  # fmt: skip
            with mock.patch.object(template, "template") as jinja:
                rendered(template, context, request)
                (given,) = jinja.render.call_args.args
            seen.append((template.template, given))
            return template.template.render(given)

        with mock.patch.object(Template, "render", watched):
            head = {"HTTP_HOST": settings.ALLOWED_HOSTS[0], "HTTP_COOKIE": page["cookie"]}
            answer = Client().get(page["path"], **head)
        if answer.status_code != 200 or not seen:
            raise SystemExit(f"{page['path']} answered {answer.status_code}")
        kept[page["name"]] = _filled(seen[-1])
    connection.close()
    return kept


def _filled(seen: tuple[Any, dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    """Give a page's template and what it was told, with the choices of its forms."""
    for form in (each for each in seen[1].values() if isinstance(each, BaseForm)):
        for field in form.fields.values():
            if hasattr(field, "choices"):
                field.choices = list(field.choices)
    return seen


def _whole(request: HttpRequest, template: str, told: Any, **_: Any) -> HttpResponse:
    """Draw a page that the service keeps in parts."""
    return render(request, template, told())


for views in (hubs, office, schools):
    views.render_kept = _whole  # type: ignore[assignment]
CAPTURED = _captured()


def one(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """Render a page's template."""
    template, context = CAPTURED[name]
    return HttpResponse(template.render(context))


def _refuse(*_: Any, **__: Any) -> None:
    raise RuntimeError("the peer asked the database")


# The service's own addresses stand behind, as templates name them; nobody asks for them here.
urlpatterns = [path("bare/<slug:name>", one), *urls_of_the_service]
settings.ROOT_URLCONF = "benchmarks.web_peer"
settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware"]
mock.patch("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", _refuse).start()
application = WSGIHandler()
