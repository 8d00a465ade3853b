"""``schoolhubs round run``: decide, match, and write the round pack."""

import datetime
import shlex
import time
from pathlib import Path
from typing import Any

import click

from schoolhubs import files, programmes, runs, schools
from schoolhubs.cli import speak
from schoolhubs.cli.round import words
from schoolhubs.cli.round.definition import as_named, by_content, definition_files, whose
from schoolhubs.cli.round.given import FILE, FOLDER, versions
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.published import ListKind
from schoolhubs.vocabulary.records.round import InputFile, Round
from schoolhubs.vocabulary.words import counted, nobody_applied

NONE_GIVEN: dict[str, Any] = {
    "leads": frames.LEADS.empty(),
    "applications": None,
    "partnerships": frames.PARTNERSHIPS.empty(),
    "overrides": frames.OVERRIDES.empty(),
    "rulings": frames.RULINGS.empty(),
}


@click.command()
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
            sources=(*held.sources, *definition_files(programme), *_list_files(lists)),
            command=_command(
                {
                    "programme": as_named(programme),
                    "register": register,
                    **{str(kind): path for kind, path in lists.items()},
                    "top-up-to": top_up_to,
                    "on": rules.on,
                    "out": out,
                    "seed": seed,
                }
            ),
            versions=versions(),
            notes=whose(programme),
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
    return tuple(by_content(path.name, kind, path) for kind, path in lists.items() if path)


def _command(named: dict[str, object]) -> str:
    """Give the command that repeats the round; paths keep only their names, as machines differ."""
    said = ["schoolhubs", "round", "run"]
    for option, value in named.items():
        if value is not None:
            said += [f"--{option}", value.name if isinstance(value, Path) else str(value)]
    return shlex.join(said)


def _tell(summary: dict[str, Any], out: Path, done: Round) -> None:
    minutes = summary["travel_minutes"]
    proof = "proved the least possible" if summary["is_proven_optimal"] else "not proved least"
    if summary["applicants"]:
        lines = words.who_may_join(summary) + words.who_is_placed(summary)
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
