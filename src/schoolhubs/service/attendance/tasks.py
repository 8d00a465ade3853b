"""The two kinds of work of an import of marks, and what is looked after each hour and day."""

from typing import Any

import polars as pl
from django.urls import reverse
from procrastinate.contrib.django import app

from schoolhubs import attendance, diagnosis
from schoolhubs.attendance import reading
from schoolhubs.service import clock
from schoolhubs.service.attendance import places
from schoolhubs.service.attendance.bringing import actions, columns
from schoolhubs.service.attendance.erasing import actions as erasing
from schoolhubs.service.attendance.models import MarksImport, SchoolYear, Step
from schoolhubs.service.attendance.queries import keep_finding
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.jobs import faults
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.schools.archives import register_of
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem, SchoolhubsError, UsageError
from schoolhubs.vocabulary.progress import Progress
from schoolhubs.vocabulary.tables import written_whole

CHANGED_MEANWHILE = (
    "The marks kept of the school changed after this file was read, and keeping it would now take "
    "some of them away. Nothing was changed. Stop, and bring the file again: the page then says "
    "what would go."
)


def work_out_read(work: Work, progress: Progress) -> Effect:
    """Read a file; its marks wait without a name, and the file itself goes, read or not."""
    held = MarksImport.objects.get(pk=work.order["import"])
    if held.step != Step.READING:  # stopped before its turn came
        return lambda: Result(path=_page(held, "marks-found"))
    progress("reading the marks", 0, 1)
    try:
        report = _read(held)
    except SchoolhubsError:
        places.remove(held.pk)
        raise
    except Exception as error:
        places.remove(held.pk)
        # Said in words of ours: a library's own may quote what stands in the file.
        raise _unreadable(type(error).__name__) from None
    faults.at("marks_read.read")

    def effect() -> Result:
        found = MarksImport.objects.select_for_update(of=("self",)).get(pk=held.pk)
        if found.step == Step.READING:  # stopped meanwhile, it stays stopped
            # Headings that nobody chose may say more than what a column is: none is needed now.
            found.step, found.report, found.headings = Step.FOUND, report, []
            found.version += 1
            found.save(update_fields=["step", "report", "headings", "version"])
        return Result(path=_page(found, "marks-found"))

    return effect


def _read(held: MarksImport) -> dict[str, Any]:
    """Give what was found; the good rows wait beside the file, pupils hashed."""
    mapping = columns.mapping_of(held.columns)
    laestab = _laestab(held.urn) if "laestab" in mapping.columns else ""
    years = list(SchoolYear.objects.filter(urn=held.urn).values_list("content", flat=True))
    try:
        with places.opened(held.pk, held.suffix) as path:
            if path is None:
                raise Conflict("The file is not there any more. Bring it again.")
            found = reading.read_export(
                path, mapping, urn=held.urn, terms=columns.terms_of(years),
                key=places.pupil_key(), laestab=laestab, keep_good=True,
            )  # fmt: skip
    except DataProblem as error:
        return {"problems": [_told(each) for each in error.problems], "n_marks": 0}
    with written_whole(places.waiting(held.pk)) as beside:
        found.marks.write_parquet(beside)
    with places.alone_in_store():  # files of it may go while others are looked at
        losses = attendance.MarksStore(places.store()).losses(found.marks)
    weeks = found.marks["week_on"]
    return {
        "problems": [_told(each) for each in found.problems],
        "losses": [str(each) for each in losses],
        "says_school": bool({"urn", "laestab"} & set(mapping.columns)),
        "n_rows": found.n_rows,
        "n_rows_left_out": found.n_rows_left_out,
        "n_marks": found.n_marks,
        "n_pupils": found.marks["pupil"].n_unique(),
        "n_weeks": weeks.n_unique(),
        "first_week_on": weeks.min().isoformat(),  # type: ignore[union-attr]
        "last_week_on": weeks.max().isoformat(),  # type: ignore[union-attr]
    }


def _laestab(urn: str) -> str:
    """Give a school's LAESTAB, as the current register has it.

    Raises
    ------
    UsageError
        If it has none.
    """
    snapshot = current_snapshot()
    schools = register_of(snapshot).schools.filter(pl.col("urn") == urn) if snapshot else None
    found = "" if schools is None else str(schools["laestab"].drop_nulls().first() or "")
    if not found:
        raise UsageError(
            "The school register holds no LAESTAB of your school, so that column cannot be "
            "checked. Bring the file again, and leave the column of LAESTABs out."
        )
    return found


