"""Which schools of the demonstration are further on, and who can sign in there."""

import dataclasses

from django.db.models import Case, When

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.partnerships.models import Partnership

REVIEWING, MIDWAY = "reviewing", "midway"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Somebody at a school that is further on.

    Parameters
    ----------
    at
        ``reviewing``, the school with a plan and a review; ``midway``, the one before its day.
    title, may
        What their card says.
    """

    subject: str
    name: str
    role: Role
    at: str
    title: str
    may: str


HEAD = Extra(
    subject="demo-partner-school-head-reviewing", name="Tobias Wrenfield",
    role=Role.PARTNER_SCHOOL_HEAD, at=REVIEWING, title="Headteacher, with a plan in force",
    may="See an audit that is done, its findings, the approved plan and its first review.",
)  # fmt: skip
GOVERNOR = Extra(
    subject="demo-partner-school-governor-reviewing", name="Ursula Cantlemere",
    role=Role.PARTNER_SCHOOL_GOVERNOR, at=REVIEWING, title="Governor, with a plan in force",
    may="Read the plan and review its equality screens.",
)  # fmt: skip
MIDWAY_HEAD = Extra(
    subject="demo-partner-school-head-midway", name="Sunita Brackwell",
    role=Role.PARTNER_SCHOOL_HEAD, at=MIDWAY, title="Headteacher, in the middle of the audit",
    may="Go on with a self-assessment, open surveys, a day ahead and the draft of a plan.",
)  # fmt: skip
READER = Extra(
    subject="demo-school-safeguarding-midway", name="Mabel Ashdene",
    role=Role.SCHOOL_SAFEGUARDING, at=MIDWAY, title="Safeguarding lead, with words to read",
    may="Read what pupils wrote in the survey that is open.",
)  # fmt: skip
EXTRAS = (HEAD, GOVERNOR, MIDWAY_HEAD, READER)


def running_with(lead_urn: str, programme_id: str) -> Partnership | None:
    """Give the partnership that runs with a lead school, if one does."""
    found = Partnership.objects.filter(
        programme_id=programme_id, lead_urn=lead_urn, partner_trust_id="", state="running"
    )
    # With leaders who come, where there are such.
    promised = [
        each.pathway
        for each in programmes.load(programme_id).as_at(clock.day()).pathways
        if each.lead_days_per_partner
    ]
    first = Case(When(pathway__in=promised, then=0), default=1)
    return found.order_by(first, "pk").first()
