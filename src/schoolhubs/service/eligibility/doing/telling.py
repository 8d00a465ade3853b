"""What a school is written about its application, and when."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from schoolhubs import programmes
from schoolhubs.service.eligibility.models import Application, Decision, HumanDecision
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.schools import queries as schools
from schoolhubs.vocabulary.records.rules import RulesAsAt

SAID = {"yes": "may join", "no": "may not join", "cannot tell": "cannot be told by the rules"}
KIND_AFTER = {
    "eligible": "may_join",
    "not_eligible": "may_not_join",
    "undecided": "person_decides",
}


def of_application(
    kind: str, application: Application, *, occasion: object, on: datetime.date, **facts: str
) -> Draft:
    """Draft a letter about an application; ``occasion`` tells it from another of its kind."""
    rules = programmes.load(application.programme_id).as_at(on)
    told = {
        "school": school_name(application.urn),
        "reference": application.reference,
        "programme": rules.title,
        **facts,
    }
    named = {"programme_id": application.programme_id, "urn": application.urn}
    return Draft(
        kind=kind,
        about=f"application:{application.reference}/{occasion}",
        organisation_key=f"school:{application.urn}",
        facts=told,
        path=reverse("application", kwargs=named),
        addresses=addresses_in(application.answers),
    )


def addresses_in(answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the address that an application names for letters; none in one of an earlier version.

    >>> addresses_in({"email": "ada@school.example"}), addresses_in({})
    (('ada@school.example',), ())
    """
    return (str(answers["email"]),) if answers.get("email") else ()


def school_name(urn: str) -> str:
    """Give a school's name in the current register, else its URN."""
    snapshot = schools.current_snapshot()
    named = schools.schools_of(snapshot).filter(urn=urn) if snapshot else None
    found = named.values_list("name", flat=True).first() if named is not None else None
    return found or f"the school with URN {urn}"


def decided(application: Application, *, occasion: object, on: datetime.date) -> tuple[Draft, ...]:
    """Draft what is decided on an application; nothing where its state says of no decision."""
    kind = KIND_AFTER.get(application.state)
    if kind is None:
        return ()
    rules = programmes.load(application.programme_id).as_at(on)
    newest = {each.pathway: each for each in Decision.objects.filter(application=application)}
    people = {
        each.pathway: each
        for each in HumanDecision.objects.that_stand().filter(application=application)
        if each.counts
    }
    wished = [each for each in newest if each in application.pathways] or list(newest)
    said = [_pathway(rules, newest[each], people.get(each)) for each in wished]
    return (of_application(kind, application, occasion=occasion, on=on, outcome="\n\n".join(said)),)


def _pathway(rules: RulesAsAt, by_rules: Decision, by_person: HumanDecision | None) -> str:
    """Say what is decided on one pathway, with its reasons."""
    names = {each.pathway: each.name for each in rules.pathways}
    verdict = by_person.verdict if by_person else by_rules.verdict
    heading = f"{names.get(by_rules.pathway, by_rules.pathway)}: {SAID[verdict]}."
    if by_person:
        return f"{heading} The office decided this. Its reason: {by_person.reason}"
    against = [each for each in by_rules.record["reasons"] if each["verdict"] != "yes"]
    return "\n".join([heading, *(f"* {_reason(rules, each)}" for each in against)])


def _reason(rules: RulesAsAt, said: Mapping[str, Any]) -> str:
    """Say one rule that does not pass: what it asks, what was read, what would make it pass."""
    asks = {each.rule: each.asks for each in rules.eligibility}
    asked = asks.get(said["rule"]) or said["rule"].replace("_", " ")
    read = f"We read: {said['value'] or 'not known'} ({said['source']})."
    passes = f" It would pass if {said['would_pass_if']}." if said["would_pass_if"] else ""
    return f"{asked.rstrip('.')}. {read}{passes}"


def moved(application: Application, to: str, *, on: datetime.date, **facts: str) -> Sequence[Draft]:
    """Draft what a school is written when its application is withdrawn, put off or must wait."""
    if to not in {"withdrawn", "deferred", "waiting"} or application.submitted_at is None:
        return ()
    return (of_application(to, application, occasion=application.version, on=on, **facts),)
