"""``schoolhubs attendance read``, ``erase`` and ``profile``: a school's own marks in a folder."""

import datetime
import json
import time
from pathlib import Path
from typing import Any

import click

from schoolhubs import attendance as marks_to_measures
from schoolhubs import diagnosis as looking
from schoolhubs.cli import speak
from schoolhubs.cli.attendance.noun import FILE, attendance
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.tables import write_text
from schoolhubs.vocabulary.words import counted


@attendance.command()
@click.option("--from", "path", required=True, type=FILE, help="CSV, Excel (.xlsx) or Parquet.")
@click.option(
    "--mapping", "mapping_path", required=True, type=FILE, help="Which column holds what, YAML."
)
@click.option("--urn", required=True, help="The school whose marks they are.")
@click.option("--laestab", default="", help="Its LAESTAB, if the file names schools so.")
@click.option("--terms", "terms_path", required=True, type=FILE, help="Its term dates, YAML.")
@click.option(
    "--key-file", required=True, type=FILE, help="The office's secret for pupils' identifiers."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of marks to add to. Weeks of this school that are there already are corrected.",
)
@click.option(
    "--replace",
    "replaces",
    is_flag=True,
    help="Let go of stored marks that the export does not have; without it that is refused.",
)
@click.option("--keep-good", is_flag=True, help="Keep the rows without a fault if others have one.")
@speak.as_json_option
@speak.whole_or_nothing()
def read(
    path: Path,
    mapping_path: Path,
    urn: str,
    laestab: str,
    terms_path: Path,
    key_file: Path,
    out: Path,
    replaces: bool,
    keep_good: bool,
    as_json: bool,
) -> None:
    """Read a school's own export of marks; who a pupil is becomes a keyed hash at the door.

    Every fault is named with its rows, and nothing of a pupil is shown. docs/how-to/read-marks.md
    has the files of the example.

    Example: schoolhubs attendance read --from export.csv --mapping mapping.yaml --urn 900001
    --terms terms.yaml --key-file office.key --out marks
    """
    started = time.perf_counter()
    reading = marks_to_measures.reading
    found = reading.read_export(
        path,
        reading.read_mapping(mapping_path),
        urn=urn,
        laestab=laestab,
        terms=reading.read_terms(terms_path),
        key=reading.read_key(key_file),
        keep_good=keep_good,
    )
    marks_to_measures.MarksStore(out).append(found.marks, replaces=replaces)
    answer = {
        "urn": urn,
        **_told(found),
        "seconds": time.perf_counter() - started,
        "out": str(out),
    }
    for problem in found.problems:
        speak.say(str(problem))
    if as_json:
        speak.show_json(answer)
    else:
        click.echo(
            f"{counted(answer['marks'], 'mark')} of {counted(answer['pupils'], 'pupil')} in "
            f"{counted(answer['weeks'], 'week')} are in {out}; of {answer['rows']:,} rows "
            f"{answer['rows_left_out']:,} were left out."
        )


@attendance.command()
@click.option(
    "--marks",
    "folder",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of stored marks.",
)
@click.option("--urn", default="", help="Erase all marks of this school.")
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Erase the weeks that began before this day, of the school or of all.",
)
@click.option("--confirm", "is_confirmed", is_flag=True, help="Erase; without it nothing is.")
@speak.as_json_option
@speak.whole_or_nothing()
def erase(
    folder: Path, urn: str, before: datetime.datetime | None, is_confirmed: bool, as_json: bool
) -> None:
    """Erase stored marks, and what is counted of them; they cannot be brought back.

    The receipt says how much went, and nothing of any pupil. Say --urn, --before or both.

    Example: schoolhubs attendance erase --marks marks --urn 900001 --confirm
    """
    if not urn and before is None:
        raise UsageError("Say what to erase: --urn for a school, --before for weeks, or both.")
    day = before.date() if before else None
    store, erasing = marks_to_measures.MarksStore(folder), marks_to_measures.erasing
    held = erasing.held(store, urn=urn, before=day)
    if not is_confirmed:
        raise UsageError(
            f"{counted(held.n_marks, 'mark')} in {counted(held.n_weeks, 'pupil-week')} would be "
            "erased for good. Nothing was erased: say --confirm to do it."
        )
    done = erasing.erase(store, urn=urn, before=day)
    answer = {
        "urn": urn or None,
        "before": day.isoformat() if day else None,
        "weeks": done.n_weeks,
        "marks": done.n_marks,
        "counters": done.n_counters,
    }
    if as_json:
        speak.show_json(answer)
    else:
        click.echo(
            f"Erased: {counted(done.n_marks, 'mark')} in {counted(done.n_weeks, 'pupil-week')}, "
            f"and {counted(done.n_counters, 'counter')} made of them."
        )


@attendance.command()
@click.option(
    "--marks",
    "folder",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of stored marks.",
)
@click.option("--urn", required=True, help="The school whose marks they are.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write marks.json to.",
)  # fmt: skip
@speak.as_json_option
@speak.whole_or_nothing()
def profile(folder: Path, urn: str, out: Path, as_json: bool) -> None:
    """Say who misses school, when and by which codes, small numbers hidden.

    Of the newest year of a school's stored marks. The pages of the service tell the same, and
    marks.json is what a diagnosis is drafted from.

    Example: schoolhubs attendance profile --marks marks --urn 900001 --out inputs
    """
    found = looking.finding.marked.found_in(folder, Urn(urn))
    if found is None:
        raise UsageError(f"{folder} holds no marks of {urn}. Read them first: attendance read.")
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / "marks.json", json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True))
    rows: list[dict[str, Any]] = found["tables"].get("year_group", [])
    whole = next((row for row in rows if row["year_group"] == "all"), dict[str, Any]())
    names = ("sess_overall_percent", "enrolments_pa_10_exact_percent")
    rates = {name: whole.get(name) for name in names}
    if as_json:
        told = {name: found[name] for name in ("year", "first_week_on", "last_week_on", "n_weeks")}
        speak.show_json({"urn": urn, **told, **rates, "out": str(out / "marks.json")})
        return
    shown = ["not told" if value is None else f"{value} %" for value in rates.values()]
    click.echo(
        f"{urn}, {found['year']}, {counted(found['n_weeks'], 'week')}: absence {shown[0]}, "
        f"persistently absent {shown[1]}. {counted(len(found['standing_out']), 'group')} "
        f"stand out. All of it is in {out / 'marks.json'}."
    )


def _told(found: Any) -> dict[str, Any]:
    """Say what an export gave, in counts."""
    return {
        "mapping": found.mapping,
        "rows": found.n_rows,
        "rows_left_out": found.n_rows_left_out,
        "left_out": found.left_out,
        "marks": found.n_marks,
        "pupils": found.marks["pupil"].n_unique(),
        "weeks": found.marks["week_on"].n_unique(),
        "problems": [problem.as_dict() for problem in found.problems],
    }
