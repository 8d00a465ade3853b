"""Attendance marks for tests, and a slow plain count that shares nothing with the product's."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from hypothesis import strategies as st

from schoolhubs.vocabulary.frames import CUTS, MARKS

# Written out here once more, by hand, so that a slip in codes.yaml shows.
BOTH = "/\\LVPWBDCSMRTIEGNOUXZ#"
BEFORE = BOTH + "HJY"
SINCE = BOTH + "KcpjQ1234567"
PRESENT, APPROVED = "/\\L", "VPWBJK"
AUTHORISED, UNAUTHORISED = "CSMRTIEHcpj", "GNOU"
UNABLE, NOT_REQUIRED, DUAL = "YQ1234567", "XZ#", "D"
SHUT = "Z#4"
CHANGED_ON = dt.date(2024, 8, 19)
REASONS = {
    "sess_late": "L", "sess_approved_visit": "V", "sess_approved_sport": "P",
    "sess_approved_work": "W", "sess_approved_interview": "J", "sess_approved_la": "K",
    "sess_approved_other": "B", "sess_auth_illness": "I", "sess_auth_appointments": "M",
    "sess_auth_religious": "R", "sess_auth_study": "S", "sess_auth_traveller": "T",
    "sess_auth_holiday": "H", "sess_auth_excluded": "E", "sess_auth_part_time": "p",
    "sess_auth_performance": "c", "sess_auth_interview": "j", "sess_auth_other": "C",
    "sess_unauth_holiday": "G", "sess_unauth_late": "U", "sess_unauth_other": "O",
    "sess_unauth_noyet": "N", "sess_not_required_age": "X",
}  # fmt: skip
MONDAYS = [dt.date(2024, 7, 8), dt.date(2024, 7, 15)] + [
    dt.date(2024, 9, 2) + dt.timedelta(days=7 * k) for k in range(4)
]


def week(**given: Any) -> dict[str, Any]:
    """Give one pupil-week, present throughout unless told otherwise."""
    usual = {
        "urn": "900001", "pupil": 1, "week_on": dt.date(2025, 1, 6), "marks": "/\\" * 5,
        "year": "2024/25", "term": "spring", "half_term": 3,
    }  # fmt: skip
    return {**usual, **given}


def marks_of(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Give the rows as a frame that keeps the contract."""
    return MARKS.fill(pl.DataFrame(list(rows), schema_overrides=MARKS.schema))


@st.composite
def registers(draw: st.DrawFn) -> pl.DataFrame:
    """Draw the marks of a few pupils of two schools over weeks of both tables of codes."""
    rows = []
    for urn in ("900001", "900002"):
        for pupil in range(draw(st.integers(0, 4))):
            moves = draw(st.booleans())
            for k, monday in enumerate(MONDAYS):
                letters = (SINCE if monday >= CHANGED_ON else BEFORE) + "." + "/\\" * 12
                if not draw(st.integers(0, 5)):
                    continue
                rows.append(
                    week(
                        urn=urn, pupil=pupil - 2, week_on=monday,
                        year="2024/25" if monday >= CHANGED_ON else "2023/24",
                        term="autumn" if monday >= CHANGED_ON else "summer",
                        half_term=1 if monday >= CHANGED_ON else 6,
                        marks=draw(st.text(letters, min_size=10, max_size=10)),
                        year_group=pupil + 3, fsm=[True, False, None][(pupil + moves * k) % 3],
                        sen=pupil % 2 == 0, ehc=pupil == 0, sex="FM"[pupil % 2],
                        has_reason=draw(st.sampled_from([True, False, None])),
                    )
                )  # fmt: skip
    return marks_of(rows) if rows else MARKS.empty()


def plainly(marks: pl.DataFrame, by: Sequence[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Count mark by mark: counts of each cell by the values of its cuts."""
    cells: dict[tuple[Any, ...], Counter[str]] = {}
    own: dict[tuple[Any, ...], Counter[str]] = {}
    for row in marks.iter_rows(named=True):
        for place, letter in enumerate(row["marks"]):
            if letter == "." and not {"weekday", "session"} & set(by):
                cells.setdefault(tuple(row[CUTS[word].name] for word in by), Counter())
            full = {**row, "weekday": place // 2 + 1, "session": "ap"[place % 2] + "m"}
            cell = tuple(full[CUTS[word].name] for word in by)
            what = Counter(columns_of(letter, bool(row["has_reason"])))
            cells.setdefault(cell, Counter()).update(what)
            own.setdefault((cell, row["urn"], row["pupil"], row["year"]), Counter()).update(what)
    for (cell, *_), count in own.items():
        possible, missed = count["sess_possible"], count["sess_overall"]
        cells[cell]["enrolments"] += possible > 0
        cells[cell]["enrolments_pa_10_exact"] += possible > 0 and missed * 10 >= possible
        cells[cell]["enrolments_pa_50_exact"] += possible > 0 and missed * 2 >= possible
    return cells


def columns_of(letter: str, has_reason: bool) -> list[str]:
    """Name the columns that count a letter."""
    if letter == ".":
        return []
    found = ["sess_marked"] + [name for name, letters in REASONS.items() if letter in letters]
    for name, letters in {
        "sess_possible": PRESENT + APPROVED + AUTHORISED + UNAUTHORISED,
        "sess_attended": PRESENT, "sess_approved": APPROVED,
        "sess_overall": AUTHORISED + UNAUTHORISED,
        "sess_authorised": AUTHORISED, "sess_unauthorised": UNAUTHORISED,
        "sess_unable": UNABLE, "sess_not_required": NOT_REQUIRED, "sess_dual": DUAL,
        "sess_protected": "MRIC" if has_reason else "MR",
    }.items():  # fmt: skip
        found += [name] if letter in letters else []
    return found + ([] if letter in SHUT else ["sess_open"])
