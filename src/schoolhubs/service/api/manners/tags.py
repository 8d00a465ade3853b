"""Entity tags: an answer read before is not sent again, and nobody's change is lost."""

import hashlib
import re

from django.http import HttpRequest, HttpResponse

from schoolhubs.service.api.manners.problems import Refused

TAG = re.compile(r'(?:W/)?"([^"]*)"')


def of_version(name: str, version: int) -> str:
    """Write the tag of something that carries a version.

    >>> of_version("AB-1234-5678", 3)
    '"AB-1234-5678.3"'
    """
    return f'"{name}.{version}"'


def of_content(content: bytes) -> str:
    """Write the tag of an answer's content."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def named_in(header: str) -> list[str]:
    r"""Read the tags of If-Match or If-None-Match; weak ones count, as compressing makes them so.

    >>> named_in('W/"a.1", "b"'), named_in("*"), named_in("nonsense")
    (['a.1', 'b'], ['*'], [])
    """
    return ["*"] if header.strip() == "*" else TAG.findall(header)


def is_known(request: HttpRequest, tag: str) -> bool:
    """Tell whether the program has what it asks for already."""
    named = named_in(request.headers.get("If-None-Match", ""))
    return "*" in named or tag.strip('"') in named


def version_named(request: HttpRequest, name: str) -> int:
    """Read from If-Match which version of something the program saw.

    Raises
    ------
    Refused
        ``stale`` where the header names no version of it.
    """
    for tag in named_in(request.headers.get("If-Match", "")):
        start, _, version = tag.rpartition(".")
        if start == name and version.isascii() and version.isdecimal() and len(version) < 10:
            return int(version)
    raise Refused("stale", f"If-Match names no version of {name}.")


def put(response: HttpResponse, tag: str) -> HttpResponse:
    """Put a tag on an answer."""
    response.headers["ETag"] = tag
    return response
