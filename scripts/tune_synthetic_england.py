"""Find the regional offsets and pupil constants that bring out the published persistent absence.

For each profile (2018/19 and 2022/23) and phase group it adjusts, over a few whole Englands,

- the level factor, until the mean absence is the published one;
- the session weight (mean rate by sessions over mean rate by pupils), until the national share of
  persistent absentees is;
- the offset of each region, until its share of persistent absentees is.

It writes ``src/schoolhubs/synthetic/data/absence_fit.yaml``. Run it after a change to the dynamics
in ``calibration.yaml``::

    .venv/bin/python scripts/tune_synthetic_england.py
"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from schoolhubs.synthetic.calibration import (
    GROUPS,
    Calibration,
    calibration,
    level,
    read_yaml,
    years_to,
)
from schoolhubs.synthetic.england import intake_of
from schoolhubs.synthetic.figures.absence import AbsencePanel, simulate
from schoolhubs.synthetic.population.places import survey
from schoolhubs.synthetic.population.schools import IN_ABSENCE_SERIES, found_schools
from schoolhubs.vocabulary.calendar import AcademicYear

OUT = Path(__file__).resolve().parents[1] / "src" / "schoolhubs" / "synthetic" / "data"
SEEDS = (101, 102, 103)
ROUNDS = 7
# How the share of persistent absentees answers to the log of the rate, as a share of itself.
STEEPNESS = 1.6


def main() -> None:
    """Fit both profiles and write them."""
    constants = calibration()
    fit: dict[str, Any] = {
        name: {group: _start(constants) for group in GROUPS} for name in ("2018/19", "2022/23")
    }
    worlds = [_schools(seed, constants) for seed in SEEDS]
    for turn in range(ROUNDS):
        constants = dataclasses.replace(constants, fit=fit)
        panels = [
            simulate(
                intake_of(world),
                years_to(AcademicYear("2022/23"), constants),
                constants,
                np.random.default_rng([seed, 3]),
            )
            for seed, world in zip(SEEDS, worlds, strict=True)
        ]
        for name in fit:
            for group in GROUPS:
                _adjust(fit[name][group], name, group, worlds, panels, constants)
        print(
            turn + 1,
            {n: {g: round(f["session_weight"], 4) for g, f in of.items()} for n, of in fit.items()},
        )
    text = "# Written by scripts/tune_synthetic_england.py; log points for offsets.\n"
    text += yaml.safe_dump(_rounded(fit), sort_keys=False, width=100, default_flow_style=None)
    (OUT / "absence_fit.yaml").write_text(text, encoding="utf-8")


def _start(constants: Calibration) -> dict[str, Any]:
    regions = sorted(constants.areas["region"].unique())
    return {
        "level_factor": 1.0,
        "session_weight": 0.93,
        "region_offsets": dict.fromkeys(regions, 0.0),
    }


def _schools(seed: int, constants: Calibration) -> pl.DataFrame:
    kinds = read_yaml("schools.yaml")
    return found_schools(
        22_000, survey(constants), constants, kinds, np.random.default_rng([seed, 1])
    )


def _adjust(
    fit: dict[str, Any],
    name: str,
    group: str,
    worlds: list[pl.DataFrame],
    panels: list[AbsencePanel],
    constants: Calibration,
) -> None:
    year = AcademicYear(name)
    counted = pl.concat(
        [_counted(world, panel, group, year) for world, panel in zip(worlds, panels, strict=True)]
    )
    weighted = (pl.col("percent") * pl.col("n")).sum() / pl.col("n").sum()
    wanted, of = level(constants, group, year)
    mean = counted.select(weighted if of == "pupils" else pl.col("percent").mean()).item()
    fit["level_factor"] *= wanted / mean
    share = (pl.col("persistent") * pl.col("n")).sum() / pl.col("n").sum()
    compact = name[:4] + name[-2:]
    published = constants.levels.filter(
        (pl.col("year") == compact)
        & (pl.col("phase_group") == group)
        & (pl.col("measure") == "persistent_percent")
    )
    targets = dict(zip(published["region"], published["value"], strict=True))
    national = counted.select(share).item()
    # More persistent absentees for the same mean rate: a lower session weight.
    fit["session_weight"] *= (national / targets["England"]) ** 0.6
    found = counted.group_by("region").agg(share.alias("share"))
    offsets = fit["region_offsets"]
    for region, persistent in found.iter_rows():
        ratio = (targets[region] / targets["England"]) / (persistent / national)
        offsets[region] += np.log(ratio) / STEEPNESS
    middle = float(np.mean(list(offsets.values())))
    for region in offsets:
        offsets[region] -= middle


def _counted(
    world: pl.DataFrame, panel: AbsencePanel, group: str, year: AcademicYear
) -> pl.DataFrame:
    position = panel.years.index(year)
    frame = pl.DataFrame(
        {
            "region": world["subregion"],
            "percent": panel.percent[:, position],
            "persistent": panel.persistent_percent[:, position],
            "n": panel.enrolments[:, position],
        }
    )
    is_in = (world["group"] == group) & world["kind"].is_in(list(IN_ABSENCE_SERIES))
    return frame.filter(is_in)


def _rounded(fit: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            group: {
                "level_factor": round(float(of["level_factor"]), 4),
                "session_weight": round(float(of["session_weight"]), 4),
                "region_offsets": {k: round(float(v), 4) for k, v in of["region_offsets"].items()},
            }
            for group, of in groups.items()
        }
        for name, groups in fit.items()
    }


if __name__ == "__main__":
    main()
