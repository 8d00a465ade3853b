"""The pages people meet when something is not there, not theirs, or went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from schoolhubs.service.web import logs

# Below this address programs ask, and are answered as programs are.
OF_PROGRAMS = "/api/v1/"


def _as_problem(request: HttpRequest, code: str) -> HttpResponse | None:
    """Give the answer to a program; None where a person asks, who is shown a page."""
    from schoolhubs.service.api.manners import problems  # its app is not loaded yet when this is

    if not request.path.startswith(OF_PROGRAMS):
        return None
    return problems.answer(problems.Refused(code))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400: what was sent cannot be read."""
    return _as_problem(request, "unreadable") or render(request, "web/bad_request.html", status=400)


def not_permitted(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403: it is there, and this person's role does not reach it."""
    return _as_problem(request, "not_permitted") or render(
        request, "web/not_permitted.html", status=403
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404: nothing is there, or nothing that this organisation may know of."""
    return _as_problem(request, "not_found") or render(request, "web/not_found.html", status=404)


def form_out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form was open too long, or came from another site."""
    return render(request, "web/form_out_of_date.html", status=403)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; the page gives the number that finds it in the log."""
    told = {"request_id": logs.request_id.get()}
    return _as_problem(request, "fault_of_ours") or render(
        request, "web/our_fault.html", told, status=500
    )
