"""Whether what was prepared is still due as it was, and what turned out to be paid already."""

from collections.abc import Sequence

from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.models import DeclarationState, KeptAward
from schoolhubs.service.funding.paying.models import (
    LIVE_PAYMENTS,
    OPEN_RUNS,
    Payment,
    PaymentState,
)
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.vocabulary.errors import Conflict

NOT_DUE = (
    "Something in this run is no longer due as it was prepared: an award was corrected, or its "
    "declaration given back. Set the run aside and prepare it anew. Nothing was changed."
)
CHANGED_SINCE = (
    "A day behind this run was struck out or corrected since it was checked: {what}. Set the run "
    "aside, have the declaration checked again, and prepare the run anew. Nothing was changed."
)

PAID_MEANWHILE = (
    "More has arrived of what this run pays than when it was prepared, so it would pay above the "
    "awards: {what}. Set the run aside and prepare it anew. Nothing was changed."
)
ANOTHER_PAYEE = (
    "Two people decided since that somebody else is paid in place of a payee of this run. Set the "
    "run aside, and prepare it anew. Nothing was changed."
)


def changed_behind(payments: Sequence[Payment]) -> list[str]:
    """Say what changed behind payments of a run that has not gone on its way; nothing to its end.

    Each payment's ``award`` was read with it.
    """
    above = [f"{each.reference}: more of it has arrived since" for each in _above_award(payments)]
    return [*_words([each.award for each in payments]), *above]


def _words(awards: Sequence[KeptAward]) -> list[str]:
    found = since.changes_of(awards).values()
    return [each.words for changes in found for each in changes if not each.is_late]


def refuse_what_changed(payments: Sequence[Payment]) -> None:
    """Refuse to let payments go on whose awards, or the days behind them, changed since.

    Raises
    ------
    Conflict
        If an award was corrected, a declaration given back, a day is not as it was checked, or
        more of the award has arrived by another payment.
    """
    for programme_id in {each.programme_id for each in payments}:
        successors = queries.successors(programme_id)
        if any(
            each.successor != successors.get(each.payee, "")
            for each in payments
            if each.programme_id == programme_id
        ):
            raise Conflict(ANOTHER_PAYEE)
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
    if above := _above_award(payments):
        more = f", and {len(above) - 3} more" if len(above) > 3 else ""
        what = ", ".join(each.reference for each in above[:3]) + more
        raise Conflict(PAID_MEANWHILE.format(what=what))


def _above_award(payments: Sequence[Payment]) -> list[Payment]:
    """Give the payments with which an award would be paid more than it comes to.

    A run holds what was due when it was prepared; a payment of before that turns out to have
    arrived since, by a bank's file or what two people said, leaves less due.
    """
    ours = {each.partnership_id for each in payments}
    sent = queries.sent(queries.live_payments(partnership__in=ours))
    back = queries.clawed_back(Clawback.objects.filter(partnership__in=ours))
    above = set()
    for award in queries.awards_of(ours):
        key = queries.key_of(award)
        if sent.get(key, 0) - back.get(key, 0) > award.amount_pence:
            above.add(award.pk)
    return [each for each in payments if each.award_id in above]


SENT_TWICE = "sent_twice"


def is_sent_again(payment: Payment) -> bool:
    """Tell whether the same payment stands in another run by now."""
    rows = Payment.objects.filter(
        payee=payment.payee, partnership=payment.partnership_id, period=payment.period,
        milestone=payment.milestone, state__in=LIVE_PAYMENTS,
    )  # fmt: skip
    return rows.exclude(pk=payment.pk).exists()


def rest_in_open_run(payment: Payment) -> Payment | None:
    """Give another payment of the same award that stands in a run which can be set aside still.

    One in a run that was handed over does not count: both may arrive, and what is too much of
    them is owed back.
    """
    rows = Payment.objects.filter(
        partnership=payment.partnership_id, state=PaymentState.IN_RUN, run__state__in=OPEN_RUNS
    ).select_related("award", "run")
    key = queries.key_of(payment.award)
    others = [each for each in rows.exclude(pk=payment.pk) if queries.key_of(each.award) == key]
    return others[0] if others else None


def count_paid_after_all(programme_id: str) -> None:
    """Count payments as made that were sent again before anybody knew, once they are not any more.

    Whoever pays had said that they were not made, then that they were, and nobody said otherwise
    since: any later word of a file or of two people takes ``after_all_on`` away.
    """
    rows = Payment.objects.filter(
        programme_id=programme_id, state=PaymentState.NOT_PAID, after_all_on__isnull=False
    )
    for payment in rows:
        if not is_sent_again(payment):
            payment.state, payment.paid_on = PaymentState.PAID, payment.after_all_on
            payment.after_all_on, payment.fault = None, ""
            payment.save()
