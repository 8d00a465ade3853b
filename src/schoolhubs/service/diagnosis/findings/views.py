"""The pages of findings: the draft, what people confirmed, and the files of both."""

import json
from typing import Any

import polars as pl
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs import diagnosis
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis import queries as kept_by
from schoolhubs.service.diagnosis.assessing.queries import FINISHERS, LOOK_ON, TEAM, school_now
from schoolhubs.service.diagnosis.day.queries import open_day
from schoolhubs.service.diagnosis.findings import actions, gathering
from schoolhubs.service.diagnosis.findings.forms import ConfirmForm
from schoolhubs.service.diagnosis.findings.shared import SELF_ASSESSMENT, without_answers
from schoolhubs.service.diagnosis.models import KeptDiagnosis
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.sharing.queries import agreement_for, may_see
from schoolhubs.service.web.pages import csv_answer, say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.diagnosis import Diagnosis

READERS = (*TEAM, *LOOK_ON, Role.LEAD_SCHOOL)
WORDS = {
    "diagnosis.json": "The findings as JSON",
    "findings.csv": "The evidence as a table (CSV)",
    "inputs.zip": "Download the inputs (ZIP)",
}
FILES = tuple(WORDS)
# What a lead must be shared to see a draft; the confirmed findings need the first alone.
DRAWN_FROM = ("findings", "surveys", "self_assessment", "attendance")


def refuse(request: ActedRequest, urn: str, *, how: str = "looked") -> None:
    """Let in the school's own and its trust, and a lead with an agreement, which is noted."""
    is_ours = is_own_school(request.actor, urn, *TEAM, *LOOK_ON)
    refuse_others(request.actor, is_own=is_ours or may_see(request, urn, "findings", how=how))


def opens_draft(request: ActedRequest, urn: str, *, how: str = "") -> bool:
    """Tell whether whoever asks sees the draft: nobody has confirmed it, and all else is in it.

    A lead does by an agreement on each thing that it is drafted from, or it would tell what is
    not shared. Where ``how`` says what is done with it, the use of each is noted.
    """
    if is_own_school(request.actor, urn, *TEAM, *LOOK_ON):
        return True
    on = clock.day()
    if not all(agreement_for(request.actor, urn, kind, on) for kind in DRAWN_FROM):
        return False
    return all(may_see(request, urn, kind, how=how) for kind in DRAWN_FROM) if how else True


def as_seen(actor: Actor, urn: str, held: KeptDiagnosis) -> Diagnosis:
    """Give what was confirmed as whoever asks may see it.

    A lead that is not shared the self-assessment reads that it speaks for something, not what was
    answered.
    """
    found = Diagnosis.from_dict(held.record)
    if is_own_school(actor, urn, *TEAM, *LOOK_ON):
        return found
    is_told = agreement_for(actor, urn, SELF_ASSESSMENT, clock.day())
    return found if is_told else without_answers(found)


def files_for(actor: Actor, urn: str) -> tuple[str, ...]:
    """Name the files an actor may take: inputs hold what each of the team said, so they alone."""
    return FILES if is_own_school(actor, urn, *TEAM) else FILES[:-1]


@allow(*READERS)
@require_safe
def findings(request: ActedRequest, urn: str) -> HttpResponse:
    """Show what was confirmed, and then the draft of what the school has by now."""
    refuse(request, urn)
    kept = kept_by.kept_diagnoses(urn)
    if not opens_draft(request, urn):
        told = {"school": school_now(urn), "kept": kept}
        return render(request, "diagnosis/findings_shared.html", told)
    draft = gathering.drafted(gathering.files_of(urn))
    told = _told(request.actor, urn, draft) | {
        "day": open_day(urn),
        "kept": kept,
        "confirmed": as_seen(request.actor, urn, kept[0]) if kept else None,
        "may_confirm": is_own_school(request.actor, urn, *FINISHERS),
        "may_bring": is_own_school(request.actor, urn, *TEAM),
        "is_draft": True,
    }
    return render(request, "diagnosis/findings.html", told)


@allow(*READERS)
@require_safe
def kept(request: ActedRequest, urn: str, diagnosis_id: int) -> HttpResponse:
    """Show a confirmed diagnosis as it will always be."""
    refuse(request, urn)
    held = kept_by.kept_diagnosis(urn, diagnosis_id)
    told = _told(request.actor, urn, as_seen(request.actor, urn, held)) | {
        "held": held,
        "is_draft": False,
    }
    return render(request, "diagnosis/findings.html", told)


