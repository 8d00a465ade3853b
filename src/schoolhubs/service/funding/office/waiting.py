"""What waits for an actor in the service's payments, as the page of one's work counts it."""

from django.db.models import Count, Q

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import DECIDERS, FINANCE, Role
from schoolhubs.service.funding.deciding.models import DecisionState, MoneyDecision
from schoolhubs.service.funding.models import Declaration, DeclarationState
from schoolhubs.service.funding.paying.models import PaymentRun, RunState
from schoolhubs.service.funding.recovering.models import Clawback, ClawbackState


def steps_of_money(actor: Actor) -> dict[str, int]:
    """Count what an actor can do next, by the page on which it is done."""
    told = {}
    if actor.holds(*DECIDERS):
        waiting = Declaration.objects.filter(state=DeclarationState.DECLARED)
        told["declarations"] = waiting.count()
    if actor.holds(*FINANCE):
        to_go_on = Q(state__in=(RunState.AGREED, RunState.HANDED_OVER))
        to_agree = Q(pk__in=[])
        if actor.holds(Role.FINANCE_CHECKER):
            to_agree = Q(state=RunState.PREPARED) & ~Q(prepared_by=actor.by)
            told["clawbacks"] = (
                Clawback.objects.filter(state=ClawbackState.PROPOSED)
                .exclude(proposed_by=actor.by)
                .count()
            )
            told["money-decisions"] = (
                MoneyDecision.objects.filter(state=DecisionState.PROPOSED)
                .exclude(proposed_by=actor.by)
                .count()
            )
        found = PaymentRun.objects.aggregate(n=Count("pk", filter=to_go_on | to_agree))
        told["payment-runs"] = found["n"]
    return told
