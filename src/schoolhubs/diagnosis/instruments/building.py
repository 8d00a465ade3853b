"""Makes the record of an instrument from what was written, once that is in order."""

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from schoolhubs.vocabulary.records.diagnosis.instrument import (
    HelpContact,
    Instrument,
    Item,
    Notice,
    Point,
    Scale,
    Section,
)
from schoolhubs.vocabulary.records.settings import Source, Status

SHARED = "shared"
DIGITS = 12


def build(written: Mapping[str, Any], shared: Mapping[str, Any]) -> Instrument:
    """Make the record; ``written`` and ``shared`` keep the schema and make sense."""
    items = tuple(_items(written, shared))
    scales = tuple(Scale(name=name, **said) for name, said in written.get("scales", {}).items())
    points = tuple(Point(value=n, words=w) for n, w in enumerate(written["points"], start=1))
    return Instrument(
        instrument_id=written["instrument_id"],
        version=written["version"],
        fingerprint=_fingerprint(items, scales, points),
        title=written["title"],
        about=written["about"],
        kind=written["kind"],
        respondents=written["respondents"],
        topics=tuple(written["topics"]),
        settings=tuple(written["settings"]),
        phases=tuple(written["phases"]),
        year_groups=tuple(written.get("year_groups", ())),
        language=written["language"],
        is_easy_read=written.get("is_easy_read", False),
        sections=tuple(_sections(written)),
        scales=scales,
        items=items,
        points=points,
        dont_know=written["dont_know"],
        skip_words=written["skip_words"],
        licence=written["licence"],
        source=source(written["source"]),
        status=Status(written["status"]),
        why=written.get("why", ""),
        notice=_notice(written.get("notice", {"privacy": ()})),
        help_contacts=tuple(
            HelpContact(**{**said, "source": source(said["source"])})
            for said in written.get("help", ())
        ),
        changes=MappingProxyType(dict(written.get("changes", {}))),
    )


def source(said: Mapping[str, Any]) -> Source:
    """Make the record of a source."""
    read_on = datetime.date.fromisoformat(said["read_on"])
    return Source(title=said["title"], read_on=read_on, url=said.get("url", ""))


def _notice(said: Mapping[str, Any]) -> Notice:
    return Notice(privacy=tuple(said["privacy"]), parents=tuple(said.get("parents", ())))


def _sections(written: Mapping[str, Any]) -> Iterator[Section]:
    for name, said in written["sections"].items():
        yield Section(name=name, title=said["title"], about=said.get("about", ""))


def _items(written: Mapping[str, Any], shared: Mapping[str, Any]) -> Iterator[Item]:
    for section, said in written["sections"].items():
        for name, own in said["items"].items():
            one = shared[name] if own == SHARED else own
            yield Item(
                name=name,
                words=one["words"],
                section=section,
                root_cause=one["feeds"],
                scale=one.get("scale", ""),
                is_reversed=one.get("is_reversed", False),
                levels=tuple(one.get("levels", ())),
                look_at=one.get("look_at", ""),
                national=one.get("national", ""),
            )


def _fingerprint(
    items: tuple[Item, ...], scales: tuple[Scale, ...], points: tuple[Point, ...]
) -> str:
    """Digest what bears on an answer; titles, sources and notices may be mended without it."""
    kept = {
        "items": [
            [one.name, one.words, one.root_cause, one.scale, one.is_reversed, one.levels]
            for one in items
        ],
        "scales": [[one.name, one.least_answered] for one in scales],
        "points": [[one.value, one.words] for one in points],
    }
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
