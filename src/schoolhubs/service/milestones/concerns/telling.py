"""What both schools are written of a concern; its words are read on the page alone."""

from typing import TYPE_CHECKING

from django.urls import reverse

from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.milestones.models import Concern, Said
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.web.pages import day

if TYPE_CHECKING:
    from schoolhubs.service.milestones.concerns.actions import At

WHAT = {
    Said.RAISED: "a concern was raised",
    Said.ANSWERED: "a concern was answered",
    Said.FURTHER: "a concern was taken further",
    Said.SETTLED: "a concern was settled",
}


def of_concern(concern: Concern, what: Said, at: "At") -> list[Draft]:
    """Draft what was done with a concern to both schools, and what comes next."""
    partnership = concern.partnership
    urns = partnership.partner_urn, partnership.lead_urn
    names = names_of(urns)
    partner = names.get(urns[0], f"URN {urns[0]}")
    following = "Nothing more is asked of you."
    if what is not Said.SETTLED:
        following = f"{at.step.title}: by {day(at.may_go_on_from)}."
    told = {"partner": partner, "what": WHAT[what], "next": following}
    path = reverse("concern", kwargs={"concern_id": concern.pk})
    return [
        Draft(
            kind="engagement_concern", about=f"concern:{concern.pk}/{concern.version}/{what.value}",
            organisation_key=f"school:{urn}", path=path,
            facts={"school": names.get(urn, f"URN {urn}"), **told},
        )
        for urn in urns
    ]  # fmt: skip
