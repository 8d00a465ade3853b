"""Marks made up for :mod:`benchmarks.marks`: quick, seeded, holding every code; no school is real.

Whether a pupil is absent on a day depends on the pupil's own rate, the afternoon follows the
morning, and the reasons stand as often as codes.yaml has them. That is enough to time a count; the
pupils of ``schoolhubs synthetic england --pupils`` are the ones to draw conclusions from.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs import attendance

FIRST_WEEK = dt.date(2024, 9, 2)
# (term, half-term, weeks): 38 weeks, so 380 sessions, as most schools are open.
HALF_TERMS = (
    ("autumn", 1, 7), ("autumn", 2, 7), ("spring", 3, 6), ("spring", 4, 6), ("summer", 5, 6),
    ("summer", 6, 6),
)  # fmt: skip
N_RATES, N_DRAWS, PUPILS_A_SCHOOL = 64, 1 << 16, 366


@dataclasses.dataclass(frozen=True, kw_only=True)
class Roll:
    """Pupils in the order of school and hash: one entry each in every array."""

    urn: NDArray[np.int64]
    pupil: NDArray[np.int64]
    rate: NDArray[np.uint8]
    fsm: NDArray[np.bool_]
    year_group: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.urn)


def roll(n_pupils: int, seed: int) -> Roll:
    """Draw pupils; schools hold 366 each on average, some three times as many as others."""
    rng = np.random.default_rng(seed)
    n_schools = max(1, round(n_pupils / PUPILS_A_SCHOOL))
    shares = np.sort(rng.gamma(4, 1, n_schools))
    urn = np.sort(rng.choice(n_schools, n_pupils, p=shares / shares.sum())) + 900_000
    pupil = rng.integers(0, 1 << 62, n_pupils)
    order = np.lexsort((pupil, urn))
    fsm = rng.random(n_pupils) < 0.25
    rate = np.where(rng.random(n_pupils) < 0.2, rng.beta(0.6, 1.9, n_pupils), 0)
    rate = np.where(rate > 0, rate, rng.beta(1.5, 24, n_pupils)) * np.where(fsm, 1.3, 0.95)
    return Roll(
        urn=urn, pupil=pupil[order],
        rate=np.minimum(rate * N_RATES, N_RATES - 1).astype(np.uint8), fsm=fsm,
        year_group=rng.integers(0, 12, n_pupils).astype(np.int8),
    )  # fmt: skip


def days(seed: int) -> NDArray[np.uint16]:
    """Give 65,536 days for each rate of absence: two letters in a number, morning first."""
    rng = np.random.default_rng(seed)
    table = attendance.coding.codes(FIRST_WEEK)
    missed = table.letters("sess_overall")
    weight = {"I": 47, "M": 5, "C": 6, "O": 24, "G": 6, "p": 4, "U": 3, "E": 2}
    rates = (np.arange(N_RATES) + 0.3) / N_RATES
    there = np.array([ord("/"), ord("\\")], np.uint8)
    two = np.broadcast_to(there, (N_RATES, N_DRAWS, 2)).copy()
    other = [c for c in table.all_letters if c not in missed + "/\\"]
    _sprinkle(rng, two, other, np.array([30.0 if c in "LV" else 1 for c in other]), 0.04)
    away = rng.random((N_RATES, N_DRAWS, 1)) < rates[:, None, None]
    tied = rng.random((N_RATES, N_DRAWS, 2)) < np.array([1.0, 0.97])
    shares = np.array([weight.get(c, 0.3) for c in missed])
    drawn = rng.choice(len(missed), (N_RATES, N_DRAWS, 1), p=shares / shares.sum())
    letters = np.frombuffer(missed.encode(), np.uint8)[drawn]
    return np.where(away & tied, letters, two).view(np.uint16)[..., 0]


def _sprinkle(
    rng: np.random.Generator, two: NDArray[np.uint8], letters: list[str],
    weight: NDArray[np.float64], share: float,
) -> None:  # fmt: skip
    """Put other codes in place of a share of the presences."""
    where = rng.random(two.shape) < share
    drawn = rng.choice(len(letters), int(where.sum()), p=weight / weight.sum())
    two[where] = np.frombuffer("".join(letters).encode(), np.uint8)[drawn]


def weeks() -> Iterator[tuple[dt.date, str, int]]:
    """Give the Monday, term and half-term of each week, holidays left out."""
    monday = FIRST_WEEK
    for term, half_term, n in HALF_TERMS:
        for _ in range(n):
            yield monday, term, half_term
            monday += dt.timedelta(days=7)
        monday += dt.timedelta(days=14 if half_term in (2, 4) else 7)


def write_weeks(folder: Path, n_pupils: int, seed: int = 20261122) -> int:
    """Write a year of marks in the layout of ``attendance.MarksStore``; gives the rows written."""
    pupils, drawn = roll(n_pupils, seed), days(seed + 1)
    rng = np.random.default_rng(seed + 2)
    flat, start = drawn.ravel(), pupils.rate.astype(np.int32) * N_DRAWS
    fixed = pl.DataFrame(
        {
            "urn": pl.Series(pupils.urn).cast(pl.String), "pupil": pupils.pupil,
            "fsm": pupils.fsm, "year_group": pupils.year_group,
        }
    )  # fmt: skip
    for monday, term, half_term in weeks():
        pairs = np.empty((len(pupils), 5), np.uint16)
        for day in range(5):
            pairs[:, day] = flat[start + rng.integers(0, N_DRAWS, len(pupils), dtype=np.uint16)]
        path = (
            folder
            / "weeks"
            / "school_year=2024-25"
            / f"half_term={half_term}"
            / f"week={monday}"
            / "marks.parquet"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        _week(fixed, pairs, monday, term, half_term).write_parquet(
            path,
            compression="zstd",
            compression_level=1,
            row_group_size=max(1 << 14, len(pupils) // 64),
        )
    return len(pupils) * 38


def _week(
    fixed: pl.DataFrame, pairs: NDArray[np.uint16], monday: dt.date, term: str, half_term: int
) -> pl.DataFrame:
    letters = pl.Series("marks", pairs.view(np.uint8))
    return fixed.select(
        "urn", "pupil",
        pl.lit(monday).alias("week_on"),
        letters.arr.to_list().cast(pl.Binary).cast(pl.String),
        pl.lit("2024/25").alias("year"),
        pl.lit(term).alias("term"),
        pl.lit(half_term, pl.Int8).alias("half_term"),
        "year_group", "fsm",
        (pl.col("pupil") % 6 == 0).alias("sen"),
        (pl.col("pupil") % 24 == 0).alias("ehc"),
        pl.when(pl.col("pupil") % 2 == 0).then(pl.lit("F")).otherwise(pl.lit("M")).alias("sex"),
        pl.lit(None, pl.Boolean).alias("has_reason"),
    )  # fmt: skip


def write_long(folder: Path) -> None:
    """Write the weeks once more with a mark a row, the code as a school writes it."""
    table = attendance.coding.codes(FIRST_WEEK)
    written = {code.letter: code.code for code in table.codes}
    (folder / "long").mkdir()
    for path in sorted(folder.glob("weeks/*/*/*/marks.parquet")):
        rows = pl.scan_parquet(path, hive_partitioning=False).select(
            "urn", "pupil", "week_on", "term", "fsm",
            pl.col("marks").str.split("").alias("code"),
            pl.lit(list(range(10)), pl.List(pl.Int8)).alias("session"),
        )  # fmt: skip
        marks = rows.explode("code", "session").filter(pl.col("code") != ".")
        coded = marks.with_columns(pl.col("code").replace_strict(written))
        coded.sink_parquet(folder / "long" / f"{path.parent.name}.parquet", compression="zstd")
