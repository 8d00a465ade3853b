"""Whether what was prepared is still due as it was: asked before money goes on its way."""

from collections.abc import Sequence

from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.models import DeclarationState, KeptAward
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.vocabulary.errors import Conflict

NOT_DUE = (
    "Something in this run is no longer due as it was prepared: an award was corrected, or its "
    "declaration given back. Set the run aside and prepare it anew. Nothing was changed."
)
CHANGED_SINCE = (
    "A day behind this run was struck out or corrected since it was checked: {what}. Set the run "
    "aside, have the declaration checked again, and prepare the run anew. Nothing was changed."
)


def changed_behind(payments: Sequence[Payment]) -> list[str]:
    """Say what changed behind payments of a run that has not gone on its way; nothing to its end.

    Each payment's ``award`` was read with it.
    """
    return _words([each.award for each in payments])


def _words(awards: Sequence[KeptAward]) -> list[str]:
    found = since.changes_of(awards).values()
    return [each.words for changes in found for each in changes if not each.is_late]


def refuse_what_changed(payments: Sequence[Payment]) -> None:
    """Refuse to let payments go on whose awards, or the days behind them, changed since.

    Raises
    ------
    Conflict
        If an award was corrected, a declaration given back, or a day is not as it was checked.
    """
    newest = queries.newest_awards(
        KeptAward.objects.filter(partnership__in={each.partnership_id for each in payments})
    )
    ours = {each.award_id for each in payments}
    found = [each for each in newest if each.pk in ours]
    if len(found) < len(ours) or any(
        each.declaration.state != DeclarationState.CHECKED for each in found
    ):
        raise Conflict(NOT_DUE)
    if told := _words(found):
        more = f", and {len(told) - 3} more" if len(told) > 3 else ""
        raise Conflict(CHANGED_SINCE.format(what="; ".join(told[:3]) + more))
