"""The page on which plans that ended are read, as they stood at their end."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reach import OWN, school_for
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.service.plans.reviewing.shown import COLOURS, better_in_words, in_words
from schoolhubs.service.plans.writing.measured import measures
from schoolhubs.service.plans.writing.views import CONSULTED
from schoolhubs.vocabulary.root_causes import root_causes


@allow(*OWN)
@require_safe
def earlier(request: ActedRequest, urn: str) -> HttpResponse:
    """Show every plan of a school that ended, the newest first."""
    school = school_for(request, urn, *OWN)
    told = {
        "school": school, "consulted": CONSULTED, "measures": measures(), "causes": root_causes(),
        "plans": [_shown(each) for each in queries.ended_of(urn)], "in_words": in_words,
    }  # fmt: skip
    return render(request, "plans/earlier.html", told)


def _shown(plan: Plan) -> dict[str, Any]:
    record, cards = queries.record_of(plan), queries.cards_of(plan)
    return {
        "plan": plan, "record": record, "approval": record.approval,
        "screens": {each.action_id: each for each in record.screens},
        "cards": {name: each.get_state_display() for name, each in cards.items()},
        "reviews": [
            {
                "review": each, "colour": COLOURS.get(each.rag, ""),
                "better": better_in_words(each.better_by, each.better_low, each.better_high),
            }
            for each in TermReview.objects.filter(plan=plan)
        ],
        "comments": plan.comments.all(),
    }  # fmt: skip