def _told(problem: Problem) -> dict[str, Any]:
    """Give a problem as the page tells it; none holds a cell of the file."""
    remedy = problem.remedy
    for written, shown in columns.said()["words_on_pages"].items():
        remedy = remedy.replace(written, shown)
    rows = [row for row in (problem.row, *problem.other_rows) if row]
    return {
        "code": problem.code, "column": problem.column, "fault": problem.fault,
        "remedy": remedy,
        "rows": rows[:20], "n_rows": len(rows),
    }  # fmt: skip


def _unreadable(kind: str) -> DataProblem:
    fault = f"the file cannot be read ({kind})"
    remedy = "Export it again, and bring it anew. It was removed."
    return DataProblem([Problem(code="unreadable_marks", fault=fault, remedy=remedy)])


def clear_upload(work: Work) -> None:
    """Remove the file that names pupils, and all of an import that was stopped meanwhile.

    A second time there is nothing left to remove.
    """
    number = work.order["import"]
    if MarksImport.objects.filter(pk=number, step=Step.STOPPED).exists():
        places.remove(number)
    places.remove_upload(number)


def work_out_keep(work: Work, progress: Progress) -> Effect:
    """Store the marks that wait, and work out what they show.

    The store is changed here and not in the effect: storing the same weeks twice stores them once,
    so a try that was cut off does no harm. Whoever erases a school's marks holds the store and has
    stopped the import: nothing is stored then, and what was found before is not kept.
    """
    number = work.order["import"]
    progress("keeping the marks", 0, 2)
    finding, looked_at = None, clock.now()
    with places.alone_in_store():
        held = MarksImport.objects.get(pk=number)
        if held.step == Step.KEEPING:
            _store(held, replaces=bool(work.order["replaces"]))
            faults.at("marks_keep.stored")
            progress("working out what they show", 1, 2)
            finding = diagnosis.finding.marked.found_in(places.store(), held.urn)
            looked_at = clock.now()

    def effect() -> Result:
        at = clock.now()
        kept = MarksImport.objects.select_for_update(of=("self",)).get(pk=number)
        if kept.step != Step.KEEPING:
            return Result(path=_page(kept, "marks-found"))
        kept.step, kept.finished_at = Step.KEPT, at
        kept.version += 1
        kept.save(update_fields=["step", "finished_at", "version"])
        keep_finding(held.urn, finding, at=looked_at)
        told = ("n_rows", "n_rows_left_out", "n_marks", "n_weeks")
        audit.record(
            by=work.asked_by, at=at, action="marks.keep", subject=f"marks-import:{kept.pk}",
            place=work.place, organisation=work.organisation,
            details={"urn": kept.urn, **{name: kept.report[name] for name in told}},
        )  # fmt: skip
        return Result(path=_page(kept, "marks-result"))

    return effect


def _store(held: MarksImport, *, replaces: bool) -> None:
    """Store the marks of an import that wait.

    Raises
    ------
    Conflict
        If they are not there, or would now take away what nobody was shown; without a number of
        pupils, since the office reads why work stopped.
    """
    path = places.waiting(held.pk)
    if not path.exists():
        raise Conflict("The marks that were read are not there any more. Bring the file again.")
    store, marks = attendance.MarksStore(places.store()), pl.read_parquet(path)
    if not replaces and store.losses(marks):
        raise Conflict(CHANGED_MEANWHILE)
    store.append(marks, replaces=replaces)


def clear_away(work: Work) -> None:
    """Remove all of the import from disk: its marks are in the store."""
    places.remove(work.order["import"])


def _page(held: MarksImport, name: str) -> str:
    return reverse(name, kwargs={"urn": held.urn, "marks_import_id": held.pk})


# Each hour, though it is a day that counts: a run is dropped where no worker is there for long.
@app.periodic(cron="20 * * * *")
@app.task(name="attendance.stop_left", queueing_lock="attendance.stop_left", pass_context=False)
def stop_left(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Stop the imports that were left, and remove their files."""
    actions.stop_left(at=clock.now(), place="attendance.stop_left")


@app.periodic(cron="40 * * * *")
@app.task(name="attendance.erase", queueing_lock="attendance.erase", pass_context=False)
def erase_expired(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Erase the weeks whose time is over."""
    erasing.erase_expired(on=clock.day(), at=clock.now(), place="attendance.erase", by="schoolhubs")


register(
    Kind(name="marks_read", title="Reading marks", work_out=work_out_read, afterwards=clear_upload)
)
register(
    Kind(name="marks_keep", title="Keeping marks", work_out=work_out_keep, afterwards=clear_away)
)
