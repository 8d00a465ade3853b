"""Puts a synthetic England, made beforehand, into the database."""

import dataclasses
import datetime
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
from django.utils import timezone

from schoolhubs import __version__, files, runs, schools
from schoolhubs.service.cohorts.queries import rules_of
from schoolhubs.service.demo.applications import keep_applications
from schoolhubs.service.demo.delivered.joining import join, of_hubs
from schoolhubs.service.demo.delivered.reading import Year
from schoolhubs.service.demo.intakes import BY, PLACE, open_intake
from schoolhubs.service.demo.partnerships import keep_running, keep_track, tell_stories
from schoolhubs.service.demo.people import chosen
from schoolhubs.service.matching.actions import run_round
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network.actions import keep_hubs
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.partnerships.queries import in_force
from schoolhubs.service.schools.actions import keep_register, make_current
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.service.targets.actions import keep_fit
from schoolhubs.service.targets.models import STAGED_BY
from schoolhubs.service.targets.reading import years_of
from schoolhubs.service.targets.tasks import fitted_to
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.progress import quiet
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.round import InputFile


def load(
    folder: Path,
    programme_ids: Sequence[str],
    *,
    year: Year | None = None,
    at: datetime.datetime,
    say: Callable[[str], None],
) -> None:
    """Load the England of ``folder`` (its ``england`` and ``register``), unless one is there.

    Raises
    ------
    UsageError
        If the folder lacks either, or holds real schools: a demonstration shows no real school.
    """
    if current_snapshot():
        say("The database holds a school register already; nothing was loaded.")
        return
    for name in ("england", "register"):
        if not (folder / name).is_dir():
            raise UsageError(f"{folder} has no folder {name}. `make run` makes both.")
    say("Loading the synthetic England.")
    register = schools.read_register(folder / "register")
    snapshot = keep_register(register, at=at)
    if not snapshot.is_synthetic:
        snapshot.delete()
        raise UsageError(f"{folder}/register holds real schools; the demonstration takes none.")
    lists = {name: folder / "england" / f"{name}.csv" for name in ("leads", "applications")}
    leads = files.read_list(lists["leads"], "leads")
    n_hubs = sum(_keep_hubs(programme_id, leads, at=at) for programme_id in programme_ids)
    say(f"{snapshot.n_schools:,} synthetic schools and {n_hubs:,} hubs are loaded.")
    applications = files.read_list(lists["applications"], "applications")
    sources = (*register.sources, *(_listed(kind, path) for kind, path in lists.items()))
    told = Told(
        register=register, snapshot=snapshot, leads=leads, applications=applications,
        facts=schools.facts(register, on=register.on), sources=sources, at=at,
        programme_of_people=programme_ids[0], year=year,
    )  # fmt: skip
    for programme_id in programme_ids:
        _load_programme(programme_id, told, say)
    _set_targets(snapshot, at=at, say=say)
    # Last of all: a load that was cut short is begun anew.
    make_current(snapshot)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What every programme of the demonstration is loaded from."""

    register: schools.SchoolRegister
    snapshot: RegisterSnapshot
    leads: pl.DataFrame
    applications: pl.DataFrame
    facts: pl.DataFrame
    sources: tuple[InputFile, ...]
    at: datetime.datetime
    programme_of_people: str
    year: Year | None = None


def _keep_hubs(programme_id: str, leads: pl.DataFrame, *, at: datetime.datetime) -> int:
    why = "The hubs of the synthetic England"
    done = keep_hubs(programme_id, leads, reason=why, by=BY, organisation="", at=at, place=PLACE)
    return len(done.new)


def _load_programme(programme_id: str, told: Told, say: Callable[[str], None]) -> None:
    """Open an intake, run its round, publish it, and let some schools answer."""
    intake = open_intake(programme_id, at=told.at)
    rules = rules_of(programme_id, cohort_id=intake.cohort_id, register_on=told.register.on)
    lead_urns = list(hubs_on(programme_id, intake.starts_on).values_list("lead_urn", flat=True))
    # As at the intake, like the round: a hub that closes before it begins leads nobody in it.
    facts_then = schools.facts(schools.as_seen(told.register, on=rules.on), on=rules.on)
    delivered = _keep_delivered(programme_id, lead_urns, told)
    others = [urn for urn in lead_urns if urn not in {each.lead_urn for each in delivered}]
    keep_running(facts_then, told.applications, others, rules, told.snapshot, at=told.at)
    # Who is a partner asks for no hub.
    partners = {each.urn for each in delivered}
    applications = told.applications.filter(
        (pl.col("programme_id") != programme_id) | ~pl.col("urn").is_in(partners)
    )
    say(f"Running and publishing a round of {rules.title}, {intake.title.lower()}.")
    order = runs.Order(
        rules=rules,
        register=told.register,
        leads=told.leads,
        applications=applications,
        partnerships=in_force(programme_id),
        sources=told.sources,
        command=f"schoolhubs demo, programme {programme_id}",
        versions={"schoolhubs": __version__},
    )
    round_ = run_round(order, told.snapshot, by=BY, at=told.at, place=PLACE)
    n = keep_applications(
        applications, told.facts, lead_urns, rules, round_, at=told.at, intake=intake
    )
    publish(
        round_, by=BY, at=told.at, place=PLACE,
        reason="The demonstration shows one published round",
    )  # fmt: skip
    # The people of the demonstration are of its first programme; their own match stays open.
    is_theirs = programme_id == told.programme_of_people
    lead, left_open, _ = chosen(told.snapshot, programme_id) if is_theirs else (None, None, None)
    if lead and left_open:
        keep_track(left_open, lead)
    answered = tell_stories(
        round_, left_open.urn if left_open else "", lead.urn if lead else "", at=told.at
    )
    say(
        f"{n:,} applications are in the office's queue; {answered:,} of the proposals are answered."
    )


def _keep_delivered(
    programme_id: str, lead_urns: Sequence[str], told: Told
) -> list[DeliveryRecord]:
    """Store the partnerships of a delivered year, of the hubs that are told of."""
    if told.year is None:
        return []
    chosen = of_hubs(told.year, programme_id, told.snapshot, lead_urns)
    join(chosen, told.snapshot, at=told.at)
    return chosen


def _set_targets(
    snapshot: RegisterSnapshot, *, at: datetime.datetime, say: Callable[[str], None]
) -> None:
    """Fit attendance targets: those of now, and those of a year whose figures are out already.

    The demonstration plays an office that gave schools both in time, as it plays all else that
    came before: otherwise nobody would see a year judged.
    """
    newest, before, *_ = years_of(snapshot)
    for until, is_audited in ((before, False), (newest, True)):
        found = fitted_to(
            snapshot, until=until, on=timezone.localdate(at), progress=quiet, is_audited=is_audited
        )
        in_time = dataclasses.replace(found, is_hindsight=False)
        fit = keep_fit(
            in_time, snapshot=snapshot, by=STAGED_BY, organisation="", at=at, place=PLACE,
        )  # fmt: skip
        say(f"{fit.n_targets:,} schools have an attendance target for {fit.year}.")


def _listed(kind: str, path: Path) -> InputFile:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return InputFile(name=path.name, kind=kind, sha256=digest)
