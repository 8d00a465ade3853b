"""What a school brings of its own: a list of suspensions, and a year's marks."""

import csv
import io
from pathlib import Path

import numpy as np

from browser.diagnosing import N_PUPILS, at, fetched
from browser.looking import Visitor
from commands import schoolhubs

RETURN_YEAR = "2025/26"
COLUMNS = {
    "suspensions": "Suspensions", "days_lost": "Days", "lesson_removals": "Removals",
    "year_group": "Year", "fsm": "FSM", "sen": "SEN",
}  # fmt: skip
MAPPING = "name: Behaviour list\nlayout: pupil\nblank_is_nought: [{}]\ncolumns:\n{}"
MEASURES = ("suspensions", "days_lost", "lesson_removals")


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
