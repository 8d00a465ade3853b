"""A school's diagnostic day, what was seen, and who of which side may do what."""

import datetime
import functools
from importlib import resources

from django.http import Http404

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis.assessing.queries import LOOK_ON, TEAM
from schoolhubs.service.diagnosis.day.models import Side
from schoolhubs.service.diagnosis.models import DiagnosticDay, OutsideBarrier, Seen, SeenDraft
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.sharing.queries import agreement_for, may_see
from schoolhubs.vocabulary.root_causes import RootCause, root_causes
from schoolhubs.vocabulary.written.stored import read_facts

WRITERS = (*TEAM, Role.LEAD_SCHOOL)
READERS = (*WRITERS, *LOOK_ON)
SPECIAL, AP = "special", "alternative_provision"


def side_of(actor: Actor, urn: str) -> str:
    """Give the side on which an actor looks at a school; blank for neither."""
    if is_own_school(actor, urn, *TEAM):
        return "school"
    return "lead_school" if _leads(actor, urn) else ""


def _leads(actor: Actor, urn: str) -> bool:
    """Tell whether an actor's school leads that school in a partnership that both agreed."""
    held = Partnership.objects.filter(partner_urn=urn, state__in=HOLDS_A_PLACE)
    return any(is_own_school(actor, each.lead_urn, Role.LEAD_SCHOOL) for each in held)


def may_look(actor: Actor, urn: str) -> bool:
    """Tell whether an actor may read what was planned for, and seen on, a school's day."""
    return bool(side_of(actor, urn)) or is_own_school(actor, urn, *LOOK_ON)


def sees_findings(actor: Actor, urn: str) -> bool:
    """Tell whether a link to findings leads anywhere: the school's own, or shared with a lead."""
    if is_own_school(actor, urn, *TEAM, *LOOK_ON):
        return True
    return agreement_for(actor, urn, "findings", clock.day()) is not None


def opens_school(request: ActedRequest, urn: str) -> bool:
    """Tell whether whoever asks reads what the school itself wrote: its own, or shared with a lead.

    A partnership lets a lead prepare the day and write down what it sees. What the school saw, and
    what it recorded of other bodies, opens with an agreement on findings, and each look is noted.
    """
    return is_own_school(request.actor, urn, *TEAM, *LOOK_ON) or may_see(request, urn, "findings")


def open_day(urn: str) -> DiagnosticDay | None:
    """Give the day whose findings are not confirmed yet."""
    return DiagnosticDay.objects.filter(urn=urn, confirmed_at=None).first()


@functools.cache
def most_days_apart() -> int:
    """Give how far from today a day may be that is none of a partnership.

    >>> most_days_apart()
    183
    """
    text = resources.files(__package__).joinpath("days.yaml").read_text("utf-8")
    return int(read_facts(text)["within"]["value"])


def may_be_held(urn: str, day: datetime.date, *, on: datetime.date) -> bool:
    """Tell whether a school's day can be on that day: near ``on``, or in a partnership of its."""
    if abs((day - on).days) <= most_days_apart():
        return True
    held = Partnership.objects.filter(partner_urn=urn, state__in=HOLDS_A_PLACE)
    return held.filter(starts_on__lte=day, finishes_on__gt=day).exists()


def day_now(urn: str) -> DiagnosticDay:
    """Give the open day.

    Raises
    ------
    Http404
        If the school has none.
    """
    found = open_day(urn)
    if found is None:
        raise Http404
    return found


def seen_on(day: DiagnosticDay, *, by_school: bool = True) -> list[Seen]:
    """Give what was seen, in the order of root causes; or what the lead school saw alone."""
    order = {name: at for at, name in enumerate(root_causes())}
    rows = day.seen.all() if by_school else day.seen.filter(side=Side.LEAD_SCHOOL)
    return sorted(rows, key=lambda each: (order.get(each.root_cause, 0), each.pk))


def written_by(day: DiagnosticDay, by: str) -> list[Seen]:
    """Give what a person wrote down and can take back."""
    return [each for each in seen_on(day) if each.made_by == by]


def draft_of(day: DiagnosticDay, by: str) -> SeenDraft | None:
    """Give what a person began to write down."""
    return SeenDraft.objects.filter(day=day, by=by).first()


def barriers_of(urn: str) -> dict[str, OutsideBarrier]:
    """Give the barriers of a school by root cause."""
    return {each.root_cause: each for each in OutsideBarrier.objects.filter(urn=urn)}


def setting_of(phase: str) -> str:
    """Give the kind of school that root causes are written for.

    >>> setting_of("secondary")
    'mainstream'
    """
    return phase if phase in (SPECIAL, AP) else "mainstream"


def causes_for(phase: str) -> list[RootCause]:
    """Give the root causes that can be looked for in a school, practice first."""
    setting = setting_of(phase)
    return [
        each for each in root_causes().values()
        if each.side == "outside" or setting in each.settings
    ]  # fmt: skip
