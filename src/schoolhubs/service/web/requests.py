"""Numbers every request, times it, and logs its route: never its address, which may hold a name."""

import logging
import time
import uuid
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

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

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:  # noqa: ARG002
        """Write where a fault of ours arose; never its message, which may quote what was typed."""
        if not isinstance(exception, Http404 | PermissionDenied | SuspiciousOperation):
            told = (type(exception), exception, exception.__traceback__)
            log.error("fault", exc_info=told)
