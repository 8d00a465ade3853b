"""Takes a programme's list of leads into the database."""

import polars as pl
from django.db import transaction

from schoolhubs.service.network.models import Hub

PLACES = "capacity_"


def keep_hubs(programme_id: str, leads: pl.DataFrame) -> int:
    """Replace a programme's hubs by those of a list of leads (frames.LEADS).

    Returns
    -------
    int
        Hubs kept; rows of another programme are left aside.
    """
    ours = leads.filter(pl.col("programme_id").is_null() | (pl.col("programme_id") == programme_id))
    hubs = [
        Hub(
            programme_id=programme_id,
            lead_urn=row["urn"],
            started_on=row["leads_from"],
            finished_on=row["leads_until"],
            places={
                name.removeprefix(PLACES): int(value)
                for name, value in row.items()
                if name.startswith(PLACES) and value not in (None, "")
            },
        )
        for row in ours.iter_rows(named=True)
    ]
    with transaction.atomic():
        Hub.objects.filter(programme_id=programme_id).delete()
        Hub.objects.bulk_create(hubs)
    return len(hubs)
