"""Addresses of plans."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.plans.approving import views as approving
from schoolhubs.service.plans.board import earlier
from schoolhubs.service.plans.board import views as board
from schoolhubs.service.plans.copying import views as copying
from schoolhubs.service.plans.printing import views as printing
from schoolhubs.service.plans.reviewing import views as reviewing
from schoolhubs.service.plans.screening import views as screening
from schoolhubs.service.plans.watching import views as watching
from schoolhubs.service.plans.writing import views as writing

PLAN = "schools/<urn:urn>/plan"
ACTION = f"{PLAN}/actions/<slug:action_id>"

urlpatterns = [
    path("plan", board.own, name="own-plan"),
    path(PLAN, board.school_plan, name="school-plan"),
    path(f"{PLAN}.yaml", approving.file, name="plan-file"),
    path(f"{PLAN}/begin", board.begin, name="plan-begin"),
    path(f"{PLAN}/details", writing.details, name="plan-details"),
    path(f"{PLAN}/objectives/<slug:objective_id>", writing.objective, name="plan-objective"),
    path(f"{PLAN}/library", writing.library, name="plan-library"),
    path(ACTION, writing.action, name="plan-action"),
    path(f"{ACTION}/move", board.move, name="plan-move"),
    path(f"{ACTION}/screen", screening.screen, name="plan-screen"),
    path(f"{ACTION}/screen/review", screening.review, name="plan-screen-review"),
    path(f"{PLAN}/consultations/<slug:consulted>", writing.consultation, name="plan-consultation"),
    path(f"{PLAN}/check", approving.check, name="plan-check"),
    path(f"{PLAN}/approve", approving.approve, name="plan-approve"),
    path(f"{PLAN}/comment", board.comment, name="plan-comment"),
    path(f"{PLAN}/end", board.end, name="plan-end"),
    path(f"{PLAN}/earlier", earlier.earlier, name="plan-earlier"),
    path(f"{PLAN}/reviews", reviewing.reviews, name="plan-reviews"),
    path(f"{PLAN}/reviews/<slug:objective_id>", reviewing.review, name="plan-review"),
    path(f"{PLAN}/affected", watching.affected, name="plan-affected"),
    path(f"{PLAN}/affected/new", watching.compare, name="plan-compare"),
    path(f"{PLAN}/one-page", printing.page, name="plan-page"),
    path(f"{PLAN}/one-page.pdf", printing.pdf, name="plan-pdf"),
    path(f"{PLAN}/actions.csv", printing.actions_csv, name="plan-actions-csv"),
    path(f"{PLAN}/copy", copying.copy, name="plan-copy"),
]
