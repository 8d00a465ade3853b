"""Changes a survey under its lock, if nobody else did meanwhile."""

from collections.abc import Collection
from typing import Any

from schoolhubs.service.surveys.models import Survey
from schoolhubs.vocabulary.errors import Conflict

CHANGED = (
    "Somebody else changed this survey while you had it open. Nothing of yours was saved; look at "
    "what stands now."
)


def change(survey: Survey, *, version: int, of: Collection[str], **told: Any) -> Survey:
    """Give the survey with some fields changed and its version raised, within a transaction.

    Parameters
    ----------
    version
        Of the survey as it was looked at.
    of
        The states it may be in.

    Raises
    ------
    Conflict
        If it has another version or state.
    """
    held = Survey.objects.select_for_update().get(pk=survey.pk)
    if held.version != version or held.state not in of:
        raise Conflict(CHANGED)
    for name, value in {**told, "version": version + 1}.items():
        setattr(held, name, value)
    held.save(update_fields=[*told, "version"])
    return held
