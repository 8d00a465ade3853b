"""Addresses of funding."""

from django.urls import URLPattern, path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.funding.budgeting import views as budgeting
from schoolhubs.service.funding.finance import (
    clawbacks,
    decisions,
    holding,
    runs,
    samples,
    successors,
)
from schoolhubs.service.funding.office import views as office
from schoolhubs.service.funding.pages import declaring, views
from schoolhubs.service.funding.statements import views as statements

MONEY = "schools/<urn:urn>/money"
DECLARATION = f"{MONEY}/<int:money_id>/<slug:milestone>"
OFFICE = "office/money"
CHECKED = f"{OFFICE}/declarations/<int:declaration_id>"
RUN = f"{OFFICE}/runs/<int:run_id>"
CLAWBACK = f"{OFFICE}/clawbacks/<int:clawback_id>"

urlpatterns: list[URLPattern] = [
    path("money", views.own, name="own-money"),
    path(MONEY, views.school_money, name="school-money"),
    path(f"{MONEY}/statement", statements.statement, name="money-statement"),
    path(f"{MONEY}/statement.csv", statements.statement_csv, name="money-statement-csv"),
    path(f"{MONEY}/statement.xlsx", statements.statement_xlsx, name="money-statement-xlsx"),
    path(f"{MONEY}/statement.pdf", statements.statement_pdf, name="money-statement-pdf"),
    path(DECLARATION, declaring.declaration, name="declaration"),
    path(f"{DECLARATION}/day", declaring.day, name="declaration-day"),
    path(
        f"{DECLARATION}/day/<int:declared_day_id>/out", declaring.day_out,
        name="declaration-day-out",
    ),
    path(f"{DECLARATION}/use", declaring.use, name="declaration-use"),
    path(f"{DECLARATION}/declare", declaring.declare, name="declaration-declare"),
    path(f"{OFFICE}/declarations", office.declarations, name="declarations"),
    path(CHECKED, office.check, name="declaration-check"),
    path(f"{CHECKED}/days/<int:declared_day_id>/strike", office.strike, name="declaration-strike"),
    path(f"{OFFICE}/runs", runs.runs, name="payment-runs"),
    path(f"{OFFICE}/programmes/<slug:programme_id>/run", runs.new, name="payment-run-new"),
    path(
        f"{OFFICE}/programmes/<slug:programme_id>/records.zip", statements.folder,
        name="money-records",
    ),
    path(f"{OFFICE}/programmes/<slug:programme_id>/budget", budgeting.budget, name="budget"),
    path(
        f"{OFFICE}/programmes/<slug:programme_id>/budget.csv", budgeting.budget_csv,
        name="budget-csv",
    ),
    path(
        f"{OFFICE}/programmes/<slug:programme_id>/budget.xlsx", budgeting.budget_xlsx,
        name="budget-xlsx",
    ),
    path(RUN, runs.run, name="payment-run"),
    path(f"{RUN}/payments", runs.payments, name="payment-run-payments"),
    path(f"{RUN}/agree", runs.agree, name="payment-run-agree"),
    path(f"{RUN}/file", runs.file, name="payment-run-file"),
    path(f"{RUN}/hand-over", runs.hand_over, name="payment-run-hand-over"),
    path(f"{RUN}/set-aside", runs.set_aside, name="payment-run-set-aside"),
    path(f"{RUN}/confirmation", runs.confirmation, name="payment-run-confirm"),
    path(f"{RUN}/draw", samples.draw, name="payment-run-draw"),
    path(f"{OFFICE}/clawbacks", clawbacks.clawbacks, name="clawbacks"),
    path(f"{OFFICE}/awards/<int:award_id>/clawback", clawbacks.new, name="clawback-new"),
    path(CLAWBACK, clawbacks.clawback, name="clawback"),
    path(f"{CLAWBACK}/repaid", clawbacks.repaid, name="clawback-repaid"),
    path(f"{OFFICE}/decisions", decisions.decisions, name="money-decisions"),
    path(
        f"{OFFICE}/decisions/<int:money_decision_id>", decisions.decision, name="money-decision"
    ),
    path(
        f"{OFFICE}/decisions/<int:successor_id>/take-back", successors.take_back,
        name="money-decision-take-back",
    ),
    path(f"{OFFICE}/awards/<int:award_id>/hold", holding.hold, name="payment-hold"),
    path(f"{OFFICE}/awards/<int:award_id>/successor", successors.new, name="successor-new"),
    path(
        f"{OFFICE}/payments/<int:payment_id>/settle", decisions.settle_payment,
        name="payment-settle",
    ),
    path(f"{OFFICE}/samples", samples.samples, name="samples"),
    path(f"{OFFICE}/samples/<int:sample_id>", samples.sample, name="sample"),
]  # fmt: skip
