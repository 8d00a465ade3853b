"""Reads what targets are worked out from, once in each process: panels, and fitted models.

What computes is imported where it is needed, so that the service starts as fast without it.
"""

import functools
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs import schools
from schoolhubs.service.schools.archives import register_of
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.page.trends import ABSENCE, absence_of
from schoolhubs.service.targets.models import Fit
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.phases import Series
from schoolhubs.vocabulary.records.school.history import SchoolPanel

# What published absence tells of how marks were given, named as in frames.MEASURES.
MEASURED = (
    "urn", "year", "series", "enrolments", "sess_possible", "sess_overall", "sess_authorised",
)  # fmt: skip
# A snapshot and a fit never change; two of each, so that a new one does not push the last one out.
KEPT = 2


@functools.lru_cache(maxsize=KEPT)
def panel_of(snapshot_pk: int) -> SchoolPanel:
    """Lay out all schools' figures by year as a snapshot holds them."""
    return schools.panel(register_of(RegisterSnapshot.objects.get(pk=snapshot_pk)))


@functools.lru_cache(maxsize=KEPT)
def model_of(fit_pk: int) -> Any:
    """Read a fitted model."""
    return model_in(Fit.objects.values_list("artefact", flat=True).get(pk=fit_pk))


def model_in(artefact: str) -> Any:
    """Read a model from what was kept of it, as the command line reads its file."""
    from schoolhubs import targets

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(artefact, encoding="utf-8")
        return targets.read_model(path)


def minutes_around(panel: SchoolPanel, urn: str) -> pl.DataFrame | None:
    """Estimate the drive from a school to open ones around it; None where its place is not known.

    Returns
    -------
    polars.DataFrame or None
        ``urn, minutes``.
    """
    from schoolhubs import travel

    places = panel.context.filter(pl.col("is_open") | (pl.col("urn") == urn))
    found = travel.around(places.select("lat", "lon", id="urn"), urn)
    return None if found is None else found.rename({"id": "urn"})


def years_of(snapshot: RegisterSnapshot) -> list[str]:
    """Give the years a model can learn up to, newest first: whole ones with census figures."""
    rows = absence_of(snapshot.pk).rows
    whole = rows.filter(
        (pl.col("series") == str(Series.CENSUS))
        & pl.col("sess_overall_percent").is_not_null()
        & (pl.col("year") < str(AcademicYear.holding(snapshot.on)))
    )
    return list(whole["year"].unique().sort(descending=True))


@functools.lru_cache(maxsize=2 * KEPT)
def measures_of(snapshot_pk: int, year: str) -> pl.DataFrame:
    """Give what a snapshot tells of codes and roll in a year, a row a school, by names of marks."""
    archive = bytes(RegisterSnapshot.objects.values_list("archive", flat=True).get(pk=snapshot_pk))
    with zipfile.ZipFile(io.BytesIO(archive)) as held:
        rows = pl.read_parquet(held.read(ABSENCE), columns=list(MEASURED))
    ours = (pl.col("year") == year) & (pl.col("series") == str(Series.CENSUS))
    return rows.filter(ours).drop("year", "series")
