"""What the service holds stands on its pages by itself, and no form asks for it once more."""

import datetime
import re
from typing import Any

import pytest

import delivering
from delivering import PARTNER
from invented import facts, register
from paid import FINISHES, LEAD, STARTS, partnership
from schoolhubs import delivery, programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery.doing import people, planning, recording
from schoolhubs.service.delivery.pages.forms import PlanForm
from schoolhubs.service.events.models import Booking, Event, Party
from schoolhubs.service.funding.finance.forms import SuccessorForm
from schoolhubs.service.funding.office.forms import ReasonForm
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.pages.forms import DayForm, UseForm
from schoolhubs.service.network.models import Hub
from schoolhubs.service.training.finishing.forms import DeclareForm
from schoolhubs.service.training.models import ModuleCompletion, SchoolLeader
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE = "900001"
AT = datetime.datetime(2023, 6, 1, 9, tzinfo=datetime.UTC)
WHO: dict[str, Any] = {"by": "lead", "organisation": "school:1", "at": AT, "place": "tests"}


def test_a_declaration_holds_support_days_open_days_and_training_by_itself() -> None:
    register(facts(ONE), facts(LEAD), leads=(LEAD,))
    one = partnership(ONE, pathway="extended")
    ada = people.add(LEAD, name="Ada", **WHO)
    date = planning.Date(on=STARTS + datetime.timedelta(days=20), leaders=[ada],
                         part=delivery.days.ledger.Part.DAY)  # fmt: skip
    done = recording.Done(date=date, focus="Corridors", evidence="Notes")
    day = recording.record(one, done, today=AT.date(), **WHO)
    recording.answer(day, agrees=True, version=day.version, **WHO)
    hub = Hub.objects.create(programme_id=one.programme_id, lead_urn=LEAD)
    on = STARTS + datetime.timedelta(days=50)
    event = Event.objects.create(
        hub=hub, kind="open_day", place_urn=LEAD, on=on, starts_at=datetime.time(9),
        finishes_at=datetime.time(15), closes_on=on, n_places=5, about="x", state="held",
        term_starts_on=STARTS, made_at=AT, made_by="lead", changed_at=AT,
    )  # fmt: skip
    booking = Booking.objects.create(
        event=event, key="6f0d1c3a-8a52-4b7e-9d0e-2f6d3b1c5a76", organisation=f"school:{ONE}",
        state="booked", n_people=1, made_at=AT, made_by="head", booked_at=AT,
    )  # fmt: skip
    Party.objects.create(
        booking=booking, event=event, partnership=one, urn=ONE, n_people=1, kind="open_day",
        term_starts_on=STARTS, stands="takes", n_came=1, checked_in_at=AT, checked_in_by="lead",
    )  # fmt: skip
    bryn = SchoolLeader.objects.create(
        urn=ONE, name="Bryn", post="Deputy", duties=["behaviour"], named_on=STARTS, made_at=AT,
        made_by="head",
    )  # fmt: skip
    completion = ModuleCompletion.objects.create(
        leader=bryn, partnership=one, programme_id=one.programme_id, module="m", title="M",
        half_days=1, definition_version="1", completed_on=on, state="confirmed", made_at=AT,
        made_by="lead", settled_at=AT, settled_by="lead", number="ABCDEFGHJKLM",
    )  # fmt: skip
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE, subject="head")
    page = head.get(f"/schools/{ONE}/money/{one.pk}/first_year").content.decode()
    for record in (f"support_day:{day.pk}", f"booking:{booking.pk}", f"training:{completion.pk}"):
        assert wording.record_of(record) in page, record
    assert "They stand here by themselves and cannot be typed" in page


# Every question of a form, so that a new one is a decision: nothing here can be looked up. Whose
# it is, under which programme, when it runs, who declares and how far it is are known.
ASKED = {
    DayForm(STARTS, FINISHES): {
        "on",
        "half_days",
        "what",
        "by_whom",
        "evidence",
        "excused_because",
    },
    UseForm(): {"travel", "backfill", "plan"},
    PlanForm([], []): {"on", "part", "held_at", "leaders", "focus", "kind", "is_sure"},
    DeclareForm([], [], FINISHES): {"leader", "completed_on"},
    SuccessorForm(): {"kind", "number", "reason"},
    # Why a payment is held back or taken up, and why a successor is taken back.
    ReasonForm("Enter why"): {"reason"},
}


@pytest.mark.parametrize("form", ASKED, ids=lambda form: type(form).__name__)
def test_a_form_asks_only_what_nothing_holds(form: Any) -> None:
    assert set(form.fields) == ASKED[form]


def test_a_day_that_was_planned_is_recorded_with_what_was_planned() -> None:
    register(facts(PARTNER), facts(delivering.LEAD), leads=(delivering.LEAD,))
    one, ada = delivering.together(), delivering.leader("Ada Ash")
    delivering.leader("Ben Beech")
    day = delivering.planned(one, ada, part="am")
    lead = signed_in(Role.LEAD_SCHOOL, urn=delivering.LEAD, subject="lead")
    page = lead.get(f"/partnerships/{one.pk}/days/record?day={day.pk}").content.decode()
    assert f'value="{day.on.day}"' in page
    assert "Corridors" in page
    checked = re.findall(r'<input[^>]*name="leaders"[^>]*>', page)
    assert [f'value="{ada.pk}"' in each for each in checked if " checked" in each] == [True]


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_every_task_carries_expected_minutes(programme_id: str) -> None:
    milestones = programmes.load(programme_id).as_at(datetime.date(2026, 9, 1)).milestones
    assert milestones is not None
    assert milestones.milestones
    assert all(each.expected_minutes > 0 for each in milestones.milestones)
