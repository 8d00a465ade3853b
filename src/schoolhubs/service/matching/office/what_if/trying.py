"""A what-if: values, pins and bans turned beside a round, and worked out apart from it."""

import dataclasses
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from schoolhubs import programmes
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.office.forms import FixForm, WhatIfForm
from schoolhubs.service.matching.office.views import RUNNERS, ask_round, round_or_404
from schoolhubs.service.matching.office.what_if import fixing, knobs
from schoolhubs.service.matching.office.what_if.fixing import Fixed, Known
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.rules import RulesAsAt

RUN, ADD, REMOVE = "run", "add", "remove-"
NEW = ("new_partner", "new_lead", "new_reason")


@dataclasses.dataclass(slots=True, kw_only=True)
class Sheet:
    """The page as it stands: what was typed, the rows that were added, and what is wrong."""

    base: Round
    rules: RulesAsAt
    snapshot: RegisterSnapshot
    form: WhatIfForm
    fix: FixForm
    rows: list[Fixed]
    has_errors: bool = False
    has_fix_errors: bool = False
    contradictions: tuple[str, ...] = ()
    notice: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*RUNNERS)
def what_if(request: ActedRequest, round_id: int) -> HttpResponse:
    """Show what may be turned; add and take out pins and bans; ask for the round."""
    base, snapshot = round_or_404(round_id), current_snapshot()
    if snapshot is None:
        raise Http404
    if request.method != "POST":
        return _shown(request, _opened(request, base, snapshot))
    sheet, do = _sent(request.POST, base, snapshot), request.POST.get("do", RUN)
    if do.startswith(REMOVE):
        at = do.removeprefix(REMOVE)
        sheet.rows = [row for n, row in enumerate(sheet.rows) if str(n) != at]
        return _shown(request, sheet)
    if do == ADD or any(request.POST.get(name, "").strip() for name in NEW):
        return _shown(request, _added(sheet, is_asked=do == ADD))
    if order := _order(sheet):
        return HttpResponseRedirect(ask_round(request, order, snapshot))
    return _shown(request, sheet)


def _opened(request: ActedRequest, base: Round, snapshot: RegisterSnapshot) -> Sheet:
    """Open the page on a round's own values, or on those of a what-if that could not be done."""
    rules = programmes.load(base.programme_id).as_at(base.on)
    tried = _failed(request, base)
    changes, fixed = (tried["changes"], tried["fixed"]) if tried else (base.changes, base.fixed)
    groups = knobs.groups_of(rules)
    put = {**knobs.put(groups, changes), "title": tried.get("title", "")}
    rows = [Fixed(**{**row, "reason": row.get("reason") or ""}) for row in fixed]
    return Sheet(
        base=base, rules=rules, snapshot=snapshot, form=WhatIfForm(groups, initial=put),
        fix=FixForm(_known(base, snapshot)), rows=rows,
    )  # fmt: skip


def _failed(request: ActedRequest, base: Round) -> dict[str, Any]:
    """Give the order of the actor's own office's work that this page is opened to mend."""
    asked = request.GET.get("work", "")
    if not asked.isdecimal() or len(asked) > 9:
        return {}
    organisation = request.actor.organisation_key
    work = Work.objects.filter(pk=asked, kind="round", organisation=organisation).first()
    return dict(work.order) if work and work.order.get("base") == base.pk else {}


def _sent(data: QueryDict, base: Round, snapshot: RegisterSnapshot) -> Sheet:
    rules = programmes.load(base.programme_id).as_at(base.on)
    return Sheet(
        base=base, rules=rules, snapshot=snapshot, form=WhatIfForm(knobs.groups_of(rules), data),
        fix=FixForm(_known(base, snapshot), data), rows=fixing.rows_of(data),
    )  # fmt: skip


def _known(base: Round, snapshot: RegisterSnapshot) -> Known:
    return Known(snapshot=snapshot, programme_id=base.programme_id, cohort_id=base.cohort_id)


def _added(sheet: Sheet, *, is_asked: bool) -> Sheet:
    """Take the row that was typed among the others, or say what is wrong with it."""
    if not sheet.fix.is_valid():
        sheet.has_fix_errors = True
        return sheet
    sheet.rows = [*sheet.rows, sheet.fix.fixed()]
    sheet.fix = FixForm(sheet.fix.known)
    if not is_asked:
        sheet.notice = "Check what was added to pins and bans, and then work it out."
    return sheet


def _order(sheet: Sheet) -> dict[str, Any] | None:
    """Give the order of the what-if; None where the page says what stands against it."""
    sheet.contradictions = tuple(
        fixing.contradictions(fixing.with_names(sheet.rows, sheet.snapshot))
    )
    sheet.has_errors = not sheet.form.is_valid() or bool(sheet.contradictions)
    if sheet.has_errors:
        return None
    changes = sheet.form.turned()
    try:
        programmes.RuleChanges.from_dict(changes).put_in(sheet.rules)
    except DataProblem as error:
        sheet.form.refuse(error.problems)
        sheet.has_errors = True
        return None
    return {
        "programme_id": sheet.base.programme_id,
        "on": sheet.base.on.isoformat(),
        "base": sheet.base.pk,
        "title": sheet.form.cleaned_data["title"],
        "changes": changes,
        "fixed": [row.as_row() for row in sheet.rows],
    }


def _shown(request: ActedRequest, sheet: Sheet) -> HttpResponse:
    told = {
        "sheet": sheet,
        "round": sheet.base,
        "rules": sheet.rules,
        "rows": fixing.with_names(sheet.rows, sheet.snapshot),
        "kinds": fixing.KINDS,
        "has_errors": sheet.has_errors or sheet.has_fix_errors,
    }
    return render(request, "matching/what_if.html", told)
