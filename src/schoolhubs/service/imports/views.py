"""The import check, step by step: bring files, see what they are and change, choose, done, undo."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import OfAnother, allow
from schoolhubs.service.accounts.roles import OFFICE, Role
from schoolhubs.service.imports import actions, forms
from schoolhubs.service.imports.models import Choice, Import, Step
from schoolhubs.service.imports.uploads import FileOnDisk
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import Conflict

MOST_LISTED = 50


@allow(*OFFICE)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Say which school register is in use, and list the imports."""
    organisation = request.actor.organisation_key  # type: ignore[attr-defined]
    rows = Import.objects.filter(organisation__in={"", organisation}).order_by("-pk")
    rows = rows.select_related("snapshot").defer("report", "snapshot__archive")
    told = {
        "imports": list(rows[:MOST_LISTED]),
        "snapshot": current_snapshot(),
        "may_bring": request.actor.holds(Role.OFFICE_ADMINISTRATOR),  # type: ignore[attr-defined]
    }
    return render(request, "imports/imports.html", told)


@allow(Role.OFFICE_ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Take files, and ask for their check."""
    today = clock.day()
    if request.method != "POST":
        shown = {"day": today.day, "month": today.month, "year": today.year}
        return _bring_page(request, forms.BringFiles(initial=shown))
    given = [each for each in request.FILES.getlist("files") if isinstance(each, FileOnDisk)]
    form = forms.BringFiles(
        request.POST, n_files=len(given), refused=getattr(request, "refused_upload", ""),
        most_megabytes=settings.ENVIRONMENT.upload_megabytes,
    )  # fmt: skip
    if not form.is_valid():
        return _bring_page(request, form)
    brought = actions.bring(given, on=form.cleaned_data["on"], **_who(request))
    return _to_job(brought.check_work_id)


def _bring_page(request: HttpRequest, form: forms.BringFiles) -> HttpResponse:
    status = 413 if form.is_bound and form.refused == "size" else 200
    told = {
        "form": form,
        "has_errors": bool(form.is_bound and form.errors),
        "most_megabytes": settings.ENVIRONMENT.upload_megabytes,
    }
    return render(request, "imports/new.html", told, status=status)


@allow(Role.OFFICE_ADMINISTRATOR, Role.OFFICE_CASEWORKER, Role.OFFICE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show an import; an administrator chooses what becomes of it."""
    held = _import(request, import_id)
    if request.method == "POST" and not _is_administrator(request):
        raise PermissionDenied  # the middleware answers 403 and leaves a trace of it
    form = None
    if held.step == Step.CHECKED or _is_parked(held):
        form = forms.Choose(
            request.POST if request.method == "POST" else None, held=held,
            is_outdated=_is_outdated(held, current_snapshot()),
        )  # fmt: skip
    if request.method == "POST":
        if form is None:
            return _show(request, held, None, changed_meanwhile=True)
        if form.is_valid():
            return _chosen(request, held, form.cleaned_data["choice"])
    return _show(request, held, form)


def _chosen(request: HttpRequest, held: Import, choice: str) -> HttpResponse:
    try:
        if choice == forms.STOP:
            actions.stop(held, **_who(request))
            return HttpResponseRedirect(request.path)
        held = actions.choose(held, Choice(choice), **_who(request))
    except Conflict:
        held.refresh_from_db()
        return _show(request, held, None, changed_meanwhile=True)
    return _to_job(held.keep_work_id)


@allow(Role.OFFICE_ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Go back to the school register before an import."""
    held = _import(request, import_id)
    snapshot = current_snapshot()
    if held.before_id is None or snapshot is None or snapshot.pk != held.snapshot_id:
        return HttpResponseRedirect(reverse("import", kwargs={"import_id": held.pk}))
    form = forms.Undo(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo(held, reason=form.cleaned_data["reason"], **_who(request))
        except Conflict:
            held.refresh_from_db()
            return _show(request, held, None, changed_meanwhile=True)
        return HttpResponseRedirect(reverse("import", kwargs={"import_id": held.pk}))
    told = {"held": held, "form": form, "has_errors": bool(form.is_bound and form.errors)}
    return render(request, "imports/undo.html", told)


def _show(
    request: HttpRequest,
    held: Import,
    form: forms.Choose | None,
    *,
    changed_meanwhile: bool = False,
) -> HttpResponse:
    snapshot = current_snapshot()
    told = {
        "held": held,
        "form": form,
        "offered": form.fields["choice"].choices if form else [],  # type: ignore[attr-defined]
        "is_outdated": _is_outdated(held, snapshot),
        "has_errors": bool(form and form.is_bound and form.errors),
        "changed_meanwhile": changed_meanwhile,
        "is_current": bool(snapshot and held.snapshot_id == snapshot.pk),
        "is_administrator": _is_administrator(request),
    }
    return render(request, "imports/one.html", told, status=409 if changed_meanwhile else 200)


def _import(request: HttpRequest, import_id: int) -> Import:
    """Give an import the actor may see; another organisation's is as if it were not there."""
    rows = Import.objects.select_related("snapshot", "before", "check_work", "keep_work")
    held = rows.defer("snapshot__archive", "before__archive").filter(pk=import_id).first()
    if held is None:
        raise Http404
    if held.organisation not in {"", request.actor.organisation_key}:  # type: ignore[attr-defined]
        raise OfAnother(f"import {import_id}")
    return held


def _is_parked(held: Import) -> bool:
    """Tell whether its work was stopped, so that nothing but stopping or trying again is left."""
    work = {Step.RECEIVED.value: held.check_work, Step.KEEPING.value: held.keep_work}.get(held.step)
    return bool(work and work.is_stopped)


def _is_outdated(held: Import, snapshot: RegisterSnapshot | None) -> bool:
    """Tell whether it was checked against a register that is not the current one any more."""
    return held.step == Step.CHECKED and held.compared_with_id != (snapshot and snapshot.pk)


def _is_administrator(request: HttpRequest) -> bool:
    return bool(request.actor.holds(Role.OFFICE_ADMINISTRATOR))  # type: ignore[attr-defined]


def _who(request: HttpRequest) -> dict[str, Any]:
    """Give who does it, for whom, when and where, as every action asks."""
    actor = request.actor  # type: ignore[attr-defined]
    match = request.resolver_match
    return {
        "by": actor.by,
        "organisation": actor.organisation_key,
        "at": clock.now(),
        "place": match.view_name if match else "",
    }


def _to_job(work_id: int | None) -> HttpResponse:
    return HttpResponseRedirect(reverse("job", kwargs={"work_id": work_id}))
