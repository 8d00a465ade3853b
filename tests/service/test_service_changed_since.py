"""What changes behind a checked declaration holds its payment out until it is checked again."""

import datetime
import html
import re
from typing import Any

import pytest

from paid import (
    CHECKER,
    FINISHES,
    LEAD,
    MAKER,
    OVER,
    PAYS,
    STARTS,
    awarded,
    confirmed,
    handed_over,
    partnership,
    prepared,
    schools,
    who,
)
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery.doing import people, planning, recording
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.pages import paid_for
from schoolhubs.service.events.models import Booking, Event, Party
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.models import Declaration, KeptAward
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying import still
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE, TWO = "900001", "900002"
FULL = 360_000
TODAY = datetime.date(2023, 6, 1)


@pytest.fixture(autouse=True)
def _schools() -> None:
    schools(ONE, TWO)


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def told(by: str = "lead") -> dict[str, Any]:
    return {"by": by, "organisation": "school:1", "place": "tests",
            "at": datetime.datetime(2023, 6, 1, 9, tzinfo=datetime.UTC)}  # fmt: skip


def given(one: Partnership, on: datetime.date, part: str = "day") -> SupportDay:
    """Record a day that took place, and let the partner agree it."""
    ada = people.add(LEAD, name=f"Leader of {on}", **told())
    date = planning.Date(on=on, part=planning.Part(part), leaders=[ada])
    done = recording.Done(date=date, focus="Corridors", evidence="Notes")
    made = recording.record(one, done, today=TODAY, **told())
    return recording.answer(made, agrees=True, version=made.version, **told("head"))


def open_again(day: SupportDay) -> SupportDay:
    """Let the office open an agreed day again, as it turned out otherwise."""
    return recording.settle(
        day, to="disputed", reason="Nobody came", version=day.version, **told("officer")
    )


def checked(urn: str = ONE) -> tuple[SupportDay, KeptAward]:
    """Check a declaration behind which there is a support day of a ledger."""
    one = partnership(urn)
    day = given(one, STARTS + datetime.timedelta(days=20 if urn == ONE else 21))
    return day, awarded(one, half_days=30)


def checked_again(award: KeptAward) -> KeptAward:
    made = Declaration.objects.get(pk=award.declaration_id)
    return declaring.work_out_again(
        made, why="The day was taken out", version=made.version, who=who("officer")
    )


def only() -> Any:
    (found,) = due(PAYS, on=OVER)
    return found


def test_a_day_struck_after_the_check_holds_the_payment_out_until_it_is_checked_again() -> None:
    day, award = checked()
    assert not only().is_left_out
    opened = open_again(day)
    assert only().exceptions[0] == "changed"
    assert only().is_left_out
    with pytest.raises(Conflict, match="Nothing is due"):
        prepared()
    (change,) = since.changes_of([award])[award.pk]
    assert change.words == (
        f"support_day:{day.pk}: Support day, 21 September 2022, 1 day then, nothing now"
    )
    again = checked_again(award)
    assert (again.number, again.why) == (2, "The day was taken out")
    assert not only().is_left_out
    # Agreed again, it is a day that nobody looked at: told, and no bar.
    recording.settle(opened, to="agreed", reason="They did", version=opened.version, **told())
    assert only().exceptions[0] == "told_late"
    assert not only().is_left_out


def test_a_check_of_the_same_amount_is_kept_as_a_number_of_its_own() -> None:
    day, award = checked()
    open_again(day)
    again = checked_again(award)
    assert (again.number, again.amount_pence) == (2, award.amount_pence)
    assert checked_again(again) == again, "nothing changed since"


def test_a_day_of_other_length_or_date_counts_as_changed() -> None:
    _, award = checked()
    ((kind, on, partner, lead, record),) = award.made_of["days"]
    same = [kind, on, partner, lead + 1, record]
    assert not since.compared("partner", [[kind, on, partner, lead, record]], [same])
    assert since.compared("lead", [[kind, on, partner, lead, record]], [same])
    shorter = [kind, on, partner - 1, lead, record]
    assert since.compared("partner", [[kind, on, partner, lead, record]], [shorter])
    other = [kind, "2022-10-01", partner, lead, record]
    assert since.compared("partner", [[kind, on, partner, lead, record]], [other])


