"""Who is paid: schools and trusts, by their organisation's key, and what they are called."""

from collections.abc import Collection, Mapping

from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.queries import current_snapshot, schools_of


def payee_of(partnership: Partnership, side: str) -> str:
    """Give the organisation that a side's money goes to: where trusts work together, the trust.

    A lead is paid as the school that leads.

    >>> payee_of(Partnership(partner_urn="900001", lead_urn="900002"), "lead")
    'school:900002'
    """
    if side == "lead":
        return f"school:{partnership.lead_urn}"
    trust = partnership.partner_trust_id
    return f"trust:{trust}" if trust else f"school:{partnership.partner_urn}"


def names_of(payees: Collection[str], *, with_closed: bool = False) -> Mapping[str, str]:
    """Name schools and trusts by the current register; one that is closed or not there is left out.

    A trust is there while one of its schools is open. To show who was paid, closed ones are named
    too.
    """
    snapshot = current_snapshot()
    if snapshot is None:
        return {}
    urns = [each.removeprefix("school:") for each in payees if each.startswith("school:")]
    trusts = [each.removeprefix("trust:") for each in payees if each.startswith("trust:")]
    rows = schools_of(snapshot)
    rows = rows if with_closed else rows.filter(is_open=True)
    told = {f"school:{urn}": name for urn, name in rows.filter(urn__in=urns).values_list(
        "urn", "name")}  # fmt: skip
    found = rows.filter(trust_id__in=trusts).values_list("trust_id", "facts__trust_name")
    return told | {f"trust:{trust}": name or f"Trust {trust}" for trust, name in found}


def school_of(payee: str) -> str:
    """Give the URN of a school that is paid; blank for a trust.

    >>> school_of("school:900001"), school_of("trust:9001")
    ('900001', '')
    """
    kind, _, number = payee.partition(":")
    return number if kind == "school" else ""
