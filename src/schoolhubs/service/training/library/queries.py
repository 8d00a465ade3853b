"""Finds resources by words and filters, those for a school's findings, and what was used."""

import dataclasses
from collections.abc import Mapping

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Count, F

from schoolhubs import delivery, plans
from schoolhubs.service.diagnosis.queries import kept_diagnoses
from schoolhubs.service.training.library.models import IndexedResource, ResourceUse
from schoolhubs.vocabulary.records.diagnosis import Diagnosis

LONGEST_WORDS = 200


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for; blank for anything."""

    words: str = ""
    root_cause: str = ""
    setting: str = ""
    phase: str = ""
    kind: str = ""
    strength: str = ""


def found(wanted: Wanted) -> list[delivery.resources.Resource]:
    """Give the resources that fit every filter, and hold every word where words were typed.

    By words the best fit stands first; those that fit alike, and all where no word was typed, by
    how much is known of what they recommend, then in the order of the library: always the same.
    """
    held = delivery.resources.library(
        root_causes=[wanted.root_cause] if wanted.root_cause else [], setting=wanted.setting,
        phase=wanted.phase, kind=wanted.kind, strength=wanted.strength,
    )  # fmt: skip
    order = {name: at for at, name in enumerate(held)}
    strengths = plans.facts.strengths()
    fit = _fit_by_words(wanted.words) if wanted.words.strip() else dict.fromkeys(held, 0.0)
    return sorted(
        (each for name, each in held.items() if name in fit),
        key=lambda each: (
            -fit[each.resource_id], strengths.index(each.strength), order[each.resource_id]
        ),
    )  # fmt: skip


def _fit_by_words(words: str) -> Mapping[str, float]:
    """Rank by PostgreSQL's full-text search: any ending of a word, quotes for a phrase."""
    plain = words[:LONGEST_WORDS].replace("\x00", " ")
    query = SearchQuery(plain, config="english", search_type="websearch")
    rows = IndexedResource.objects.filter(words=query).annotate(fit=SearchRank(F("words"), query))
    return {name: round(fit, 6) for name, fit in rows.values_list("resource_id", "fit")}


def findings_of(urn: str) -> Diagnosis | None:
    """Give what a school has confirmed last; None before the first."""
    newest = next(iter(kept_diagnoses(urn)), None)
    return Diagnosis.from_dict(newest.record) if newest else None


def for_findings(
    diagnosis: Diagnosis, *, setting: str
) -> list[tuple[str, str, list[delivery.resources.Resource]]]:
    """Give each confirmed finding, by rank, with its cause and the resources for it."""
    kept = [each for each in diagnosis.findings if each.decision != "set_aside"]
    return [
        (each.title, each.root_cause, found(Wanted(root_cause=each.root_cause, setting=setting)))
        for each in sorted(kept, key=lambda each: each.rank)
    ]


def used_by(urn: str) -> list[ResourceUse]:
    """Give what a school said it used, newest first."""
    return list(ResourceUse.objects.filter(urn=urn).order_by("-used_on", "-pk"))


def n_schools_that_used(resource_id: str) -> int:
    """Count the schools that said they used a resource, as it may be told."""
    counted = ResourceUse.objects.filter(resource_id=resource_id).aggregate(
        n=Count("urn", distinct=True)
    )
    return delivery.resources.shown_count(counted["n"])
