"""What every action on an application has in common: lock, look, move, record."""

import datetime
from collections.abc import Mapping

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.models import Application
from schoolhubs.vocabulary.errors import Conflict


def held(application: Application, version: int) -> Application:
    """Lock the row, and refuse if somebody changed it since.

    Raises
    ------
    Conflict
        If it is not as the person saw it.
    """
    found = Application.objects.select_for_update().get(pk=application.pk)
    refuse_unseen(found, version)
    return found


def refuse_unseen(found: Application, version: int) -> None:
    """Refuse what was said of another version of a locked application than the one that stands.

    Raises
    ------
    Conflict
        If it is not as the person saw it.
    """
    if found.version != version:
        raise Conflict(
            "Somebody else changed this application while you had it open. Nothing of yours was "
            "saved."
        )


def be_newer(found: Application, version: int) -> None:
    """Raise the version of an application that something was decided on, where no move has."""
    if found.version == version:
        found.version += 1
        found.save(update_fields=["version"])


def move(found: Application, to: str, *, by: str) -> None:
    """Move a locked application by the table, and save it; where it is there already, nothing."""
    if found.state == to:
        return
    states.check_move(found.state, to, by=by)
    found.state, found.version = to, found.version + 1
    found.save(update_fields=["state", "deferred_to", "version"])


def record(
    application: Application,
    action: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    reason: str = "",
    **details: str,
) -> None:
    """Put what was done in the audit log; the last thing an action does."""
    subject = f"application:{application.reference}"
    facts: Mapping[str, str] = {"state": application.state, **details}
    audit.record(
        by=by, organisation=organisation, at=at, action=action, subject=subject, place=place,
        reason=reason, details=facts,
    )  # fmt: skip
