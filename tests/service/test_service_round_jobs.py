"""A round as a job: kept only if all it read still stands; packed with its history."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from commands import schoolhubs
from rounding import AT, WHO, applied_to, in_use, run
from schoolhubs import files, schools
from schoolhubs.service.eligibility.models import Application, HumanDecision
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.kinds import KINDS
from schoolhubs.service.jobs.models import Product, State, Work
from schoolhubs.service.matching.inputs import applications_of
from schoolhubs.service.matching.models import Outcome, Placement, Round
from schoolhubs.service.matching.office import effect
from schoolhubs.service.matching.page.explained import explain
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.matching.queries import rules_of
from schoolhubs.service.network.actions import keep_hubs
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.service.schools.archives import register_of
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.progress import quiet

pytestmark = pytest.mark.django_db


def asked(england: Path) -> Work:
    snapshot = in_use(england)
    programme_id = settings.ENVIRONMENT.programme_ids[0]
    keep_hubs(programme_id, files.read_list(england / "leads.csv", "leads"), reason="Agreed", **WHO)
    return ask("round", {"programme_id": programme_id, "snapshot": snapshot.pk}, **WHO)


def test_a_round_is_kept_then_packed_with_its_history(small_england: Path) -> None:
    work = asked(small_england)
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert work.state == State.DONE, work.fault
    export = ask("export", {"round": work.result["round"]}, **WHO)
    doing.do(export.pk, clock=timezone.now)
    with zipfile.ZipFile(io.BytesIO(bytes(Product.objects.get(work=export).content))) as pack:
        names = pack.namelist()
        history = list(csv.DictReader(io.StringIO(pack.read("history.csv").decode())))
    assert {"round.json", "report.html", "history.csv"} <= set(names)
    assert [row["action"] for row in history] == ["round.run"]
    assert history[0]["by"] == "'=ada"  # a spreadsheet reads it as text


@pytest.mark.parametrize("what", ["register", "hub"])
def test_a_round_of_what_has_changed_meanwhile_is_not_kept(small_england: Path, what: str) -> None:
    work = asked(small_england)
    effect = KINDS["round"].work_out(work, quiet)
    if what == "register":
        in_use(small_england)
    else:
        Hub.objects.latest("pk").delete()
    with pytest.raises(Conflict, match=what):
        effect()
    assert (Round.objects.count(), Placement.objects.count()) == (0, 0)


def test_a_programme_the_service_does_not_run_is_refused_in_words() -> None:
    work = ask("round", {"programme_id": "none", "snapshot": 1}, **WHO)
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert (work.state, work.attempt) == (State.FAILED, 1)
    assert "does not run the programme none" in work.fault


def test_an_agreed_school_keeps_its_place_and_is_told_so(small_england: Path) -> None:
    snapshot = in_use(small_england)
    programme_id = settings.ENVIRONMENT.programme_ids[0]
    keep_hubs(
        programme_id, files.read_list(small_england / "leads.csv", "leads"), reason="Agreed", **WHO
    )
    applied_to(programme_id, small_england, snapshot)
    first = run({"programme_id": programme_id, "snapshot": snapshot.pk})
    publish(first, reason="Agreed", by="ada", at=AT, place="tests")
    agreed = Partnership.objects.earliest("pk")
    Partnership.objects.filter(pk=agreed.pk).update(
        state="agreed", partner_says="accepts", partner_at=AT, partner_by="head",
        lead_says="accepts", lead_at=AT, lead_by="lead", version=F("version") + 1,
    )  # fmt: skip
    Application.objects.filter(urn=agreed.partner_urn).update(
        state="agreed", version=F("version") + 1
    )
    again = run({"programme_id": programme_id, "snapshot": snapshot.pk})
    place = Placement.objects.get(round=again, urn=agreed.partner_urn)
    assert (place.outcome, place.hub_urn) == (Outcome.HELD, agreed.lead_urn)
    assert f"keeps its place with {explain(again, place, rules_of(again)).lead.name}" in (
        explain(again, place, rules_of(again)).sentence
    )
    assert effect.compared(first.pk, again.pk).schools.filter(urn=agreed.partner_urn).is_empty()
    publish(again, reason="Agreed", by="ada", at=AT, place="tests")
    agreed.refresh_from_db()
    assert agreed.state == "agreed", "what both said yes to stands"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda: HumanDecision.objects.create(
                application=Application.objects.earliest("pk"), pathway="enhanced",
                rules_said="cannot tell", verdict="no", reason="R", decided_at=AT, decided_by="x",
            ),
            "A decision on an application",
        ),
        (
            lambda: Partnership.objects.filter(
                pk=Partnership.objects.earliest("pk").pk
            ).update(
                state="agreed", partner_says="accepts", partner_at=AT, partner_by="head",
                lead_says="accepts", lead_at=AT, lead_by="lead", version=F("version") + 1,
            ),
            "A partnership",
        ),
        (
            lambda: Objection.objects.create(
                partnership=Partnership.objects.earliest("pk"), side="partner",
                reasons=["journey"], made_at=AT, made_by="head", state="upheld", decided_at=AT,
                decided_by="officer", decided_reason="R",
            ),
            "A pair that an objection keeps apart",
        ),
    ],
)  # fmt: skip
def test_a_change_of_anything_a_round_read_keeps_it_from_being_kept(
    small_england: Path, change: Callable[[], object], said: str
) -> None:
    snapshot = in_use(small_england)
    programme_id = settings.ENVIRONMENT.programme_ids[0]
    keep_hubs(
        programme_id, files.read_list(small_england / "leads.csv", "leads"), reason="Agreed", **WHO
    )
    applied_to(programme_id, small_england, snapshot)
    plan = run({"programme_id": programme_id, "snapshot": snapshot.pk})
    publish(plan, reason="Agreed", by="ada", at=AT, place="tests")
    work = ask("round", {"programme_id": programme_id, "snapshot": snapshot.pk}, **WHO)
    effect_ = KINDS["round"].work_out(work, quiet)
    change()
    with pytest.raises(Conflict, match=said):
        effect_()
    assert Round.objects.count() == 1


def test_the_pack_of_a_job_is_that_of_the_command_on_the_same_lists(
    small_england: Path, tmp_path: Path
) -> None:
    snapshot = in_use(small_england)
    programme_id = settings.ENVIRONMENT.programme_ids[0]
    leads, applications = small_england / "leads.csv", tmp_path / "applications.csv"
    keep_hubs(programme_id, files.read_list(leads, "leads"), reason="Agreed", **WHO)
    applied_to(programme_id, small_england, snapshot)
    made = run({"programme_id": programme_id, "snapshot": snapshot.pk})
    # The office's own list, as it was sent: the same rows in a file.
    applications_of(programme_id, made.cohort_id).write_csv(applications)
    schools.write_register(register_of(snapshot), tmp_path / "register")
    out = tmp_path / "round"
    theirs = schoolhubs(
        *("round", "run", "--register", tmp_path / "register", "--programme", programme_id),
        *("--leads", leads, "--applications", applications),
        *("--on", snapshot.on.isoformat(), "--out", out),
    )
    with zipfile.ZipFile(io.BytesIO(bytes(made.pack))) as pack:
        for name in ("decisions.csv", "matches.csv", "unmatched.csv", "hubs.csv", "placed.csv"):
            assert pack.read(name).decode() == (out / name).read_text("utf-8"), name
        ours = json.loads(pack.read("round.json"))["summary"]
    assert {**ours, "seconds": 0} == {**{name: theirs[name] for name in ours}, "seconds": 0}
    assert ours["matched"] > 0
