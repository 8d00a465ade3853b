"""From when on something is said to fall due, read from one table; and a school's name in a row."""

import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from django.db.models import OuterRef, Subquery

from schoolhubs.service.schools.models import School
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def _table() -> Mapping[str, Any]:
    file = resources.files(__package__).joinpath("soon.yaml")
    return dict(read_facts(file.read_text("utf-8")))


def rule(name: str) -> int:
    """Give a number of the table.

    >>> rule("review_days")
    14
    """
    return int(_table()[name]["value"])


def ahead(name: str) -> datetime.timedelta:
    """Give how long before its day something is announced, or after what it comes again.

    >>> ahead("comparison_weeks")
    datetime.timedelta(days=91)
    """
    return datetime.timedelta(**{_table()[name]["unit"]: rule(name)})


def name_of(urn: str) -> Subquery:
    """Give the name that the register in use has for the URN in a column."""
    named = School.objects.filter(snapshot__currentregister__only=True, urn=OuterRef(urn))
    return Subquery(named.values("name")[:1])
