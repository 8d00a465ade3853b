"""Works a target out again once a challenge is upheld; every version is kept."""

import contextlib
import dataclasses
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from schoolhubs.service import clock
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.jobs.kinds import Effect, Result
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.schools.models import CurrentRegister
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.challenges import telling
from schoolhubs.service.targets.explaining import row_of
from schoolhubs.service.targets.models import (
    Challenge,
    ChallengeState,
    Fit,
    SchoolTarget,
)
from schoolhubs.service.targets.reading import minutes_around, model_of, panel_of
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.progress import Progress
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from schoolhubs.vocabulary.records.school.target import (
    AttendanceTarget,
    RecomputedTarget,
    Replacement,
)

# What both frames.TARGETS and records.AttendanceTarget tell of a school.
BOTH = (
    "expected_percent", "target_percent", "low_percent", "high_percent", "chance_unaided",
    "last_year_percent", "baseline_percent", "national_percent", "national_year",
    "chance_size_percent",
)  # fmt: skip


CARRIED = "A challenge upheld before still holds: {}"


class AnotherWasQuicker(Exception):
    """Another challenge of the school was worked in meanwhile: the next try starts from that."""


def work_out_again(work: Work, progress: Progress) -> Effect:
    """Work a school's target out with what was upheld; the order names the ``challenge``."""
    asked = Challenge.objects.get(pk=work.order["challenge"])
    urn, stands = asked.urn, _standing(asked)
    path = reverse("school-target", kwargs={"urn": urn})
    done = Result(path=path, facts={"challenge": asked.pk})
    if asked.amended_id or asked.state != ChallengeState.UPHELD:
        return lambda: done
    progress("working the target out", 0, 1)
    found = recomputed(stands, asked)

    def effect() -> Result:
        settling()
        held = Challenge.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        # Whoever comes second waits here, and then sees the version that the first one made.
        SchoolTarget.objects.select_for_update().get(pk=stands.pk)
        if _standing(asked).pk != stands.pk:
            raise AnotherWasQuicker
        amended = amend(stands, found, because=held.decided_reason)
        held.amended = amended
        held.version += 1
        held.save()
        at = clock.now()
        letters.write(telling.upheld(held, stands, amended), by=work.asked_by, at=at,
                      place=work.place)  # fmt: skip
        audit.record(
            by=work.asked_by, organisation=work.organisation, at=at, action="target.amend",
            subject=f"target:{urn}", place=work.place, reason=held.decided_reason,
            details={"challenge": held.pk, "version": amended.version, "fit": amended.fit_id},
        )  # fmt: skip
        return done

    return effect


def settling() -> None:
    """Wait for whoever else settles which targets stand, a new fit or a challenge; go on alone.

    So a fit sees what was upheld while it was worked out, or what is upheld sees the fit.
    """
    CurrentRegister.objects.select_for_update().first()


def _standing(asked: Challenge) -> SchoolTarget:
    """Give the target that stands: targets may have been fitted anew since the school challenged.

    Where the newest fit has none of the school, it is that of the fit that was challenged.
    """
    _, found = queries.standing(asked.urn)
    if found is None:
        challenged: SchoolTarget = asked.target
        found = queries.target_of(challenged.fit, asked.urn)
    assert found is not None, "a challenge is of a target"
    return found


def recomputed(stands: SchoolTarget, asked: Challenge) -> RecomputedTarget:
    """Work a target out again with what a challenge says, on top of what was upheld before."""
    from schoolhubs import targets  # what computes is not needed to start the service

    fit = stands.fit
    panel = panel_of(fit.snapshot_id)
    # What was upheld of the same thing since is what stands there by now.
    now = {(each["kind"], each["name"]): each["after"] for each in stands.replaced}
    new = Replacement(
        kind=asked.kind, name=asked.name, before=now.get((asked.kind, asked.name), asked.before),
        after=asked.after, reason=asked.decided_reason, decided_by=asked.decided_by,
    )  # fmt: skip
    return targets.recompute(
        model_of(fit.pk),
        panel,
        urn=asked.urn,
        year=fit.year,
        replacements=[*(Replacement(**each) for each in stands.replaced), new],
        minutes=minutes_around(panel, asked.urn),
    )


def amend(newest: SchoolTarget, found: RecomputedTarget, *, because: str) -> SchoolTarget:
    """Keep the next version with its explanation; what only the frame tells stays as it was."""
    after: AttendanceTarget = found.after
    at = clock.now()
    row = SchoolTarget.objects.create(
        fit_id=newest.fit_id, urn=newest.urn, version=newest.version + 1, phase=after.phase,
        frontier_percent=None, n_years=newest.n_years, context_part=newest.context_part,
        reason=newest.reason, made_at=at, amended_because=because,
        replaced=[dataclasses.asdict(each) for each in found.replacements],
        **{name: getattr(after, name) for name in BOTH},
    )  # fmt: skip
    row_of(row, after, at=at).save(force_insert=True)
    return row


def mend(work: Work) -> str:
    """Give the page of the challenge whose target could not be worked out again."""
    return reverse("target-challenge-case", kwargs={"challenge_id": work.order["challenge"]})


def upheld_so_far() -> list[SchoolTarget]:
    """Give the newest version of each target that something upheld has amended, by URN."""
    stood = SchoolTarget.objects.exclude(replaced=[]).order_by("urn", "-fit_id", "-version")
    return list(stood.distinct("urn"))


def still_upheld(
    model: Any, panel: SchoolPanel, *, year: str, of: Iterable[SchoolTarget]
) -> list[RecomputedTarget]:
    """Work out targets of another fit with what was upheld before, where it still is as disputed.

    A figure that the new register has otherwise was corrected at its source: then the register
    counts. ``of`` are the versions that say what was upheld.
    """
    from schoolhubs import targets

    found = []
    for each in of:
        told: RecomputedTarget | None = None
        minutes = minutes_around(panel, each.urn)
        for one in each.replaced:
            before = told.replacements if told else ()
            with contextlib.suppress(SchoolhubsError):
                told = targets.recompute(
                    model, panel, urn=each.urn, year=year,
                    replacements=[*before, Replacement(**one)], minutes=minutes,
                )  # fmt: skip
        found += [told] if told else []
    return found


def carry(fit: Fit, found: list[RecomputedTarget]) -> None:
    """Keep those targets as the next version of each school's, as part of keeping the fit."""
    for each in found:
        newest = queries.target_of(fit, each.after.urn)
        if newest is not None:
            amend(newest, each, because=CARRIED.format(each.replacements[-1].reason))
