"""Looks schools up in the current snapshot."""

import functools
import re

import polars as pl
from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot, School
from schoolhubs.vocabulary import frames

MOST_FOUND = 20
SNAPSHOTS_KEPT = 8
POSTCODE = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]? ?(?:[0-9][A-Z]{0,2})?$")


def current_snapshot() -> RegisterSnapshot | None:
    """Give the snapshot that pages read, without its archive; None before the first import."""
    pk = CurrentRegister.objects.values_list("snapshot_id", flat=True).first()
    return None if pk is None else snapshot_kept(pk)


# A snapshot never changes once it is kept: what is read of it is read once in each process.
@functools.lru_cache(maxsize=SNAPSHOTS_KEPT)
def snapshot_kept(pk: int) -> RegisterSnapshot:
    """Give a snapshot without its archive; to be read, never written."""
    return RegisterSnapshot.objects.defer("archive").get(pk=pk)


def schools_of(snapshot: RegisterSnapshot) -> QuerySet[School]:
    """Give every establishment of a snapshot."""
    return School.objects.filter(snapshot=snapshot)


def find(snapshot: RegisterSnapshot, typed: str) -> list[School]:
    """Find schools by URN, postcode or words of the name; open ones first, at most twenty.

    Nothing typed, or nothing that could be part of a name, finds nothing.
    """
    found = called(snapshot, typed).defer("facts", "words")
    return list(found.order_by("-is_open", "name", "urn")[:MOST_FOUND])


def called(snapshot: RegisterSnapshot, typed: str) -> QuerySet[School]:
    """Give every school with a URN, at a postcode or a part of one, or with words of its name."""
    schools = schools_of(snapshot)
    asked = " ".join(typed.upper().split())
    if re.fullmatch(r"\d{6}", asked):
        return schools.filter(urn=asked)
    if POSTCODE.match(asked):
        by_place = schools.filter(postcode__startswith=asked)
        if by_place.exists():
            return by_place
    words = re.findall(r"\w+", typed.casefold())
    if not words:
        return schools.none()
    query = SearchQuery(
        " & ".join(f"{word}:*" for word in words), config="simple", search_type="raw"
    )
    return schools.filter(words=query)


def facts_of(schools: QuerySet[School]) -> pl.DataFrame:
    """Give frames.SCHOOL_FACTS of some schools, as the stages take it."""
    rows = list(schools.values_list("facts", flat=True))
    schema = frames.SCHOOL_FACTS.schema
    dates = [name for name, kind in schema.items() if kind == pl.Date]
    as_text = {name: pl.String() if name in dates else kind for name, kind in schema.items()}
    read = pl.DataFrame(rows, schema=as_text).with_columns(pl.col(dates).str.to_date("%Y-%m-%d"))
    return frames.SCHOOL_FACTS.fill(read)


def facts_around(school: School) -> pl.DataFrame:
    """Give the facts that decide one school: its own and those of the schools of its trust."""
    near = School.objects.filter(snapshot_id=school.snapshot_id, urn=school.urn)
    if school.trust_id:
        near |= School.objects.filter(snapshot_id=school.snapshot_id, trust_id=school.trust_id)
    return facts_of(near.order_by("urn"))


def regions(snapshot: RegisterSnapshot) -> list[str]:
    """Give the regions that have schools, by name."""
    return list(_regions(snapshot.pk))


@functools.lru_cache(maxsize=SNAPSHOTS_KEPT)
def _regions(snapshot_pk: int) -> tuple[str, ...]:
    named = School.objects.filter(snapshot_id=snapshot_pk).exclude(region="").order_by("region")
    return tuple(named.values_list("region", flat=True).distinct())
