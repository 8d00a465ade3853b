"""What is due on a day: each newest award, less what was sent for it, with what to look at."""

import dataclasses
import datetime
from collections.abc import Collection, Iterator, Mapping

from schoolhubs.service.funding import payees, queries
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.models import DeclarationState, KeptAward
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.service.partnerships.resting.queries import resting_among

# What a person looks at before they prepare or agree, worst first; those of LEFT_OUT bring nothing.
EXCEPTIONS = {
    "held": "Held back by hand",
    "overpaid": "More was paid than the award comes to now: propose a clawback",
    "closed": "The payee is closed or not in the register, so nothing is sent",
    "both_sides": (
        "Who would be paid in its place is paid for the other side of the partnership, so nothing "
        "is sent"
    ),
    "changed": "A day behind it changed since it was checked, so it waits for a new check",
    "successor": "It is paid to who took its place, as two people decided",
    "was_in_file": "It stood in the file of a run that was set aside: be sure that nobody has it",
    "rests": "The partnership rests",
    "ended_early": "The partnership ended early",
    "told_late": "Days were told after it was checked: it may come to more",
    "corrected": "The award was corrected",
    "by_hand": "More than half of the time was declared by hand",
    "use_below": "The use reported comes to less than the award",
    "taken": "Clawback is taken from it",
}
LEFT_OUT = ("held", "overpaid", "closed", "both_sides", "changed")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What one award still brings.

    Parameters
    ----------
    milestone
        The payment's: that of the award, with its number behind it where it was paid before.
    gross_pence
        Before clawback; below nought where more was paid than is due.
    exceptions
        Names of :data:`EXCEPTIONS`.
    successor
        Who is paid in place of the award's payee, as two people decided; blank where nobody is.
    held_because
        Why it is held back by hand; blank where it is not.
    taken
        Clawbacks that are taken from it, by number, and how much of each.
    """

    award: KeptAward
    milestone: str
    gross_pence: int
    exceptions: tuple[str, ...] = ()
    successor: str = ""
    held_because: str = ""
    taken: tuple[tuple[int, int], ...] = ()

    @property
    def paid_to(self) -> str:
        """Whom the money goes to: the award's payee, or who is paid in its place."""
        return self.successor or self.award.payee

    @property
    def taken_pence(self) -> int:
        """What clawback takes of it."""
        return sum(pence for _, pence in self.taken)

    @property
    def is_left_out(self) -> bool:
        """No payment is prepared for it."""
        return bool(set(self.exceptions) & set(LEFT_OUT))


def due(programme_id: str, *, on: datetime.date) -> list[Due]:
    """Give what is due to every payee of a programme on a day, in the order of the awards."""
    awards = queries.newest_awards(
        KeptAward.objects.filter(programme_id=programme_id, payable_from__lte=on)
    )
    payments = list(queries.live_payments(programme_id=programme_id))
    clawbacks = list(Clawback.objects.filter(programme_id=programme_id).order_by("pk"))
    found = list(_due(awards, payments, clawbacks))
    were_in_file = set(
        Payment.objects.filter(
            programme_id=programme_id, state="taken_out", run__agreed_at__isnull=False
        ).values_list("award", flat=True)
    )
    found = [_with(e, "was_in_file") if e.award.pk in were_in_file else e for e in found]
    found = list(_less_held_back(found, queries.held_back(programme_id)))
    found = list(_to_successors(found, queries.successors(programme_id)))
    named = payees.names_of({each.paid_to for each in found})
    known = [each if each.paid_to in named else _with(each, "closed") for each in found]
    known = list(_with_what_changed(known))
    return list(_less_clawback(known, clawbacks))


def _less_held_back(found: list[Due], held: Mapping[queries.Key, str]) -> Iterator[Due]:
    for each in found:
        why = held.get(queries.key_of(each.award), "")
        yield dataclasses.replace(_with(each, "held"), held_because=why) if why else each


def _to_successors(found: list[Due], successors: Mapping[str, str]) -> Iterator[Due]:
    for each in found:
        to = successors.get(each.award.payee, "")
        if not to:
            yield each
            continue
        found_to = dataclasses.replace(_with(each, "successor"), successor=to)
        side = "lead" if each.award.declaration.side == "partner" else "partner"
        other = payees.payee_of(each.award.partnership, side)
        is_both = to in (other, successors.get(other, other))
        yield _with(found_to, "both_sides") if is_both else found_to


