"""Whether what was prepared is still due as it was, and what turned out to be paid already."""

from collections.abc import Sequence

from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.models import DeclarationState, KeptAward
from schoolhubs.service.funding.paying.models import (
    LIVE_PAYMENTS,
    Confirmation,
    Payment,
    PaymentState,
)
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


SENT_TWICE = "sent_twice"


def is_sent_again(payment: Payment) -> bool:
    """Tell whether the same payment stands in another run by now."""
    rows = Payment.objects.filter(
        payee=payment.payee, partnership=payment.partnership_id, period=payment.period,
        milestone=payment.milestone, state__in=LIVE_PAYMENTS,
    )  # fmt: skip
    return rows.exclude(pk=payment.pk).exists()


def count_paid_after_all(programme_id: str) -> None:
    """Count payments as made that were sent again before anybody knew, once they are not any more.

    Whoever pays had said that they were not made, then that they were.
    """
    told = Confirmation.objects.filter(
        run__programme_id=programme_id, problems__contains=[{"code": SENT_TWICE}]
    )
    named = {
        each["reference"]
        for problems in told.values_list("problems", flat=True)
        for each in problems
        if each["code"] == SENT_TWICE
    }
    rows = Payment.objects.filter(reference__in=named, state=PaymentState.NOT_PAID)
    for payment in rows.select_related("run"):
        if not is_sent_again(payment):
            payment.state, payment.paid_on = PaymentState.PAID, payment.run.pay_on
            payment.save()
