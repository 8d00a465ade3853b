"""``schoolhubs round rematch``: a finished round matched again, moving as few as can be."""

import shlex
import time
from pathlib import Path

import click
import polars as pl

from schoolhubs import files, runs
from schoolhubs.cli import speak
from schoolhubs.cli.round import words
from schoolhubs.cli.round.given import FILE, FOLDER, versions
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.ids import Urn


@click.command()
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

    Example: schoolhubs round rematch --round output/round --withdraw 902527 --out output/again
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
            command=_command(
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
            versions=versions(),
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
    click.echo("\n".join(words.rematch_in_words(done.rematch.counts(), names, changes)))
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
    table = pl.DataFrame(rows, schema=["lead_urn", "pathway", "n_places"], orient="row")
    return frames.CAPACITY.fill(table)


def _command(options: dict[str, tuple[str, ...]], flags: dict[str, bool]) -> str:
    """Give the command that repeats the re-match; paths keep only their names."""
    given = [word for name, values in options.items() for value in values
             for word in (f"--{name}", value)]  # fmt: skip
    on = [f"--{name}" for name, is_on in flags.items() if is_on]
    return shlex.join(["schoolhubs", "round", "rematch", *given, *on])
