"""The package's own facts: YAML beside the modules, read once."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.written.stored import read_facts

FOLDER = resources.files("schoolhubs.plans")


@functools.cache
def stored(name: str) -> Mapping[str, Any]:
    """Read a file of this package as it stands, such as ``measures.yaml``."""
    text = FOLDER.joinpath(name).read_text("utf-8")
    read: Mapping[str, Any] = read_facts(text)
    return read


@functools.cache
def files_in(folder: str) -> tuple[str, ...]:
    """Name the YAML files of a folder of this package, sorted."""
    held = FOLDER.joinpath(folder).iterdir()
    return tuple(sorted(f"{folder}/{each.name}" for each in held if each.name.endswith(".yaml")))


def source(key: str) -> str:
    """Give a source's title.

    >>> source("act_15")
    'Equality Act 2010, section 15 (discrimination arising from disability)'
    """
    title: str = stored("sources.yaml")[key]["title"]
    return title
