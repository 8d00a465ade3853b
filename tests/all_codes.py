"""Generated marks that hold every code of both tables, and everything they can be cut by."""

import datetime
import itertools
import random

import polars as pl

from schoolhubs.attendance.coding import regimes
from schoolhubs.vocabulary.frames import MARKS

FIRST_WEEKS = (datetime.date(2023, 9, 4), datetime.date(2024, 9, 2))


def every_code(seed: int, *, pupils: int = 40, weeks: int = 4) -> pl.DataFrame:
    """Give marks of two schools in two years, every code of the year's table among them."""
    draw = random.Random(seed)
    rows = []
    for table, first in zip(regimes(), FIRST_WEEKS, strict=True):
        letters = itertools.cycle(draw.sample(table.all_letters, len(table.all_letters)))
        for pupil, week in itertools.product(range(pupils), range(weeks)):
            common = draw.choice(["/\\", "/\\I", "./\\", "I", "/\\ED"])
            marks = [draw.choice(common) for _ in range(9)] + [next(letters)]
            rows.append(
                {
                    "urn": draw.choice(["900001", "900002"]),
                    "pupil": pupil - pupils // 2,
                    "week_on": first + datetime.timedelta(7 * week),
                    "marks": "".join(draw.sample(marks, 10)),
                    "year": f"{first.year}/{first.year % 100 + 1}",
                    "term": draw.choice(["autumn", "spring"]),
                    "half_term": 1 + week % 2,
                    "year_group": draw.choice([None, 0, 7]),
                    "fsm": draw.choice([True, False, None]),
                    "sen": draw.choice([True, False, None]),
                    "ehc": draw.choice([True, False, None]),
                    "sex": draw.choice(["F", "M", None]),
                    "has_reason": draw.choice([True, False, None]),
                }
            )
    found = MARKS.fill(pl.DataFrame(rows, infer_schema_length=None))
    held = set("".join(found["marks"]))
    assert held >= {letter for table in regimes() for letter in table.all_letters}
    return found
