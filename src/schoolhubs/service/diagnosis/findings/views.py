"""The pages of findings: the draft, what people confirmed, and the files of both."""

import json
from typing import Any

import polars as pl
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs import diagnosis
from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis import queries as kept_by
from schoolhubs.service.diagnosis.assessing.queries import FINISHERS, LOOK_ON, TEAM, school_now
from schoolhubs.service.diagnosis.day.queries import open_day
from schoolhubs.service.diagnosis.findings import actions, gathering
from schoolhubs.service.diagnosis.findings.forms import ConfirmForm
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
    on = timezone.localdate()
    if not all(agreement_for(request.actor, urn, kind, on) for kind in DRAWN_FROM):
        return False
    return all(may_see(request, urn, kind, how=how) for kind in DRAWN_FROM) if how else True


def files_for(actor: Actor, urn: str) -> tuple[str, ...]:
    """Name the files an actor may take: inputs hold what each of the team said, so they alone."""
    return FILES if is_own_school(actor, urn, *TEAM) else FILES[:-1]


@allow(*READERS)
@require_safe
def findings(request: ActedRequest, urn: str) -> HttpResponse:
    """Show the draft of what the school has by now, and what was confirmed before."""
    refuse(request, urn)
    kept = kept_by.kept_diagnoses(urn)
    if not opens_draft(request, urn):
        told = {"school": school_now(urn), "kept": kept}
        return render(request, "diagnosis/findings_shared.html", told)
    draft = gathering.drafted(gathering.files_of(urn))
    told = _told(request.actor, urn, draft) | {
        "day": open_day(urn),
        "kept": kept,
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
    told = _told(request.actor, urn, Diagnosis.from_dict(held.record)) | {
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
    back = reverse("findings", kwargs={"urn": urn})
    if is_sent and request.POST.get("draft", "") != draft.digest:
        return conflict(
            request, "Nothing was confirmed", Conflict(actions.CHANGED), back, form.typed()
        )
    if not is_sent or not form.is_valid():
        return render(request, "diagnosis/confirm.html", told)
    try:
        made = actions.confirm(
            urn, draft, files, form.decided(), seen_digest=request.POST["draft"],
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, "Nothing was confirmed", error, back, form.typed())
    say_once(request, "The findings are confirmed and kept as they are.")
    address = {"urn": urn, "diagnosis_id": made.pk}
    return HttpResponseRedirect(reverse("findings-kept", kwargs=address))


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
    return _file(file, Diagnosis.from_dict(held.record), held.files, f"{urn}-{held.pk}")


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
