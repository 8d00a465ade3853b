"""How far a school is on each step, from what each app says of it; what is needed, what is free."""

import dataclasses
import datetime
import enum
import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from django.utils import timezone

from schoolhubs import programmes
from schoolhubs.service.diagnosis import queries as diagnosis
from schoolhubs.service.diagnosis.day.queries import open_day
from schoolhubs.service.diagnosis.models import AssessmentState, SelfAssessment
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, LIVE, Partnership
from schoolhubs.service.plans import queries as plans
from schoolhubs.service.plans.models import Plan, PlanState
from schoolhubs.service.sharing import queries as sharing
from schoolhubs.service.surveys import queries as surveys
from schoolhubs.service.surveys.models import Respondents, State
from schoolhubs.vocabulary.written.stored import read_facts

UNDER_WAY = (State.MADE, State.OPEN)


class Reached(enum.Enum):
    """How far a step is, in the words of its tag."""

    DONE = "Completed"
    UNDER_WAY = "In progress"
    NOT_YET = "Not yet started"
    WAITS = "Cannot start yet"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way.

    Parameters
    ----------
    is_needed
        The pathway asks for it: a school that follows a part of a programme chooses.
    on
        The day it was done; None for one that is not, or whose day nobody kept.
    """

    name: str
    title: str
    about: str
    page: str
    shared: str
    is_needed: bool
    reached: Reached
    on: datetime.date | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way of one school: its partnership, if it has one, and its steps in order."""

    urn: str
    partnership: Partnership | None
    pathway: str
    says_what_is_needed: bool
    steps: tuple[Step, ...]

    @property
    def now(self) -> Step | None:
        """The first needed step that is not done; else the first under way; None where all are."""
        left = [each for each in self.steps if each.reached is not Reached.DONE]
        needed = [each for each in left if each.is_needed]
        begun = [each for each in left if each.reached is Reached.UNDER_WAY]
        return next(iter([*needed, *begun]), None)

    @property
    def since(self) -> datetime.date | None:
        """The day on which the last step was done."""
        days = [each.on for each in self.steps if each.on]
        return max(days, default=None)


@functools.cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """Read what the steps are called and where they are done."""
    file = resources.files(__package__).joinpath("steps.yaml")
    return dict(read_facts(file.read_text("utf-8")))


def partnership_of(urn: str) -> Partnership | None:
    """Give the partnership a school is in now, one that both accepted before one proposed."""
    rows = Partnership.objects.filter(partner_urn=urn, partner_trust_id="", state__in=LIVE)
    found = sorted(rows, key=lambda each: (each.state in HOLDS_A_PLACE, each.starts_on, each.pk))
    return found[-1] if found else None


def way_of(urn: str, *, on: datetime.date) -> Way:
    """Give the way of a school as it stands on a day."""
    found = partnership_of(urn)
    asked = _asked(found) if found else ()
    since = _counts_from(found, on)
    # The first of each counts, as for the plan: a later wave moves no step.
    steps = (*diagnosis.audit_steps(urn, since), *surveys.audit_steps(urn, since))
    done = {each.step: each.finished_on for each in reversed(steps)}
    reached = {
        "match": _match(found),
        "agreement": _agreement(urn, found, on),
        **{name: _audited(urn, name, done) for name, one in table().items() if "audit" in one},
        **dict(_of_day(urn, done)),
        **dict(_of_plan(plans.plan_of(urn))),
    }
    needed = {*(asked or ()), *(_FOLLOWS if asked else ())}
    return Way(
        urn=urn, partnership=found, pathway=found.pathway if found else "",
        says_what_is_needed=asked is not None,
        steps=tuple(_step(name, reached[name], is_needed=name in needed) for name in table()),
    )  # fmt: skip


# Where a pathway asks for an audit, what the audit is for is needed too.
_FOLLOWS = ("match", "findings", "plan", "screens", "approval", "review")
_Found = tuple[Reached, datetime.date | None]
_NOT_YET: _Found = (Reached.NOT_YET, None)
_WAITS: _Found = (Reached.WAITS, None)


def _step(name: str, found: _Found, *, is_needed: bool) -> Step:
    told = table()[name]
    return Step(
        name=name, title=told["title"], about=told["about"], page=told.get("page", ""),
        shared=told.get("shared", ""), is_needed=is_needed, reached=found[0], on=found[1],
    )  # fmt: skip


