"""What a school is written about its challenge."""

from django.urls import reverse

from schoolhubs.service.eligibility.doing.telling import school_name
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.targets.challenges.disputable import words_of
from schoolhubs.service.targets.models import Challenge, SchoolTarget


def refused(held: Challenge) -> list[Draft]:
    """Draft that a challenge was not upheld, for the school and for its trust if that made it."""
    return _drafts("challenge_refused", held)


def upheld(held: Challenge, before: SchoolTarget, after: SchoolTarget) -> list[Draft]:
    """Draft that a challenge was upheld, with the target before and after, for the same."""
    return _drafts("challenge_upheld", held, before=_said(before), after=_said(after))


def _said(target: SchoolTarget) -> str:
    if target.target_percent is None:
        return f"no target, {target.expected_percent:.2f} % expected"
    return f"{target.target_percent:.2f} %"


def _drafts(kind: str, held: Challenge, **facts: str) -> list[Draft]:
    told = {
        "school": school_name(held.urn),
        "thing": words_of(held.kind, held.name),
        "reason": held.decided_reason,
        **facts,
    }
    path = reverse("school-target", kwargs={"urn": held.urn})
    return [
        Draft(kind=kind, about=f"challenge:{held.pk}", organisation_key=key, facts=told, path=path)
        for key in dict.fromkeys((f"school:{held.urn}", held.organisation))
    ]