def test_attendance_put_right_after_the_check_is_seen() -> None:
    one = partnership(ONE)
    at = told()["at"]
    hub = Hub.objects.create(programme_id=PAYS, lead_urn=LEAD)
    on = STARTS + datetime.timedelta(days=50)
    event = Event.objects.create(
        hub=hub, kind="open_day", place_urn=LEAD, on=on, starts_at=datetime.time(9),
        finishes_at=datetime.time(15), closes_on=on, n_places=5, about="x", state="held",
        term_starts_on=STARTS, made_at=at, made_by="lead", changed_at=at,
    )  # fmt: skip
    booking = Booking.objects.create(
        event=event, key="6f0d1c3a-8a52-4b7e-9d0e-2f6d3b1c5a75", organisation=f"school:{ONE}",
        state="booked", n_people=1, made_at=at, made_by="head", booked_at=at,
    )  # fmt: skip
    party = Party.objects.create(
        booking=booking, event=event, partnership=one, urn=ONE, n_people=1, kind="open_day",
        term_starts_on=STARTS, stands="takes", n_came=1, checked_in_at=at, checked_in_by="lead",
    )  # fmt: skip
    awarded(one, half_days=30)
    assert not only().is_left_out
    party.n_came = 0
    party.save()
    assert only().exceptions[0] == "changed"


def test_a_change_between_prepare_and_agree_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    day, award = checked()
    run = prepared()
    open_again(day)
    with pytest.raises(Conflict, match="21 September 2022, 1 day then, nothing now"):
        paying.agree(run, version=run.version, **CHECKER)
    run.refresh_from_db()
    assert run.state == "prepared"
    paying.set_aside(run, version=run.version, reason="A day", **MAKER)
    checked_again(award)
    run = handed_over(prepared())
    assert Payment.objects.get(state="in_run").run == run
    # With the guard off the same change goes through: the refusal is the guard's.
    monkeypatch.setattr(still.since, "changes_of", lambda _: {})
    day, _ = checked(TWO)
    confirmed(run)
    run = prepared()
    open_again(day)
    assert paying.agree(run, version=run.version, **CHECKER).state == "agreed"


def test_a_declaration_given_back_between_prepare_and_agree_stops_the_run() -> None:
    _, award = checked()
    run = prepared()
    made = award.declaration
    made.refresh_from_db()
    declaring.return_(made, reason="Look again", version=made.version, who=who("officer"))
    with pytest.raises(Conflict, match="given back"):
        paying.agree(run, version=run.version, **CHECKER)


def test_a_change_between_agree_and_hand_over_stops_the_file_unless_it_had_left() -> None:
    day, award = checked()
    run = prepared()
    run = paying.agree(run, version=run.version, **CHECKER)
    open_again(day)
    page = signed_in(Role.FINANCE_MAKER).get(f"/office/money/runs/{run.pk}")
    assert "Note that the file had left already" in words(page)
    with pytest.raises(Conflict, match="struck out or corrected"):
        paying.hand_over(run, version=run.version, **MAKER)
    run.refresh_from_db()
    assert run.state == "agreed"
    left = paying.hand_over(run, version=run.version, has_left=True, **MAKER)
    confirmed(left)
    assert due(PAYS, on=OVER) == [], "it was paid as it was checked"
    assert since.is_to_check(since.changes_of([award])[award.pk]), "and is to be checked again"


def test_pages_say_what_changed_and_the_office_checks_it_again() -> None:
    day, award = checked()
    open_again(day)
    officer = signed_in(Role.OFFICE_CASEWORKER)
    listed = officer.get("/office/money/declarations?state=changed")
    at = f"/office/money/declarations/{award.declaration_id}"
    assert at in listed.content.decode()
    page = words(officer.get(at))
    assert "Changed since it was checked" in page
    assert "21 September 2022, 1 day" in page
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE, subject="head")
    money = f"/schools/{ONE}/money"
    assert "Changed since checked" in words(head.get(money))
    assert "Changed since checked" in words(head.get(f"{money}/{award.partnership_id}/first_year"))
    made = Declaration.objects.get()
    empty = officer.post(at, {"verdict": "yes", "version": made.version})
    assert "Enter why it is right" in words(empty)
    sent = officer.post(at, {"verdict": "yes", "version": made.version, "reason": "Seen"})
    assert sent.status_code == 302
    assert KeptAward.objects.get(number=2).why == "Seen"
    assert "There are none" in words(officer.get("/office/money/declarations?state=changed"))
    assert "Changed since" not in words(officer.get(at))
    assert "Changed since" not in words(head.get(money))


def test_a_day_that_was_paid_for_says_so_in_the_picture_and_the_log() -> None:
    day, award = checked()
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    at = f"/partnerships/{award.partnership_id}/days"
    assert not paid_for.paid_records([award.partnership_id])
    assert "1 day, paid" not in words(lead.get(at))
    confirmed(handed_over(prepared()))
    assert paid_for.paid_records([award.partnership_id]) == {f"support_day:{day.pk}"}
    page = lead.get(at).content.decode()
    assert "Support day, paid" in page, "the mark in the picture says it"
    assert re.search(r"Agreed\s*</strong>\s*Paid", page)
    later = partnership(
        ONE, cohort_id="x", starts_on=FINISHES, finishes_on=FINISHES.replace(year=2024)
    )
    assert paid_for.paid_records([later.pk]) == frozenset()
    open_again(day)
    checked_again(award)
    assert paid_for.paid_records([award.partnership_id]) == frozenset(), "a correction took it out"
