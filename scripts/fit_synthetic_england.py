"""Fit the constants of the synthetic England from published files and print where each came from.

Run it with the folder of published files; it writes three small files of aggregates (never a
row of a real school) into ``src/schoolhubs/synthetic/data``::

    .venv/bin/python scripts/fit_synthetic_england.py ../shared/data
"""

import argparse
import itertools
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.cluster.vq import kmeans2
from scipy.stats import norm, rankdata

from schoolhubs import travel

OUT = Path(__file__).resolve().parents[1] / "src" / "schoolhubs" / "synthetic" / "data"
GROUPS = {
    "primary": ("State-funded primary",),
    "secondary": ("State-funded secondary",),
    "special": ("State-funded special school",),
}
ABSENCE_TYPES = {
    "State-funded primary": "primary",
    "State-funded secondary": "secondary",
    "Special": "special",
}
VARIABLES = {
    "n_pupils": "NOR",
    "ehc_plan_percent": "PSENELSE",
    "sen_support_percent": "PSENELK",
    "eal_percent": "PNUMEAL",
    "fsm_ever_percent": "PNUMFSMEVER",
}
KNOTS = (0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 97.5, 99, 99.5, 99.9)
YEARS = ("201213", "201314", "201415", "201516", "201617", "201718")
SEEDS_PER_AREA = 4
# The City of London and the Isles of Scilly have one school each; they join a neighbour.
FEWEST_CENTRES = 20
# Unitary authorities made after 2017/18, which that year's absence file cannot place.
LATER_AREAS = {
    "E06000058": "South West",
    "E06000059": "South West",
    "E06000060": "South East",
    "E06000061": "East Midlands",
    "E06000062": "East Midlands",
    "E06000063": "North West",
    "E06000064": "North West",
    "E06000065": "Yorkshire and the Humber",
    "E06000066": "South West",
}

Polygon = list[NDArray[np.float64]]


