"""Measure what chance does to each figure that a synthetic England is held to.

Draws some Englands of each profile (2018/19 and 2022/23), writes the mean and the spread of every
figure to ``src/schoolhubs/synthetic/data/draws.csv``, and says how many Englands a test would
refuse. It ends with an error if a mean is further off than the generator may be. Run it after
``tune_synthetic_england.py``; it takes some four minutes::

    .venv/bin/python scripts/draw_synthetic_england.py
"""

import sys
from pathlib import Path

import polars as pl

from schoolhubs import synthetic
from schoolhubs.vocabulary.calendar import AcademicYear

OUT = Path(__file__).resolve().parents[1] / "src" / "schoolhubs" / "synthetic" / "data"
SEEDS = range(1001, 1041)
PROFILES = ("2018/19", "2022/23")
FIGURE = ("figure", "phase_group", "year")


def main() -> int:
    """Draw, write and judge."""
    drawn = pl.DataFrame([row for seed in SEEDS for row in _figures(seed)])
    draws = drawn.group_by(*FIGURE, maintain_order=True).agg(
        pl.len().alias("n_draws"),
        pl.col("measured").mean().round(6).alias("mean"),
        pl.col("measured").std().round(6).alias("sd"),
        pl.col("published", "within").first(),
    )
    draws.drop("published", "within").write_csv(OUT / "draws.csv")
    off = (pl.col("mean") - pl.col("published")).abs() > pl.col("within")
    missed = draws.filter(off)
    print(f"{missed.height} of {draws.height} figures are off in the mean of {len(SEEDS)} Englands")
    print(missed)
    _say_refused(drawn.join(draws.select(*FIGURE, "sd"), on=FIGURE))
    return 1 if missed.height else 0


def _figures(seed: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for year in PROFILES:
        england = synthetic.imagine(seed=seed, year=AcademicYear(year))
        rows += [
            {name: getattr(found, name) for name in (*FIGURE, "measured", "published", "within")}
            | {"seed": seed}
            for found in synthetic.measure(england)
            if found.year == year
        ]
    print(seed, flush=True)
    return rows


def _say_refused(drawn: pl.DataFrame) -> None:
    for times in (0.0, 1.0, 2.0, 2.5):
        allowed = pl.col("within") + times * pl.col("sd")
        bad = drawn.filter((pl.col("measured") - pl.col("published")).abs() > allowed)
        refused = bad["seed"].n_unique()
        print(f"with {times} spreads allowed, {refused} of {len(SEEDS)} have a figure outside")


if __name__ == "__main__":
    sys.exit(main())
