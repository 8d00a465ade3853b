"""An application in words: each page with its answer, and how one stands that takes none."""

from typing import Any

from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.web.pages import moment
from schoolhubs.vocabulary.records.rules import RulesAsAt


def standing(application: Application) -> str:
    """Say why an application that is no draft any more takes no answers; without a full stop."""
    reference = f"under the reference {application.reference}"
    if application.submitted_at is None:
        return f"This application, {reference}, was withdrawn before it was sent"
    return f"This application was sent on {moment(application.submitted_at)}, {reference}"


def in_words(
    rules: RulesAsAt, application: Application, *, phase: str | None
) -> list[tuple[applying.Step, list[str]]]:
    """Give each page with its answer as a person would say it."""
    # One that was sent without a wish asks for every pathway.
    every = [] if application.state == "draft" else [each.pathway for each in rules.pathways]
    steps = applying.steps(rules, application.pathways or every, phase=phase)
    kept = application.answers
    return [(step, said(rules, kept.get(step.name))) for step in steps]


def said(rules: RulesAsAt, kept: Any) -> list[str]:
    """Say one answer as a person would; nothing where there is none."""
    names = {each.pathway: each.name for each in rules.pathways}
    if isinstance(kept, list):
        return [str(names.get(each, each)) for each in kept]
    if isinstance(kept, bool):
        return ["Yes" if kept else "No"]
    if kept in (None, ""):
        return []
    return [f"{kept:g}" if isinstance(kept, float) else str(kept)]
