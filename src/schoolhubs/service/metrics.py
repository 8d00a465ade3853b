"""/metrics, as Prometheus reads it: requests, work and letters by state, and how old they are.

The processes of one server share their counts through the files of ``PROMETHEUS_MULTIPROC_DIR``,
which the supervisor sets.
"""

import os
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.jobs import queries
from schoolhubs.service.letters import queries as letters
from schoolhubs.service.letters.models import State
from schoolhubs.service.surveys.doing.stuck import unreadable
from schoolhubs.service.web.requests import leaves_no_trace

BOUNDS_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.6, 1.0, 1.5, 3.0, 10.0)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUESTS = Counter("schoolhubs_requests", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram(
    "schoolhubs_request_seconds", "Time to answer", ("route",), buckets=BOUNDS_SECONDS
)
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")


class CountedRequests:
    """Counts and times requests by their route: never by address, of which there is no end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and count it."""
        began = time.perf_counter()
        response = self.get_response(request)
        if leaves_no_trace(request.path):
            return response
        route = request.resolver_match.view_name if request.resolver_match else "no route"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response


class OfTheQueue(Collector):
    """Asks the database how much work there is, whenever somebody reads the metrics."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give work by state, and the age of the oldest that waits."""
        works = GaugeMetricFamily("schoolhubs_jobs", "Pieces of work", labels=("state",))
        for state, n in queries.by_state().items():
            works.add_metric([state], n)
        yield works
        yield GaugeMetricFamily(
            "schoolhubs_queue_age_seconds",
            "How long the longest-waiting piece of work has waited",
            value=queries.queue_age_seconds(at=clock.now()),
        )


class OfTheOutbox(Collector):
    """Asks the database how many letters there are, and whether they leave."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give letters by state, and how long the oldest that may go has waited."""
        told = GaugeMetricFamily("schoolhubs_letters", "Letters", labels=("state",))
        counts = letters.counts()
        for state in State.values:
            told.add_metric([state], counts.get(state, 0))
        yield told
        yield GaugeMetricFamily(
            "schoolhubs_letters_age_seconds",
            "How long the oldest letter that may be sent has waited",
            value=letters.waiting_seconds(at=clock.now()),
        )


class OfTheSurveys(Collector):
    """Looks whether the answers of every survey under way could be opened."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give how many could not: any number but 0 calls for the key to be put back."""
        yield GaugeMetricFamily(
            "schoolhubs_surveys_stuck",
            "Surveys whose answers nobody can open, as their key cannot be read",
            value=len(unreadable()),
        )


@allow(public=True)
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the metrics to this machine alone, unless the environment names other addresses."""
    # What a proxy on this machine passes on comes from elsewhere, whatever the address says.
    is_passed_on = any(name in request.META for name in FORWARDED)
    if is_passed_on or request.META.get("REMOTE_ADDR") not in settings.ENVIRONMENT.metrics_from:
        raise Http404
    queue = CollectorRegistry()
    queue.register(OfTheQueue())
    queue.register(OfTheOutbox())
    queue.register(OfTheSurveys())
    told = generate_latest(_of_requests()) + generate_latest(queue)
    return HttpResponse(told, content_type=CONTENT_TYPE_LATEST)


def _of_requests() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
