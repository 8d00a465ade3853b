"""Where the page of a school leads of its diagnosis and its plan, for those who may see them."""

import dataclasses
import datetime

from django.urls import resolve, reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import required
from schoolhubs.service.accounts.roles import PARTNER_SCHOOL, Role
from schoolhubs.service.diagnosis.day.queries import may_look
from schoolhubs.service.sharing.agreeing.reach import may_read
from schoolhubs.service.sharing.queries import agreement_for

# Not the lead: of its own school it keeps no diagnosis here, of another it needs an agreement.
OWN = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
ALL = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a school: its name in urls.py, its words, and what it is for.

    ``shared`` is what a lead needs an agreement on to open it.
    """

    name: str
    words: str
    why: str
    shared: str = ALL


PAGES = (
    Page(name="journey", words="From the match to the first review",
         why="what is done, and what comes next"),
    Page(name="self-assessments", words="Self-assessment", shared="self_assessment",
         why="the leadership team looks, each alone"),
    Page(name="surveys", words="Surveys", shared="surveys", why="what pupils and staff say"),
    Page(name="diagnostic-day", words="Diagnostic day",
         why="what was seen, and what lies outside the school"),
    Page(name="findings", words="Findings", shared="findings",
         why="causes in order, each with its evidence"),
    Page(name="school-plan", words="Action plan", shared="plan",
         why="objectives, actions, equality screens and reviews"),
)  # fmt: skip


def looking(actor: Actor, urn: str, *, on: datetime.date) -> list[tuple[Page, str]]:
    """Give the pages that an actor may open of a school's diagnosis and plan, with addresses."""
    found = [(page, reverse(page.name, kwargs={"urn": urn})) for page in PAGES]
    return [(page, at) for page, at in found if _may_open(actor, urn, page, at, on)]


def _may_open(actor: Actor, urn: str, page: Page, address: str, on: datetime.date) -> bool:
    right = required(resolve(address).func)
    if right is None or not right.permit(actor):
        return False
    if page.name == "journey":
        return may_read(actor, urn)
    if page.name == "diagnostic-day":
        return may_look(actor, urn)
    if is_own_school(actor, urn, *OWN):
        return True
    return bool(page.shared) and agreement_for(actor, urn, page.shared, on) is not None
