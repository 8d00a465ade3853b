"""How a fit does on authorities it never saw, by group of schools: kept in the model itself."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import polars as pl

from schoolhubs.targets.constants import Constants, from_stored
from schoolhubs.targets.expecting import expect
from schoolhubs.targets.fitting import learn
from schoolhubs.targets.model.parts import fold_of
from schoolhubs.targets.model.record import PARTS, TargetModel, model_from
from schoolhubs.targets.model.scale import without_move
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.school.history import SchoolPanel

BY_NAME = ("region", "is_selective", "urban_rural")
ABSENT = "no figure of it in the school register"
TINY = 1e-9  # points: below it an ask has not grown, it was rounded
# Measures of a group whose difference between groups is told.
BETWEEN = ("chance_unaided", "coverage", "met_unaided")


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

    Each part of the authorities is told by a fit to the others that ends a year before the
    model's newest, whose figures are then held against what was said.

    Returns
    -------
    TargetModel
        With ``audit``: by phase and group, the number of schools, mean error and residual in
        points with the national move taken out, the share that the interval held, the stated and
        the real share that met its target with no programme at all, and the ask; the largest
        differences between groups; and what more free school meals do to the ask.
    """
    held, year = from_stored(model.definition), AcademicYear.parse(model.until)
    own = panel.years.filter(pl.col("is_own") & (pl.col("year") == year))
    known = panel.years.filter(pl.col("la_code").is_not_null())
    folds = own.drop_nulls("la_code").select("urn", fold=_fold(own.drop_nulls("la_code"), held))
    parts = []
    for fold in range(held.audit_folds):
        seen = known.filter(_fold(known, held) != fold)
        taught = learn(dataclasses.replace(panel, years=seen), until=year.plus(-1))
        mine = tuple(folds.filter(pl.col("fold") == fold)["urn"].to_list())
        parts.append(expect(taught, panel, year=year, urns=mine))
    scored = _scored(pl.concat(parts), panel, year, held)
    groups = {
        phase: _groups(scored.filter(pl.col("phase") == phase), held) for phase in model.phases
    }
    audit = {
        "year": str(year),
        "n_folds": held.audit_folds,
        "phases": groups,
        "summary": {
            phase: _r_squared(scored.filter(pl.col("phase") == phase)) | _between(of_phase, held)
            for phase, of_phase in groups.items()
        },
        "more_fsm": {phase: _more_fsm(model, panel, phase, held) for phase in model.phases},
    }
    return model_from(dataclasses.replace(model, audit=audit).as_json())


def _fold(years: pl.DataFrame, held: Constants) -> pl.Series:
    return pl.Series(fold_of(years["la_code"].to_list(), held.audit_folds, salt=0))


def _scored(
    said: pl.DataFrame, panel: SchoolPanel, year: AcademicYear, held: Constants
) -> pl.DataFrame:
    came = panel.years.filter(pl.col("is_own") & (pl.col("year") == year)).select(
        "urn", "enrolments", came="sess_overall_percent"
    )
    national = panel.national.filter(pl.col("year") == year).select(
        "phase", then="sess_overall_percent"
    )
    about = panel.context.drop("phase")
    rows = said.join(came, on="urn").join(national, on="phase").join(about, on="urn", how="left")
    figures = (rows[each].to_numpy() for each in ("came", "then", "national_percent"))
    actual, now, before = figures
    stayed = without_move(actual, national=now, before=before, held=held)
    rebased = pl.col("rebased")
    return rows.with_columns(rebased=pl.Series(stayed)).with_columns(
        roll=pl.col("enrolments").cast(pl.Float64),
        residual=pl.col("expected_percent") - rebased,
        is_held=pl.col("came").is_between("low_percent", "high_percent"),
        is_met=(rebased <= pl.col("target_percent")).cast(pl.Float64),
        ask=pl.col("expected_percent") - pl.col("target_percent"),
    )


def _groups(rows: pl.DataFrame, held: Constants) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"all": _row(rows)}
    for name, n in held.audit_groups.items():
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


def _r_squared(rows: pl.DataFrame) -> dict[str, float]:
    """Give the share of the differences between schools that was told, beyond the national move."""
    told = rows.drop_nulls("residual")
    spread = told["rebased"].var(ddof=0)
    if not spread:
        return {}
    return {"r_squared": 1 - float((told["residual"] ** 2).mean()) / float(spread)}  # type: ignore[arg-type]


def _between(groups: Mapping[str, Mapping[str, Any]], held: Constants) -> dict[str, float]:
    """Give the largest difference between two groups that are large enough to be held to it.

    ``stated_from_met`` is the largest difference, in one group, of the stated chance from the
    share that did meet its target.
    """
    rows = [row for row in groups.values() if row.get("n_schools", 0) >= held.least_audited]
    found = {}
    for name in BETWEEN:
        values = [row[name] for row in rows if row[name] is not None]
        if values:
            found[f"gap_in_{name}"] = max(values) - min(values)
    both = [row for row in rows if None not in (row["chance_unaided"], row["met_unaided"])]
    if both:
        found["stated_from_met"] = max(
            abs(row["chance_unaided"] - row["met_unaided"]) for row in both
        )
    return found


def _more_fsm(
    model: TargetModel, panel: SchoolPanel, phase: str, held: Constants
) -> dict[str, float]:
    """Move free school meals of every school of a phase up, and see whether any ask grows.

    The ask is how far the target lies below last year without its chance.
    """
    year, mine = AcademicYear.parse(model.until).plus(1), pl.col("phase") == phase
    meals = sorted({needs[0] for needs in PARTS.values() if needs})
    up = [
        (pl.col(name) + held.audit_fsm_sds * pl.col(name).filter(mine).std()).clip(0, 100)
        for name in meals
    ]
    moved = dataclasses.replace(panel, context=panel.context.with_columns(up))
    ask = pl.col("baseline_percent") - pl.col("target_percent")
    plain, more = (
        expect(model, each, year=year).filter(mine).select("urn", ask=ask).drop_nulls()
        for each in (panel, moved)
    )
    grown = plain.join(more, on="urn", suffix="_more").select(
        by=pl.col("ask_more") - pl.col("ask")
    )["by"]
    if grown.is_empty():
        return {}
    return {
        "n_schools": grown.len(),
        "n_ask_grows": int((grown > TINY).sum()),
        "most_it_grows": max(float(grown.max()), 0.0),  # type: ignore[arg-type]
        "mean_change": float(grown.mean()),  # type: ignore[arg-type]
    }
