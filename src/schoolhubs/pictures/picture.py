"""A picture and the words and figures that must never leave its side."""

import dataclasses
from collections.abc import Iterable

import polars as pl

from schoolhubs.pictures.svg import drawing


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing with the title, sentence, table and source it is shown with.

    Parameters
    ----------
    key
        Short name, unique in a page; lower case and hyphens.
    title
        What the picture shows, as a claim of ten words or fewer.
    sentence
        The finding in one sentence, written from the same figures.
    svg
        The drawing; safe to put into a page as it is.
    table
        The figures drawn.
    source
        Where they come from, with series and year.
    is_synthetic
        The figures are of invented schools.
    """

    key: str
    title: str
    sentence: str
    svg: str
    table: pl.DataFrame
    source: str
    is_synthetic: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """The words of a picture, given to the function that draws it."""

    key: str
    title: str
    sentence: str
    source: str
    is_synthetic: bool = False


def pictured(
    caption: Caption, width: float, height: float, body: Iterable[str], table: pl.DataFrame
) -> Picture:
    """Frame a drawing and put words and figures beside it."""
    invented = "Synthetic: " if caption.is_synthetic else ""
    svg = drawing(
        caption.key,
        width,
        height,
        title=f"{invented}{caption.title}",
        about=caption.sentence,
        body=body,
    )
    return Picture(
        key=caption.key,
        title=caption.title,
        sentence=caption.sentence,
        svg=svg,
        table=table,
        source=caption.source,
        is_synthetic=caption.is_synthetic,
    )
