"""``schoolhubs round``: run one intake round, and explain a school's place in it."""

import builtins
import dataclasses
import datetime
import hashlib
import shlex
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from schoolhubs import __version__, files, programmes, runs, schools
from schoolhubs.cli import speak
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.records.matching import Alternative, Price
from schoolhubs.vocabulary.records.round import InputFile, Round
from schoolhubs.vocabulary.words import counted, nobody_applied, price_in_words

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
DECIDERS = ("numpy", "ortools", "polars")


@click.group()
def round() -> None:  # noqa: A001 - the command is called round
    """Run one intake round of a programme, and explain it."""


@round.command()
@click.option(
    "--programme", "programme_id", required=True, help="Programme, such as rise-hubs-2025."
)
@click.option("--register", required=True, type=FOLDER, help="School register from `data build`.")
@click.option("--leads", type=FILE, help="CSV of lead schools; only urn is needed.")
@click.option(
    "--applications", type=FILE, help="CSV of applications; without it every school applies."
)
@click.option(
    "--partnerships", type=FILE, help="CSV of partnerships that run from earlier cohorts."
)
@click.option("--overrides", type=FILE, help="CSV of pins, bans and declared conflicts.")
@click.option("--rulings", type=FILE, help="CSV of what people decided about applications.")
@click.option("--top-up-to", type=click.IntRange(min=1), help="Add leads by rule up to so many.")
@speak.on_option
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the pack.")
@click.option("--seed", type=int, default=0, show_default=True, help="Kept with the round.")
@speak.as_json_option
@speak.whole_or_nothing()
def run(
    programme_id: str,
    register: Path,
    leads: Path | None,
    applications: Path | None,
    partnerships: Path | None,
    overrides: Path | None,
    rulings: Path | None,
    top_up_to: int | None,
    on: datetime.datetime,
    out: Path,
    seed: int,
    as_json: bool,
) -> None:
    """Decide who may join, match every eligible school, and write the round pack.

    Without --leads, leads are added by the definition's rule up to the number of hubs it gives
    for the date.

    Example: schoolhubs round run --programme rise-hubs-2025 --register output/register
    --leads output/england/leads.csv --applications output/england/applications.csv
    --on 2026-01-29 --out output/round
    """
    started = time.perf_counter()
    programme = programmes.load(programme_id)
    rules = programme.as_at(on.date())
    lists = {"leads": leads, "applications": applications}
    lists |= {"partnerships": partnerships, "overrides": overrides, "rulings": rulings}
    with speak.bars() as progress:
        progress("register", 0, 1)
        held = schools.read_register(register)
        progress("register", 1, 1)
        order = runs.Order(
            rules=rules,
            register=held,
            **_read(lists),
            top_up_to=top_up_to or (None if leads else rules.n_hubs or rules.n_hubs_planned),
            seed=seed,
            sources=(*held.sources, *_definition_files(programme), *_list_files(lists)),
            command=_command(
                {
                    "programme": _as_named(programme),
                    "register": register,
                    **lists,
                    "top-up-to": top_up_to,
                    "on": rules.on,
                    "out": out,
                    "seed": seed,
                }
            ),
            versions={"schoolhubs": __version__}
            | {name: metadata.version(name) for name in DECIDERS},
            notes=_whose(programme),
        )
        done, workings = runs.run_intake(order, clock=time.perf_counter, progress=progress)
        progress("pack", 0, 1)
        runs.write_round(done, workings, out)
        progress("pack", 1, 1)
    summary = {**done.summary(), "seconds": time.perf_counter() - started}
    if as_json:
        flags = {name: getattr(done, name) for name in ("is_rehearsal", "is_over", "is_synthetic")}
        speak.show_json({**summary, **flags, "out": str(out), "notes": list(done.notes)})
    else:
        _tell(summary, out, done)


def _read(lists: dict[str, Path | None]) -> dict[str, Any]:
    """Read the lists that were given; no applications means that every school applies."""
    leads, applications = lists["leads"], lists["applications"]
    partnerships, overrides = lists["partnerships"], lists["overrides"]
    rulings = lists["rulings"]
    return {
        "leads": files.read_leads(leads) if leads else frames.LEADS.empty(),
        "applications": files.read_applications(applications) if applications else None,
        "partnerships": (
            files.read_partnerships(partnerships) if partnerships else frames.PARTNERSHIPS.empty()
        ),
        "overrides": files.read_overrides(overrides) if overrides else frames.OVERRIDES.empty(),
        "rulings": files.read_rulings(rulings) if rulings else frames.RULINGS.empty(),
    }


