"""The reviewed table of rights, opened out into one expected answer for every cell."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from schoolhubs.service.accounts.rights import TABLE
from schoolhubs.service.accounts.roles import Role

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ANONYMOUS, ROLELESS = "anonymous", "no_role"
PRINCIPALS = (ANONYMOUS, ROLELESS, *Role.values)
# A program with a key has no session: at a page it is nobody, unless the page's row says otherwise.
AS_NOBODY = Role.API_CLIENT.value


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One address with what stands in it, and the answer to every method and principal."""

    name: str
    of: str
    expected: dict[tuple[str, str], int]


class TableFault(AssertionError):
    """The table leaves something open, or says it twice."""


def rows(table: Path | None = None, principals: tuple[str, ...] = PRINCIPALS) -> list[Row]:
    """Read the table of the pages, or another, for its own principals.

    Raises
    ------
    TableFault
        Naming the row and cell that is missing or said twice.
    """
    said = yaml.safe_load((table or TABLE).read_text("utf-8"))
    groups = said["groups"]
    return [
        Row(
            name=name,
            of=case.get("of", ""),
            expected=_opened(f"{name} {case.get('of', '')}", case, groups, principals),
        )
        for name, cases in said["addresses"].items()
        for case in (cases if isinstance(cases, list) else [cases])
    ]


def _opened(
    where: str, case: dict[str, Any], groups: dict[str, list[str]], principals: tuple[str, ...]
) -> dict[tuple[str, str], int]:
    told = {method: case[method] for method in METHODS if method in case}
    unknown = set(case) - set(METHODS) - {"of", "others"}
    if unknown:
        raise TableFault(f"{where}: {sorted(unknown)} is no method")
    told.setdefault("HEAD", told.get("GET"))
    for method in METHODS:
        if told.get(method) is None:
            if "others" not in case:
                raise TableFault(f"{where}: nothing is said of {method}")
            told[method] = case["others"]
    return {
        (method, principal): _cell(f"{where} {method}", cells, principal, groups, principals)
        for method, cells in told.items()
        for principal in principals
    }


def _cell(
    where: str,
    cells: dict[str, int],
    principal: str,
    groups: dict[str, list[str]],
    principals: tuple[str, ...],
) -> int:
    """Find the narrowest word for a principal: itself, a group it is in, then ``everyone``."""
    unknown = set(cells) - set(principals) - set(groups) - {"everyone"}
    if unknown:
        raise TableFault(f"{where}: {sorted(unknown)} is no role and no group")
    if principal in cells:
        return cells[principal]
    if principal == AS_NOBODY and ANONYMOUS in cells:
        return cells[ANONYMOUS]
    inside = [name for name in cells if principal in groups.get(name, ())]
    if len(inside) > 1:
        raise TableFault(f"{where}: {principal} is said twice, by {inside}")
    if inside or "everyone" in cells:
        return cells[inside[0] if inside else "everyone"]
    raise TableFault(f"{where}: nothing is said of {principal}")


def addresses(resolver: URLResolver | None = None) -> Iterator[tuple[str, URLPattern]]:
    """Walk every address of the service with its name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry)
        else:
            yield entry.name or str(entry.pattern), entry
