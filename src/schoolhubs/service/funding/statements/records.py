"""Everything that statements are made from, as the command line reads it too."""

import dataclasses
import datetime
import io
import zipfile
from collections import Counter
from collections.abc import Collection

from schoolhubs.funding import folder
from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding.facts import STOOD, Facts, as_record, facts_among
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.paying.records import as_clawback, as_item
from schoolhubs.service.funding.recovering.models import Clawback, ClawbackState
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import School
from schoolhubs.vocabulary.records import funding as records

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


def of_programme(programme_id: str) -> folder.FundingRecords:
    """Give the records of every partnership of a programme that stood."""
    rows = list(Partnership.objects.filter(STOOD, programme_id=programme_id).order_by("pk"))
    firsts = [each for each in rows if each.extends_id is None]
    found = facts_among(firsts, known=[each for each in rows if each.extends_id is not None])
    return dataclasses.replace(of_facts(found), regions=_regions(found))


def of_facts(
    found: Collection[Facts], payments: Collection[Payment] | None = None
) -> folder.FundingRecords:
    """Give the records of some partnerships, with their payments and clawbacks.

    ``payments`` are all that stand of them, where they were read already.
    """
    ids = [each.partnership.pk for each in found]
    clawbacks = Clawback.objects.filter(partnership__in=ids, state=ClawbackState.AGREED)
    if payments is None:
        payments = list(queries.live_payments(partnership__in=ids).order_by("pk"))
    return folder.FundingRecords(
        records=tuple(each.record for each in found),
        declarations=tuple(
            _told_apart(as_record([declaration]))
            for each in found
            for _, declaration in sorted(each.declarations.items())
        ),
        payments=tuple(as_item(each) for each in payments),
        clawbacks=tuple(
            as_clawback(each)
            for each in clawbacks.order_by("pk")
        ),
    )  # fmt: skip


def _told_apart(declaration: records.Declaration) -> records.Declaration:
    """Number days that differ in nothing but who was there: a folder holds each row once."""
    seen: Counter[tuple[datetime.date, str, str]] = Counter()
    days = []
    for day in declaration.days:
        key = (day.on, day.what, day.evidence)
        seen[key] += 1
        again = f"{day.evidence} ({seen[key]})" if seen[key] > 1 else day.evidence
        days.append(dataclasses.replace(day, evidence=again))
    return dataclasses.replace(declaration, days=tuple(days))


def _regions(found: Collection[Facts]) -> dict[str, str]:
    urns = {each.partnership.partner_urn for each in found}
    ours = School.objects.filter(snapshot__currentregister__only=True, urn__in=urns)
    rows = ours.values_list("urn", "region")
    regions = {urn: region or "" for urn, region in rows}
    return {
        str(each.partnership.pk): regions.get(each.partnership.partner_urn, "") for each in found
    }


def zipped(found: folder.FundingRecords) -> bytes:
    """Give the folder of records as a zip; the same records give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in folder.record_texts(found).items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), text)
    return held.getvalue()
