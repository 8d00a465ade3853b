"""A partnership's days as its page shows them: the picture, the figures, the words."""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence

import polars as pl

from schoolhubs import pictures
from schoolhubs.delivery import days
from schoolhubs.pictures import Caption, Picture
from schoolhubs.service.delivery import queries
from schoolhubs.service.delivery.models import Kind, SupportDay
from schoolhubs.service.delivery.telling import PARTS
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.web.pages import day as written
from schoolhubs.vocabulary.calendar import Term, term_finishes_on, term_starts_on

Ledger = days.ledger.Ledger
in_days = days.ledger.in_days
DRAWN = ("planned", "delivered", "agreed", "disputed", "missed")
LANES = {
    Kind.SUPPORT_DAY.value: "Support days",
    Kind.COACHING.value: "Coaching",
    Kind.EXECUTIVE.value: "Executive support",
}
SOURCE = "the ledger of support days"
SCHEMA = {"lane": pl.String, "on": pl.Date, "state": pl.String, "told": pl.String}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of a ledger, with what it means."""

    title: str
    half_days: int
    about: str

    @property
    def said(self) -> str:
        """The figure in days."""
        return in_days(self.half_days)


def rows_of(told: Ledger) -> list[Row]:
    """Set the figures of a ledger out, in the order in which a day goes through them."""
    rows = [
        Row(title="Promised", half_days=told.entitled, about="by the programme, over all terms"),
        Row(title="Delivered", half_days=told.delivered, about="the lead school says so"),
        Row(title="Of these with evidence", half_days=told.evidenced,
            about="what was done is written down"),
        Row(title="Of these agreed", half_days=told.agreed, about="both schools say so"),
        Row(title="Planned", half_days=told.planned, about="with a date, not taken place yet"),
        Row(title="Disputed", half_days=told.disputed, about="the partner says it was otherwise"),
        Row(title="Without a date", half_days=told.undated, about="promised, and not planned yet"),
    ]  # fmt: skip
    if told.beyond:
        about = "given or planned beyond what is promised"
        rows.append(Row(title="Beyond", half_days=told.beyond, about=about))
    return rows


def bands_of(
    starts_on: datetime.date, finishes_on: datetime.date
) -> list[tuple[str, datetime.date, datetime.date]]:
    """Give the terms of a time, each with its first and last day."""
    bands, on = [], starts_on
    while on < finishes_on:
        ends = min(term_finishes_on(on), finishes_on)
        last = ends - datetime.timedelta(days=1)
        bands.append((f"{Term.holding(on).value} {term_starts_on(on).year}", on, last))
        on = ends
    return bands


def picture_of(
    partnership: Partnership, held: Sequence[SupportDay], *, today: datetime.date, is_demo: bool,
    paid: Collection[str] = (),
) -> Picture:  # fmt: skip
    """Draw the days of one partnership, a lane for each kind that it has.

    ``paid`` are the records that were paid for.
    """
    kinds = [Kind.SUPPORT_DAY.value, *sorted({each.kind for each in held} - {Kind.SUPPORT_DAY})]
    lanes = {LANES[kind]: [each for each in held if each.kind == kind] for kind in kinds}
    told = queries.ledger_of(partnership, held)
    return _drawn(
        lanes, "days", told, bands_of(partnership.starts_on, partnership.finishes_on),
        today=today, is_demo=is_demo, paid=paid,
    )  # fmt: skip


def picture_of_hub(
    lanes: Mapping[str, Sequence[SupportDay]], told: Ledger, *, starts_on: datetime.date,
    finishes_on: datetime.date, today: datetime.date, is_demo: bool, paid: Collection[str] = (),
) -> Picture:  # fmt: skip
    """Draw the days of a hub, a lane for each partner."""
    bands = bands_of(starts_on, finishes_on)
    return _drawn(lanes, "hub-days", told, bands, today=today, is_demo=is_demo, paid=paid)


def sentence_of(told: Ledger) -> str:
    """Say what a ledger shows in one sentence."""
    return (
        f"Of {in_days(told.entitled)} promised, {in_days(told.delivered)} "
        f"{'was' if told.delivered == 2 else 'were'} delivered, {in_days(told.agreed)} of them "
        f"agreed by both schools; {in_days(told.planned)} planned, {in_days(told.undated)} "
        "without a date"
        f"{f'; {in_days(told.beyond)} beyond what was promised' if told.beyond else ''}."
    )


def _drawn(
    lanes: Mapping[str, Iterable[SupportDay]], key: str, told: Ledger,
    bands: Sequence[tuple[str, datetime.date, datetime.date]], *, today: datetime.date,
    is_demo: bool, paid: Collection[str],
) -> Picture:  # fmt: skip
    rows: list[tuple[str, datetime.date | None, str | None, str]] = []
    for lane, held in lanes.items():
        drawn = [each for each in held if each.state in DRAWN]
        rows += [
            (lane, each.on, mark, said_of(each, mark))
            for each in drawn
            for mark in [mark_of(each, paid)]
        ]
        rows += [] if drawn else [(lane, None, None, "no day yet")]
    agreed = in_days(told.agreed) if told.agreed else "None"
    return pictures.charts.day_lanes(
        pl.DataFrame(rows, schema=SCHEMA, orient="row"),
        Caption(
            key=key, title=f"{agreed} of {in_days(told.entitled)} agreed",
            sentence=sentence_of(told), source=f"{SOURCE}, {written(today)}",
            is_synthetic=is_demo,
        ),
        bands=bands, today=today,
    )  # fmt: skip


def mark_of(day: SupportDay, paid: Collection[str]) -> str:
    """Give how a day is drawn: an agreed one that was paid for says so."""
    is_paid = day.state == "agreed" and f"support_day:{day.pk}" in paid
    return "paid" if is_paid else day.state


def said_of(day: SupportDay, mark: str) -> str:
    """Say what a mark in the picture is."""
    names = ", ".join(each.name for each in queries.leaders_on(day))
    return f"{written(day.on)}, {PARTS[day.part]}: {day.get_kind_display()}, {mark}; {names}"


def table_of(held: Iterable[SupportDay], names: Mapping[str, str]) -> pl.DataFrame:
    """Give days as a table to take away, a row a day; travel stands in a column of its own."""
    rows = [
        {
            "partner": names.get(each.partnership.partner_urn, each.partnership.partner_urn),
            "partner_urn": each.partnership.partner_urn, "lead_urn": each.partnership.lead_urn,
            "on": each.on, "part": each.part, "kind": each.kind, "state": each.state,
            "leaders": ", ".join(one.name for one in queries.leaders_on(each)),
            "lead_half_days": queries.pure(each).lead_half_days,
            "partner_half_days": queries.pure(each).partner_half_days,
            "travel_minutes": each.travel_minutes, "focus": each.focus, "evidence": each.evidence,
            "reason": each.reason,
        }
        for each in held
    ]  # fmt: skip
    schema = {
        "partner": pl.String, "partner_urn": pl.String, "lead_urn": pl.String, "on": pl.Date,
        "part": pl.String, "kind": pl.String, "state": pl.String, "leaders": pl.String,
        "lead_half_days": pl.Int64, "partner_half_days": pl.Int64, "travel_minutes": pl.Int64,
        "focus": pl.String, "evidence": pl.String, "reason": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)
