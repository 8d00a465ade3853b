"""What a school is written about its challenge."""

from django.urls import reverse

from schoolhubs.service.eligibility.doing.telling import school_name
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.letters.queries import addresses_of
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.targets.challenges.disputable import words_of
from schoolhubs.service.targets.models import Challenge, Disputed, SchoolTarget


def received(held: Challenge) -> list[Draft]:
    """Draft for whoever made a challenge that it has come."""
    told = {"school": school_name(held.urn), "thing": _thing(held)}
    return [_draft("challenge_received", held, held.organisation, told)]


def refused(held: Challenge) -> list[Draft]:
    """Draft that a challenge was not upheld, for the school and for its trust if that made it."""
    return _drafts("challenge_refused", held)


def upheld(held: Challenge, before: SchoolTarget, after: SchoolTarget) -> list[Draft]:
    """Draft that a challenge was upheld, with the target before and after, for the same."""
    return _drafts("challenge_upheld", held, before=_said(before), after=_said(after))


def _thing(held: Challenge) -> str:
    called = names_of({held.name}) if held.kind == Disputed.COMPARATOR else {}
    return words_of(held.kind, held.name, called.get(held.name))


def _said(target: SchoolTarget) -> str:
    if target.target_percent is None:
        return f"no target, {target.expected_percent:.2f} % expected"
    return f"{target.target_percent:.2f} %"


def _drafts(kind: str, held: Challenge, **facts: str) -> list[Draft]:
    told = {
        "school": school_name(held.urn),
        "thing": _thing(held),
        "reason": held.decided_reason,
        **facts,
    }
    keys = dict.fromkeys((f"school:{held.urn}", held.organisation))
    school, *maker = (_draft(kind, held, key, told) for key in keys)
    # What nobody at the school can get goes to its trust anyway: not twice, where that made it.
    there = {address for found in addresses_of([school]) for address in found}
    return [school, *(each for each in maker if not there.issuperset(*addresses_of([each])))]


def _draft(kind: str, held: Challenge, key: str, told: dict[str, str]) -> Draft:
    path = reverse("school-target", kwargs={"urn": held.urn})
    return Draft(
        kind=kind, about=f"challenge:{held.pk}", organisation_key=key, facts=told, path=path
    )
