"""Reads the audit log, and looks for breaks in its chain."""

import dataclasses
import datetime
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from schoolhubs.service.accounts.models import Person
from schoolhubs.service.audit import anchors
from schoolhubs.service.audit.chain import Entry, faults
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.audit.page import words

ON_A_PAGE = 50
READ_AT_ONCE = 5_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry as people read it: what was done, and by whom, in words."""

    entry: Entry
    what: str
    who: str


def entries_about(subject: str) -> list[Entry]:
    """Give what was done to one subject, oldest first."""
    return [row.as_record() for row in AuditEntry.objects.filter(subject=subject)]


def told(entries: Iterable[Entry]) -> list[Told]:
    """Put entries into words; people are named as they last signed in."""
    held = list(entries)
    people = Person.objects.filter(subject__in={each.by for each in held})
    names = {each.subject: str(each) for each in people}
    return [
        Told(entry=each, what=words.of_action(each.action), who=names.get(each.by, each.by))
        for each in held
    ]


def found(
    *,
    thing: str = "",
    subject: str = "",
    by: str = "",
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
    before: int | None = None,
) -> QuerySet[AuditEntry]:
    """Give the entries that are looked for, newest first; blanks find all.

    Parameters
    ----------
    thing
        What they are about, such as ``round``.
    subject
        The subject's end or whole, such as ``AB-CDEF-GHJK`` or ``round:12``.
    by
        The person as the sign-in knows them, or part of their name.
    since, until
        At that moment or later, and before that moment.
    before
        Only entries with a smaller number: where the page before ended.
    """
    rows = AuditEntry.objects.order_by("-number")
    if thing:
        rows = rows.filter(action__startswith=f"{thing}.") | rows.filter(action=thing)
    if subject:
        rows = rows.filter(Q(subject=subject) | Q(subject__endswith=f":{subject}"))
    if by:
        people = Person.objects.filter(Q(name__icontains=by) | Q(email__iexact=by))
        rows = rows.filter(Q(by=by) | Q(by__in=people.values("subject")))
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until)
    return rows.filter(number__lt=before) if before else rows


def csv_rows(rows: QuerySet[AuditEntry]) -> Iterator[tuple[str, ...]]:
    """Give entries as the rows of a table, its head first."""
    yield ("number", "at", "by", "organisation", "action", "subject", "reason", "place", "hash")
    for row in rows.iterator(chunk_size=READ_AT_ONCE):
        entry = row.as_record()
        yield (
            str(entry.number), entry.at.astimezone(datetime.UTC).isoformat(), entry.by,
            entry.organisation, entry.action, entry.subject, entry.reason, entry.place, entry.hash,
        )  # fmt: skip


def n_entries() -> int:
    """Give how many entries there are, by the newest one's number: no table is counted."""
    return AuditEntry.objects.aggregate(last=Max("number"))["last"] or 0


def broken() -> tuple[int, list[str]]:
    """Check the whole chain against its digests and its anchors.

    Returns
    -------
    int, list of str
        How many entries there are, and every break found.
    """
    rows = AuditEntry.objects.iterator(chunk_size=READ_AT_ONCE)
    kept = list(anchors.read(settings.ENVIRONMENT.anchors_file))
    breaks = list(faults((row.as_record() for row in rows), kept))
    return AuditEntry.objects.count(), breaks
