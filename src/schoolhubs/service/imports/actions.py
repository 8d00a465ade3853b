"""What is done with an import: bring files, choose what to keep, stop, undo."""

import contextlib
import datetime
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.imports import uploads
from schoolhubs.service.imports.models import Choice, Import, Step
from schoolhubs.service.jobs import actions as jobs
from schoolhubs.service.jobs.models import STOPPED, State
from schoolhubs.service.schools.actions import make_current
from schoolhubs.service.schools.models import CurrentRegister
from schoolhubs.vocabulary.errors import Conflict

LEFT_AFTER = datetime.timedelta(days=7)  # assumed: an import nobody chose about is stopped then
BROKEN_OFF_AFTER = datetime.timedelta(days=1)
OPEN = (Step.RECEIVED, Step.CHECKED)


def bring(
    given: Sequence[uploads.FileOnDisk],
    *,
    on: datetime.date,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Import:
    """Take files in, and ask for their check."""
    stop_left(at=at, place=place)
    uploads.clear_broken_off(before=at - BROKEN_OFF_AFTER)
    brought = Import.objects.create(
        on=on, made_at=at, made_by=by, organisation=organisation, files=[]
    )
    try:
        brought.files = uploads.keep(brought.pk, given)
        with transaction.atomic():
            brought.check_work = jobs.ask(
                "import_check", {"import": brought.pk}, by=by, organisation=organisation, at=at,
                place=place,
            )  # fmt: skip
            brought.save(update_fields=["files", "check_work"])
    except BaseException:
        uploads.remove(brought.pk)
        brought.delete()
        raise
    return brought


def choose(
    held: Import,
    choice: Choice,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Import:
    """Ask to keep what was chosen of a checked import.

    Raises
    ------
    Conflict
        If somebody chose already.
    """
    with transaction.atomic():
        held = Import.objects.select_for_update(of=("self",)).get(pk=held.pk)
        if held.step != Step.CHECKED:
            raise Conflict("Somebody chose already what becomes of these files.")
        held.step, held.choice = Step.KEEPING, choice
        held.keep_work = jobs.ask(
            "import_keep", {"import": held.pk, "choice": choice.value}, by=by,
            organisation=organisation, at=at, place=place,
        )  # fmt: skip
        held.save(update_fields=["step", "choice", "keep_work"])
    return held


def stop(held: Import, *, by: str, organisation: str, at: datetime.datetime, place: str) -> Import:
    """Keep nothing, remove the files, and set its stopped job aside.

    Raises
    ------
    Conflict
        If it is being imported, or was.
    """
    with transaction.atomic():
        held = Import.objects.select_for_update(of=("self",)).get(pk=held.pk)
        works = [each for each in (held.check_work, held.keep_work) if each]
        is_parked = bool(held.keep_work and held.keep_work.is_stopped)
        if held.step not in OPEN and not (held.step == Step.KEEPING and is_parked):
            raise Conflict("It is too late to stop: the import is under way or done.")
        held.step = Step.STOPPED
        held.save(update_fields=["step"])
        for work in works:
            if work.state == State.FAILED:
                jobs.set_aside(work, by=by, organisation=organisation, at=at, place=place)
        audit.record(
            by=by, at=at, action="import.stop", subject=f"import:{held.pk}", place=place,
            organisation=organisation,
        )  # fmt: skip
    uploads.remove(held.pk)
    return held


def stop_left(*, at: datetime.datetime, place: str) -> int:
    """Stop imports left for a week, unchosen or since they failed; their files take room."""
    before = at - LEFT_AFTER
    is_left = Q(step__in=OPEN, made_at__lt=before) | Q(
        step=Step.KEEPING, keep_work__state__in=STOPPED, keep_work__finished_at__lt=before
    )
    n_stopped = 0
    for each in Import.objects.filter(is_left):
        with contextlib.suppress(Conflict):  # somebody chose about it this very moment
            stop(each, by="schoolhubs", organisation="", at=at, place=place)
            n_stopped += 1
    return n_stopped


def undo(
    held: Import,
    *,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Import:
    """Make the register before an import current again; the import's own stays, and can be seen.

    Raises
    ------
    Conflict
        If its register is not the current one, or there was none before.
    """
    with transaction.atomic():
        pointer = CurrentRegister.objects.select_for_update().first()
        held = Import.objects.select_for_update(of=("self",)).get(pk=held.pk)
        if pointer is None or held.snapshot_id != pointer.snapshot_id or held.undone_at:
            raise Conflict(
                "Another school register is current now, so this import cannot be undone."
            )
        if held.before is None:
            raise Conflict("There was no school register before this one to go back to.")
        make_current(held.before)
        held.undone_at, held.undone_by, held.undone_because = at, by, reason
        held.save(update_fields=["undone_at", "undone_by", "undone_because"])
        audit.record(
            by=by, at=at, action="import.undo", subject=f"import:{held.pk}", place=place,
            organisation=organisation, reason=reason,
            details={"from": held.snapshot_id, "to": held.before_id},
        )  # fmt: skip
    return held
