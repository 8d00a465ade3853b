"""How a fit does on authorities it never saw, by group of schools: kept in the model itself."""

import dataclasses
import hashlib
from typing import Any

import polars as pl

from schoolhubs.targets.constants import constants
from schoolhubs.targets.expecting import expect
from schoolhubs.targets.fitting import learn
from schoolhubs.targets.model.record import TargetModel, model_from
from schoolhubs.targets.model.scale import without_move
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.school.history import SchoolPanel

FOLDS = 2
# What schools are grouped by, and into how many groups of equal numbers of schools.
IN_ORDER = {
    "fsm_ever_percent": 5,
    "sen_support_percent": 5,
    "ehc_plan_percent": 5,
    "eal_percent": 3,
    "roll": 3,
}
BY_NAME = ("region", "is_selective", "urban_rural")
ABSENT = "no figure of it in the school register"


def fit(panel: SchoolPanel, *, until: str, is_audited: bool = False) -> TargetModel:
    """Fit a model to all years up to one, and hold it against authorities left out if asked.

    Parameters
    ----------
    panel
        All schools by year, as ``schools.panel`` gives them.
    until
        The newest academic year to learn from, such as ``"2016/17"``; later ones are not read.
    is_audited
        Measure accuracy and fairness too, for the model card: two fits more.

    Raises
    ------
    DataProblem
        If there are no figures of that year, or too few schools to fit any phase.
    """
    model = learn(panel, until=until)
    return audited(panel, model) if is_audited else model


def audited(panel: SchoolPanel, model: TargetModel) -> TargetModel:
    """Add to a model what its method does a year ahead, on authorities left out of the fit.

    Authorities are parted in two; each half is told by a fit to the other half that ends a year
    before the model's newest, whose figures are then held against what was said.

    Returns
    -------
    TargetModel
        With ``audit``: by phase and group, the number of schools, mean error and residual in
        points with the national move taken out, the share that the interval held, the stated and
        the real share that met its target with no programme at all, and the ask.
    """
    year = AcademicYear.parse(model.until)
    own = panel.years.filter(pl.col("is_own") & (pl.col("year") == year))
    folds = own.select("urn", "la_code").with_columns(fold=_fold())
    parts = []
    for fold in range(FOLDS):
        seen = panel.years.filter(pl.col("la_code").is_not_null()).filter(_fold() != fold)
        taught = learn(dataclasses.replace(panel, years=seen), until=year.plus(-1))
        mine = tuple(folds.filter(pl.col("fold") == fold)["urn"].to_list())
        parts.append(expect(taught, panel, year=year, urns=mine))
    scored = _scored(pl.concat(parts), panel, year)
    phases = {phase: _groups(scored.filter(pl.col("phase") == phase)) for phase in model.phases}
    audit = {"year": str(year), "n_folds": FOLDS, "phases": phases}
    return model_from(dataclasses.replace(model, audit=audit).as_json())


def _fold() -> pl.Expr:
    """Give the fold of an authority, the same on every machine."""
    return pl.col("la_code").map_elements(
        lambda code: hashlib.sha256(code.encode()).digest()[0] % FOLDS, return_dtype=pl.Int64
    )


def _scored(said: pl.DataFrame, panel: SchoolPanel, year: AcademicYear) -> pl.DataFrame:
    came = panel.years.filter(pl.col("is_own") & (pl.col("year") == year)).select(
        "urn", "enrolments", came="sess_overall_percent"
    )
    national = panel.national.filter(pl.col("year") == year).select(
        "phase", then="sess_overall_percent"
    )
    context = panel.context.drop("phase")
    rows = said.join(came, on="urn").join(national, on="phase").join(context, on="urn", how="left")
    figures = (rows[each].to_numpy() for each in ("came", "then", "national_percent"))
    actual, now, before = figures
    stayed = without_move(actual, national=now, before=before, held=constants())
    rebased = pl.col("rebased")
    return rows.with_columns(rebased=pl.Series(stayed)).with_columns(
        roll=pl.col("enrolments").cast(pl.Float64),
        residual=pl.col("expected_percent") - rebased,
        is_held=pl.col("came").is_between("low_percent", "high_percent"),
        is_met=(rebased <= pl.col("target_percent")).cast(pl.Float64),
        ask=pl.col("expected_percent") - pl.col("target_percent"),
    )


def _groups(rows: pl.DataFrame) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"all": _row(rows)}
    for name, n in IN_ORDER.items():
        known = rows.filter(pl.col(name).is_not_null())
        if known.is_empty():
            found[name] = {"absent": ABSENT}
            continue
        place = (n * (pl.col(name).rank("ordinal") - 1) / pl.len()).floor().cast(pl.Int64) + 1
        for (group,), members in known.with_columns(group=place).group_by("group"):
            found[f"{name} {group} of {n}"] = _row(members)
    for name in BY_NAME:
        known = rows.filter(pl.col(name).is_not_null())
        if known.is_empty():
            found[name] = {"absent": ABSENT}
        for (group,), members in known.group_by(name):
            found[f"{name} {str(group).lower() if isinstance(group, bool) else group}"] = _row(
                members
            )
        if 0 < known.height < rows.height:
            found[f"{name} not known"] = _row(rows.filter(pl.col(name).is_null()))
    return dict(sorted(found.items(), key=lambda each: (each[0] != "all", each[0])))


def _row(rows: pl.DataFrame) -> dict[str, Any]:
    told = rows.filter(pl.col("residual").is_not_null())
    return {
        "n_schools": told.height,
        "mean_error": told["residual"].abs().mean(),
        "mean_residual": told["residual"].mean(),
        "coverage": told["is_held"].cast(pl.Float64).mean(),
        "chance_unaided": told["chance_unaided"].mean(),
        "met_unaided": told["is_met"].mean(),
        "ask": told["ask"].mean(),
    }
