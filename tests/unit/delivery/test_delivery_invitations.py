"""A date in a calendar is planned, changed and taken back by files of one name."""

import dataclasses
import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest

from schoolhubs import delivery
from schoolhubs.delivery.invitations import Invitation, Party

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
    organiser=Party(name="School hubs", address="hubs@hubs.example"),
    attendees=(Party(name="Ada; Ash, MA", address="ada@ash.example"),),
)
LATER = datetime.datetime(2026, 6, 1, 8, tzinfo=datetime.UTC)
# RFC 5546, 3.2.1, 3.2.2 and 3.2.5: how often a VEVENT has each property, by method; more than one
# ATTENDEE may be. REQUEST and CANCEL are to somebody; what is published invites nobody.
TABLE = {
    "PUBLISH": {"DTSTAMP": 1, "DTSTART": 1, "ORGANIZER": 1, "SUMMARY": 1, "UID": 1, "SEQUENCE": 1,
                "ATTENDEE": 0},
    "REQUEST": {"DTSTAMP": 1, "DTSTART": 1, "ORGANIZER": 1, "SUMMARY": 1, "UID": 1, "SEQUENCE": 1,
                "ATTENDEE": 1},
    "CANCEL": {"DTSTAMP": 1, "ORGANIZER": 1, "UID": 1, "SEQUENCE": 1, "STATUS": 1, "ATTENDEE": 1},
}  # fmt: skip
STATUS = {"REQUEST": {"CONFIRMED", "TENTATIVE"}, "CANCEL": {"CANCELLED"}}


def faults_by_rfc_5546(told: bytes) -> list[str]:
    """Read a file as the RFC's tables ask for it, with none of the writer's code."""
    calendar, events = _read(told)
    method = str(calendar.get("METHOD", ""))
    if calendar.get("VERSION") != "2.0" or "PRODID" not in calendar or method not in TABLE:
        return ["not an iTIP file"]
    faults = []
    for event in events:
        for name, wanted in TABLE[method].items():
            found = event.get(name, [])
            n = len(found) if isinstance(found, list) else 1
            if n != wanted:
                faults.append(f"{method}: {name} {n} times, wanted {wanted}")
        if method in STATUS and str(event.get("STATUS")) not in STATUS[method]:
            faults.append(f"{method}: STATUS {event.get('STATUS')}")
        if method == "CANCEL" and int(event.get("SEQUENCE", 0)) == 0:
            faults.append("CANCEL: SEQUENCE does not grow")
    if method != "PUBLISH" and len({str(each.get("UID")) for each in events}) != 1:
        faults.append("more than one UID")
    return faults


def replaces(new: bytes, old: bytes) -> bool:
    """Say as a calendar does whether a file comes after another (RFC 5546, 2.1.5)."""
    (_, (a,)), (_, (b,)) = _read(new), _read(old)
    if str(a["UID"]) != str(b["UID"]) or str(a["ORGANIZER"]) != str(b["ORGANIZER"]):
        return False
    return (a["SEQUENCE"], a["DTSTAMP"].dt) > (b["SEQUENCE"], b["DTSTAMP"].dt)


def _file(one: Invitation, at: datetime.datetime = LATER) -> bytes:
    return delivery.invitations.invitation(one, at=at)


def _read(told: bytes) -> tuple[icalendar.Calendar, list[icalendar.Event]]:
    calendar = icalendar.Calendar.from_ical(told)
    return calendar, list(calendar.walk("VEVENT"))


def test_a_change_keeps_its_name_and_grows_its_number():
    moved = dataclasses.replace(ONE, sequence=1, starts_at=AT.replace(day=25),
                                finishes_at=AT.replace(day=25, hour=15))  # fmt: skip

    calendar, (event,) = _read(_file(moved))

    assert calendar["method"] == "REQUEST"
    assert (event["uid"], event["sequence"]) == (ONE.uid, 1)
    assert event.decoded("dtstart").utctimetuple()[2:5] == (25, 8, 0)  # summer time
    assert event["summary"] == ONE.title
    assert event["description"] == ONE.text


def test_what_is_taken_back_is_a_cancellation_of_the_same_name():
    gone = dataclasses.replace(ONE, sequence=2, is_cancelled=True)

    calendar, (event,) = _read(_file(gone))

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

    told = _file(long)

    assert max(map(len, told.split(b"\r\n"))) <= 75
    assert _read(told)[1][0]["description"] == long.text


def test_each_file_is_what_the_rules_of_invitations_ask_for():
    gone = dataclasses.replace(ONE, sequence=2, is_cancelled=True)
    feed = delivery.invitations.feed([ONE, gone], title="Days")

    assert [faults_by_rfc_5546(each) for each in (_file(ONE), _file(gone), feed)] == [[], [], []]
    _, (event,) = _read(_file(ONE))
    assert str(event["ORGANIZER"]) == "mailto:hubs@hubs.example"
    assert event["ORGANIZER"].params["CN"] == "School hubs"
    assert (str(event["ATTENDEE"]), event["ATTENDEE"].params["RSVP"]) == (
        "mailto:ada@ash.example", "FALSE",
    )  # fmt: skip
    assert event["DTSTAMP"].dt == LATER
    assert event["LAST-MODIFIED"].dt == ONE.changed_at


@pytest.mark.parametrize("less", ["ORGANIZER", "ATTENDEE", "UID", "DTSTAMP"])
def test_a_file_that_leaves_a_part_out_is_found(less):
    lines = _file(ONE).replace(b"\r\n ", b"").split(b"\r\n")
    cut = b"\r\n".join(each for each in lines if not each.startswith(less.encode()))

    assert any(less in each for each in faults_by_rfc_5546(cut))


def test_a_calendar_takes_the_newer_of_two_files_and_no_older_one():
    moved = dataclasses.replace(ONE, sequence=1)
    gone = dataclasses.replace(ONE, sequence=2, is_cancelled=True)
    early = LATER - datetime.timedelta(days=1)

    assert replaces(_file(moved, early), _file(ONE)), "its number is higher, its time is not"
    assert replaces(_file(gone), _file(moved))
    assert not replaces(_file(ONE), _file(moved))
    assert replaces(_file(ONE), _file(ONE, early)), "one number: what was made later"
    other = dataclasses.replace(moved, organiser=Party(name="Eve", address="eve@else.example"))
    assert not replaces(_file(other), _file(ONE)), "a change is believed from its organiser alone"


def test_an_invitation_is_to_somebody_with_an_address():
    with pytest.raises(ValueError, match="to somebody"):
        _file(dataclasses.replace(ONE, attendees=()))
    with pytest.raises(ValueError, match="address of email"):
        Party(name="Ash", address="ash.example")


@pytest.mark.parametrize(
    "wrong",
    [{"finishes_at": AT}, {"starts_at": datetime.datetime(2026, 6, 18, 9)}],  # noqa: DTZ001
)
def test_a_date_without_a_zone_or_an_end_is_refused(wrong):
    with pytest.raises(ValueError, match=ONE.uid):
        dataclasses.replace(ONE, **wrong)
