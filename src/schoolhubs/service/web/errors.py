"""The pages people meet when something is not there, not theirs, or went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from schoolhubs.service.web import logs


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400: what was sent cannot be read."""
    return render(request, "web/bad_request.html", status=400)


def not_permitted(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403: it is there, and this person's role does not reach it."""
    return render(request, "web/not_permitted.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404: nothing is there, or nothing that this organisation may know of."""
    return render(request, "web/not_found.html", status=404)


def form_out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form was open too long, or came from another site."""
    return render(request, "web/form_out_of_date.html", status=403)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; the page gives the number that finds it in the log."""
    told = {"request_id": logs.request_id.get()}
    return render(request, "web/our_fault.html", told, status=500)
