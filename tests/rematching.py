"""A round of a whole England, published, and a re-match of it as the office asks for one."""

import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from invented import PROGRAMME
from schoolhubs import __version__, files, runs, schools
from schoolhubs.service.cohorts.queries import rules_of
from schoolhubs.service.demo.applications import keep_applications
from schoolhubs.service.demo.intakes import open_intake
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.models import State
from schoolhubs.service.matching.actions import run_round
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network.actions import keep_hubs
from schoolhubs.service.network.models import Hub
from schoolhubs.service.schools.actions import keep_register, make_current

ON = datetime.date(2026, 2, 1)
LISTS = ("edubasealldata", "links_", "ees_absence_3term_2024")


def published(england: Path) -> Round:
    """Run a round of an England for the intake of today, and publish it."""
    at = timezone.now()
    found = [path for path in sorted(england.iterdir()) if path.name.startswith(LISTS)]
    register = schools.build([files.read(path) for path in found], on=ON)
    snapshot = keep_register(register, at=at)
    make_current(snapshot)
    leads = files.read_list(england / "leads.csv", "leads")
    keep_hubs(
        PROGRAMME, leads, reason="Agreed", by="ada", organisation="office:1", at=at, place="tests"
    )
    intake = open_intake(PROGRAMME, at=at)
    rules = rules_of(PROGRAMME, cohort_id=intake.cohort_id)
    applications = files.read_list(england / "applications.csv", "applications")
    order = runs.Order(
        rules=rules, register=register, leads=leads, applications=applications,
        versions={"schoolhubs": __version__},
    )  # fmt: skip
    round_ = run_round(order, snapshot, by="ada", at=at, place="tests")
    lead_urns = list(Hub.objects.values_list("lead_urn", flat=True))
    facts = schools.facts(register, on=ON)
    keep_applications(applications, facts, lead_urns, rules, round_, at=at, intake=intake)
    publish(round_, by="ada", at=at, place="tests", reason="Agreed")
    return round_


def re_matched(round_: Round, **who: Any) -> Round:
    """Ask for a re-match of a published round, and give what the job made."""
    work = ask("rematch", {"programme_id": PROGRAMME, "cohort_id": round_.cohort_id}, **who)
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert work.state == State.DONE, work.fault
    new = Round.objects.get(pk=work.result["round"])
    assert new.base_id == round_.pk
    return new
