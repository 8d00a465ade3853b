"""The books of a programme: what must hold of them at any moment, and a bank that pays once."""

from collections import Counter, defaultdict

from paid import PAYS
from schoolhubs.funding import paying
from schoolhubs.service.funding import queries
from schoolhubs.service.funding.deciding.models import MoneyDecision
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.paying.models import (
    LIVE_PAYMENTS,
    Confirmation,
    Payment,
    PaymentRun,
)
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.vocabulary.money import read_pounds


class Bank:
    """Whoever pays: each reference once, however often a file is handed over."""

    def __init__(self) -> None:
        self.paid: dict[str, tuple[str, int]] = {}
        self.refused: set[str] = set()

    def take(self, text: str) -> None:
        """Pay what a file asks for and was not asked for before."""
        paying.read_run(text)  # it is whole
        for line in text.splitlines()[1:-1]:
            reference, _, payee, _, _, pounds, _ = line.split(",")
            if reference not in self.refused:
                self.paid.setdefault(reference, (payee, read_pounds(pounds)))

    def sent_to(self, payee: str) -> int:
        """Give what a payee got in all."""
        return sum(pence for to, pence in self.paid.values() if to == payee.partition(":")[2])


def balance() -> None:
    """Hold the books against themselves, to the penny."""
    payments = list(Payment.objects.select_related("award", "run"))
    live = [each for each in payments if each.state in LIVE_PAYMENTS]
    keys = Counter((e.payee, e.partnership_id, e.period, e.milestone) for e in live)
    assert not [key for key, n in keys.items() if n > 1], "paid twice"
    clawbacks = list(Clawback.objects.all())
    awards = queries.newest_awards(KeptAward.objects.all())
    sent, back = queries.sent(live), queries.clawed_back(clawbacks)
    highest: dict[queries.Key, int] = defaultdict(int)
    for each in KeptAward.objects.all():
        highest[queries.key_of(each)] = max(highest[queries.key_of(each)], each.amount_pence)
    for each in awards:
        key = queries.key_of(each)
        # What two people said that arrived may be more: it is owed back, and no run sends it.
        if not _by_hand(key, live):
            assert sent.get(key, 0) - back.get(key, 0) <= highest[key], "more than was ever awarded"
        assert back.get(key, 0) <= sent.get(key, 0), "more came back than was sent"
    assert all(pence >= 0 for pence in queries.outstanding(clawbacks).values())
    for run in PaymentRun.objects.all():
        mine = [each for each in payments if each.run_id == run.pk]
        assert sum(e.amount_pence for e in mine) == run.total_pence or run.state == "prepared"
        assert len(mine) == run.n_payments
        if run.state in ("agreed", "handed_over", "paid"):
            paying.read_run(bytes(run.file or b"").decode())  # it is whole
        if run.state == "paid":
            assert {each.state for each in mine} <= {"paid", "not_paid"}
        if run.state == "set_aside":
            assert {each.state for each in mine} == {"taken_out"}
    _arrived(payments)


def _by_hand(key: queries.Key, live: list[Payment]) -> bool:
    ours = [each.pk for each in live if queries.key_of(each.award) == key]
    return MoneyDecision.objects.filter(payment__in=ours, state="agreed").exists()


def none_above(awards: list[KeptAward]) -> None:
    """Hold a run that has just left against its awards: with it, none is paid above itself."""
    sent = queries.sent(queries.live_payments())
    back = queries.clawed_back(Clawback.objects.all())
    for each in awards:
        key = queries.key_of(each)
        assert sent.get(key, 0) - back.get(key, 0) <= each.amount_pence, "sent above its award"


def _arrived(payments: list[Payment]) -> None:
    """Hold what counts as arrived against what files and two people said, and nobody else."""
    agreed = MoneyDecision.objects.filter(kind="settled", state="agreed").order_by("pk")
    by_hand = dict(agreed.values_list("payment", "amount_pence"))
    for each in payments:
        if each.pk in by_hand and each.state == "paid":
            assert each.sent_pence == by_hand[each.pk], "not what two people said"
        elif each.pk not in by_hand:
            assert not each.short_pence, "short of something by nobody's word"
    if not by_hand:
        confirmed = sum(Confirmation.objects.values_list("paid_pence", flat=True))
        assert confirmed == sum(e.amount_pence for e in payments if e.state == "paid"), PAYS


def settled() -> None:
    """Hold what was paid against what is awarded, once nothing is under way any more."""
    balance()
    sent = queries.sent(queries.live_payments())
    back = queries.clawed_back(Clawback.objects.all())
    for each in queries.newest_awards(KeptAward.objects.all()):
        key = queries.key_of(each)
        if each.declaration.state == "checked":
            assert sent.get(key, 0) - back.get(key, 0) == max(each.amount_pence, 0)
