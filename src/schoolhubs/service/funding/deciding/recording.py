"""Says in the audit log what two people decided of money, and why it was refused."""

import datetime

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding.deciding.models import MoneyDecision

WAITS = "A decision about this waits to be agreed already. Nothing was saved."
CHANGED = "This was settled while you had it open. Nothing of yours was saved."


def tell(
    action: str, one: MoneyDecision, by: str, organisation: str, at: datetime.datetime,
    place: str, reason: str,
) -> None:  # fmt: skip
    """Say in the audit log what was done with a decision about money."""
    details: dict[str, object] = {"kind": one.kind}
    if one.payment is not None:
        details |= {"payment": one.payment.reference, "pence": one.amount_pence}
    if one.clawback is not None:
        details |= {"payee": one.clawback.payee, "pence": one.amount_pence}
    if one.payee:
        details |= {"payee": one.payee, "successor": one.successor}
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=f"money_decision:{one.pk}", details=details,
    )  # fmt: skip
