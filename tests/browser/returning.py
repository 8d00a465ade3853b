"""What a school brings of its own: a list of suspensions, and a year's marks."""

import csv
import datetime
import io
import json
import time
from pathlib import Path

import numpy as np

from browser.diagnosing import HOW_MANY, at, fetched
from browser.looking import PATIENCE_SECONDS, Visitor
from browser.serving import Service
from commands import schoolhubs

RETURN_YEAR = "2025/26"
N_PUPILS = HOW_MANY["pupil-survey"]
COLUMNS = {
    "suspensions": "Suspensions", "days_lost": "Days", "lesson_removals": "Removals",
    "year_group": "Year", "fsm": "FSM", "sen": "SEN",
}  # fmt: skip
MAPPING = "name: Behaviour list\nlayout: pupil\nblank_is_nought: [{}]\ncolumns:\n{}"
MEASURES = ("suspensions", "days_lost", "lesson_removals")
MONDAYS = [datetime.date(2025, 9, 8) + datetime.timedelta(7 * n) for n in range(4)]
TERM = {"first_1": "3/9/2025", "last_1": "24/10/2025"}
MARKS_MAPPING = """
name: Weekly export
layout: week
date_format: "%d/%m/%Y"
columns: {pupil: [UPN], week_on: Week beginning, marks: Marks, year_group: Year, fsm: FSM, sen: SEN}
"""
TERMS = """
half_terms:
  - {year: 2025/26, term: autumn, half_term: 1, first_on: 2025-09-03, last_on: 2025-10-24}
"""


def returned(head: Visitor, school: str, urn: str, folder: Path) -> None:
    """The page counts the list of 300 pupils as the command does, to the last character."""
    content = _list_of_pupils()
    head.go(f"{school}/behaviour-return")
    sheet = {"name": "behaviour.csv", "mimeType": "text/csv", "buffer": content.encode()}
    head.page.locator("input[type=file]").set_input_files(sheet)  # type: ignore[arg-type]
    head.page.locator("#year").fill(RETURN_YEAR)
    head.page.locator("input[name=layout][value=pupil]").check()
    for name, heading in COLUMNS.items():
        head.page.locator(f"#{name}").fill(heading)
    head.page.locator("input[name=blank_is_nought]").check()
    at(head, "Count it")
    head.look("diagnosis: behaviour return")
    said = fetched(head, f"{school}/behaviour-return.csv").decode()
    path, mapping = folder / "return.csv", folder / "behaviour.yaml"
    path.write_text(content)
    lines = "\n".join(f"  {name}: {heading}" for name, heading in COLUMNS.items())
    mapping.write_text(MAPPING.format(", ".join(MEASURES), lines))
    told = ("attendance", "behaviour", path, "--mapping", mapping, "--urn", urn)
    counted = schoolhubs(*told, "--year", RETURN_YEAR, "--out", folder / "counted")
    assert said == (folder / "counted" / "behaviour.csv").read_text()
    rates = {each["measure"]: each["rate"] for each in counted["measures"]}
    shown = head.page.inner_text("main")
    assert all(f"{rates[measure]}" in shown for measure in MEASURES), rates


def _list_of_pupils() -> str:
    """Draw a list: one pupil in seven is suspended, most of them once."""
    rng, held = np.random.default_rng(9), io.StringIO()
    rows = csv.writer(held, lineterminator="\n")
    rows.writerow(["Year", "FSM", "SEN", "Suspensions", "Days", "Removals"])
    for n in range(N_PUPILS):
        times = int(rng.poisson(0.2))
        of = ("Y" if n % 4 == 0 else "N", "K" if n % 6 == 0 else "N")
        rows.writerow([7 + n % 5, *of, times or "", 1.5 * times or "", int(rng.poisson(1.2))])
    return held.getvalue()


def marked(head: Visitor, school: str, urn: str, folder: Path) -> None:
    """The page of the school's marks says what the commands make of the same export."""
    content = _export()
    head.go(f"{school}/attendance/marks")
    head.page.locator("input[name=layout][value=week]").check()
    sheet = {"name": "export.csv", "mimeType": "text/csv", "buffer": content.encode()}
    head.page.locator("input[type=file]").set_input_files(sheet)  # type: ignore[arg-type]
    at(head, "Continue")
    head.page.locator("#name").fill("Weekly export")
    at(head, "Continue")
    at(head, RETURN_YEAR.replace("/", "."), "link")  # a slash would end the pattern
    for name, day in TERM.items():
        head.page.locator(f"#{name}").fill(day)
    at(head, "Read the file")
    _waited_for(head, "What was found")
    head.page.locator("input[name=choice][value=whole]").check()
    at(head, "Continue")
    _waited_for(head, "See where, when and why")
    head.go(f"{school}/attendance")
    head.look("diagnosis: attendance of own marks")
    found = _profile(head.service, urn, content, folder)
    shown = head.page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")
    rates = {"Absence": "sess_overall_percent", "Persistently absent pupils":
             "enrolments_pa_10_exact_percent"}  # fmt: skip
    assert all(found[name] > 0 for name in rates.values())
    for words, name in rates.items():
        assert f"{words}\t{found[name]:.1f} %" in shown, (name, found[name])


def _profile(service: Service, urn: str, content: str, folder: Path) -> dict[str, float]:
    """Give what the commands make of an export, with the key that the service has."""
    paths = {"export.csv": content, "marks.yaml": MARKS_MAPPING, "terms.yaml": TERMS}
    for name, text in paths.items():
        (folder / name).write_text(text)
    told = ("attendance", "read", "--from", folder / "export.csv", "--urn", urn)
    told += ("--mapping", folder / "marks.yaml", "--terms", folder / "terms.yaml")
    key = Path(service.folder) / "pupil-key"
    schoolhubs(*told, "--key-file", key, "--out", folder / "marks")
    told = ("attendance", "profile", "--marks", folder / "marks", "--urn", urn)
    return schoolhubs(*told, "--out", folder / "profile")


def same_marks(folder: Path) -> None:
    """The inputs of the draft hold the very profile that the command wrote."""
    ours, theirs = (
        json.loads((folder / name / "marks.json").read_text()) for name in ("profile", "inputs")
    )
    assert ours == theirs


def _waited_for(head: Visitor, words: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while words not in head.page.inner_text("main"):
        assert time.monotonic() < deadline, head.page.inner_text("main")
        head.page.wait_for_timeout(500)
        head.page.reload()


def _export() -> str:
    """Draw four weeks of 300 pupils: some illness, and Fridays that one pupil in four misses."""
    rng, held = np.random.default_rng(10), io.StringIO()
    rows = csv.writer(held, lineterminator="\n")
    rows.writerow(["UPN", "Week beginning", "Marks", "Year", "FSM", "SEN"])
    for n in range(N_PUPILS):
        for monday in MONDAYS:
            days = ["II" if rng.random() < 0.03 else "/\\" for _ in range(5)]
            if n % 4 == 0 and rng.random() < 0.6:
                days[4] = "OO"
            of = (7 + n % 5, "Y" if n % 3 == 0 else "N", "Y" if n % 6 == 0 else "N")
            rows.writerow([f"H80120000{n:04}", f"{monday:%d/%m/%Y}", "".join(days), *of])
    return held.getvalue()