def _asked(found: Partnership) -> tuple[str, ...] | None:
    """Give the steps of the audit that a partnership's pathway asks for; None where unsaid."""
    rules = programmes.load(found.programme_id).as_at(found.starts_on)
    return rules.pathway(found.pathway).audit_steps


def _counts_from(found: Partnership | None, on: datetime.date) -> datetime.date:
    """Give the first day that counts: when it was proposed; for a school alone, a year ago.

    As plans count it, so that what is completed here is complete there.
    """
    if found is not None:
        return timezone.localdate(found.proposed_at)
    return on.replace(year=on.year - 1, day=min(on.day, 28))


def _match(found: Partnership | None) -> _Found:
    if found is None:
        return _NOT_YET
    if found.state not in HOLDS_A_PLACE:
        return Reached.UNDER_WAY, None
    days = [timezone.localdate(at) for at in (found.partner_at, found.lead_at) if at]
    return Reached.DONE, max(days, default=None)


def _agreement(urn: str, found: Partnership | None, on: datetime.date) -> _Found:
    if found is None or found.state not in HOLDS_A_PLACE:
        return _WAITS
    agreed = sharing.agreed_for(urn, on)
    if agreed is not None:
        return Reached.DONE, timezone.localdate(agreed.agreed_at) if agreed.agreed_at else None
    proposed = sharing.agreements_of(urn).filter(partnership=found, state="proposed")
    return (Reached.UNDER_WAY, None) if proposed.exists() else _NOT_YET


def _audited(urn: str, name: str, done: Mapping[str, datetime.date]) -> _Found:
    if name in done:
        return Reached.DONE, done[name]
    if name == "self_assessment":
        is_open = SelfAssessment.objects.filter(urn=urn, state=AssessmentState.OPEN).exists()
        return (Reached.UNDER_WAY, None) if is_open else _NOT_YET
    for respondents, step in surveys.STEPS.items():
        if step == name:
            return _survey(urn, respondents)
    return _NOT_YET


def _survey(urn: str, respondents: str) -> _Found:
    is_open = any(
        Respondents(each.respondents) == respondents and State(each.state) in UNDER_WAY
        for each in surveys.surveys_of(urn)
    )
    return (Reached.UNDER_WAY, None) if is_open else _NOT_YET


def _of_day(urn: str, done: Mapping[str, datetime.date]) -> Iterator[tuple[str, _Found]]:
    """Give the day and its findings, which are confirmed at its end: an audit counts it then.

    A day that is planned is in progress; its findings are, once somebody wrote down what was seen.
    """
    confirmed, now = done.get("diagnostic_day"), open_day(urn)
    if confirmed:
        yield from ((name, (Reached.DONE, confirmed)) for name in ("diagnostic_day", "findings"))
    elif now is None:
        yield from (("diagnostic_day", _NOT_YET), ("findings", _WAITS))
    else:
        yield "diagnostic_day", (Reached.UNDER_WAY, None)
        yield "findings", (Reached.UNDER_WAY, None) if now.seen.exists() else _NOT_YET


def _of_plan(plan: Plan | None) -> Iterator[tuple[str, _Found]]:
    if plan is None:
        yield "plan", _NOT_YET
        yield from ((name, _WAITS) for name in ("screens", "approval", "review"))
        return
    approved = plan.approvals.last()
    is_approved = plan.state == PlanState.APPROVED and approved is not None
    screens = list(plans.screens_of(plan).values())
    is_screened = bool(screens) and not any(each.open_because for each in screens)
    day = approved.approved_on if approved and is_approved else None
    yield "plan", (Reached.DONE, day) if is_approved else (Reached.UNDER_WAY, None)
    if not screens:
        yield "screens", _WAITS
    else:
        yield "screens", (Reached.DONE, day) if is_screened else (Reached.UNDER_WAY, None)
    if is_approved:
        yield "approval", (Reached.DONE, day)
    else:
        yield "approval", (Reached.UNDER_WAY if is_screened else Reached.WAITS, None)
    reviewed = plan.last_review_on
    if reviewed:
        yield "review", (Reached.DONE, reviewed)
    else:
        yield "review", _NOT_YET if is_approved else _WAITS
