"""kill -9 at every point of an import and of a round: nothing lost, nothing by halves, once."""

import datetime
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from schoolhubs import files, schools
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.imports import uploads
from schoolhubs.service.imports.actions import bring, choose
from schoolhubs.service.imports.models import Choice, Import
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.jobs.models import State
from schoolhubs.service.matching.models import HubLoad, Placement, Round
from schoolhubs.service.network.actions import keep_hubs
from schoolhubs.service.schools.actions import keep_register, make_current
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot, School
from working import brought_file, cut_off, files_of, let_finish, until, worker

AT = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
ON = datetime.date(2026, 2, 1)
WHO: dict[str, Any] = {"by": "ada", "organisation": "office:1", "at": AT, "place": "tests"}
LISTS = ("edubasealldata", "links_", "academiesmat", "ees_absence_3term_2024", "england_census")
# Each in the order in which the worker comes by it; the last two lie behind the effect.
IMPORT_POINTS = (
    "claimed", "reading the files", "read-1", "read-3", "built", "worked-out", "rows", "pointed",
    "audited", "before-commit", "made", "cleared",
)  # fmt: skip
ROUND_POINTS = (
    "claimed", "reading the register", "facts", "eligibility", "travel", "matching", "checking",
    "worked-out", "kept", "before-commit", "made", "cleared",
)  # fmt: skip


def england(folder: Path) -> schools.SchoolRegister:
    tables = [files.read(folder / name) for name in files_of(folder, LISTS)]
    return schools.build(tables, on=ON)


def test_an_import_cut_off_at_every_point_is_made_once(
    own_database: None, small_england: Path
) -> None:
    # Numbers begin anew with the database; what imports of other tests left behind does not.
    shutil.rmtree(settings.UPLOADS, ignore_errors=True)
    before = keep_register(england(small_england), at=AT)
    make_current(before)
    given = [brought_file(*each) for each in files_of(small_england, LISTS).items()]
    # Brought now: the hourly job stops imports left for long, should the hour strike meanwhile.
    held = bring(given, on=ON, **{**WHO, "at": timezone.now()})
    let_finish(held.check_work)
    held.refresh_from_db()
    assert held.report["choices"]["whole_files"]["changes"]["opened"]["n"] == 0
    held = choose(held, Choice.WHOLE_FILES, **WHO)
    work = held.keep_work
    for n, point in enumerate(IMPORT_POINTS):
        cut_off("import_keep", point)
        is_made = n >= IMPORT_POINTS.index("made")
        # Nothing by halves: a register that is there is whole and in use, and there is one.
        assert RegisterSnapshot.objects.count() == 1 + is_made
        assert (CurrentRegister.objects.get().snapshot_id != before.pk) == is_made
        assert AuditEntry.objects.filter(action="import.keep").count() == is_made
        for snapshot in RegisterSnapshot.objects.defer("archive"):
            assert School.objects.filter(snapshot=snapshot).count() == snapshot.n_schools
    let_finish(work)
    held.refresh_from_db()
    work.refresh_from_db()
    assert (held.step, work.state) == ("kept", State.DONE)
    assert RegisterSnapshot.objects.count() == 2
    assert AuditEntry.objects.filter(action="import.keep").count() == 1
    assert not uploads.folder_of(held.pk).exists()
    assert Import.objects.get().before_id == before.pk


def test_a_round_cut_off_at_every_point_is_kept_once(
    own_database: None, small_england: Path
) -> None:
    snapshot = keep_register(england(small_england), at=AT)
    make_current(snapshot)
    programme_id = settings.ENVIRONMENT.programme_ids[0]
    keep_hubs(
        programme_id, files.read_list(small_england / "leads.csv", "leads"), reason="Agreed", **WHO
    )
    work = ask("round", {"programme_id": programme_id, "snapshot": snapshot.pk}, **WHO)
    for n, point in enumerate(ROUND_POINTS):
        cut_off("round", point)
        is_made = n >= ROUND_POINTS.index("made")
        assert Round.objects.count() == is_made
        assert bool(HubLoad.objects.count()) == is_made
        assert AuditEntry.objects.filter(action="round.run").count() == is_made
    let_finish(work)
    work.refresh_from_db()
    assert work.state == State.DONE
    assert Round.objects.get().pk == work.result["round"]
    assert AuditEntry.objects.filter(action="round.run").count() == 1
    assert Placement.objects.values("round").distinct().count() <= 1


def test_work_that_always_ends_its_worker_is_parked_and_said(own_database: None) -> None:
    work = ask("round", {"programme_id": "none", "snapshot": 0}, **WHO)

    def is_parked() -> bool:
        work.refresh_from_db()
        return work.state == State.FAILED

    for _ in range(2):
        cut_off("round", "claimed")
    with worker(SCHOOLHUBS_MOST_ATTEMPTS="2", SCHOOLHUBS_FAULT_AT="round.claimed") as process:
        until(is_parked, "it is parked")
        assert process.poll() is None  # the worker lives on, for the work behind it
    assert work.attempt == 2
    assert "cut off 2 times" in work.fault
