"""Keeps a fitted model with what it expects of every school."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
from django.db import transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.targets.models import Fit, SchoolTarget

ROWS_AT_ONCE = 2_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What is kept of a fit.

    Parameters
    ----------
    year, is_hindsight
        The year the targets are for, and whether it was over or its figures known already.
    model, card, expected
        As targets.fit, targets.said.card and targets.expect give them.
    """

    year: str
    is_hindsight: bool
    model: Any
    card: dict[str, Any]
    expected: pl.DataFrame


def keep_fit(
    fitted: Fitted,
    *,
    snapshot: RegisterSnapshot,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    also: Callable[[Fit], None] = lambda _: None,
) -> Fit:
    """Keep a model and its targets: from now on they are those that schools see for the year.

    ``also`` does what else belongs to it, in the same transaction.
    """
    model, expected = fitted.model, fitted.expected
    with transaction.atomic():
        fit = Fit.objects.create(
            snapshot=snapshot, until=model.until, year=fitted.year,
            is_hindsight=fitted.is_hindsight,
            definition_version=model.definition["version"], fitted_at=at, fitted_by=by,
            n_schools=expected.height, n_targets=expected["target_percent"].count(),
            n_learned_from=sum(of.n_schools for of in model.phases.values()),
            artefact=model.as_json(), card=fitted.card,
        )  # fmt: skip
        rows = (
            SchoolTarget.from_row(row, fit=fit, made_at=at)
            for row in expected.iter_rows(named=True)
        )
        SchoolTarget.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        also(fit)
        audit.record(
            by=by, organisation=organisation, at=at, action="targets.fit",
            subject=f"targets:{fit.pk}", place=place,
            details={
                "until": fit.until, "year": fit.year, "register": snapshot.pk,
                "schools": fit.n_schools, "targets": fit.n_targets,
            },
        )  # fmt: skip
    return fit
