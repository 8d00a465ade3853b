"""Reads the library: a file a group, each resource with its source, terms, version and strength."""

import dataclasses
import datetime
import functools
import hashlib
from collections.abc import Collection, Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.written.stored import read_facts

FOLDER = resources.files("schoolhubs.delivery.resources").joinpath("held")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource, described in our own words.

    Attributes
    ----------
    kind, licence
        Names of :func:`kinds` and :func:`licences`.
    published
        When, as its page says it.
    root_causes, actions
        What it helps with: root causes of the vocabulary, actions of the library of plans.
    settings, phases
        Whom it is for.
    strength
        How much is known of what it recommends, in a word of ``plans/strengths.yaml``.
    seen, read_on
        Where we saw what is told of it, and when.
    version
        The edition that is meant; blank where there is only one.
    address
        Where it is published; blank where we know of no address that we read.
    path
        Of a tool of this service, the path of its page.
    """

    resource_id: str
    title: str
    kind: str
    publisher: str
    published: str
    about: str
    root_causes: tuple[str, ...]
    actions: tuple[str, ...]
    settings: tuple[str, ...]
    phases: tuple[str, ...]
    strength: str
    licence: str
    seen: str
    read_on: datetime.date
    version: str = ""
    address: str = ""
    path: str = ""

    @property
    def digest(self) -> str:
        """Twelve letters that change with any word of it."""
        told = repr(dataclasses.astuple(self))
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def library(
    *,
    root_causes: Collection[str] = (),
    setting: str = "",
    phase: str = "",
    kind: str = "",
    strength: str = "",
) -> dict[str, Resource]:
    """Give the resources there are, by id, in the order of the files.

    Parameters
    ----------
    root_causes
        Those for one of these; empty for all.
    setting, phase, kind, strength
        Only those for this one; blank for all.

    Examples
    --------
    >>> found = library(root_causes=["part_time_drifts"], kind="guidance")
    >>> sorted(found)
    ['attendance_guidance', 'part_time_timetables']
    """
    return {
        each.resource_id: each
        for each in _all()
        if (not root_causes or not set(root_causes).isdisjoint(each.root_causes))
        and setting in ("", *each.settings)
        and phase in ("", *each.phases)
        and kind in ("", each.kind)
        and strength in ("", each.strength)
    }


def kinds() -> Mapping[str, str]:
    """Give the title of each kind of resource.

    >>> kinds()["law"]
    'Law and duties'
    """
    return {name: said["title"] for name, said in _stored("kinds.yaml")["kinds"].items()}


def licences() -> Mapping[str, Mapping[str, str]]:
    """Give the terms that resources are under, each with ``title`` and ``about``.

    >>> licences()["project"]["title"]
    'MIT, as this service'
    """
    return dict(_stored("licences.yaml")["licences"])


@functools.cache
def _all() -> tuple[Resource, ...]:
    folder = FOLDER.joinpath("titles")
    files = sorted(each.name for each in folder.iterdir() if each.name.endswith(".yaml"))
    return tuple(
        _one(name, said)
        for file in files
        for name, said in _stored(f"titles/{file}")["resources"].items()
    )


def _one(name: str, said: Mapping[str, Any]) -> Resource:
    fields: dict[str, Any] = {
        key: tuple(each) if isinstance(each, list) else each for key, each in said.items()
    }
    return Resource(resource_id=name, **fields)


@functools.cache
def _stored(name: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = read_facts(FOLDER.joinpath(name).read_text("utf-8"))
    return read
