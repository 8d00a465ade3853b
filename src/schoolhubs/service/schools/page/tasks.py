"""What an actor can do or read next for a school in a programme, by right."""

import dataclasses
import datetime
from collections.abc import Iterator

from django.urls import reverse

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import DECIDERS, LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.eligibility.models import OUT, Application
from schoolhubs.service.partnerships.doing.extending import MAY_ASK, extra_terms
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages.seen import has_not_asked, may_speak, side_of, waits_for
from schoolhubs.service.schools.page.known import Known

OWN = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
WRITERS = (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_TRUST)
TO_DECIDE = {"submitted", "undecided"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something the actor can do or read next."""

    words: str
    href: str


def would_apply(actor: Actor, known: Known, *, on: datetime.date) -> bool:
    """Tell whether an actor of a school would begin an application for it now."""
    is_free = known.application is None or known.application.state in OUT
    return is_free and actor.holds(*WRITERS) and known.can_apply_for(on=on) is not None


def tasks_of(
    actor: Actor, urn: str, known: Known, *, on: datetime.date, is_own: bool,
    is_shut_out: bool = False,
) -> Iterator[Task]:  # fmt: skip
    """Give the tasks of an actor for one school in one programme.

    A school to which every pathway says no is told why, and not to apply; it still can from there.
    """
    ours = {"programme_id": known.rules.programme_id, "urn": urn}
    if is_own:
        yield from _of_applying(actor, known, ours, on, is_shut_out=is_shut_out)
    if known.application and actor.holds(*DECIDERS):
        yield from _of_deciding(known, known.application, on)
    if known.place and (is_own or actor.holds(*reach.SEE_EVERY_SCHOOL, *LEADS)):
        yield Task(words="See how the match was worked out", href=reverse("match", kwargs=ours))
    if known.partnership and known.partnership.is_live:
        yield from _of_partnership(actor, known, known.partnership, ours)


def _of_applying(
    actor: Actor, known: Known, ours: dict[str, str], on: datetime.date, *, is_shut_out: bool
) -> Iterator[Task]:
    """Give what a school can do about its application; to begin one, an intake must be open."""
    application, here = known.application, reverse("application", kwargs=ours)
    if would_apply(actor, known, on=on):
        words = "Apply again" if application else "Apply"
        yield Task(words="See why the school may not join" if is_shut_out else words, href=here)
    elif application is None:
        return
    elif application.state == "draft" and actor.holds(*WRITERS):
        yield Task(words="Finish the application", href=here)
    else:
        yield Task(words="Look at the application", href=here)


def _of_deciding(known: Known, application: Application, on: datetime.date) -> Iterator[Task]:
    """Give what the office has to do about an application."""
    if application.state in TO_DECIDE:
        case = reverse("case", kwargs={"reference": application.reference})
        yield Task(words="Decide the application", href=case)
    intake = known.intake(application.deferred_to)
    if application.state == "deferred" and (intake is None or intake.opens_on <= on):
        words = "See why the application that was put off is not back"
        yield Task(words=words, href=f"{reverse('intakes')}#stranded")


def _of_partnership(
    actor: Actor, known: Known, found: Partnership, ours: dict[str, str]
) -> Iterator[Task]:
    """Give what each side is asked, and what waits for the office."""
    if known.place and waits_for(actor, found):
        words = "Accept the match, or say that it does not work"
        yield Task(words=words, href=reverse("match", kwargs=ours))
    is_decider = actor.holds(*DECIDERS)
    if found.state == "proposed" and is_decider:
        for each in found.open_objections:  # type: ignore[attr-defined]
            words = f"Decide what the {each.side} school says against the match"
            yield Task(words=words, href=reverse("objection", kwargs={"objection_id": each.pk}))
    side = side_of(actor, found)
    may_ask = may_speak(actor, side) and extra_terms(found) > 0
    if found.state in MAY_ASK and (is_decider or may_ask):
        request = getattr(found, "extensionrequest", None)
        # Before its first day nothing is known yet that a further year could be asked for by.
        if may_ask and found.state == "running" and has_not_asked(request, side):
            words = "Ask for a further year" + (", as the other school has" if request else "")
            yield Task(words=words, href=reverse("match-more", kwargs=ours))
        if is_decider and request and request.state == "asked" and request.is_asked_by_both:
            words = "Decide on the further year that both schools ask for"
            yield Task(words=words, href=reverse("extension", kwargs={"request_id": request.pk}))