def _told(actor: Actor, urn: str, found: Diagnosis) -> dict[str, Any]:
    sure = diagnosis.finding.stored()["how_sure"]
    files = [(each, WORDS[each]) for each in files_for(actor, urn)]
    return {"school": school_now(urn), "found": found, "sure": sure, "files": files}


@allow(*FINISHERS)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: ActedRequest, urn: str) -> HttpResponse:
    """Ask what becomes of each finding of the draft, in which order, and why."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, urn, *FINISHERS))
    files = gathering.files_of(urn)
    draft = gathering.drafted(files)
    is_sent = request.method == "POST"
    form = ConfirmForm(draft, request.POST if is_sent else None)
    told = _told(request.actor, urn, draft) | {
        "form": form,
        "day": open_day(urn),
        "has_errors": is_sent,
    }
    if is_sent and request.POST.get("draft", "") != draft.digest:
        return _not_confirmed(request, urn, form, Conflict(actions.CHANGED))
    if not is_sent or not form.is_valid():
        return render(request, "diagnosis/confirm.html", told)
    try:
        made = actions.confirm(
            urn, draft, files, form.decided(), seen_digest=request.POST["draft"],
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return _not_confirmed(request, urn, form, error)
    say_once(request, "The findings are confirmed and kept as they are.")
    address = {"urn": urn, "diagnosis_id": made.pk}
    return HttpResponseRedirect(reverse("findings-kept", kwargs=address))


def _not_confirmed(
    request: ActedRequest, urn: str, form: ConfirmForm, error: Conflict
) -> HttpResponse:
    """Say why nothing was confirmed: as it was already, in another window, by whom."""
    held = kept_by.kept_of_draft(urn, request.POST.get("draft", ""))
    if held is None or open_day(urn) is not None:
        back = reverse("findings", kwargs={"urn": urn})
        return conflict(request, "Nothing was confirmed", error, back, form.typed())
    told = actions.MEANWHILE.format(
        day=f"{held.confirmed_on.day} {held.confirmed_on:%B %Y}",
        who=names_of_people([held.confirmed_by]).get(held.confirmed_by, "somebody of the school"),
    )
    back = reverse("findings-kept", kwargs={"urn": urn, "diagnosis_id": held.pk})
    return conflict(
        request, "These findings are confirmed already", Conflict(told), back, form.typed()
    )


@allow(*READERS)
@require_safe
def draft_file(request: ActedRequest, urn: str, file: str) -> HttpResponse:
    """Give the draft, its findings as a table, or the folder that the command drafts from."""
    refuse_others(request.actor, is_own=opens_draft(request, urn, how="downloaded"))
    if file not in files_for(request.actor, urn):
        raise Http404
    files = gathering.files_of(urn)
    return _file(file, gathering.drafted(files), files, f"{urn}-draft")


@allow(*READERS)
@require_safe
def kept_file(request: ActedRequest, urn: str, diagnosis_id: int, file: str) -> HttpResponse:
    """Give the same of a confirmed diagnosis."""
    refuse(request, urn, how="downloaded")
    held = kept_by.kept_diagnosis(urn, diagnosis_id)
    if file not in files_for(request.actor, urn):
        raise Http404
    return _file(
        file, as_seen(request.actor, urn, held), held.files, f"{urn}-{held.pk}"
    )  # fmt: skip


def _file(name: str, found: Diagnosis, files: dict[str, str], stem: str) -> HttpResponse:
    if name == "findings.csv":
        return csv_answer(_table(found), f"{stem}-findings.csv")
    if name == "inputs.zip":
        answer = HttpResponse(gathering.zipped(files), content_type="application/zip")
    else:
        told = {**found.as_dict(), "digest": found.digest}
        text = json.dumps(told, ensure_ascii=False, indent=2)
        answer = HttpResponse(text, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{stem}-{name}"'
    return answer


def _table(found: Diagnosis) -> pl.DataFrame:
    """Give a row for each piece of evidence, with the finding it belongs to."""
    rows = [
        {
            "rank": each.rank, "finding_id": each.finding_id, "root_cause": each.root_cause,
            "title": each.title, "how_sure": each.how_sure, "decision": each.decision,
            "reason": each.reason, "kind": one.kind, "by": one.by, "says": one.says,
            "text": one.text, "value": one.value, "low": one.low, "high": one.high, "n": one.n,
            "unit": one.unit, "series": one.series, "year": one.year, "source": one.source,
        }
        for each in found.findings for one in each.evidence
    ]  # fmt: skip
    numbers = dict.fromkeys(("value", "low", "high"), pl.Float64())
    return pl.DataFrame(rows, schema_overrides={**numbers, "n": pl.Int64()})
