"""The two kinds of work of an import: check the files, keep what was chosen of them."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs import schools
from schoolhubs.service import clock
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.imports import actions, uploads
from schoolhubs.service.imports.checking import CheckedFile, changes, check
from schoolhubs.service.imports.models import Choice, Import, Step
from schoolhubs.service.jobs import faults
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.schools.actions import keep_register, make_current
from schoolhubs.service.schools.archives import register_of
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.progress import Progress
from schoolhubs.vocabulary.records.published import ReadingLimits

LIMITS = ReadingLimits()


def work_out_check(work: Work, progress: Progress) -> Effect:
    """Check every file of an import, and say what keeping them would change."""
    brought = Import.objects.get(pk=work.order["import"])
    found, unpacking = _checked(brought, work, progress)
    current = _current()
    progress("comparing with the register in use", 0, 1)
    report: dict[str, Any] = {
        "files": [each.as_dict() for each in found],
        "not_unpacked": [problem.as_dict() for problem in unpacking],
        # What keeping would change, by choice; a fault where no register can be made.
        "choices": {},
    }
    for choice in Choice:
        tables = _chosen(found, choice)
        if choice is Choice.GOOD_ROWS and not any(each.good_rows for each in found):
            continue
        try:
            built = schools.build(tables, on=brought.on)
            outcome: dict[str, Any] = {
                "changes": changes(register_of(current) if current else None, built)
            }
        except DataProblem as error:
            outcome = {"fault": str(error)}
        report["choices"][choice.value] = outcome

    def effect() -> Result:
        held = Import.objects.select_for_update(of=("self",)).get(pk=brought.pk)
        if held.step == Step.RECEIVED:  # stopped meanwhile, it stays stopped
            held.step, held.report, held.compared_with = Step.CHECKED, report, current
            held.save(update_fields=["step", "report", "compared_with"])
        return Result(path=_page(held))

    return effect


def work_out_keep(work: Work, progress: Progress) -> Effect:
    """Build a register of what was chosen; kept and made current in one, or not at all."""
    brought = Import.objects.select_related("compared_with").get(pk=work.order["import"])
    found, _ = _checked(brought, work, progress)
    progress("building the register", 0, 1)
    built = schools.build(_chosen(found, Choice(work.order["choice"])), on=brought.on)
    faults.at("import_keep.built")

    def effect() -> Result:
        pointer = CurrentRegister.objects.select_for_update().first()
        if (pointer.snapshot_id if pointer else None) != brought.compared_with_id:
            raise Conflict(
                "Another school register became current after these files were checked. Nothing "
                "was imported. Bring the files again, to see what they change now."
            )
        at = clock.now()
        snapshot = keep_register(built, at=at)
        faults.at("import_keep.rows")
        make_current(snapshot)
        faults.at("import_keep.pointed")
        held = Import.objects.select_for_update(of=("self",)).get(pk=brought.pk)
        held.step, held.snapshot, held.before = Step.KEPT, snapshot, brought.compared_with
        held.save(update_fields=["step", "snapshot", "before"])
        audit.record(
            by=work.asked_by, at=at, action="import.keep", subject=f"import:{held.pk}",
            place=work.place, organisation=work.organisation,
            details={"register": snapshot.pk, "choice": work.order["choice"]},
        )  # fmt: skip
        faults.at("import_keep.audited")
        return Result(path=_page(held), facts={"register": snapshot.pk})

    return effect


# Each hour, though it is days that count: a run is dropped where no worker is there for long.
@app.periodic(cron="50 * * * *")
@app.task(name="imports.stop_left", queueing_lock="imports.stop_left", pass_context=False)
def stop_left(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Stop the imports that were left for too long."""
    actions.stop_left(at=clock.now(), place="imports.stop_left")


def clear_away(work: Work) -> None:
    """Remove the files of an import that is kept; a second time there is nothing left to remove."""
    uploads.remove(work.order["import"])


def _checked(
    brought: Import, work: Work, progress: Progress
) -> tuple[list[CheckedFile], list[Any]]:
    """Read every file, which must still be the one that was brought."""
    paths, problems = uploads.brought(brought.pk, LIMITS)
    today = timezone.localdate(brought.made_at)  # the same for the check and for keeping
    stage = "reading the files"
    progress(stage, 0, len(paths))
    found = []
    for n, path in enumerate(paths, 1):
        found.append(check(path, today=today))
        faults.at(f"{work.kind}.read-{n}")
        progress(stage, n, len(paths))
    _refuse_others(brought)
    return found, problems


def _refuse_others(brought: Import) -> None:
    for n, file in enumerate(brought.files, 1):
        path = uploads.folder_of(brought.pk) / str(n) / file["name"]
        if not path.is_file() or uploads.digest(path) != file["sha256"]:
            raise Conflict(f"{file['name']} is not what was brought any more. Bring it again.")


def _chosen(found: Sequence[CheckedFile], choice: Choice) -> list[Any]:
    tables = [each.whole if choice is Choice.WHOLE_FILES else each.table for each in found]
    return [table for table in tables if table is not None and table.gives]


def _current() -> RegisterSnapshot | None:
    pointer = CurrentRegister.objects.select_related("snapshot").first()
    return pointer.snapshot if pointer else None


def _page(held: Import) -> str:
    return reverse("import", kwargs={"import_id": held.pk})


register(Kind(name="import_check", title="Checking files", work_out=work_out_check))
register(
    Kind(
        name="import_keep",
        title="Importing the school register",
        work_out=work_out_keep,
        afterwards=clear_away,
    )
)
