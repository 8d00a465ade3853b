"""Payment runs: all of them, a new one, one with its exceptions first, and each of its steps."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import FINANCE, Role
from schoolhubs.service.funding import payees
from schoolhubs.service.funding.finance.forms import ConfirmForm, RunForm, SetAsideForm
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.paying import actions
from schoolhubs.service.funding.paying import due as dues
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.models import OPEN_RUNS, PaymentRun, RunState
from schoolhubs.service.funding.paying.still import changed_behind
from schoolhubs.service.funding.reach import OVERSEE
from schoolhubs.service.imports.uploads import takes_files_from
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.words import counted

ON_A_PAGE = 100
NOTHING = "Nothing was changed"
MAKER, CHECKER = Role.FINANCE_MAKER, Role.FINANCE_CHECKER


@allow(*OVERSEE)
@require_safe
def runs(request: ActedRequest) -> HttpResponse:
    """List payment runs, newest first, and the programmes for which one can be prepared."""
    rows = PaymentRun.objects.defer("file").order_by("-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    on = clock.day()
    open_ones = {each.programme_id for each in rows if each.state in OPEN_RUNS}
    told = {
        "page": page, "runs": list(page), "on": on,
        "titles": {each: programmes.load(each).as_at(on).title for each in _ours()},
        "open": open_ones, "may_prepare": request.actor.holds(MAKER),
    }  # fmt: skip
    return render(request, "funding/runs.html", told)


def _ours() -> list[str]:
    """Give the programmes run here, and those with money of before."""
    before = PaymentRun.objects.values_list("programme_id", flat=True).distinct()
    return sorted({*settings.ENVIRONMENT.programme_ids, *before})


@allow(MAKER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActedRequest, programme_id: str) -> HttpResponse:
    """Show what is due, exceptions first; prepare a run of it."""
    if programme_id not in programmes.list_ids():
        raise Http404
    on, is_sent = clock.day(), request.method == "POST"
    form = RunForm(on, request.POST if is_sent else None, initial={"pay_on": on})
    programme = programmes.load(programme_id)
    if is_sent and form.is_valid():
        try:
            run = actions.prepare(
                programme_id, pay_on=form.cleaned_data["pay_on"],
                envelope_pence=programme.money(on).envelope_pence, **done_by(request),
            )  # fmt: skip
        except Conflict as error:
            mine = PaymentRun.objects.filter(
                programme_id=programme_id, state=RunState.PREPARED, prepared_by=request.actor.by
            ).first()
            if mine:
                return _again(request, "You prepared this run already.", _page(mine))
            return conflict(request, "No run was prepared", error, reverse("payment-runs"))
        say_once(request, "The run is prepared. Somebody else agrees it.")
        return HttpResponseRedirect(_page(run))
    found = dues.due(programme_id, on=on)
    told = {
        "programme_id": programme_id, "title": programme.as_at(on).title, "form": form,
        "has_errors": is_sent, "on": on, "wording": wording, "exceptions": dues.EXCEPTIONS,
        "to_pay": [each for each in found if not each.is_left_out],
        "to_look_at": _shown(dues.to_look_at(found)),
        "total_pence": sum(e.gross_pence - e.taken_pence for e in found if not e.is_left_out),
        "names": payees.names_of(
            {key for each in found for key in (each.award.payee, each.paid_to)}, with_closed=True
        ),
    }  # fmt: skip
    return render(request, "funding/run_new.html", told)


def _shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "successor": "",
            "reason": "",
            **each,
            "words": dues.EXCEPTIONS.get(str(each["what"]), each["what"]),
        }
        for each in rows
    ]


@allow(*OVERSEE)
@require_safe
def run(request: ActedRequest, run_id: int) -> HttpResponse:
    """Show a run: totals, exceptions first, and what is to be done next by whom."""
    return render(request, "funding/run.html", _told(request, run_id))


@allow(*OVERSEE)
@require_safe
def payments(request: ActedRequest, run_id: int) -> HttpResponse:
    """List the payments of a run."""
    told = _told(request, run_id)
    rows = told["run"].payments.select_related("award", "sampled").order_by("pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    is_away = told["run"].state in (RunState.HANDED_OVER, RunState.PAID)
    told |= {"page": page, "payments": list(page)}
    told["may_settle"] = is_away and request.actor.holds(MAKER)
    keys = {key for each in told["payments"] for key in (each.payee, each.paid_to)}
    told["names"] = payees.names_of(keys, with_closed=True)
    return render(request, "funding/run_payments.html", told)


@allow(CHECKER)
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: ActedRequest, run_id: int) -> HttpResponse:
    """Say what agreeing means; agree a run that somebody else prepared."""
    told = _told(request, run_id)
    if request.method != "POST":
        return render(request, "funding/run_agree.html", told)
    try:
        actions.agree(told["run"], version=version_of(request), **done_by(request))
    except Conflict as error:
        told["run"].refresh_from_db(fields=["agreed_by"])
        if told["run"].agreed_by == request.actor.by:
            return _again(request, "You agreed this run already.", told["here"])
        return conflict(request, NOTHING, error, told["here"])
    say_once(request, "The run is agreed, and its file is made.")
    return HttpResponseRedirect(told["here"])


@allow(*FINANCE)
@require_safe
def file(request: HttpRequest, run_id: int) -> HttpResponse:  # noqa: ARG001
    """Give the file of an agreed run, always the same bytes; of one set aside nobody gets it."""
    rows = PaymentRun.objects.exclude(state=RunState.SET_ASIDE)
    found = get_object_or_404(rows, pk=run_id, file__isnull=False)
    answer = HttpResponse(bytes(found.file or b""), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return answer


@allow(*FINANCE)
@require_POST
def hand_over(request: ActedRequest, run_id: int) -> HttpResponse:
    """Note that the file was handed to whoever pays."""
    told = _told(request, run_id)
    try:
        left = request.POST.get("has_left") == "yes"
        actions.hand_over(
            told["run"], version=version_of(request), has_left=left, **done_by(request)
        )
    except Conflict as error:
        told["run"].refresh_from_db(fields=["handed_over_by"])
        if told["run"].handed_over_by == request.actor.by:
            said = "You noted already that the file was handed over."
            return _again(request, said, told["here"])
        return conflict(request, NOTHING, error, told["here"])
    say_once(request, "It is noted that the file was handed over.")
    return HttpResponseRedirect(told["here"])


@allow(*FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request: ActedRequest, run_id: int) -> HttpResponse:
    """Ask why a run is set aside; all of it is due again then."""
    told = _told(request, run_id)
    is_sent = request.method == "POST"
    has_file = told["run"].state == RunState.AGREED
    form = SetAsideForm(request.POST if is_sent else None, has_file=has_file)
    told |= {"form": form, "has_errors": is_sent, "has_file": has_file}
    told["may_set_aside"] = told["run"].state in OPEN_RUNS
    if not is_sent or not form.is_valid():
        return render(request, "funding/run_set_aside.html", told)
    reason = form.cleaned_data["reason"]
    try:
        actions.set_aside(
            told["run"], version=version_of(request), reason=reason,
            has_not_left=form.cleaned_data.get("has_not_left", False), **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOTHING, error, told["here"], reason)
    say_once(request, "The run is set aside. What was in it is due again.")
    return HttpResponseRedirect(told["here"])


@allow(*FINANCE)
@takes_files_from(*FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: ActedRequest, run_id: int) -> HttpResponse:
    """Take the file by which whoever pays confirms, and hold it against the run."""
    told = _told(request, run_id)
    is_sent = request.method == "POST"
    form = ConfirmForm(request.POST, request.FILES) if is_sent else ConfirmForm()
    told |= {"form": form, "has_errors": is_sent, "problems": ()}
    if not is_sent or not form.is_valid():
        return render(request, "funding/run_confirm.html", told)
    try:
        content = b"".join(form.cleaned_data["file"].chunks())
        made = confirm(told["run"], content, **done_by(request))
    except DataProblem as error:
        told |= {"problems": error.problems[:MOST_SHOWN], "n_problems": len(error.problems)}
        return render(request, "funding/run_confirm.html", told)
    except Conflict as error:
        return conflict(request, NOTHING, error, told["here"])
    say_once(request, _said(made), is_well=not made.problems)
    return HttpResponseRedirect(told["here"])


MOST_SHOWN = 20


def _again(request: ActedRequest, said: str, to: str) -> HttpResponse:
    """Answer somebody who pressed twice: what they wanted stands, and nothing more was done."""
    say_once(request, f"{said} Nothing more was done.")
    return HttpResponseRedirect(to)


def _said(made: Any) -> str:
    told = f"{made.n_paid:,} paid, {made.n_not_paid:,} not paid."
    if made.problems:
        n = counted(len(made.problems), "difference is", "differences are")
        return f"{told} {n.capitalize()} listed below."
    return f"{told} The file agrees with the run to the penny."


def _told(request: ActedRequest, run_id: int) -> dict[str, Any]:
    # As anybody's sha256sum gives it; the last line's own digest is of the lines before it.
    whole = Func(Func(F("file"), function="sha256"), Value("hex"), function="encode")
    rows = PaymentRun.objects.defer("file").annotate(
        sha256=Coalesce(whole, Value(""), output_field=CharField())
    )
    found = get_object_or_404(rows, pk=run_id)
    actor: Actor = request.actor
    exceptions = _shown(found.exceptions)
    rules = programmes.load(found.programme_id).as_at(found.pay_on)
    return {
        "run": found, "title": rules.title, "here": _page(found), "wording": wording,
        "to_look_at": exceptions,
        "names": payees.names_of(
            {str(each[key]) for each in exceptions for key in ("payee", "successor")},
            with_closed=True,
        ),
        "confirmations": list(found.confirmations.defer("content")),
        "counts": counts_of(found), "changed": _changed(found),
        "people": names_of_people({found.prepared_by, found.agreed_by, found.handed_over_by}),
        "is_maker": found.prepared_by == actor.by,
        "may_agree": actor.holds(CHECKER) and found.prepared_by != actor.by,
        "may_act": actor.holds(*FINANCE),
    }  # fmt: skip


def _changed(found: PaymentRun) -> list[str]:
    """Say what changed behind a run that has not gone on its way yet."""
    if found.state not in (RunState.PREPARED, RunState.AGREED):
        return []
    rows = found.payments.filter(state="in_run").select_related("award__declaration")
    return changed_behind(list(rows))


def counts_of(found: PaymentRun) -> dict[str, tuple[int, int]]:
    """Count the payments of a run by state, and add up what they send."""
    told: dict[str, tuple[int, int]] = {}
    arrived = F("amount_pence") - F("short_pence")
    for state, pence in found.payments.values_list("state", arrived):
        n, sum_ = told.get(state, (0, 0))
        told[state] = (n + 1, sum_ + pence)
    return told


def _page(found: PaymentRun) -> str:
    return reverse("payment-run", kwargs={"run_id": found.pk})
