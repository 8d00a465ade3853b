"""Support days as files to take away: a calendar, a table, a workbook."""

import datetime
from collections.abc import Iterable, Mapping

from django.http import Http404, HttpResponse
from django.urls import reverse

from schoolhubs import delivery
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.delivery import queries
from schoolhubs.service.delivery.doing.changing import NOT_HELD
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.pages import shown
from schoolhubs.service.history.queries import last_changed
from schoolhubs.service.web.exports import calendars
from schoolhubs.service.web.exports.workbooks import workbook_answer
from schoolhubs.service.web.pages import csv_answer

ENGLAND = delivery.invitations.ENGLAND
Invitation = delivery.invitations.Invitation
# When halves of a day begin and end, where both schools agreed nothing else.
HOURS = {"am": (9, 12), "pm": (13, 16), "day": (9, 16)}


def invitation_of(
    day: SupportDay, names: Mapping[str, str], changed: Mapping[int, datetime.datetime]
) -> Invitation:
    """Give a day as calendars take it: its name is for good, its number grows with each change.

    Parameters
    ----------
    changed
        When each day was last changed, by its number.
    """
    partner, lead = (
        names.get(urn, f"URN {urn}")
        for urn in (day.partnership.partner_urn, day.partnership.lead_urn)
    )
    first, last = (
        datetime.datetime.combine(day.on, datetime.time(hour), tzinfo=ENGLAND)
        for hour in HOURS[day.part]
    )
    who = ", ".join(each.name for each in queries.leaders_on(day))
    return Invitation(
        uid=calendars.named(f"support-day-{day.pk}"), sequence=day.sequence,
        title=f"{day.get_kind_display()}: {partner} with {lead}", starts_at=first, finishes_at=last,
        changed_at=changed.get(day.pk, day.planned_at), text=f"{day.focus}\nWho comes: {who}",
        place={"partner": partner, "lead": lead, "screen": "on screen"}[day.held_at],
        link=f"{calendars.service_address()}{reverse('support-day', args=[day.pk])}",
        organiser=calendars.organiser(), is_cancelled=day.state in NOT_HELD,
    )  # fmt: skip


def calendar_file(
    day: SupportDay, names: Mapping[str, str], *, by: Actor, at: datetime.datetime
) -> HttpResponse:
    """Give one day as a file that a calendar plans, changes or takes back by."""
    told = invitation_of(day, names, last_changed([day]))
    return calendars.saved(told, f"support-day-{day.pk}.ics", by=by, at=at)


def taken_away(
    form: str, held: Iterable[SupportDay], names: Mapping[str, str], *, name: str, title: str,
    at: datetime.datetime,
) -> HttpResponse:  # fmt: skip
    """Give days in one form: ``csv``, ``xlsx`` or ``ics``.

    Raises
    ------
    Http404
        Where there is no such form.
    """
    if form == "ics":
        rows = list(held)
        changed = last_changed(rows)
        dates = [invitation_of(each, names, changed) for each in rows]
        told = delivery.invitations.feed(dates, title=title)
        return calendars.calendar_answer(told, f"{name}.ics")
    if form == "csv":
        return csv_answer(shown.table_of(held, names), f"{name}.csv")
    if form == "xlsx":
        about = {"What": title, "Source": shown.SOURCE, "Counted in": "half-days, travel apart"}
        tables = {"Support days": shown.table_of(held, names)}
        return workbook_answer(tables, f"{name}.xlsx", about=about, at=at)
    raise Http404