def _with_what_changed(found: list[Due]) -> Iterator[Due]:
    """Say of each whether the days behind it are those that were checked, and whether it rests."""
    changes = since.changes_of([each.award for each in found])
    resting = resting_among({each.award.partnership_id for each in found})
    for each in found:
        told = changes.get(each.award.pk, [])
        if since.is_to_check(told):
            each = _with(each, "changed")
        elif told:
            each = _with(each, "told_late")
        yield _with(each, "rests") if each.award.partnership_id in resting else each


def _less_clawback(found: list[Due], clawbacks: list[Clawback]) -> Iterator[Due]:
    """Take what has to come back from what a payee is still to be paid, oldest first."""
    left = queries.outstanding(clawbacks)
    for each in found:
        room, taken = 0 if each.is_left_out else each.gross_pence, []
        for one in clawbacks:
            part = min(room, left.get(one.pk, 0)) if one.payee == each.award.payee else 0
            if part:
                left[one.pk], room = left[one.pk] - part, room - part
                taken.append((one.pk, part))
        yield dataclasses.replace(_with(each, "taken"), taken=tuple(taken)) if taken else each


def _with(found: Due, exception: str) -> Due:
    order = list(EXCEPTIONS)
    told = sorted((*found.exceptions, exception), key=order.index)
    return dataclasses.replace(found, exceptions=tuple(told))


def _due(
    awards: list[KeptAward], payments: list[Payment], clawbacks: list[Clawback]
) -> Iterator[Due]:
    sent, back = queries.sent(payments), queries.clawed_back(clawbacks)
    named: dict[queries.Key, set[str]] = {}
    for each in payments:
        named.setdefault(queries.key_of(each.award), set()).add(each.milestone)
    for award in awards:
        if award.declaration.state != DeclarationState.CHECKED:
            continue  # returned to be corrected
        key = queries.key_of(award)
        open_pence = award.amount_pence - sent.get(key, 0) + back.get(key, 0)
        if not open_pence:
            continue
        yield Due(
            award=award, milestone=_milestone(award, named.get(key, set())),
            gross_pence=open_pence, exceptions=tuple(_exceptions(award, open_pence)),
        )  # fmt: skip


def _milestone(award: KeptAward, named: Collection[str]) -> str:
    """Name what is paid: what a correction adds is paid once too, under a name of its own.

    So is what a payment that arrived in part left to be paid.

    >>> award = KeptAward(milestone="first_year", number=2)
    >>> _milestone(award, ()), _milestone(award, ["first_year"])
    ('first_year', 'first_year.2')
    >>> _milestone(award, ["first_year", "first_year.2"])
    'first_year.2.2'
    """
    if not named:
        return award.milestone
    name, part = f"{award.milestone}.{award.number}", 2
    while name in named:
        name, part = f"{award.milestone}.{award.number}.{part}", part + 1
    return name


def _exceptions(award: KeptAward, open_pence: int) -> Iterator[str]:
    if open_pence < 0:
        yield "overpaid"
    if award.partnership.state == "ended":
        yield "ended_early"
    if award.number > 1:
        yield "corrected"
    told = award.made_of
    if 2 * told.get("half_days_by_hand", 0) > told.get("half_days", 0):
        yield "by_hand"
    # Nobody has to report what the money was used for; where it is reported, it is held up.
    if award.declaration.side == "partner" and (
        0 < award.declaration.used_pence < award.amount_pence
    ):
        yield "use_below"


def to_look_at(found: list[Due]) -> list[dict[str, object]]:
    """Give a row for each exception, the worst first, as a run keeps them."""
    order = list(EXCEPTIONS)
    rows = [
        {"award": each.award.pk, "payee": each.award.payee, "successor": each.successor,
         "reason": each.held_because if what == "held" else "",
         "milestone": each.milestone, "pence": each.gross_pence, "what": what,
         "is_left_out": each.is_left_out}
        for each in found
        for what in each.exceptions
    ]  # fmt: skip
    return sorted(rows, key=lambda each: order.index(str(each["what"])))
