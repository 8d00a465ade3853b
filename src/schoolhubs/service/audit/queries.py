"""Reads the audit log, and looks for breaks in its chain."""

from django.conf import settings

from schoolhubs.service.audit import anchors
from schoolhubs.service.audit.chain import Entry, faults
from schoolhubs.service.audit.models import AuditEntry


def entries_about(subject: str) -> list[Entry]:
    """Give what was done to one subject, oldest first."""
    return [row.as_record() for row in AuditEntry.objects.filter(subject=subject)]


def broken() -> tuple[int, list[str]]:
    """Check the whole chain against its digests and its anchors.

    Returns
    -------
    int, list of str
        How many entries there are, and every break found.
    """
    rows = AuditEntry.objects.iterator(chunk_size=5_000)
    kept = list(anchors.read(settings.ENVIRONMENT.anchors_file))
    found = list(faults((row.as_record() for row in rows), kept))
    return AuditEntry.objects.count(), found
