"""No synthetic school is a real one: neither its number, name and postcode nor its figures."""

import lzma
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from schoolhubs import files

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.national,
]
LISTS = (
    "gias/gias_mainstream_state_schools_england_20220425_derived.csv.gz",
    "gias/schools_markers_20260130_derived.csv.gz",
    "gias/gias_search_download_surrey_hampshire_20220420.csv.gz",
    "gias/links_edubasealldata20240129.csv.gz",
    "gias/links_edubasealldata20250422.csv.gz",
    "census/england_census_201819.csv.gz",
    "census/spc_school_fsm_202223_derived.csv.gz",
    "performance/england_ks2_201819_schools_derived.csv.gz",
    "performance/england_ks4_201819_schools_derived.csv.gz",
    "absence/ees_absence_3term_200607.csv.gz",
    "absence/ees_absence_3term_201718.csv.gz",
)
POSTCODES = (
    "geo/onspd_england_slim_2025_11_A_L.csv.xz",
    "geo/onspd_england_slim_2025_11_M_Z.csv.xz",
)
PHASES = ("State-funded primary", "State-funded secondary", "Special")
RATES = (
    "ehc_plan_percent",
    "sen_support_percent",
    "eal_percent",
    "fsm_ever_percent",
    "sess_overall_percent",
    "sess_authorised_percent",
    "enrolments_pa_10_exact_percent",
)
Numbers = NDArray[np.float64]
Identities = dict[str, set[str]]


def bare(names: pl.Series) -> set[str]:
    """Give names without case, spaces or punctuation, so that no spelling hides a copy."""
    return set(names.drop_nulls().str.to_lowercase().str.replace_all(r"[\W_]", ""))


def identities(tables: list[pl.DataFrame]) -> Identities:
    found: Identities = {"urn": set(), "name": set(), "postcode": set()}
    for table in tables:
        for column in {"urn", "link_urn"} & set(table.columns):
            found["urn"] |= set(table[column].drop_nulls())
        for column in {"school_name", "link_name", "trust_name"} & set(table.columns):
            found["name"] |= bare(table[column])
        if "postcode" in table.columns:
            found["postcode"] |= bare(table["postcode"])
    return found


def shared(synthetic: Identities, real: Identities) -> Identities:
    """Give what a synthetic England has in common with the real one, by what it is."""
    common = {what: values & real[what] for what, values in synthetic.items()}
    return {what: values for what, values in common.items() if values}


@pytest.fixture(scope="module")
def real(shared_data: Any) -> Identities:
    """Give every URN, name and postcode of the real lists, and every postcode of England."""
    found = identities([files.read(shared_data.path(name)).frame for name in LISTS])
    for name in POSTCODES:
        text = lzma.decompress(shared_data.path(name).read_bytes())
        found["postcode"] |= bare(pl.read_csv(text, columns=["pcd"])["pcd"])
    return found


@pytest.fixture(scope="module")
def register(whole_england: Path) -> pl.DataFrame:
    (path,) = whole_england.glob("edubasealldata*.csv")
    return files.read(path).frame


def test_no_synthetic_number_name_or_postcode_is_a_real_one(
    register: pl.DataFrame, whole_england: Path, real: Identities
) -> None:
    (links,) = whole_england.glob("links_edubasealldata*.csv")
    (members,) = whole_england.glob("academiesmatmembership*.csv")
    tables = [register, *(files.read(path).frame for path in (links, members))]

    assert {what: len(values) > 30_000 for what, values in real.items()} == dict.fromkeys(
        real, True
    )
    assert shared(identities(tables), real) == {}


def test_one_real_row_in_the_register_is_found(
    register: pl.DataFrame, shared_data: Any, real: Identities
) -> None:
    """Negative control: a real school among the synthetic ones, its name spelt otherwise."""
    row = files.read(shared_data.path(LISTS[0])).frame.row(1_000, named=True)
    planted = pl.DataFrame(
        {
            "urn": [row["urn"]],
            "school_name": [row["school_name"].upper().replace(" ", " - ")],
            "postcode": [row["postcode"].replace(" ", "")],
        }
    )

    found = shared(identities([register, planted]), real)

    assert {what: len(values) for what, values in found.items()} == {
        "urn": 1,
        "name": 1,
        "postcode": 1,
    }


