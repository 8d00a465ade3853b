"""Puts a synthetic England, made beforehand, into the database."""

import datetime
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from schoolhubs import __version__, files, programmes, runs, schools
from schoolhubs.service.demo.applications import keep_applications
from schoolhubs.service.matching.actions import run_round
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network.actions import keep_hubs
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.schools.actions import keep_register, make_current
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.round import InputFile


def load(
    folder: Path,
    programme_ids: Sequence[str],
    *,
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
    leads = files.read_leads(lists["leads"])
    n_hubs = sum(keep_hubs(programme_id, leads) for programme_id in programme_ids)
    say(f"{snapshot.n_schools:,} synthetic schools and {n_hubs:,} hubs are loaded.")
    applications = files.read_applications(lists["applications"])
    facts = schools.facts(register, on=register.on)
    for programme_id in programme_ids:
        rules = programmes.load(programme_id).as_at(register.on)
        say(f"Running and publishing a round of {rules.title}.")
        order = runs.Order(
            rules=rules,
            register=register,
            leads=leads,
            applications=applications,
            sources=(*register.sources, *(_listed(kind, path) for kind, path in lists.items())),
            command=f"schoolhubs demo, programme {programme_id}",
            versions={"schoolhubs": __version__},
        )
        round_ = run_round(order, snapshot, by="demonstration", at=at, place="schoolhubs demo")
        publish(
            round_, by="demonstration", at=at, place="schoolhubs demo",
            reason="The demonstration shows one published round",
        )  # fmt: skip
        lead_urns = list(hubs_on(programme_id, register.on).values_list("lead_urn", flat=True))
        n = keep_applications(applications, facts, lead_urns, rules, round_, at=at)
        say(f"{n:,} applications are in the office's queue.")
    # Last of all: a load that was cut short is begun anew.
    make_current(snapshot)


def _listed(kind: str, path: Path) -> InputFile:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return InputFile(name=path.name, kind=kind, sha256=digest)
