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
import polars as pl

from schoolhubs import __version__, files, programmes, runs, schools
from schoolhubs.cli import round_words, speak
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.records.published import ListKind
from schoolhubs.vocabulary.records.round import InputFile, Round
from schoolhubs.vocabulary.words import counted, nobody_applied

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
DECIDERS = ("numpy", "ortools", "polars")
NONE_GIVEN: dict[str, Any] = {
    "leads": frames.LEADS.empty(),
    "applications": None,
    "partnerships": frames.PARTNERSHIPS.empty(),
    "overrides": frames.OVERRIDES.empty(),
    "rulings": frames.RULINGS.empty(),
}


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
    lists: dict[ListKind, Path | None] = {"leads": leads, "applications": applications}
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
                    **{str(kind): path for kind, path in lists.items()},
                    "top-up-to": top_up_to,
                    "on": rules.on,
                    "out": out,
                    "seed": seed,
                }
            ),
            versions=_versions(),
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


def _read(lists: dict[ListKind, Path | None]) -> dict[str, Any]:
    """Read the lists that were given; no applications means that every school applies."""
    given = {kind: path for kind, path in lists.items() if path}
    return NONE_GIVEN | {str(kind): files.read_list(path, kind) for kind, path in given.items()}


def _list_files(lists: dict[ListKind, Path | None]) -> tuple[InputFile, ...]:
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


def _tell(summary: dict[str, Any], out: Path, done: Round) -> None:
    minutes = summary["travel_minutes"]
    proof = "proved the least possible" if summary["is_proven_optimal"] else "not proved least"
    if summary["applicants"]:
        lines = round_words.who_may_join(summary) + round_words.who_is_placed(summary)
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
            click.echo(round_words.kept_in_words(school, kept, told.lead_named(kept["lead_urn"])))
    else:
        click.echo(f"{school} goes to no lead in this round.")
    if told.rematched:
        click.echo(f"In the re-match: {told.rematched}")
    if told.reason:
        click.echo(f"Why: {told.reason}")
    if told.was_put_to_match:
        for row in told.also_asked_for():
            click.echo(round_words.decision_in_words(row))
    for choice in told.alternatives:
        click.echo(
            round_words.choice_in_words(
                choice, told.lead_named(choice.lead_urn), is_left_out=not told.lead_urn
            )
        )


@round.command()
@click.option("--round", "folder", required=True, type=FOLDER, help="Folder of a round pack.")
@click.option("--withdraw", "withdrawn", multiple=True, help="A lead that withdrew; may repeat.")
@click.option(
    "--bar", "bars", multiple=True, metavar="PARTNER:LEAD", help="A pair that does not work."
)
@click.option(
    "--places", multiple=True, metavar="LEAD:PATHWAY:N", help="Places a lead has from now on."
)
@click.option("--partnerships", type=FILE, help="CSV of partnerships agreed; they are not moved.")
@click.option("--keep-others", is_flag=True, help="Move nobody whose lead and pair still stand.")
@click.option("--may-lose-place", is_flag=True, help="Let greater need take a place from less.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the pack.")
@speak.as_json_option
@speak.whole_or_nothing()
def rematch(
    folder: Path,
    withdrawn: tuple[str, ...],
    bars: tuple[str, ...],
    places: tuple[str, ...],
    partnerships: Path | None,
    keep_others: bool,
    may_lose_place: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Match a finished round again after leads withdrew, moving as few schools as can be.

    Example: schoolhubs round rematch --round output/round --withdraw 902948 --out output/again
    """
    started = time.perf_counter()
    if out.resolve() == folder.resolve():
        raise UsageError(
            "--out is the round itself. Name another folder, so that both can be seen."
        )
    pairs = [_parts(bar, "--bar", "PARTNER:LEAD", 2) for bar in bars]
    told = [_parts(each, "--places", "LEAD:PATHWAY:N", 3) for each in places]
    with speak.bars() as progress:
        done, workings = runs.rematch_round(
            folder,
            withdrawn=[Urn(urn) for urn in withdrawn],
            bars=_bars(pairs),
            places=_places(told),
            partnerships=files.read_list(partnerships, "partnerships") if partnerships else None,
            keep_others=keep_others,
            may_lose_place=may_lose_place,
            command=_rematch_command(
                {
                    "round": (folder.resolve().name,),
                    "withdraw": withdrawn,
                    "bar": bars,
                    "places": places,
                    "partnerships": (partnerships.name,) if partnerships else (),
                    "out": (out.name,),
                },
                {"keep-others": keep_others, "may-lose-place": may_lose_place},
            ),
            versions=_versions(),
            clock=time.perf_counter,
            progress=progress,
        )
        runs.write_round(done, workings, out)
    assert done.rematch is not None
    summary = {**done.summary(), "seconds": time.perf_counter() - started}
    answer = {**summary, **done.rematch.as_dict(), "unmatched_in_all": summary["unmatched"]}
    if as_json:
        speak.show_json({**answer, "out": str(out), "notes": list(done.notes)})
        return
    names = dict(done.schools.select("urn", "school_name").drop_nulls().iter_rows())
    changes = done.rematch.changes.to_dicts()
    click.echo("\n".join(round_words.rematch_in_words(done.rematch.counts(), names, changes)))
    speak.say(f"The round pack is in {out} ({summary['seconds']:.1f} s).")


def _parts(given: str, option: str, form: str, n: int) -> list[str]:
    parts = [part.strip() for part in given.split(":")]
    if len(parts) != n or not all(parts):
        raise UsageError(f"{option} is {given!r}. Expected is {form}.")
    return parts


def _bars(pairs: list[list[str]]) -> pl.DataFrame:
    rows = [("ban", Urn(partner), Urn(lead), None) for partner, lead in pairs]
    return pl.DataFrame(rows, schema=frames.OVERRIDES.schema, orient="row")


def _places(told: list[list[str]]) -> pl.DataFrame:
    for lead, pathway, n in told:
        if not n.isascii() or not n.isdigit():
            raise UsageError(f"--places is '{lead}:{pathway}:{n}'. Places are a whole number.")
    rows = [(Urn(lead), pathway, int(n)) for lead, pathway, n in told]
    return pl.DataFrame(rows, schema=frames.CAPACITY.schema, orient="row")


def _rematch_command(options: dict[str, tuple[str, ...]], flags: dict[str, bool]) -> str:
    """Give the command that repeats the re-match; paths keep only their names."""
    given = [word for name, values in options.items() for value in values
             for word in (f"--{name}", value)]  # fmt: skip
    on = [f"--{name}" for name, is_on in flags.items() if is_on]
    return shlex.join(["schoolhubs", "round", "rematch", *given, *on])


def _versions() -> dict[str, str]:
    """Give the versions that decide the answer."""
    return {"schoolhubs": __version__} | {name: metadata.version(name) for name in DECIDERS}