def _list_files(lists: dict[str, Path | None]) -> tuple[InputFile, ...]:
    return tuple(_by_content(path.name, kind, path) for kind, path in lists.items() if path)


def _by_content(name: str, kind: str, path: Path) -> InputFile:
    return InputFile(name=name, kind=kind, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def _is_shipped(programme: programmes.Programme) -> bool:
    """Tell whether a definition comes with the project, so that its version alone names it."""
    name = programme.programme_id
    return name in programmes.list_ids() and programmes.load(name).folder == programme.folder


def _definition_files(programme: programmes.Programme) -> tuple[InputFile, ...]:
    if _is_shipped(programme):
        return ()
    folder = programme.folder.resolve()
    return tuple(
        _by_content(f"{folder.name}/{path.name}", "definition", path)
        for path in sorted(folder.glob("*.yaml"))
    )


def _whose(programme: programmes.Programme) -> tuple[str, ...]:
    """Say that a definition is not one of ours, and whether it passes its own check."""
    if _is_shipped(programme):
        return ()
    name, ours = programme.programme_id, ""
    if name in programmes.list_ids():
        ours = f", though it goes by the id of one that does, {name}"
    said = f"The definition is of {_as_named(programme)} and does not come with the project{ours}."
    faults = runs.check_programme(programme.folder)
    if not faults:
        return (said,)
    first = str(dataclasses.replace(faults[0], remedy="", other_rows=())).rstrip(".")
    found = counted(len(faults), "fault")
    return (said, f"The definition does not pass its own check: {found}, the first in {first}.")


def _as_named(programme: programmes.Programme) -> str:
    """Name a definition as ``--programme`` takes it, beside which its folder has to stand."""
    if _is_shipped(programme):
        return programme.programme_id
    return f"./{programme.folder.resolve().name}"


def _command(named: dict[str, object]) -> str:
    """Give the command that repeats the round; paths keep only their names, as machines differ."""
    words = ["schoolhubs", "round", "run"]
    for option, value in named.items():
        if value is not None:
            words += [f"--{option}", value.name if isinstance(value, Path) else str(value)]
    return shlex.join(words)


def _who_may_join(summary: dict[str, Any]) -> list[str]:
    """Count the verdicts; a verdict that nobody got is not spoken of.

    >>> _who_may_join({"applicants": 1, "eligible": 1, "not_eligible": 0, "cannot_tell": 0})
    ['1 applicant: 1 may join.']
    """
    said = {"eligible": "may join", "not_eligible": "may not", "cannot_tell": "cannot be told"}
    told = [f"{summary[name]:,} {words}" for name, words in said.items() if summary[name]]
    return [f"{counted(summary['applicants'], 'applicant')}: {', '.join(told)}."]


def _who_is_placed(summary: dict[str, Any]) -> list[str]:
    """Count where the eligible schools are; the parts add up to them.

    >>> _who_is_placed(
    ...     {"matched": 5, "unmatched": 0, "already_placed": 1, "waiting_for_trust_match": 2}
    ... )
    ['Of those: 5 matched, 1 keeps an earlier place, 2 wait for a match of trusts.']
    """
    keeps = "keeps" if summary["already_placed"] == 1 else "keep"
    waits = "waits" if summary["waiting_for_trust_match"] == 1 else "wait"
    said = {
        "matched": "matched",
        "unmatched": "not matched",
        "already_placed": f"{keeps} an earlier place",
        "waiting_for_trust_match": f"{waits} for a match of trusts",
    }
    told = [f"{summary[name]:,} {words}" for name, words in said.items() if summary[name]]
    return [f"Of those: {', '.join(told)}."] if told else []


def _tell(summary: dict[str, Any], out: Path, done: Round) -> None:
    minutes = summary["travel_minutes"]
    proof = "proved the least possible" if summary["is_proven_optimal"] else "not proved least"
    if summary["applicants"]:
        lines = _who_may_join(summary) + _who_is_placed(summary)
    else:
        lines = [f"{nobody_applied(done.on, done.n_later_applications)}."]
    if summary["matched"]:
        lines.append(
            f"Journeys: half take {minutes['median']:.0f} minutes or less, 95 in 100 "
            f"{minutes['p95']:.0f} or less, the longest {minutes['maximum']:.0f}; "
            f"{counted(summary['exceptions_over_limit'], 'journey')} over the limit. "
            f"{summary['total_minutes']:,.0f} minutes in all, {proof} given the goals before it."
        )
    lines += done.notes
    if done.is_rehearsal:
        lines.append("A rehearsal: the date lies before the programme began.")
    click.echo("\n".join(lines))
    speak.say(
        f"The round pack is in {out} ({summary['seconds']:.1f} s). Open {out / 'report.html'}."
    )


@round.command()
@click.option("--round", "folder", required=True, type=FOLDER, help="Folder of a round pack.")
@click.option("--urn", required=True, help="A school that applied.")
@click.option("--instead", help="A lead school to be told about, whatever blocks it.")
@speak.as_json_option
def explain(folder: Path, urn: str, instead: str | None, as_json: bool) -> None:
    """Say why a school got its lead, what came next, and what another lead would cost.

    Example: schoolhubs round explain --round output/round --urn 900018 --instead 902948
    """
    told = runs.explain_round(folder, Urn(urn), instead=Urn(instead) if instead else None)
    if as_json:
        speak.show_json(told.as_dict())
        return
    school = told.school_named
    if told.lead_urn:
        lead = told.lead_named(told.lead_urn)
        away = counted(builtins.round(told.minutes or 0), "minute")
        click.echo(f"{school} goes to lead {lead} ({told.pathway}), {away} one way.")
    elif told.running:
        for kept in told.running:
            click.echo(_kept_in_words(school, kept, told.lead_named(kept["lead_urn"])))
    else:
        click.echo(f"{school} goes to no lead in this round.")
    if told.reason:
        click.echo(f"Why: {told.reason}")
    if told.was_put_to_match:
        for row in told.also_asked_for():
            click.echo(_decision_in_words(row))
    for choice in told.alternatives:
        click.echo(
            _choice_in_words(
                choice, told.lead_named(choice.lead_urn), is_left_out=not told.lead_urn
            )
        )


def _kept_in_words(school: str, kept: dict[str, Any], lead: str) -> str:
    """Say which partnership a school keeps, and until when.

    >>> kept = {"pathway": "core", "started_on": datetime.date(2025, 9, 1), "finished_on": None}
    >>> _kept_in_words("900001 Ash", kept, "900002 Elm")
    '900001 Ash keeps lead 900002 Elm (core), from 2025-09-01, with no last day stated.'
    """
    until = ", with no last day stated"
    if kept["finished_on"]:  # the first day after the last
        until = f" to its last day, {kept['finished_on'] - datetime.timedelta(days=1)}"
    return f"{school} keeps lead {lead} ({kept['pathway']}), from {kept['started_on']}{until}."


def _decision_in_words(row: dict[str, Any]) -> str:
    """Say what became of another pathway that a school asked for.

    >>> reason = "No: the school is open. We read closed. It would pass if the school were open."
    >>> _decision_in_words({"pathway": "enhanced", "verdict": "no", "reason": reason})
    'On enhanced: No: the school is open. We read closed. It would pass if the school were open.'
    """
    return f"On {row['pathway']}: {row['reason'] or row['verdict']}"


def _who_loses(price: Price) -> str:
    """Say who makes room for a school that has no hub, where all others' places are taken.

    One school more and none fewer matched in all means that another one lost its place.

    >>> _who_loses(Price(need=0, exceptions=0, minutes=3.0))
    'another school losing its place, '
    >>> _who_loses(Price(need=0, exceptions=0, minutes=3.0, schools=-1))
    ''
    """
    n = price.schools + 1
    if n < 1:
        return ""
    return "another school losing its place, " if n == 1 else f"{n:,} others losing their places, "


def _choice_in_words(choice: Alternative, lead: str, *, is_left_out: bool) -> str:
    if choice.minutes is None:
        away = "no way to get there"
    else:
        away = counted(builtins.round(choice.minutes), "minute")
    said = f"Instead {lead} ({choice.pathway}), {away}: blocked by {choice.blocked_by}"
    if choice.price is None:
        return f"{said}; a hard rule or a place held fast forbids it."
    loses = _who_loses(choice.price) if is_left_out else ""
    return f"{said}. Forcing it would mean {loses}{price_in_words(choice.price)}."
