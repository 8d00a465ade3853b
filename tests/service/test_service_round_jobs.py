"""A round as a job: kept only if all it read still stands; packed with its history."""

import csv
import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from schoolhubs import files, schools
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.kinds import KINDS
from schoolhubs.service.jobs.models import Product, State, Work
from schoolhubs.service.matching.models import Placement, Round
from schoolhubs.service.network.actions import keep_hubs
from schoolhubs.service.network.models import Hub
from schoolhubs.service.schools.actions import keep_register, make_current
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.progress import quiet

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
ON = datetime.date(2026, 2, 1)
WHO: dict[str, Any] = {"by": "=ada", "organisation": "office:1", "at": AT, "place": "tests"}
LISTS = ("edubasealldata", "links_", "ees_absence_3term_2024")


def in_use(england: Path) -> RegisterSnapshot:
    found = [path for path in sorted(england.iterdir()) if path.name.startswith(LISTS)]
    register = schools.build([files.read(path) for path in found], on=ON)
    snapshot = keep_register(register, at=AT)
    make_current(snapshot)
    return snapshot


def asked(england: Path) -> Work:
    snapshot = in_use(england)
    programme_id = settings.ENVIRONMENT.programme_ids[0]
    keep_hubs(programme_id, files.read_leads(england / "leads.csv"))
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
