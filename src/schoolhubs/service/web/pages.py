"""The page layer: GOV.UK's own macros, our layout, and how figures and dates are written."""

import datetime
import functools
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import polars as pl
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse

from schoolhubs.service import clock
from schoolhubs.service.web.tables.stacking import stacked
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.matching import Price
from schoolhubs.vocabulary.tables import csv_text
from schoolhubs.vocabulary.words import counted, plain, price_in_words, signed

LONDON = ZoneInfo("Europe/London")
A_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def page_environment(**options: Any) -> jinja2.Environment:
    """Build the Jinja environment of every page; text from data is escaped on the way in."""
    loaders = [
        jinja2.PackageLoader("schoolhubs.service", "templates"),
        jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
    ]
    # The macros reach into parameters that a page need not give.
    options |= {"loader": jinja2.ChoiceLoader(loaders), "undefined": jinja2.ChainableUndefined}
    options |= {"trim_blocks": True, "lstrip_blocks": True}
    environment = jinja2.Environment(**options)  # noqa: S701 - Django passes autoescape=True
    environment.globals |= {"static": static, "url": _url, "counted": counted, "span": span}
    environment.filters |= {
        "cohort": cohort,
        "day": day,
        "days_in_words": days_in_words,
        "moment": moment,
        "number": number,
        "signed": signed,
        "stacked": stacked,
        "plain": plain,
        "pounds": in_pounds,
        "price": price,
    }
    return environment


def about_the_service(request: HttpRequest) -> dict[str, Any]:
    """Give every page the service's own words and the request's nonce."""
    told = settings.ENVIRONMENT
    return {
        "service": told,
        "cspNonce": str(getattr(request, "csp_nonce", "")),
        "path": request.path,
        # Asked of the database, so only where it may differ from the machine's own.
        "demonstration_day": clock.day() if told.is_demo else None,
        "said_once": functools.partial(_said_once, request),
    }


def say_once(request: HttpRequest, words: str, *, is_well: bool = True) -> None:
    """Let the next page that shows it (``web/said_once.html``), and no other, say what was done.

    Parameters
    ----------
    is_well
        It is as it was meant to be, and is shown as a success; otherwise as what matters.
    """
    (messages.success if is_well else messages.warning)(request, words)


def _said_once(request: HttpRequest) -> list[tuple[str, bool]]:
    """Give what is to be said once; a page that does not ask leaves it for the one that does."""
    told = messages.get_messages(request)
    return [(str(each), each.level == messages.SUCCESS) for each in told]


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)


def day(date: datetime.date | None) -> str:
    """Write a day as GOV.UK does.

    >>> day(datetime.date(2026, 9, 4))
    '4 September 2026'
    """
    return f"{date.day} {date:%B %Y}" if date else "not known"


def days_in_words(text: str) -> str:
    """Write the days in a sentence of a record, such as 2027-04-01, as pages do.

    >>> days_in_words("It falls due on 2027-04-01.")
    'It falls due on 1 April 2027.'
    """
    return A_DAY.sub(lambda found: day(datetime.date.fromisoformat(found[0])), text)


def moment(at: datetime.datetime | None) -> str:
    """Write a moment, on the clocks of England.

    >>> moment(datetime.datetime(2026, 7, 4, 8, 5, tzinfo=datetime.UTC))
    '4 July 2026 at 9:05am'
    """
    if at is None:
        return "not known"
    local = at.astimezone(LONDON)
    return f"{day(local)} at {local.hour % 12 or 12}:{local:%M}{local:%p}".replace(
        "AM", "am"
    ).replace("PM", "pm")


def span(first: datetime.datetime, last: datetime.datetime) -> str:
    """Write from when to when, the day once where it is the same.

    >>> at = datetime.datetime(2026, 12, 9, 13, 30, tzinfo=datetime.UTC)
    >>> span(at, at.replace(hour=16))
    '9 December 2026, 1:30pm to 4:30pm'
    """
    (on, begins), (until, ends) = (moment(each).split(" at ") for each in (first, last))
    return f"{on}, {begins} to {ends if until == on else moment(last)}"


def cohort(cohort_id: str) -> str:
    """Write a cohort as the term it starts in; one that names no term stays as it is.

    >>> cohort("2025-26-autumn"), cohort("2025-26-spring"), cohort("pilot")
    ('autumn term 2025', 'spring term 2026', 'pilot')
    """
    first, _, rest = cohort_id.partition("-")
    _, _, term = rest.partition("-")
    if not term:
        return cohort_id
    return f"{term} term {int(first) + (term != 'autumn')}"


def number(value: float | None, places: int = 0) -> str:
    """Write a figure with thousands parted; a missing one in words.

    >>> number(21759), number(6.64, 1), number(None)
    ('21,759', '6.6', 'not known')
    """
    return "not known" if value is None else f"{value:,.{places}f}"


def price(parts: Mapping[str, float]) -> str:
    """Say what forcing a place would cost and save, as everywhere else."""
    said = {name: value or 0 for name, value in parts.items()}
    return price_in_words(Price(**said))  # type: ignore[arg-type]


def csv_answer(table: pl.DataFrame, name: str) -> HttpResponse:
    """Give a table as a CSV file to save, with nothing in it that a spreadsheet would run."""
    answer = HttpResponse(csv_text(table), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
