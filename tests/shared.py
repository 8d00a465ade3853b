"""A partner school that holds everything a lead could be shown, and a walk over every address.

The names and numbers of its pupils stand nowhere but in the file of marks and the list of a
behaviour return that it brought: an answer that carries one is a leak.
"""

import contextlib
import dataclasses
import datetime
from collections.abc import Collection, Iterator
from typing import Any

import polars as pl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from addressed import values_in_addresses
from brought import N_PUPILS, SURNAME, content, kept, leaked, rows
from invented import AT, PROGRAMME
from keyed import program
from peopled import NUMBERS, OWN, World, peopled
from polled import poll, pupils, scored
from rights_table import addresses
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.attendance.models import MarksImport
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.diagnosis.models import BehaviourReturn, SelfAssessment
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.sharing.models import Agreement
from watchful import Leak, WatchfulClient, text_of

PARTNER, LEAD = NUMBERS[OWN]["partner"][0], NUMBERS[OWN]["lead"][0]
RETURN = {"layout": "pupil", "year": "2025/26", "suspensions": "Susp", "sen": "SEN", "fsm": "FSM"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a client was answered: status, whether a pupil was in it, uses that were noted."""

    status: int
    has_pupil: bool
    leak: str
    uses: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The database, who leads, and what stands in addresses of the partner."""

    world: World
    leads: dict[str, WatchfulClient]
    values: dict[str, Any]
    partnership: Partnership


def shared() -> Shared:
    """Fill the database; the two schools work together, and have no agreement."""
    world = peopled()
    head = world.client(Role.PARTNER_SCHOOL_HEAD)
    Agreement.objects.all().delete()
    kept(head, content(rows()))
    _bring_return(head)
    assessed = world.assessments[OWN]
    SelfAssessment.objects.filter(pk=assessed.pk).update(
        state="finished", finished_on=AT.date(), finished_at=AT, finished_by="ada"
    )
    survey = poll(pupils(40, seed=5, wave="2026-10"), urn=PARTNER)
    scored(survey)
    leads: dict[str, WatchfulClient] = {
        each.value: world.client(each) for each in (Role.LEAD_SCHOOL, Role.LEAD_TRUST)
    }
    leads["program of the lead"] = program(world.organisations[OWN, "lead"])
    for client in leads.values():
        client.raise_request_exception = False
    values = values_in_addresses(world, OWN) | {
        "marks_import_id": MarksImport.objects.filter(urn=PARTNER).latest("pk").pk,
        "survey_key": survey.pk, "table": "first-weeks",
    }  # fmt: skip
    return Shared(world=world, leads=leads, values=values, partnership=_together())


def _bring_return(head: WatchfulClient) -> None:
    listed = pl.DataFrame({
        "Name": [f"{SURNAME}{n}" for n in range(N_PUPILS)],
        "Susp": [n % 5 == 0 for n in range(N_PUPILS)],
        "SEN": ["K" if n % 3 == 0 else "N" for n in range(N_PUPILS)],
        "FSM": ["Y" if n % 4 == 0 else "N" for n in range(N_PUPILS)],
    }).with_columns(pl.col("Susp").cast(int))  # fmt: skip
    file = SimpleUploadedFile(f"{SURNAME}.csv", listed.write_csv().encode())
    told = {**RETURN, "file": file}
    assert head.post(reverse("behaviour-return", kwargs={"urn": PARTNER}), told).status_code == 302
    assert BehaviourReturn.objects.filter(urn=PARTNER).exists()


def _together() -> Partnership:
    today = timezone.localdate()
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", partner_urn=PARTNER, lead_urn=LEAD,
        pathway="regional", starts_on=today - datetime.timedelta(days=30),
        finishes_on=today + datetime.timedelta(days=300), proposed_at=AT, proposed_by="officer",
        partner_says="accepts", partner_at=AT, partner_by="head", lead_says="accepts", lead_at=AT,
        lead_by="lead",
    )  # fmt: skip
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=2)
    return Partnership.objects.get(pk=made.pk)


def agreed(held: Shared, *kinds: str, **changes: Any) -> Agreement:
    """Let the two have agreed on some kinds, from yesterday on, but for the changes."""
    told = {
        "partnership": held.partnership, "purposes": ["find_causes", "make_plan", "review_plan"],
        "starts_on": timezone.localdate() - datetime.timedelta(days=1),
        "finishes_on": held.partnership.finishes_on, "state": "agreed", "agreed_at": AT,
        "agreed_by": "head", **changes,
    }  # fmt: skip
    return Agreement.objects.create(
        kinds=list(kinds), proposed_side="lead", proposed_at=AT, proposed_by="lead", **told
    )


def of_a_school() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name every address that holds a school's number, with the names of what it holds."""
    for name, entry in addresses():
        if "urn" in entry.pattern.converters:
            yield name, entry.pattern.converters


def walked(
    held: Shared, who: str, method: str = "GET", *, only: Collection[str] | None = None
) -> dict[str, Answer]:
    """Ask for every address of the partner as one of the lead; nothing that it does stays."""
    return {
        name: _asked(held.leads[who], method, _address(held, name, converters))
        for name, converters in of_a_school()
        if only is None or name in only
    }


def _address(held: Shared, name: str, converters: Collection[str]) -> str:
    known = held.values | {"what": "scores" if name == "survey-file" else held.values["what"]}
    return reverse(name, kwargs={each: known[each] for each in converters})


def _asked(client: WatchfulClient, method: str, at: str) -> Answer:
    before = AuditEntry.objects.count()
    with undone():
        status, text, leak = 0, "", ""
        try:
            answer = client.generic(method, at)
            status, text = answer.status_code, text_of(answer)
        except Leak as found:
            leak = str(found)
        added = AuditEntry.objects.order_by("number")[before:]
        uses = tuple((each.subject, each.details["kind"]) for each in added
                     if each.action == "sharing.use")  # fmt: skip
    return Answer(status=status, has_pupil=leaked(text), leak=leak, uses=uses)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
