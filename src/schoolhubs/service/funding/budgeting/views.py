"""A programme's budget with a picture, the arithmetic of its days, and scenarios side by side."""

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import funding, pictures
from schoolhubs.pictures import Picture
from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.funding.budgeting.drawing import budget_of, table_of
from schoolhubs.service.funding.reach import OVERSEE
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.service.web.exports.workbooks import workbook_answer
from schoolhubs.service.web.pages import csv_answer, day
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.funding import ProgrammeBudget
from schoolhubs.vocabulary.records.rules import RulesAsAt

MOST_SCENARIOS, LONGEST = 3, 40


@allow(*OVERSEE)
@require_safe
def budget(request: HttpRequest, programme_id: str) -> HttpResponse:
    """Show what a programme has, takes and leaves; up to three scenarios beside its plan."""
    programme, found = budget_of(programme_id)
    on = clock.day()
    rules, money = programme.as_at(on), programme.money(on)
    typed = [each[:LONGEST] for each in request.GET.getlist("scenario") if each.strip()]
    scenarios, faults = [funding.budgets.as_planned(rules, money)], []
    for each in typed[:MOST_SCENARIOS]:
        try:
            scenarios.append(funding.budgets.read_scenario(each, rules, money))
        except UsageError as error:
            faults.append(str(error))
    names = names_of([each.name for each in found.by_hub])
    told = {
        "programme_id": programme_id, "title": rules.title, "on": on, "budget": found,
        "afforded": [funding.budgets.afford(each, money) for each in scenarios],
        "typed": [*typed, "", "", ""][:MOST_SCENARIOS], "errors": faults,
        "picture": _picture(found, rules.title, day(on)),
        "groups": [
            ("Pathway", [(_pathway(rules, each.name), each) for each in found.by_pathway]),
            ("Region", [(each.name, each) for each in found.by_region]),
            ("Hub", [(names.school(each.name), each) for each in found.by_hub]),
        ],
    }  # fmt: skip
    return render(request, "funding/budget.html", told)


@allow(*OVERSEE)
@require_safe
def budget_csv(request: HttpRequest, programme_id: str) -> HttpResponse:  # noqa: ARG001
    """Give the budget by pathway, region and hub as CSV, in pence."""
    _, found = budget_of(programme_id)
    return csv_answer(table_of(found), f"budget-{programme_id}.csv")


@allow(*OVERSEE)
@require_safe
def budget_xlsx(request: HttpRequest, programme_id: str) -> HttpResponse:  # noqa: ARG001
    """Give the budget by pathway, region and hub as a workbook, in pence."""
    programme, found = budget_of(programme_id)
    about = {
        "What": f"Budget of {programme.title}", "Amounts": "in whole pence",
        "Day": clock.day().isoformat(), "Envelope": in_pounds(found.envelope_pence),
        **{f"Note {n}": note for n, note in enumerate(found.notes, start=1)},
    }  # fmt: skip
    name = f"budget-{programme_id}.xlsx"
    return workbook_answer({"Budget": table_of(found)}, name, about=about, at=clock.now())


def _pathway(rules: RulesAsAt, name: str) -> str:
    return next((each.name for each in rules.pathways if each.pathway == name), name)


def _picture(found: ProgrammeBudget, title: str, on: str) -> Picture:
    """Draw the envelope beside what is committed, expected and paid."""
    whole = found.whole
    amounts = {
        "Envelope": found.envelope_pence, "Committed": whole.committed_pence,
        "Expected": whole.forecast_pence, "Paid": whole.paid_pence,
    }  # fmt: skip
    table = pl.DataFrame(
        {"what": list(amounts), "pounds": [in_pounds(each) for each in amounts.values()],
         "pence": list(amounts.values())}
    )  # fmt: skip
    share = whole.committed_pence / found.envelope_pence if found.envelope_pence else 0
    sentence = (
        f"{in_pounds(whole.committed_pence)} of {in_pounds(found.envelope_pence)} is committed, "
        f"{share:.0%} of the envelope, and {in_pounds(whole.paid_pence)} is paid."
    )
    snapshot = current_snapshot()
    caption = pictures.Caption(
        key="budget", title=f"What {title} has, and what it takes", sentence=sentence,
        source=f"partnerships, declarations and payments on {on}; the definition’s envelope",
        is_synthetic=bool(snapshot and snapshot.is_synthetic),
    )  # fmt: skip
    return pictures.charts.bars(table, caption, label="what", value="pence", written="pounds")
