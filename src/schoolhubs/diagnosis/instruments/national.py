"""What the National Behaviour Survey found, by wave, from the YAML beside this."""

import datetime
import functools
import importlib.resources
from collections.abc import Mapping
from typing import Any

from schoolhubs.diagnosis.instruments.building import source
from schoolhubs.vocabulary.records.diagnosis.instrument import NationalFigure, NationalItem
from schoolhubs.vocabulary.records.settings import Status
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def national_items() -> Mapping[str, NationalItem]:
    """Give what the national survey asks, by our name of it.

    Examples
    --------
    >>> national_items()["calm"].counted_points
    (3, 4)
    """
    return {
        name: NationalItem(
            name=name,
            asks=said["asks"],
            answers=said["answers"],
            counted_points=tuple(said["counted_points"]),
            status=Status(said["status"]),
            source=source(_read()["sources"][said["source"]]),
            why=said.get("why", ""),
        )
        for name, said in _read()["items"].items()
    }


@functools.cache
def national_figures(item: str, asked_of: str) -> tuple[NationalFigure, ...]:
    """Give what was found, oldest first; none where nothing was published of them.

    Parameters
    ----------
    item
        A name of :func:`national_items`.
    asked_of
        ``leaders``, ``teachers`` or ``pupils``.

    Examples
    --------
    >>> first = national_figures("safe", "pupils")[0]
    >>> first.wave_on.isoformat(), first.percent
    ('2023-03-01', 57.0)
    """
    found = [
        NationalFigure(
            item=item,
            asked_of=asked_of,
            year=said["year"],
            wave_on=datetime.date.fromisoformat(said["wave_on"]) if "wave_on" in said else None,
            percent=float(said["percent"][item][asked_of]),
            status=Status(said["status"]),
            source=source(_read()["sources"][said["source"]]),
        )
        for said in _read()["figures"]
        if asked_of in said["percent"].get(item, {})
    ]
    return tuple(found)


@functools.cache
def _read() -> Mapping[str, Any]:
    file = importlib.resources.files(__package__).joinpath("national.yaml")
    read: Mapping[str, Any] = read_facts(file.read_text("utf-8"))
    return read
