"""The API put together: its operations, how a body is read, and what becomes of an error."""

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.accounts.rights import OfAnother, allow
from schoolhubs.service.api.manners import problems, saying
from schoolhubs.service.api.manners.polite import polite
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.operations import ROUTERS
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem

PREFIX = "/api/v1"
ABOUT = """Ask what the pages of the service answer, and apply, from a program.

What is public needs no key. A key belongs to one organisation and has scopes; the programme office
makes it. Every refusal is `application/problem+json` and says what to do. Lists go by cursor, and
are offered as CSV. Every change takes an Idempotency-Key, and asking again with the same one
changes nothing twice."""
NO_TEXT = Problem(
    code="not_text", column="body", fault="it holds a control code that no text can hold",
    remedy="Leave it out.",
)  # fmt: skip
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
# What pydantic calls a fault, in words; what stands in braces is its own context.
FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_attributes_type": "must be an object",
    "date_from_datetime_parsing": "must be a day, such as 2026-09-01",
    "date_parsing": "must be a day, such as 2026-09-01",
    "date_type": "must be a day, such as 2026-09-01",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "string_too_short": "must have {min_length} characters or more",
    "string_too_long": "must have {max_length} characters or fewer",
    "string_pattern_mismatch": "must be written as {pattern}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}


class StrictParser(Parser):
    """Reads a body of JSON as RFC 8259 has it, and nothing that no text can hold."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Read the body.

        Raises
        ------
        Refused
            For what is no JSON object.
        """
        try:
            said = json.loads(request.body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Refused("unreadable", "What was sent is no JSON in UTF-8.") from error
        if not isinstance(said, dict):
            raise Refused("unreadable", "What was sent is JSON, and no object.")
        if NOT_TEXT.search(json.dumps(said, ensure_ascii=False)) or _holds_nul(said):
            raise Refused("faults", problems=[NO_TEXT])
        return said


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _holds_nul(said: Any) -> bool:
    if isinstance(said, dict):
        return any(_holds_nul(each) for pair in said.items() for each in pair)
    if isinstance(said, list):
        return any(map(_holds_nul, said))
    return isinstance(said, str) and "\x00" in said


def build() -> NinjaAPI:
    """Put the API together; each router is put in once."""
    made = NinjaAPI(
        title="School hubs", version="1.0.0", description=ABOUT, docs_url=None, openapi_url=None,
        urls_namespace="api-v1", parser=StrictParser(),
    )  # fmt: skip
    for tag, router in ROUTERS:
        made.add_router("", router, tags=[tag])
    for error, answer in HANDLERS.items():
        made.add_exception_handler(error, answer)
    return made


def _refused(_request: HttpRequest, error: Refused) -> HttpResponse:
    return problems.answer(error)


def _not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    if isinstance(error, OfAnother):
        request.refusal = "of another organisation"  # type: ignore[attr-defined]
    return problems.answer(Refused("not_found"))


def _not_permitted(request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    request.refusal = "role"  # type: ignore[attr-defined]
    return problems.answer(Refused("not_permitted"))


def _conflict(_request: HttpRequest, error: Conflict) -> HttpResponse:
    return problems.answer(Refused("changed_meanwhile", str(error)))


def _faulty(_request: HttpRequest, error: DataProblem) -> HttpResponse:
    return problems.answer(Refused("faults", problems=error.problems))


def _too_big(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problems.answer(Refused("too_large"))


def _unread(_request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    return problems.answer(cause if isinstance(cause, Refused) else Refused("unreadable"))


def _mistyped(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [_fault(request, each) for each in error.errors]
    return problems.answer(Refused("faults", problems=faults))


def _fault(request: HttpRequest, said: Mapping[str, Any]) -> Problem:
    source, *inner = (str(part) for part in said["loc"])
    # The first name within a body is that of our own function's argument.
    names = inner[1:] if source == "body" and len(inner) > 1 else inner
    words = FAULTS.get(said["type"], "cannot be read")
    told = words.format_map({**said.get("ctx", {})})
    value = request.GET.get(names[0], "") if source == "query" and names else ""
    name = names[-1] if names else "the body"
    return Problem(
        code=str(said["type"]), column=".".join([source, *names]), fault=f"{name} {told}",
        value=value, remedy="See the operation in /api for what it takes.",
    )  # fmt: skip


HANDLERS: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Refused: _refused,
    Http404: _not_there,
    PermissionDenied: _not_permitted,
    Conflict: _conflict,
    DataProblem: _faulty,
    RequestDataTooBig: _too_big,
    HttpError: _unread,
    ValidationError: _mistyped,
}


@functools.cache
def _built() -> tuple[dict[str, Any], dict[tuple[str, str], saying.Manners]]:
    return saying.document(API, PREFIX)


def document() -> Mapping[str, Any]:
    """Give the OpenAPI document."""
    return _built()[0]


def manners_of(template: str) -> Mapping[str, saying.Manners]:
    """Give how the operations of a path behave, by method."""
    return {method: found for (at, method), found in _built()[1].items() if at == template}


def _wrapped(entries: Sequence[Any]) -> list[URLPattern]:
    found = [each for each in entries if isinstance(each, URLPattern) and each.name != "api-root"]
    return [
        path(
            str(each.pattern),
            # Who may ask is read from the key, within: see api/rights.yaml.
            allow(public=True)(
                polite(
                    each.callback, manners_of, saying.template_of(f"api/v1/{each.pattern}")
                )
            ),
            name=each.name,
        )
        for each in found
    ]  # fmt: skip


API = build()
urlpatterns = _wrapped(API.urls[0])
