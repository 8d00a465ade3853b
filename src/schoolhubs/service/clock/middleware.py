"""Lets every request go by one day, and ask for it once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from schoolhubs.service import clock


class OneDayARequest:
    """Holds the clock while a request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, the clock looked at once."""
        with clock.one_look():
            return self.get_response(request)
