"""Refusals as ``application/problem+json`` (RFC 9457), in the words of the pages."""

import dataclasses
import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.http import HttpResponse

from schoolhubs.service.web import logs
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, Problem
from schoolhubs.vocabulary.written.stored import read_facts

TABLE = Path(__file__).with_name("problems.yaml")
MEDIA_TYPE = "application/problem+json"
# Each kind of problem is told of on this page, by its name.
TOLD_ON = "/api"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of problem, as ``problems.yaml`` has it."""

    status: int
    title: str
    remedy: str


@functools.cache
def kinds() -> Mapping[str, Kind]:
    """Read the table.

    >>> kinds()["too_many"].status
    429
    """
    said = read_facts(TABLE.read_text(encoding="utf-8"))
    return {name: Kind(**kind) for name, kind in said.items()}


class Refused(Exception):
    """A request that is answered with a problem.

    Parameters
    ----------
    code
        A kind of ``problems.yaml``.
    detail
        What happened here, in a sentence; blank where the title says it all.
    problems
        What is to be mended, one by one; ``column`` says where it stands in the request.
    headers
        Sent along.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        problems: Iterable[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail
        self.problems, self.headers = tuple(problems), dict(headers or {})


def answer(refused: Refused) -> HttpResponse:
    """Give the answer to a refused request."""
    kind = kinds()[refused.code]
    told: dict[str, Any] = {
        "type": f"{TOLD_ON}#{refused.code.replace('_', '-')}",
        "title": kind.title,
        "status": kind.status,
        "detail": refused.detail or f"{kind.title}.",
        "remedy": kind.remedy,
        "request_id": logs.request_id.get(),
        "problems": [_said(each) for each in refused.problems[:MOST_PROBLEMS_LISTED]],
    }
    response = HttpResponse(
        json.dumps(told, ensure_ascii=False), status=kind.status, content_type=MEDIA_TYPE
    )
    for name, value in refused.headers.items():
        response.headers[name] = value
    if kind.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="schoolhubs"'
    return response


def _said(problem: Problem) -> dict[str, str]:
    return {
        "code": problem.code,
        "where": problem.column,
        "fault": problem.fault,
        "value": problem.value,
        "remedy": problem.remedy,
    }
