"""How targets are worked out, for everybody: the model card and the transparency record."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.models import Fit


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a card: a heading of a level, a paragraph, a list or a table."""

    kind: str
    level: int = 0
    lines: tuple[str, ...] = ()
    table: pl.DataFrame | None = None


@allow(public=True)
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show the card and the record of the model that stands; no school's figure is in them."""
    fit = queries.current_fit()
    card = _card(fit) if fit else None
    told = {
        "fit": fit,
        "blocks": list(blocks(card["model_card"])) if card else [],
        "record": card["transparency_record"] if card else {},
    }
    return render(request, "targets/method.html", told)


@allow(public=True)
@require_safe
def card(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the model card as a file."""
    fit = _standing()
    answer = HttpResponse(_card(fit)["model_card"], content_type="text/markdown; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="model-card.md"'
    return answer


@allow(public=True)
@require_safe
def record(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the transparency record as a file."""
    answer = JsonResponse(
        _card(_standing())["transparency_record"], json_dumps_params={"indent": 1}
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="transparency-record.json"'
    return answer


def _standing() -> Fit:
    fit = queries.current_fit()
    if fit is None:
        raise Http404
    return fit


def _card(fit: Fit) -> dict[str, Any]:
    found: dict[str, Any] = Fit.objects.values_list("card", flat=True).get(pk=fit.pk)
    return found


def blocks(markdown: str) -> Iterator[Block]:
    r"""Part a card into what a page lays out; its one markup within a line is ``**bold**``.

    >>> [each.kind for each in blocks("# Card\n\nOne.\n\n- a\n\n| x |\n| --- |\n| 1 |")]
    ['heading', 'paragraph', 'list', 'table']
    """
    for piece in markdown.replace("**", "").split("\n\n"):
        lines = [line for line in piece.splitlines() if line]
        if not lines:
            continue
        if lines[0].startswith("#"):
            marks, _, text = lines[0].partition(" ")
            yield Block(kind="heading", level=len(marks), lines=(text,))
            lines = lines[1:]
        if lines and lines[0].startswith("|"):
            yield Block(kind="table", table=_table(lines))
        elif lines and lines[0].startswith("- "):
            yield Block(kind="list", lines=tuple(line.removeprefix("- ") for line in lines))
        elif lines:
            yield Block(kind="paragraph", lines=(" ".join(lines),))


def _table(lines: list[str]) -> pl.DataFrame:
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split(" | ")] for line in lines)
    width = len(head)
    told = [[*row, *[""] * (width - len(row))][:width] for row in rows]
    return pl.DataFrame(told, schema=dict.fromkeys(head, pl.String), orient="row")
