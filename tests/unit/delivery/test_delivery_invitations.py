"""A date in a calendar is planned, changed and taken back by files of one name."""

import dataclasses
import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest

from schoolhubs import delivery
from schoolhubs.delivery.invitations import Invitation

LONDON = ZoneInfo("Europe/London")
AT = datetime.datetime(2026, 6, 18, 9, tzinfo=LONDON)
ONE = Invitation(
    uid="support-day-12@hubs.example",
    sequence=0,
    title="Support day; Ash School, Beech School",
    starts_at=AT,
    finishes_at=AT.replace(hour=12),
    changed_at=datetime.datetime(2026, 5, 1, 8, tzinfo=datetime.UTC),
    text="Focus: corridors\nBring the plan",
    place="Ash School",
    link="https://hubs.example/days/12",
)


def _read(told: bytes) -> tuple[icalendar.Calendar, list[icalendar.Event]]:
    calendar = icalendar.Calendar.from_ical(told)
    return calendar, list(calendar.walk("VEVENT"))


def test_a_change_keeps_its_name_and_grows_its_number():
    moved = dataclasses.replace(ONE, sequence=1, starts_at=AT.replace(day=25),
                                finishes_at=AT.replace(day=25, hour=15))  # fmt: skip

    calendar, (event,) = _read(delivery.invitations.invitation(moved))

    assert calendar["method"] == "REQUEST"
    assert (event["uid"], event["sequence"]) == (ONE.uid, 1)
    assert event.decoded("dtstart").utctimetuple()[2:5] == (25, 8, 0)  # summer time
    assert event["summary"] == ONE.title
    assert event["description"] == ONE.text


def test_what_is_taken_back_is_a_cancellation_of_the_same_name():
    gone = dataclasses.replace(ONE, sequence=2, is_cancelled=True)

    calendar, (event,) = _read(delivery.invitations.invitation(gone))

    assert calendar["method"] == "CANCEL"
    assert (event["uid"], event["sequence"], event["status"]) == (ONE.uid, 2, "CANCELLED")


def test_a_feed_holds_every_date_and_the_zone_they_are_in():
    other = dataclasses.replace(ONE, uid="b@hubs.example", is_cancelled=True)

    calendar, events = _read(delivery.invitations.feed([ONE, other], title="Days of Ash School"))

    assert calendar["method"] == "PUBLISH"
    assert [each["status"] for each in events] == ["CONFIRMED", "CANCELLED"]
    assert [each["tzid"] for each in calendar.walk("VTIMEZONE")] == ["Europe/London"]


def test_lines_are_no_longer_than_calendars_read():
    long = dataclasses.replace(ONE, text="A very long focus, with commas; and more. " * 20)

    told = delivery.invitations.invitation(long)

    assert max(map(len, told.split(b"\r\n"))) <= 75
    assert _read(told)[1][0]["description"] == long.text


@pytest.mark.parametrize(
    "wrong",
    [{"finishes_at": AT}, {"starts_at": datetime.datetime(2026, 6, 18, 9)}],  # noqa: DTZ001
)
def test_a_date_without_a_zone_or_an_end_is_refused(wrong):
    with pytest.raises(ValueError, match=ONE.uid):
        dataclasses.replace(ONE, **wrong)
