"""What is done with an import of marks: bring, say columns and terms, choose, stop."""

import contextlib
import datetime
from collections.abc import Mapping as Named
from typing import Any

from django.db import transaction
from django.db.models import Q

from schoolhubs import files
from schoolhubs.service.attendance import places
from schoolhubs.service.attendance.bringing import columns
from schoolhubs.service.attendance.models import OPEN, Mapping, MarksImport, SchoolYear, Step
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.imports.uploads import FileOnDisk, clear_broken_off
from schoolhubs.service.jobs import actions as jobs
from schoolhubs.service.jobs.models import STOPPED, State
from schoolhubs.vocabulary.errors import Conflict

MOVED_ON = "Somebody else went on with this file meanwhile. Nothing of yours was changed."


def bring(
    given: FileOnDisk, *, urn: str, layout: str, suffix: str, sheet: str = "", by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> MarksImport:  # fmt: skip
    """Take a file in, and look at its headings alone.

    Raises
    ------
    DataProblem
        If it cannot be opened or has no headings; it is removed then.
    """
    places.pupil_key()
    with transaction.atomic():
        held = MarksImport.objects.create(
            urn=urn, organisation=organisation, made_at=at, made_by=by, suffix=suffix,
            layout=layout,
        )  # fmt: skip
        try:
            places.keep_upload(held.pk, given, suffix)
            with places.opened(held.pk, suffix) as path:
                assert path is not None
                found = files.read_headings(path, sheet=sheet)
        except BaseException:
            places.remove(held.pk)
            raise
        held.headings, held.separator = list(found.names), found.separator
        held.columns = {"sheet": sheet} if sheet else {}
        held.save(update_fields=["headings", "separator", "columns"])
        audit.record(
            by=by, at=at, action="marks.bring", subject=f"marks-import:{held.pk}", place=place,
            organisation=organisation, details={"urn": urn},
        )  # fmt: skip
    return held


def say_columns(
    held: MarksImport, content: Named[str, Any], *, name: str, version: int, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> MarksImport:  # fmt: skip
    """Say which column is what, and save it by name for the next time.

    Raises
    ------
    Conflict
        If the import is further on.
    """
    with transaction.atomic():
        held = _open(held, version, Step.BROUGHT, Step.MAPPED)
        _keep(Mapping, content, by=by, at=at, urn=held.urn, name=name)
        held.columns, held.step = dict(content), Step.MAPPED
        _save(held, "columns", "step")
        audit.record(
            by=by, at=at, action="marks.say-columns", subject=f"marks-import:{held.pk}",
            place=place, organisation=organisation, details={"urn": held.urn},
        )  # fmt: skip
    return held


def say_terms(
    held: MarksImport, content: Named[str, Any], *, year: str, version: int, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> MarksImport:  # fmt: skip
    """Save the term dates of a year, and ask for the file to be read.

    Raises
    ------
    Conflict
        If the import is further on.
    DataProblem
        If the years overlap.
    """
    with transaction.atomic():
        held = _open(held, version, Step.MAPPED)
        _keep(SchoolYear, content, by=by, at=at, urn=held.urn, year=year)
        columns.terms_of(
            list(SchoolYear.objects.filter(urn=held.urn).values_list("content", flat=True))
        )
        held.step = Step.READING
        held.read_work = jobs.ask(
            "marks_read", {"import": held.pk}, by=by, organisation=organisation, at=at, place=place
        )
        _save(held, "step", "read_work")
    return held


def choose(
    held: MarksImport, *, replaces: bool, version: int, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> MarksImport:  # fmt: skip
    """Ask to keep what was read.

    Raises
    ------
    Conflict
        If somebody chose already.
    """
    with transaction.atomic():
        held = _open(held, version, Step.FOUND)
        held.step = Step.KEEPING
        held.keep_work = jobs.ask(
            "marks_keep", {"import": held.pk, "replaces": replaces}, by=by,
            organisation=organisation, at=at, place=place,
        )  # fmt: skip
        _save(held, "step", "keep_work")
    return held


def stop(
    held: MarksImport, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> MarksImport:
    """Keep nothing, and remove all of it from disk.

    Raises
    ------
    Conflict
        If it is being kept, or was.
    """
    with transaction.atomic():
        held = MarksImport.objects.select_for_update(of=("self",)).get(pk=held.pk)
        is_parked = bool(held.keep_work and held.keep_work.is_stopped)
        if held.step not in OPEN and not (held.step == Step.KEEPING and is_parked):
            raise Conflict("It is too late to stop: the marks are being kept, or are.")
        _end(held, by=by, organisation=organisation, at=at, place=place)
    places.remove(held.pk)
    return held


def stop_all(
    urn: str, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> list[int]:
    """Stop every import of a school that is not over, one that is being kept included.

    Only for whoever holds the store and empties it: work that runs meanwhile finds its import
    stopped, and keeps nothing. Gives the imports; their files are left to the caller.
    """
    with transaction.atomic():
        found = MarksImport.objects.select_for_update(of=("self",)).filter(
            urn=urn, step__in=(*OPEN, Step.KEEPING)
        )
        stopped = list(found)
        for each in stopped:
            _end(each, by=by, organisation=organisation, at=at, place=place)
    return [each.pk for each in stopped]


def _end(
    held: MarksImport, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> None:
    """Say that an import is stopped, and that nobody need look at work of it that was."""
    held.step, held.finished_at, held.headings = Step.STOPPED, at, []
    _save(held, "step", "finished_at", "headings")
    for work in (held.read_work, held.keep_work):
        if work and work.state == State.FAILED:
            jobs.set_aside(work, by=by, organisation=organisation, at=at, place=place)
    audit.record(
        by=by, at=at, action="marks.stop", subject=f"marks-import:{held.pk}", place=place,
        organisation=organisation, details={"urn": held.urn},
    )  # fmt: skip


def stop_left(*, at: datetime.datetime, place: str) -> int:
    """Stop imports that nobody went on with for a day: their files hold pupils.

    What a process that ended on the way left on disk goes too, whatever it was.
    """
    hours = columns.said()["left_after_hours"]["value"]
    before = at - datetime.timedelta(hours=hours)
    is_parked = Q(step=Step.KEEPING, keep_work__state__in=STOPPED)
    n_stopped = 0
    for each in MarksImport.objects.filter(Q(step__in=OPEN) | is_parked, made_at__lt=before):
        with contextlib.suppress(Conflict):  # somebody went on this very moment
            stop(each, by="schoolhubs", organisation=each.organisation, at=at, place=place)
            n_stopped += 1
    under_way = MarksImport.objects.filter(step__in=(*OPEN, Step.KEEPING))
    places.remove_left(set(under_way.values_list("pk", flat=True)), before=before)
    clear_broken_off(before=before)
    return n_stopped


def _open(held: MarksImport, version: int, *steps: Step) -> MarksImport:
    found = MarksImport.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if found.version != version or found.step not in steps:
        raise Conflict(MOVED_ON)
    return found


def _keep(
    kind: type[Mapping | SchoolYear], content: Named[str, Any], *, by: str, at: datetime.datetime,
    **key: str,
) -> None:  # fmt: skip
    """Keep a content under its key for the next time; the same again changes nothing."""
    said = {"content": dict(content), "changed_at": at, "changed_by": by}
    saved, is_new = kind.objects.select_for_update().get_or_create(**key, defaults=said)
    if not is_new and saved.content != content:
        saved.content, saved.changed_at, saved.changed_by = dict(content), at, by
        saved.version += 1
        saved.save()


def _save(held: MarksImport, *names: str) -> None:
    held.version += 1
    held.save(update_fields=[*names, "version"])