def main() -> None:
    """Fit and write all three files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared_data", type=Path)
    shared = parser.parse_args().shared_data
    absence = {year: _absence(shared, year) for year in YEARS}
    regions = _regions_by_la(absence["201718"])
    _write_areas(shared, absence["201718"])
    _write_levels(shared, absence, regions)
    _write_context(shared, regions)


# --- areas -------------------------------------------------------------------------------------


def _write_areas(shared: Path, absence: pl.DataFrame) -> None:
    """Stand for each authority by the middles of four clusters of its small areas."""
    region_of = dict(
        absence.filter(pl.col("geographic_level") == "Local authority")
        .select("new_la_code", "region_name")
        .unique()
        .iter_rows()
    )
    centres = pl.read_csv(shared / "geo" / "lsoa11_england_centroids.csv.gz")
    points = centres.select("BNG_E", "BNG_N").to_numpy().astype(float)
    rng = np.random.default_rng(2026)
    rows: list[tuple[object, ...]] = []
    placed = 0
    for code, polygons in sorted(_authorities(shared).items()):
        region = region_of.get(code) or LATER_AREAS[code]
        inside = points[_inside(points, polygons)]
        placed += len(inside)
        if len(inside) < FEWEST_CENTRES:
            continue
        k = min(SEEDS_PER_AREA, max(1, len(inside) // 8))
        middles, labels = kmeans2(inside, k, minit="++", seed=rng)
        rows += [
            (region, round(x), round(y), int((labels == i).sum()))
            for i, (x, y) in enumerate(middles)
            if (labels == i).any()
        ]
        rows[-1] += ("last",)
    number = 0
    lines = ["area,region,easting,northing,n_centres"]
    for row in rows:
        lines.append(",".join(str(value) for value in (number, *row[:4])))
        number += row[-1] == "last"
    (OUT / "areas.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"areas.csv: {number} areas, {len(rows)} seeds, {placed:,} small areas placed")


def _authorities(shared: Path) -> dict[str, Polygon]:
    """Read the English counties and unitary authorities from the boundary file."""
    archive = zipfile.ZipFile(shared / "geo" / "CTYUA_MAY_2023_UK_BUC_shapefile.zip")
    names = {Path(name).suffix: name for name in archive.namelist()}
    codes = _dbf_column(archive.read(names[".dbf"]), "CTYUA23CD")
    shapes = _shapes(archive.read(names[".shp"]))
    return {c: s for c, s in zip(codes, shapes, strict=True) if c.startswith("E")}


def _dbf_column(data: bytes, wanted: str) -> list[str]:
    n, header, width = (int.from_bytes(data[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    at, offset, size = 32, 1, 0
    while data[at] != 0x0D:
        name, length = data[at : at + 11].split(b"\0")[0].decode(), data[at + 16]
        if name == wanted:
            size = length
            break
        offset += length
        at += 32
    starts = (header + i * width + offset for i in range(n))
    return [data[start : start + size].decode("utf-8").strip() for start in starts]


def _shapes(data: bytes) -> list[Polygon]:
    shapes, at = [], 100
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "big") * 2
        body = data[at + 8 : at + 8 + length]
        parts, points = np.frombuffer(body, "<i4", 2, 36)
        starts = [*np.frombuffer(body, "<i4", parts, 44), points]
        xy = np.frombuffer(body, "<f8", points * 2, 44 + 4 * parts).reshape(-1, 2)
        shapes.append([xy[a:b] for a, b in itertools.pairwise(starts)])
        at += 8 + length
    return shapes


def _inside(points: NDArray[np.float64], polygon: Polygon) -> NDArray[np.bool_]:
    """Tell which points a ray to the east crosses an odd number of edges from."""
    inside = np.zeros(len(points), dtype=bool)
    for ring in polygon:
        low, high = ring.min(0), ring.max(0)
        near = np.flatnonzero(((points >= low) & (points <= high)).all(1))
        x, y = points[near].T
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            if y1 != y2:
                crosses = (y1 > y) != (y2 > y)
                inside[near[crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)]] ^= True
    return inside


# --- absence levels ----------------------------------------------------------------------------


def _absence(shared: Path, year: str) -> pl.DataFrame:
    return pl.read_csv(shared / "absence" / f"ees_absence_3term_{year}.csv.gz", infer_schema=False)


def _regions_by_la(absence: pl.DataFrame) -> pl.DataFrame:
    level = absence.filter(pl.col("geographic_level") == "Local authority")
    return level.select(la="old_la_code", region="region_name").unique()


def _write_levels(shared: Path, absence: dict[str, pl.DataFrame], regions: pl.DataFrame) -> None:
    """Give the absence of each year, phase and region, and the reasons behind it."""
    rows: list[tuple[object, ...]] = []
    source = "Pupil absence in schools in England, full year, EES layout"
    for year, frame in absence.items():
        levels = frame.filter(
            pl.col("geographic_level").is_in(["National", "Regional"])
            & pl.col("school_type").is_in(list(ABSENCE_TYPES))
        )
        for row in levels.iter_rows(named=True):
            missed, possible = int(row["sess_overall"]), int(row["sess_possible"])
            n, n_persistent = int(row["enrolments"]), int(row["enrolments_pa_10_exact"])
            where = (year, ABSENCE_TYPES[row["school_type"]], row["region_name"] or "England")
            rows.append((*where, "absence_percent", round(100 * missed / possible, 3), source))
            rows.append((*where, "persistent_percent", round(100 * n_persistent / n, 2), source))
        schools = frame.filter(pl.col("geographic_level") == "School").group_by("school_type")
        rate = pl.col("sess_overall_percent").cast(pl.Float64)
        for kind, mean in schools.agg(rate.mean().round(3)).sort("school_type").iter_rows():
            where = (year, ABSENCE_TYPES[kind], "England")
            rows.append((*where, "school_mean_absence_percent", mean, source))
    rows += _persistent_levels(shared, regions)
    lines = ["year,phase_group,region,measure,value,source"]
    lines += [",".join(f'"{v}"' if isinstance(v, str) else str(v) for v in row) for row in rows]
    (OUT / "absence_levels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"absence_levels.csv: {len(rows)} rows")
    national = absence["201718"].filter(pl.col("geographic_level") == "National")
    reasons = [c for c in national.columns if c.startswith(("sess_auth_", "sess_unauth_"))]
    lines = ["phase_group,reason,share"]
    for row in national.filter(pl.col("school_type") != "Total").iter_rows(named=True):
        for reason in reasons:
            if reason.endswith("totalreasons") or row[reason] == ":":
                continue
            kind = reason.split("_")[1]
            share = int(row[reason]) / int(row[f"sess_{kind}_totalreasons"])
            group = ABSENCE_TYPES[row["school_type"]]
            lines.append(f"{group},{reason},{share:.5f}")
    (OUT / "absence_reasons.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _persistent_levels(shared: Path, regions: pl.DataFrame) -> list[tuple[object, ...]]:
    source = "Absence distributions, banded census file: persistent absence by authority"
    bands = pl.read_csv(
        shared / "calibration" / "pa_by_la_phase_year.csv",
        null_values=["NA"],
        infer_schema_length=None,
    ).with_columns(la=pl.col("ola").cast(pl.Int64).cast(pl.String))
    bands = bands.join(regions, on="la", how="left").filter(
        pl.col("yr").is_in([201819, 202223]) & pl.col("pa_pct").is_not_null()
    )
    everyone = bands.with_columns(region=pl.lit("England"))
    rate = (pl.col("pa_pct") * pl.col("enrolments")).sum() / pl.col("enrolments").sum()
    found = (
        pl.concat([bands.drop_nulls("region"), everyone])
        .group_by("yr", "type", "region")
        .agg(rate.round(2))
        .sort("yr", "type", "region")
    )
    return [
        (str(yr), ABSENCE_TYPES[kind], region, "persistent_percent", value, source)
        for yr, kind, region, value in found.iter_rows()
    ]


# --- context -----------------------------------------------------------------------------------


def _write_context(shared: Path, regions: pl.DataFrame) -> None:
    """Give the joint distribution of roll, free meals, need and language, by phase group."""
    census = pl.read_csv(shared / "census" / "england_census_201819.csv.gz", infer_schema=False)
    census = census.rename({c: c.removeprefix("\ufeff") for c in census.columns})
    places = _density_of_schools(shared)
    census = (
        census.join(regions, left_on="LA", right_on="la", how="inner")
        .with_columns(
            pl.col(*VARIABLES.values(), "NUMFSM", "NUMFSMEVER", "PNORG").cast(
                pl.Float64, strict=False
            )
        )
        .drop_nulls(list(VARIABLES.values()))
        .join(places, on="URN", how="left")
    )
    context = {group: _fit_group(census, kinds) for group, kinds in GROUPS.items()}
    text = yaml.safe_dump(
        {
            "source": "Performance tables, school census file, 2018/19; settlement grid of travel",
            "fitted_by": "scripts/fit_synthetic_england.py",
            "percentiles": list(KNOTS),
            "groups": context,
        },
        sort_keys=False,
        width=100,
        default_flow_style=None,
    )
    (OUT / "context.yaml").write_text(text, encoding="utf-8")


def _density_of_schools(shared: Path) -> pl.DataFrame:
    file = shared / "gias" / "schools_markers_20260130_derived.csv.gz"
    markers = pl.read_csv(file, infer_schema=False)
    columns = {name.lower(): name for name in markers.columns}
    east, north = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True).transform(
        markers[columns["lng"]].cast(float).to_numpy(),
        markers[columns["lat"]].cast(float).to_numpy(),
    )
    return pl.DataFrame(
        {"URN": markers[columns["urn"]], "density": box_density(east, north)}
    ).unique("URN")


def box_density(easting: NDArray[np.float64], northing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give log(1 + small-area centres in the 5 km square around each place)."""
    grid = travel.settlement_grid()
    cells = np.zeros((700, 1300))
    np.add.at(cells, (grid.easting // 1000, grid.northing // 1000), grid.n_centres)
    total = np.pad(cells, 3).cumsum(0).cumsum(1)
    x, y = (np.clip(np.asarray(v) // 1000, 0, 600).astype(int) + 3 for v in (easting, northing))
    y = np.clip(np.asarray(northing) // 1000, 0, 1200).astype(int) + 3
    a, b, c, d = x - 3, x + 2, y - 3, y + 2
    return np.log1p(total[b, d] - total[a, d] - total[b, c] + total[a, c])


def _fit_group(census: pl.DataFrame, kinds: tuple[str, ...]) -> dict[str, object]:
    schools = census.filter(pl.col("SCHOOLTYPE").is_in(list(kinds)))
    names = [*VARIABLES, "density"]
    known = schools.filter(pl.col("density").is_not_null())
    scores = np.column_stack(
        [_score(known[c].to_numpy()) for c in (*VARIABLES.values(), "density")]
    )
    region_names = sorted(known["region"].unique().to_list())
    region = np.array([region_names.index(r) for r in known["region"]])
    means = np.array([scores[region == i].mean(0) for i in range(len(region_names))])
    rest = scores - means[region]
    within, between = _two_levels(rest, known["LA"].to_numpy())
    knots = {
        name: [round(float(v), 2) for v in np.percentile(schools[column].to_numpy(), KNOTS)]
        for name, column in VARIABLES.items()
    }
    now = (schools["NUMFSM"] / schools["NUMFSMEVER"]).filter(schools["NUMFSMEVER"] > 20)
    print(kinds[0], schools.height, "placed", known.height)
    return {
        "n_schools": schools.height,
        "knots": knots,
        "variables": names,
        "region_means": {
            r: [round(float(v), 3) for v in means[i, :-1]] for i, r in enumerate(region_names)
        },
        "within_area": np.round(within, 3).tolist(),
        "between_areas": np.round(between, 3).tolist(),
        "fsm_now_of_ever": {"mean": round(float(now.mean()), 3), "sd": round(float(now.std()), 3)},
        "girls_percent": {"sd": round(float(schools["PNORG"].drop_nulls().std()), 2)},
        "schools_per_centre": _per_centre(known, schools.height),
    }


def _score(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(norm.ppf((rankdata(values) - 0.5) / len(values)))


def _two_levels(
    scores: NDArray[np.float64], area: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split a covariance into within and between areas by the moments of a one-way layout."""
    labels, index, counts = np.unique(area, return_inverse=True, return_counts=True)
    sums = np.zeros((len(labels), scores.shape[1]))
    np.add.at(sums, index, scores)
    means = sums / counts[:, None]
    deviation = scores - means[index]
    within = deviation.T @ deviation / (len(scores) - len(labels))
    n0 = (len(scores) - (counts**2).sum() / len(scores)) / (len(labels) - 1)
    middle = (means * counts[:, None]).sum(0) / len(scores)
    spread = ((means - middle) * counts[:, None]).T @ (means - middle) / (len(labels) - 1)
    between = (spread - within) / n0
    values, vectors = np.linalg.eigh(between)
    return within, (vectors * np.clip(values, 1e-3, None)) @ vectors.T


def _per_centre(known: pl.DataFrame, n_schools: int) -> dict[str, list[float]]:
    """Give schools for each small area by how settled the land is."""
    grid = travel.settlement_grid()
    settled = box_density(grid.easting, grid.northing)
    edges = np.quantile(np.repeat(settled, grid.n_centres), np.linspace(0, 1, 9))
    centres = np.histogram(settled, edges, weights=grid.n_centres)[0]
    schools = np.histogram(np.clip(known["density"].to_numpy(), edges[0], edges[-1]), edges)[0]
    middles = (edges[:-1] + edges[1:]) / 2
    ratio = schools / centres * n_schools / known.height
    return {
        "log_centres": [round(float(v), 3) for v in middles],
        "schools": [round(float(v), 4) for v in ratio],
    }


if __name__ == "__main__":
    main()
