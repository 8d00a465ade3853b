"""What an operation says of itself beside its parameters, and the document made of it all."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ninja import NinjaAPI

from schoolhubs.service.api.manners import problems

NOTE = "x-manners"
JSON, CSV = "application/json", "text/csv"
KEY = "key"
ALWAYS = ("unreadable", "key_refused", "not_found", "format_not_offered", "faults", "too_many")
WITH_SCOPE = ("not_permitted",)
CHANGES = ("changed_meanwhile", "too_large", "format_not_taken")
HEADERS = {
    "ETag": "Names this version of the answer; send it in If-None-Match, or in If-Match.",
    "Link": 'The next page, where there is one: rel="next".',
    "Location": "Where it is read from now on.",
    "Retry-After": "Seconds until it is worth asking again.",
    "WWW-Authenticate": "How a key is sent.",
    "Idempotency-Replayed": "true where the answer was kept from the first time.",
}
TEXT = {"type": "string"}
KEY_PATTERN = r"^[A-Za-z0-9_.:-]+$"
TAG_PATTERN = r'^(W/)?"[A-Za-z0-9_.-]{1,60}"$'

Table = tuple[Sequence[str], Sequence[Mapping[str, Any]]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one operation behaves.

    Parameters
    ----------
    scope
        Without which it is refused; blank for a public one.
    extra_scope
        With which a public one tells more.
    changes
        It changes something: it needs an Idempotency-Key.
    of_version
        It changes one thing that was read before: it needs If-Match.
    table
        Gives the answer as columns and rows, where it is offered as CSV.
    parameters
        Names it takes in the query; filled in from its parameters.
    """

    scope: str = ""
    extra_scope: str = ""
    changes: bool = False
    of_version: bool = False
    table: Callable[[Mapping[str, Any]], Table] | None = None
    parameters: frozenset[str] = frozenset()

    @property
    def offers(self) -> list[str]:
        """The formats of its answer, the usual one first."""
        return [JSON, CSV] if self.table else [JSON]


def behaves(**manners: Any) -> dict[str, Any]:
    """Say how an operation behaves; see :class:`Manners`. For ``openapi_extra``."""
    return {NOTE: Manners(**manners)}


def document(api: NinjaAPI, prefix: str) -> tuple[dict[str, Any], dict[tuple[str, str], Manners]]:
    """Write the OpenAPI document, and give the manners of each path and method (in capitals)."""
    told: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=prefix))
    manners = {}
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            manners[path, method.upper()] = _complete(operation)
    told["components"]["schemas"] |= {"Problem": PROBLEM, "Fault": FAULT}
    told["components"]["securitySchemes"] = {KEY: SCHEME}
    return told, manners


def _complete(operation: dict[str, Any]) -> Manners:
    said: Manners = operation.pop(NOTE)
    in_query = (each["name"] for each in operation["parameters"] if each["in"] == "query")
    said = dataclasses.replace(said, parameters=frozenset(in_query))
    operation["parameters"] += _headers_taken(said)
    if said.scope:
        operation["security"] = [{KEY: [said.scope]}]
    elif said.extra_scope:
        operation["security"] = [{}, {KEY: [said.extra_scope]}]
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    for status, answer in answers.items():
        names = ["ETag"] if not said.changes or status in {"200", "201"} else []
        names += ["Link"] if "cursor" in said.parameters else []
        answer["headers"] = _headers(names, needed={"ETag"})
        if said.table and status == "200":
            answer["content"][CSV] = {"schema": {"type": "string"}}
    if not said.changes:
        answers["304"] = {
            "description": "Nothing changed since it was read",
            "headers": _headers(["ETag"]),
        }
    operation["responses"] = {**answers, **dict(_refusals(said))}
    return said


def _headers_taken(said: Manners) -> Iterator[dict[str, Any]]:
    if said.changes:
        yield {
            "in": "header", "name": "Idempotency-Key", "required": True,
            "description": "New with every change; the same when a change is asked again.",
            "schema": {**TEXT, "minLength": 1, "maxLength": 100, "pattern": KEY_PATTERN},
        }  # fmt: skip
    else:
        yield {
            "in": "header", "name": "If-None-Match", "required": False,
            "description": "ETag of the answer read before: 304 where nothing changed since.",
            "schema": TEXT,
        }  # fmt: skip
    if said.of_version:
        yield {
            "in": "header", "name": "If-Match", "required": True,
            "description": "ETag of what was read before: nobody’s change since then is lost.",
            "schema": {"type": "string", "pattern": TAG_PATTERN},
        }  # fmt: skip


def _headers(
    names: Sequence[str], needed: frozenset[str] | set[str] = frozenset()
) -> dict[str, Any]:
    return {
        name: {
            "description": HEADERS[name], "required": name in needed, "schema": {"type": "string"}
        }
        for name in names
    }  # fmt: skip


def _refusals(said: Manners) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each status of a refusal with every problem that it can stand for."""
    codes = [*ALWAYS]
    codes += ["key_missing", *WITH_SCOPE] if said.scope else []
    codes += (
        ["repeat_key_missing", "being_answered", "repeated_otherwise", *CHANGES]
        if said.changes
        else []
    )
    codes += ["stale", "tag_missing"] if said.of_version else []
    by_status: dict[int, list[str]] = {}
    for code in problems.kinds():
        if code in codes:
            by_status.setdefault(problems.kinds()[code].status, []).append(code)
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, found in by_status.items():
        told: dict[str, Any] = {
            "description": "; ".join(problems.kinds()[code].title for code in found),
            "content": content,
        }
        names = {429: ["Retry-After"], 401: ["WWW-Authenticate"]}.get(status, [])
        if names:
            told["headers"] = _headers(names, needed=set(names))
        yield str(status), told


def template_of(route: str) -> str:
    """Write a Django route as OpenAPI does.

    >>> template_of("api/v1/schools/<urn:urn>")
    '/api/v1/schools/{urn}'
    """
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key of the programme office, for one organisation, with its scopes.",
}
FAULT = {
    "type": "object",
    "title": "Fault",
    "description": "One thing to mend.",
    "properties": {
        "code": {**TEXT, "description": "Short stable name of the fault."},
        "where": {**TEXT, "description": "Where it stands, such as query.limit or body.answers."},
        "fault": {**TEXT, "description": "What is wrong."},
        "value": {**TEXT, "description": "What was sent, where it is told."},
        "remedy": {**TEXT, "description": "What is expected, and what to do."},
    },
    "required": ["code", "where", "fault", "value", "remedy"],
    "additionalProperties": False,
}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "Why a request was refused, by RFC 9457.",
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The kind of problem.",
        },
        "title": {**TEXT, "description": "The kind of problem, in words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {**TEXT, "description": "What happened here."},
        "remedy": {**TEXT, "description": "What to do."},
        "request_id": {**TEXT, "description": "Finds the request in the service’s log."},
        "problems": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Fault"},
            "description": "What is to be mended, one by one; empty where nothing can be.",
        },
    },
    "required": ["type", "title", "status", "detail", "remedy", "request_id", "problems"],
    "additionalProperties": False,
}
