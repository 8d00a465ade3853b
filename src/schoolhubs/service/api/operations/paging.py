"""Pages of a list as operations give them: rows, the cursor on, and a link to follow."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from schoolhubs.service.api.manners.cursors import Page
from schoolhubs.service.api.manners.saying import Table
from schoolhubs.service.api.schemas.common import Told


def told(
    found: Page[Any], request: HttpRequest, response: HttpResponse, rows: Sequence[Any]
) -> dict[str, Any]:
    """Give a page, with the address of the next in its Link header."""
    if found.next_cursor:
        asked = {**request.GET.dict(), "cursor": found.next_cursor}
        response.headers["Link"] = f'<{request.path}?{urlencode(asked)}>; rel="next"'
    return {"items": rows, "next_cursor": found.next_cursor}


def table_of(item: type[Told]) -> Callable[[Mapping[str, Any]], Table]:
    """Give the rows of a list as a table: a column for each field of an item."""

    def table(answer: Mapping[str, Any]) -> Table:
        return tuple(item.model_fields), answer["items"]

    return table
