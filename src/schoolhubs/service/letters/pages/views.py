"""Letters: an organisation reads its own, the office reads all and mends what was stopped."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.rights import OfAnother, allow
from schoolhubs.service.accounts.roles import LEADS, OFFICE, PARTNER_SCHOOL, Role
from schoolhubs.service.audit.queries import entries_about
from schoolhubs.service.history.queries import changes_of
from schoolhubs.service.letters import actions, kinds, queries
from schoolhubs.service.letters.models import Letter, State
from schoolhubs.service.letters.pages.forms import FindLetters
from schoolhubs.vocabulary.errors import Conflict

READERS = (*OFFICE, Role.AUDITOR)
MENDERS = (Role.OFFICE_CASEWORKER, Role.OFFICE_ADMINISTRATOR)
OWNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST, *LEADS)
MOST_LISTED = 100


@allow(*OWNERS)
@require_safe
def letters(request: ActedRequest) -> HttpResponse:
    """List the letters of the actor's organisation, newest first."""
    found = list(queries.own(request.actor)[:MOST_LISTED])
    told = {
        "letters": [(each, _subject(each)) for each in found],
        "names": queries.names_of({each.organisation for each in found}),
        "most": MOST_LISTED,
    }
    return render(request, "letters/letters.html", told)


@allow(*OWNERS)
@require_safe
def letter(request: ActedRequest, letter_id: int) -> HttpResponse:
    """Show one letter of the actor's organisation."""
    found = queries.own(request.actor).filter(pk=letter_id).first()
    if found is None:
        if Letter.objects.filter(pk=letter_id).exists():
            raise OfAnother(f"letter {letter_id}")
        raise Http404
    return render(request, "letters/letter.html", _read(found))


@allow(*READERS)
@require_safe
def office_letters(request: ActedRequest) -> HttpResponse:
    """List letters, narrowed by state, kind and what was typed; what was stopped is counted."""
    form = FindLetters(request.GET)
    page = request.GET.get("page", "1")
    found = queries.listed(
        **form.asked, page=int(page) if page.isdecimal() and len(page) < 7 else 1
    )
    told = {
        "form": form,
        "has_errors": bool(form.errors),
        "asked": form.asked,
        "page": found,
        "letters": [(each, kinds.title_of(each.kind)) for each in found],
        "names": queries.names_of({each.organisation for each in found}),
        "counts": queries.counts(),
        "may_mend": request.actor.holds(*MENDERS),
    }
    return render(request, "letters/office_letters.html", told)


@allow(*READERS)
@require_safe
def office_letter(request: ActedRequest, letter_id: int) -> HttpResponse:
    """Show one letter: its words, where it went, how far it is, and its history."""
    return _office_page(request, get_object_or_404(Letter, pk=letter_id))


@allow(*MENDERS)
@require_POST
def try_again(request: ActedRequest, letter_id: int) -> HttpResponse:
    """Send a stopped letter again, or one that had nobody."""
    found = get_object_or_404(Letter, pk=letter_id)
    try:
        actions.try_again(found, **done_by(request))
    except Conflict as error:
        return _office_page(request, found, conflict=str(error))
    return HttpResponseRedirect(reverse("office-letter", kwargs={"letter_id": letter_id}))


@allow(*MENDERS)
@require_POST
def try_all_again(request: ActedRequest) -> HttpResponse:
    """Send every stopped letter again."""
    actions.try_all_again(**done_by(request))
    return HttpResponseRedirect(reverse("office-letters"))


def _office_page(request: ActedRequest, found: Letter, conflict: str = "") -> HttpResponse:
    may_mend = request.actor.holds(*MENDERS)
    entries = entries_about(f"letter:{found.pk}")
    told = _read(found) | {
        "conflict": conflict,
        "may_try_again": may_mend and found.may_be_tried_again,
        "changes": changes_of(found),
        "entries": entries,
        "people": names_of_people([found.written_by, *(each.by for each in entries)]),
        "states": dict(State.choices),
    }
    status = 409 if conflict else 200
    return render(request, "letters/office_letter.html", told, status=status)


def _read(found: Letter) -> dict[str, Any]:
    """Give a letter as it reads."""
    kind = kinds.kinds().get(found.kind)
    facts = _facts(found)
    return {
        "letter": found,
        "title": kinds.title_of(found.kind),
        "subject": _subject(found),
        "blocks": kinds.blocks(kinds.filled(kind.body, facts)) if kind else [],
        "name": queries.names_of({found.organisation})[found.organisation],
    }


def _subject(found: Letter) -> str:
    kind = kinds.kinds().get(found.kind)
    return kinds.filled(kind.subject, _facts(found)) if kind else found.kind


def _facts(found: Letter) -> Mapping[str, str]:
    told = settings.ENVIRONMENT
    link = told.address.rstrip("/") + found.path
    return {**found.facts, "link": link, "contact": told.contact or "the programme office"}
