"""Words of the published lists and areas, from the YAML beside this module."""

import functools
import importlib.resources
from collections.abc import Mapping
from typing import Any

import polars as pl

from schoolhubs.vocabulary import official
from schoolhubs.vocabulary.phases import Framework, Phase
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def _read(name: str) -> Mapping[str, Any]:
    text = (importlib.resources.files(__package__) / name).read_text(encoding="utf-8")
    read: Mapping[str, Any] = read_facts(text)
    return read


def words() -> Mapping[str, Any]:
    """Give what phases, types and links are called (``kinds.yaml``)."""
    return _read("kinds.yaml")


@functools.cache
def areas() -> pl.DataFrame:
    """Give local authorities: ``la_code, la_name, region``."""
    rows = [
        (code, name, region)
        for region, members in _read("areas.yaml").items()
        for code, name in members.items()
    ]
    return pl.DataFrame(rows, schema=["la_code", "la_name", "region"], orient="row")


def framework_on(day: pl.Expr) -> pl.Expr:
    """Tell the framework a day fell in; a day that is not known is taken as overall grades.

    No file without inspection dates gives grades of another framework.

    >>> import datetime
    >>> days = pl.DataFrame({"on": [datetime.date(2025, 1, 8), None]})
    >>> days.select(framework_on(pl.col("on"))).to_series().to_list()
    ['no_overall_grade', 'overall_grades']
    """
    said = pl.lit(str(Framework.OVERALL_GRADES))
    for framework, first in official.framework_begins().items():
        said = pl.when(day >= first).then(pl.lit(str(framework))).otherwise(said)
    return said.alias("framework")


def phase_of(phase_name: pl.Expr, establishment_type: pl.Expr) -> pl.Expr:
    """Tell the phase: the type's where the type has one of its own, else the published one.

    >>> row = pl.DataFrame({"p": ["Not applicable"], "t": ["Community special school"]})
    >>> row.select(phase_of(pl.col("p"), pl.col("t"))).item()
    'special'
    """
    of_type = {t: phase for phase, types in words()["phase_of_type"].items() for t in types}
    return pl.coalesce(
        establishment_type.replace_strict(of_type, default=None, return_dtype=pl.String),
        phase_name.replace_strict(words()["phases"], default=None, return_dtype=pl.String),
    )


def phase_of_school_type(school_type: pl.Expr) -> pl.Expr:
    """Tell the phase by the words that figures are published under; unknown words give null."""
    return school_type.replace_strict(words()["phases"], default=None, return_dtype=pl.String)


def is_state_funded(establishment_type: pl.Expr) -> pl.Expr:
    """Tell whether a type is maintained or an academy; an unknown type gives null."""
    known = dict.fromkeys(words()["state_funded"], True)
    known |= dict.fromkeys(words()["not_state_funded"], False)
    return establishment_type.replace_strict(known, default=None, return_dtype=pl.Boolean)


OTHER = str(Phase.OTHER)
