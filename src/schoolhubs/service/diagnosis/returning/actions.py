"""Counts a behaviour return at once; what is kept has small numbers hidden, the list goes."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from schoolhubs import diagnosis
from schoolhubs.attendance import behaviour
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.diagnosis.models import BehaviourReturn
from schoolhubs.service.imports import sealing
from schoolhubs.service.imports.uploads import FileOnDisk
from schoolhubs.vocabulary.tables import csv_text


def bring(
    given: FileOnDisk, mapping: Mapping[str, Any], *, urn: str, year: str, suffix: str, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> BehaviourReturn:  # fmt: skip
    """Count a return and keep what may be shown of it.

    Raises
    ------
    DataProblem
        Naming columns and rows that cannot be read; no cell. Nothing is kept then.
    """
    try:
        columns = behaviour.mapping.as_mapping(mapping)
        with sealing.opened(given.path, suffix) as readable:
            counted = behaviour.read_return(readable, columns)
    finally:
        given.close()
    found = diagnosis.finding.returned.publish(counted, urn=urn, year=year)
    with transaction.atomic():
        made = BehaviourReturn.objects.create(
            urn=urn, year=year, mapping=dict(mapping), content=csv_text(found), made_at=at,
            made_by=by, organisation=organisation,
        )  # fmt: skip
        audit.record(
            by=by, organisation=organisation, at=at, action="behaviour.bring",
            subject=f"school:{urn}", place=place,
            details={"return": made.pk, "measures": list(counted.measures)},
        )  # fmt: skip
    return made