def figures(census: Path, absence: Path) -> pl.DataFrame:
    """Give intake and absence of the schools whose every figure is known."""
    intake = files.read(census).frame.filter(pl.col("level") == "school")
    missed = files.read(absence).frame.filter(pl.col("level") == "school")
    known = missed.join(intake.drop("school_type"), on="urn")
    return known.select("school_type", "n_pupils", *RATES).drop_nulls()


@pytest.fixture(scope="module")
def both(whole_england: Path, shared_data: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the figures of the synthetic and of the real schools, 2017/18 with the next census."""
    (census,) = whole_england.glob("england_census_*.csv")
    synthetic = figures(census, whole_england / "ees_absence_3term_201718.csv")
    real = figures(shared_data.path(LISTS[5]), shared_data.path(LISTS[10]))
    return synthetic, real


def places(schools: pl.DataFrame, phase: str) -> Numbers:
    """Give each school of a phase a place, shape (n, 8); roots and logs so that none is crowded."""
    of = schools.filter(pl.col("school_type") == phase)
    return of.select(pl.col("n_pupils").log(), *(pl.col(name).sqrt() for name in RATES)).to_numpy()


def copying(synthetic: Numbers, real: Numbers) -> list[str]:
    """Say what looks copied: schools nearer to real ones than real ones are to each other."""
    middle, spread = real.mean(axis=0), real.std(axis=0)
    tree = cKDTree((real - middle) / spread)
    among_real = tree.query(tree.data, k=2)[0][:, 1]
    to_real, _ = tree.query((synthetic - middle) / spread)
    near_real, near = np.percentile(among_real, 5), np.percentile(to_real, 5)
    faults = []
    if near < near_real:
        faults.append(f"crowded: 5th percentile {near:.3f}, among real schools {near_real:.3f}")
    # By chance the closest of as many others in eight figures is a quarter as near once in some
    # 4 ** 8 draws; a copy is at 0.
    if to_real.min() < among_real.min() / 4:
        faults.append(f"copied: one at {to_real.min():.3f}, real ones {among_real.min():.3f} apart")
    return faults


@pytest.mark.parametrize("phase", PHASES)
def test_no_synthetic_school_is_nearer_to_a_real_one_than_real_ones_are(
    both: tuple[pl.DataFrame, pl.DataFrame], phase: str
) -> None:
    synthetic, real = (places(schools, phase) for schools in both)

    assert min(len(synthetic), len(real)) > 800
    assert copying(synthetic, real) == []


@pytest.mark.parametrize("phase", PHASES)
def test_one_real_row_among_the_figures_is_found(
    both: tuple[pl.DataFrame, pl.DataFrame], phase: str
) -> None:
    """Negative control: a real one's figures, each off by a part in ten thousand."""
    synthetic, real = (places(schools, phase) for schools in both)
    planted = np.vstack([synthetic, real[len(real) // 2] * 1.0001])

    assert [fault.split(":")[0] for fault in copying(planted, real)] == ["copied"]


@pytest.mark.parametrize("phase", PHASES)
def test_an_england_of_blurred_real_schools_is_found(
    both: tuple[pl.DataFrame, pl.DataFrame], phase: str
) -> None:
    """Negative control: every tenth school is a real one, blurred by a tenth of the spread."""
    synthetic, real = (places(schools, phase) for schools in both)
    rng = np.random.default_rng(1)
    blurred = real[: len(synthetic) // 10]
    blurred = blurred + rng.normal(0, 0.1, blurred.shape) * real.std(axis=0)
    mixed = np.vstack([synthetic[len(blurred) :], blurred])

    assert any(fault.startswith("crowded") for fault in copying(mixed, real))
