"""A programme's budget drawn up: the same figures for pages, files and programs."""

import polars as pl
from django.http import Http404

from schoolhubs import funding, programmes
from schoolhubs.service import clock
from schoolhubs.service.funding.statements import records
from schoolhubs.vocabulary.records.funding import ProgrammeBudget

COLUMNS = {
    "by": pl.String, "name": pl.String, "partnerships": pl.Int64, "committed_pence": pl.Int64,
    "forecast_pence": pl.Int64, "paid_pence": pl.Int64,
}  # fmt: skip
BY = {"pathway": "by_pathway", "region": "by_region", "hub": "by_hub"}


def budget_of(programme_id: str) -> tuple[programmes.Programme, ProgrammeBudget]:
    """Draw up the budget of a programme as it stands today.

    Raises
    ------
    Http404
        Where there is no such programme.
    """
    if programme_id not in programmes.list_ids():
        raise Http404
    programme, given = programmes.load(programme_id), records.of_programme(programme_id)
    found = funding.budgets.budget(
        given.records, programme, on=clock.day(), declarations=given.declarations,
        payments=given.payments, clawbacks=given.clawbacks, regions=given.regions,
    )  # fmt: skip
    return programme, found


def table_of(found: ProgrammeBudget) -> pl.DataFrame:
    """Give the budget by pathway, region and hub as a table."""
    parts = [("programme", found.whole)]
    parts += [(by, part) for by, name in BY.items() for part in getattr(found, name)]
    rows = [
        {
            "by": by, "name": each.name or found.programme_id,
            "partnerships": each.n_partnerships, "committed_pence": each.committed_pence,
            "forecast_pence": each.forecast_pence, "paid_pence": each.paid_pence,
        }
        for by, each in parts
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=COLUMNS)
