"""The kind of work of the audit log: look through the whole of it for breaks."""

from django.urls import reverse

from schoolhubs.service.audit.queries import broken
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Work
from schoolhubs.vocabulary.progress import Progress

CHECK = "audit_check"
MOST_TOLD = 20


def work_out_check(_: Work, progress: Progress) -> Effect:
    """Check every entry against the one before it and against the anchors."""
    progress("checking every entry", 0, 1)
    n_entries, found = broken()

    def effect() -> Result:
        facts = {
            "n_entries": n_entries,
            "n_problems": len(found),
            "problems": found[:MOST_TOLD],
        }
        return Result(path=reverse("audit"), facts=facts)

    return effect


register(Kind(name=CHECK, title="Checking the audit log", work_out=work_out_check))
