"""Reads an organisation as the sign-in provider tells it: kind, number, name."""

from collections.abc import Mapping
from typing import Any

from schoolhubs.service.accounts.models import NUMBERED, Organisation
from schoolhubs.service.accounts.roles import OrganisationKind

# Categories of DfE Sign-in, and which of our kinds they are; source: its public API's README.
CATEGORIES = {
    "001": OrganisationKind.SCHOOL,
    "002": OrganisationKind.LOCAL_AUTHORITY,
    "010": OrganisationKind.TRUST,
    "013": OrganisationKind.TRUST,
}
# Where the provider writes the number of each kind.
NUMBER_IN = {
    OrganisationKind.SCHOOL: "urn",
    OrganisationKind.TRUST: "uid",
    OrganisationKind.LOCAL_AUTHORITY: "establishmentNumber",
}
CLOSED = 2


def read(said: Mapping[str, Any], *, named_kinds: Mapping[str, str]) -> Organisation | None:
    """Make the (unsaved) organisation of a claim; None where it is none the service knows.

    Parameters
    ----------
    said
        ``id``, ``name``, ``category.id``, and ``urn``, ``uid`` or ``establishmentNumber``.
    named_kinds
        The provider's ids of offices, evaluators and auditors, from the settings: nobody becomes
        the office by what a category says.

    Examples
    --------
    >>> told = {"id": "7f", "name": "Ash School", "category": {"id": "001"}, "urn": "900001"}
    >>> read(told, named_kinds={}).key
    'school:900001'
    >>> read({"id": "8a", "name": "Ash", "category": {"id": "004"}}, named_kinds={}) is None
    True
    """
    sign_in_id = _text(said.get("id"))
    if not sign_in_id:
        return None
    if sign_in_id in named_kinds:
        kind = OrganisationKind(named_kinds[sign_in_id])
        return _organisation(said, sign_in_id, kind, "")
    found = CATEGORIES.get(_text(_inside(said, "category", "id")))
    if found is None:
        return None
    number = _text(said.get(NUMBER_IN[found]))
    return _organisation(said, sign_in_id, found, number) if number else None


def _organisation(
    said: Mapping[str, Any], sign_in_id: str, kind: OrganisationKind, number: str
) -> Organisation:
    numbered = {NUMBERED[kind]: number} if kind in NUMBERED else {}
    status = _inside(said, "status", "id")
    return Organisation(
        sign_in_id=sign_in_id,
        kind=kind,
        name=_text(said.get("name")) or sign_in_id,
        is_open=_text(status) != str(CLOSED),
        **numbered,
    )


def _inside(said: Mapping[str, Any], outer: str, inner: str) -> Any:
    held = said.get(outer)
    return held.get(inner) if isinstance(held, Mapping) else held


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
