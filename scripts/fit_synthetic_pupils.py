"""Take the published figures of pupils and register codes that synthetic marks are made from.

Run it with the folder of published files; it writes aggregates into
``src/schoolhubs/synthetic/data``, after which ``tune_synthetic_pupils.py`` must run::

    .venv/bin/python scripts/fit_synthetic_pupils.py ../shared/data
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import beta

OUT = Path(__file__).resolve().parents[1] / "src" / "schoolhubs" / "synthetic" / "data"
GROUPS = {
    "State-funded primary": "primary",
    "State-funded secondary": "secondary",
    "Special": "special",
}
ELIGIBILITY = {"Eligible": "fsm", "Not Eligible": "not_fsm", "Unclassified": "not_known"}
SEN = {"Any special educational need": "sen", "No identified special educational need": "none"}
# Fewer enrolments than this make no cell of their own.
FEWEST = 300
# Reasons with so little of all absence are left out of the marks.
LEAST_PERCENT = 0.0005
CODES = {
    "reason_i_authorised_illness": "I",
    "reason_m_authorised_medical_dental": "M",
    "reason_r_authorised_religious_observance": "R",
    "reason_s_authorised_study_leave": "S",
    "reason_t_authorised_mobile_child": "T",
    "reason_e_authorised_excluded": "E",
    "reason_c_authorised_other": "C",
    "reason_c1_authorised_regulated_performance": "C1",
    "reason_j1_authorised_interview": "J1",
    "reason_c2_authorised_temp_reduced_timetable": "C2",
    "reason_g_unauthorised_holiday": "G",
    "reason_u_unauthorised_late_after_registers_closed": "U",
    "reason_o_other_unauthorised": "O",
    "reason_n_no_reason_yet": "N",
    "reason_l_present_late_before_registers_closed": "L",
    "reason_b_aea_education_off_site": "B",
    "reason_p_aea_approved_sporting_activity": "P",
    "reason_v_aea_educational_visit_trip": "V",
    "reason_w_aea_work_experience": "W",
    "reason_k_aea_education_arranged_by_la": "K",
}


def main() -> None:
    """Read and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared_data", type=Path)
    folder = parser.parse_args().shared_data / "calibration"
    bands = pl.read_csv(folder / "absence_bands_national.csv", infer_schema_length=None)
    names = bands.columns[5:]
    bands = bands.with_columns(
        pl.col("phase").replace_strict(GROUPS).alias("phase_group"),
        pl.col("fsm").replace_strict(ELIGIBILITY).alias("eligibility"),
        pl.col("sen").replace_strict(SEN, default="not_known").alias("need"),
        pl.format(
            "{}/{}", pl.col("year").cast(str).str.head(4), pl.col("year").cast(str).str.tail(2)
        ).alias("profile"),
        pl.sum_horizontal(names).alias("enrolments"),
        pl.sum_horizontal(names[2:]).alias("persistent"),
        pl.col("50_plus").alias("severe"),
    )
    counted = pl.col("enrolments", "persistent", "severe").sum()
    by_band = bands.group_by("profile", "phase_group", "eligibility", maintain_order=True)
    by_band.agg(pl.col(names).sum()).sort("profile", "phase_group", "eligibility").write_csv(
        OUT / "pupil_bands.csv"
    )
    cells = (
        bands.filter(pl.col("eligibility") != "not_known", pl.col("need") != "not_known")
        .group_by("profile", "phase_group", "eligibility", "need", "nc_year")
        .agg(counted)
        .rename({"nc_year": "year_group"})
        .filter(pl.col("enrolments") >= FEWEST)
    )
    cells.sort("profile", "phase_group", "eligibility", "need", "year_group").write_csv(
        OUT / "pupil_cells.csv"
    )
    years = bands.group_by("profile", "nc_year").agg(counted).rename({"nc_year": "year_group"})
    years.sort("profile", "year_group").write_csv(OUT / "pupil_year_groups.csv")
    _write_mixtures(by_band.agg(pl.col(names).sum()), names)
    _write_codes(folder)


def _write_mixtures(bands: pl.DataFrame, names: list[str]) -> None:
    """Fit pupils whose eligibility nobody knew, who mostly left or came between two censuses."""
    rows = []
    for row in bands.filter(pl.col("eligibility") == "not_known").iter_rows(named=True):
        fitted, furthest = _mixture(np.array([row[name] for name in names], dtype=float))
        parts = dict(zip(("high_share", "low_a", "low_b", "high_a", "high_b"), fitted, strict=True))
        rows.append({"profile": row["profile"], "phase_group": row["phase_group"], **parts})
        print(row["profile"], row["phase_group"], "furthest band", round(furthest, 4))
    pl.DataFrame(rows).sort("profile", "phase_group").write_csv(
        OUT / "pupil_mixtures_not_known.csv", float_precision=5
    )


def _mixture(counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    edges = np.array([*np.arange(0, 0.51, 0.05), 1.0])
    shares = counts / counts.sum()

    def reached(x: NDArray[np.float64]) -> NDArray[np.float64]:
        w, (a, b, c, d) = 1 / (1 + np.exp(-x[0])), np.exp(x[1:])
        return np.diff((1 - w) * beta.cdf(edges, a, b) + w * beta.cdf(edges, c, d))

    def loss(x: NDArray[np.float64]) -> float:
        return float((shares * np.log(np.maximum(reached(x), 1e-12))).sum() * -1)

    start = np.array([-0.5, 0.3, 2.6, -0.4, 0.6])
    shape = (np.log(0.15), np.log(60))
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(-4, 4), *(shape for _ in range(4))])
    w = 1 / (1 + np.exp(-found.x[0]))
    return np.array([w, *np.exp(found.x[1:])]), float(np.abs(reached(found.x) - shares).max())


def _write_codes(folder: Path) -> None:
    """Give each code as percent of possible sessions: the daily data, and the census series."""
    daily = pl.read_csv(folder / "reasons_pct_of_sessions_2025_26_ytd.csv")
    daily = daily.filter(pl.col("education_phase").is_in(list(CODES)))
    rows = [
        {"series": "daily", "phase_group": group, "code": CODES[name], "percent": value}
        for name, *values in daily.select(
            "education_phase", "Primary", "Secondary", "Special"
        ).iter_rows()
        for group, value in zip(GROUPS.values(), values, strict=True)
        if value >= LEAST_PERCENT
    ]
    pl.DataFrame(rows).sort("series", "phase_group", "code").write_csv(OUT / "pupil_codes.csv")


if __name__ == "__main__":
    main()
