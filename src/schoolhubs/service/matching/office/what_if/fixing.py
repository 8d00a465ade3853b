"""Pins and bans as an officer types them: found, named back, and refused in words."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from schoolhubs.service.matching import inputs
from schoolhubs.service.schools.models import RegisterSnapshot, School

KINDS = {"pin": "Pin", "ban": "Ban"}
MOST_NAMED = 5
MOST_ROWS = 200
ROW = re.compile(r"fixed-(\d{1,4})-kind")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """One pin or ban, with the names of its schools."""

    kind: str
    partner_urn: str
    lead_urn: str
    reason: str
    partner_name: str = ""
    lead_name: str = ""

    def as_row(self) -> dict[str, str]:
        """Give it as a row of frames.OVERRIDES."""
        names = ("kind", "partner_urn", "lead_urn", "reason")
        return {name: getattr(self, name) for name in names}


class NotFound(ValueError):
    """What was typed names no one school; the words say what to type instead."""


def rows_of(data: Mapping[str, Any]) -> list[Fixed]:
    """Read the rows that a page kept, in their order; what is no row is left out."""
    found = []
    for name in sorted(
        (name for name in data if ROW.fullmatch(name)), key=lambda name: int(name.split("-")[1])
    ):
        start = name.removesuffix("kind")
        row = {part: str(data.get(f"{start}{part}", "")).strip() for part in _PARTS}
        is_row = all(re.fullmatch(r"\d{6}", row[part]) for part in ("partner", "lead"))
        if row["kind"] in KINDS and is_row:
            found.append(
                Fixed(
                    kind=row["kind"], partner_urn=row["partner"], lead_urn=row["lead"],
                    reason=row["reason"][:500],
                )
            )  # fmt: skip
    return found[:MOST_ROWS]


_PARTS = ("kind", "partner", "lead", "reason")


def with_names(rows: list[Fixed], snapshot: RegisterSnapshot) -> list[Fixed]:
    """Name the schools of each row; one that the register does not hold stays without."""
    urns = {urn for row in rows for urn in (row.partner_urn, row.lead_urn)}
    schools = School.objects.filter(snapshot=snapshot, urn__in=urns)
    names = dict(schools.values_list("urn", "name"))
    return [
        dataclasses.replace(
            row, partner_name=names.get(row.partner_urn, ""), lead_name=names.get(row.lead_urn, "")
        )
        for row in rows
    ]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The schools that a pin or a ban of a cohort may name."""

    snapshot: RegisterSnapshot
    programme_id: str
    cohort_id: str

    def partner(self, typed: str) -> School:
        """Find an applicant by its URN or words of its name.

        Raises
        ------
        NotFound
            If none, or more than one, is meant.
        """
        applied = inputs.taking_part(self.programme_id, self.cohort_id)
        return self._one(typed, applied.values("urn"), "has no application in this round")

    def lead(self, typed: str) -> School:
        """Find a lead school by its URN or words of its name.

        Raises
        ------
        NotFound
            If none, or more than one, is meant.
        """
        leads = inputs.hubs_of(self.programme_id)
        return self._one(typed, leads.values("lead_urn"), "leads no hub of this programme")

    def _one(self, typed: str, urns: QuerySet[Any, Any], but: str) -> School:
        schools = School.objects.filter(snapshot=self.snapshot).defer("facts", "words")
        if re.fullmatch(r"\d{6}", typed):
            school = schools.filter(urn=typed).first()
            if school is None:
                raise NotFound(f"No school of the register has the URN {typed}")
            if not schools.filter(urn=typed, urn__in=urns).exists():
                raise NotFound(f"{school.name} (URN {typed}) {but}")
            return school
        words = re.findall(r"\w+", typed.casefold())
        if not words:
            raise NotFound("Enter a URN, or words of the school’s name")
        query = SearchQuery(
            " & ".join(f"{word}:*" for word in words), config="simple", search_type="raw"
        )
        found = list(schools.filter(words=query, urn__in=urns).order_by("name", "urn")[:50])
        exact = [each for each in found if each.name.casefold() == typed.casefold()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise NotFound(f"No school called “{typed}” was found that {_positive(but)}")
        raise NotFound(f"{_several(found)} Enter the URN of the one you mean")


def _positive(but: str) -> str:
    """Turn what is missing into what is looked for.

    >>> _positive("has no application in this round"), _positive("leads no hub of this programme")
    ('has an application in this round', 'leads a hub of this programme')
    """
    return but.replace("has no application", "has an application").replace("no hub", "a hub")


def _several(found: list[School]) -> str:
    named = "; ".join(f"{each.name}, {each.la_name}: {each.urn}" for each in found[:MOST_NAMED])
    more = " and others" if len(found) > MOST_NAMED else ""
    return f"More than one school fits: {named}{more}."


def contradictions(rows: list[Fixed]) -> Iterator[str]:
    """Say which rows cannot stand together, before a round is worked out from them."""
    pinned: dict[str, Fixed] = {}
    for row in rows:
        if row.kind != "pin":
            continue
        other = pinned.setdefault(row.partner_urn, row)
        if other.lead_urn != row.lead_urn:
            name = row.partner_name or row.partner_urn
            leads = f"{other.lead_name or other.lead_urn} and {row.lead_name or row.lead_urn}"
            yield f"{name} is pinned to two hubs, {leads}. Take one pin out"
    banned = {(row.partner_urn, row.lead_urn) for row in rows if row.kind == "ban"}
    for row in pinned.values():
        if (row.partner_urn, row.lead_urn) in banned:
            name, lead = row.partner_name or row.partner_urn, row.lead_name or row.lead_urn
            yield f"{name} is both pinned to {lead} and banned from it. Take one of the two out"
