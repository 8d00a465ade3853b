"""Surveys that close with few answers, and words of pupils that wait to be read."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.surveys.models import SealedAnswer, State, Survey
from schoolhubs.service.surveys.reach import MAKERS
from schoolhubs.service.surveys.results import labels
from schoolhubs.service.surveys.results.asked import next_school_day
from schoolhubs.service.surveys.setting import seen
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon.rules import ahead, rule

TOLD = (
    "urn", "wave", "state", "closes_on", "texts_wait_since", "safeguarding_lead", "least_answers",
    "asked", "respondents",
)  # fmt: skip


def rows(actor: Actor, on: datetime.date) -> tuple[QuerySet[Survey], JSONObject] | None:
    """Give the surveys of the actor's schools that ask something of it."""
    made, read = own_urns(actor, *MAKERS), own_urns(actor, Role.SCHOOL_SAFEGUARDING)
    if not made and not read:
        return None
    closing = Q(urn__in=made, state=State.OPEN, closes_on__lte=on + ahead("survey_days"))
    late = Q(urn__in=made, texts_wait_since__isnull=False)
    mine = Q(urn__in=read, texts_wait_since__isnull=False, safeguarding_lead=actor.by)
    answers = SealedAnswer.objects.filter(survey=OuterRef("pk")).order_by().values("survey")
    n_answers = Subquery(answers.annotate(n=Count("pk")).values("n"))
    told = JSONObject(key="key", n_answers=n_answers, **{name: name for name in TOLD})
    return Survey.objects.filter(closing | late | mine), told


def items(told: Mapping[str, Any], actor: Actor, on: datetime.date) -> Iterator[Item]:
    """Give what one survey asks for: of who reads what pupils write, and of who set it up."""
    at = {"urn": told["urn"], "survey_key": told["key"]}
    makes = told["urn"] in own_urns(actor, *MAKERS)
    if told["texts_wait_since"]:
        yield from _words(told, at, actor, on=on, makes=makes)
    closes_on = datetime.date.fromisoformat(told["closes_on"])
    if makes and told["state"] == State.OPEN and closes_on <= on + ahead("survey_days"):
        yield from _few(told, at, closes_on)


def _words(
    told: Mapping[str, Any], at: dict[str, str], actor: Actor, *, on: datetime.date, makes: bool
) -> Iterator[Item]:
    """Give words of pupils that wait: to who reads them; once overdue, to who set it up too."""
    by_on = next_school_day(datetime.date.fromisoformat(told["texts_wait_since"]))
    reads = told["urn"] in own_urns(actor, Role.SCHOOL_SAFEGUARDING)
    if reads and told["safeguarding_lead"] == actor.by:
        yield Item(
            words=f"{'Overdue: read' if on > by_on else 'Read'} what pupils wrote",
            href=reverse("survey-words", kwargs=at),
            why=f"Survey of {labels.month(told['wave'])}, to be read by {day(by_on)}. Look also "
            "where it may turn out that nobody wrote.",
        )  # fmt: skip
    elif makes and on > by_on:
        yield Item(
            words="Overdue: what pupils wrote was not read", href=reverse("survey", kwargs=at),
            why=f"The safeguarding lead should have read it by {day(by_on)}. Remind them today, or "
            "name somebody else.",
        )  # fmt: skip


def _few(told: Mapping[str, Any], at: dict[str, str], closes_on: datetime.date) -> Iterator[Item]:
    """Give a survey that closes soon with few answers, as coarsely as its page tells it."""
    n = told["n_answers"] or 0
    n_asked = sum(int(each["n_asked"]) for each in told["asked"])
    progress = seen.progress_of(
        n, least=told["least_answers"], n_asked=n_asked, respondents=told["respondents"]
    )
    is_low = 100 * (n - n % seen.ROUNDED_TO) < rule("survey_percent") * n_asked
    if progress.is_enough and not is_low:
        return
    yield Item(
        words=f"A survey of {told['respondents']} closes with few answers",
        href=reverse("survey", kwargs=at),
        why=f"Its last day is {day(closes_on)}. {progress.said}",
    )  # fmt: skip
