"""Numbers every request, times it, and logs its route: never its address, which may hold a name."""

import logging
import time
import uuid
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from schoolhubs.service.web import logs

log = logging.getLogger("schoolhubs.requests")
QUIET = {"healthz", "readyz"}
# Below this address people answer surveys. A line or a count with a time would tell when each of
# them did, so there is neither; nor is a session read, which would note that somebody was there.
ANSWERS = "/surveys/answer"
# Of every answer, also of one that never came as far as the middleware that sets the rest.
ALWAYS = {
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def leaves_no_trace(path: str) -> bool:
    """Tell whether somebody answers a survey at an address.

    >>> leaves_no_trace("/surveys/answer/ABCDE"), leaves_no_trace("/surveys/answers-of-others")
    (True, False)
    """
    return path == ANSWERS or path.startswith(f"{ANSWERS}/")


class NumberedRequests:
    """Gives each request an id, which its log line and its answer carry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.week: tuple[int, int] = (0, 0)
        self.told: set[tuple[str, ...]] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and write its one log line."""
        number = uuid.uuid4().hex
        token = logs.request_id.set(number)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = number
            for name, value in ALWAYS.items():
                response.headers.setdefault(name, value)
            route = request.resolver_match.view_name if request.resolver_match else "no route"
            if route not in QUIET and not leaves_no_trace(request.path):
                told = {
                    "method": request.method,
                    "route": route,
                    "status": response.status_code,
                    "milliseconds": round(1000 * (time.perf_counter() - began)),
                }
                log.info("request", extra=told)
            return response
        finally:
            logs.request_id.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Write where a fault of ours arose; never its message, which may quote what was typed."""
        if isinstance(exception, Http404 | PermissionDenied | SuspiciousOperation):
            return
        told = (type(exception), exception, exception.__traceback__)
        if not leaves_no_trace(request.path):
            log.error("fault", exc_info=told)
        elif self._is_first_of_week(exception):
            log.error("fault where people answer", exc_info=told, extra={"is_untimed": True})

    def _is_first_of_week(self, exception: Exception) -> bool:
        """Tell whether a fault was not told of in this week: a line for each would time people."""
        week = timezone.localdate().isocalendar()[:2]
        if week != self.week:
            self.week, self.told = week, set()
        fault = (type(exception).__name__, *logs.places(exception.__traceback__))
        is_first = fault not in self.told
        self.told.add(fault)
        return is_first
