"""The scopes of keys, read from one reviewed table."""

import functools
from collections.abc import Mapping
from pathlib import Path

import pydantic

from schoolhubs.service.accounts.roles import OrganisationKind, Role
from schoolhubs.vocabulary.written.stored import read_facts

TABLE = Path(__file__).with_name("scopes.yaml")


class Scope(pydantic.BaseModel):
    """One thing a key can let a program do.

    Parameters
    ----------
    title, may
        As people read them.
    stands_in_for
        The roles the program stands in for, by kind of organisation.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    title: str
    may: str
    stands_in_for: Mapping[OrganisationKind, tuple[Role, ...]]


@functools.cache
def scopes() -> Mapping[str, Scope]:
    """Read the table.

    >>> sorted(each.value for each in scopes()["write:applications"].stands_in_for)
    ['school', 'trust']
    """
    said = read_facts(TABLE.read_text(encoding="utf-8"))
    return {name: Scope.model_validate(meaning) for name, meaning in said.items()}


def scopes_for(kind: str) -> tuple[str, ...]:
    """Name the scopes that an organisation of a kind can have.

    >>> scopes_for("evaluator")
    ()
    """
    return tuple(name for name, scope in scopes().items() if kind in scope.stands_in_for)
