"""Numbers, money, dates, names and whole tables in the words of a report."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from schoolhubs.vocabulary.words import UNKNOWN, counted, plain

PHASES = {
    "primary": "Primary",
    "middle_deemed_primary": "Middle, deemed primary",
    "middle_deemed_secondary": "Middle, deemed secondary",
    "secondary": "Secondary",
    "all_through": "All-through",
    "special": "Special",
    "alternative_provision": "Alternative provision",
    "nursery": "Nursery",
    "sixteen_plus": "16 plus",
    "other": "Other",
}
# The order in which DfE's statistics list them, north to south.
REGIONS = (
    "north east",
    "north west",
    "yorkshire and the humber",
    "east midlands",
    "west midlands",
    "east of england",
    "london",
    "south east",
    "south west",
)


def minutes(value: float | None) -> str:
    """Write minutes to the whole minute.

    >>> minutes(47.4), minutes(None)
    ('47 minutes', 'not known')
    """
    return "not known" if value is None else counted(round(value), "minute").replace("no ", "0 ")


def percent(part: float, whole: float) -> str:
    """Write a part of a whole in percent; never 0% or 100% unless it is exactly that.

    >>> percent(1, 4), percent(1, 3000), percent(2999, 3000), percent(0, 0)
    ('25%', 'under 1%', 'over 99%', 'none')
    """
    if not whole:
        return "none"
    share = 100 * part / whole
    if 0 < share < 0.5:
        return "under 1%"
    if 99.5 <= share < 100:
        return "over 99%"
    return f"{share:.0f}%"


def pounds(pence: int | None) -> str:
    """Write money: whole pounds with commas, pence only where there are any.

    >>> pounds(150_000_000), pounds(26_882), pounds(-500), pounds(None)
    ('£1,500,000', '£268.82', '−£5', 'not published')
    """
    if pence is None:
        return "not published"
    sign, whole, rest = "−" if pence < 0 else "", abs(pence) // 100, abs(pence) % 100
    return f"{sign}£{whole:,}" + (f".{rest:02d}" if rest else "")


def day(on: datetime.date) -> str:
    """Write a date as GOV.UK does.

    >>> day(datetime.date(2018, 9, 4))
    '4 September 2018'
    """
    return f"{on.day} {on:%B %Y}"


def phase_name(phase: str | None) -> str:
    """Name a phase for readers."""
    return PHASES.get(phase, plain(phase)) if phase else UNKNOWN


def region_name(region: str) -> str:
    """Name a region within a sentence.

    >>> region_name("South West"), region_name("London")
    ('the South West', 'London')
    """
    starts = ("north", "south", "east", "west")
    return f"the {region}" if region.casefold().startswith(starts) else region


def in_order(names: Iterable[str | None], kind: str) -> list[str | None]:
    """Put regions north to south and phases by age; others follow, missing last.

    >>> in_order(["London", None, "North East"], "region")
    ['North East', 'London', None]
    """
    known = list(REGIONS) if kind == "region" else list(PHASES)

    def place(name: str | None) -> tuple[int, str]:
        if name is None:
            return (len(known) + 1, "")
        key = name.casefold()
        return (known.index(key), key) if key in known else (len(known), key)

    return sorted(set(names), key=place)


def listed(items: Iterable[str]) -> str:
    """Join words: a, b and c.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    parts = list(items)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


NOTHING = "–"
HEADINGS: Mapping[str, str] = {
    "school_name": "School",
    "lead_name": "Lead school",
    "nearest_lead_name": "Nearest lead school",
    "unmatched": "No hub",
    "step": "Step",
    "binding_rule": "Rule",
    "left": "Who left",
    "reached_percent": "Reached",
    "need_met_percent": "Need met",
    "median_minutes": "Median minutes",
    "maximum_minutes": "Longest minutes",
    "minutes": "Minutes",
    "minutes_with_band": "Minutes (likely range)",
    "nearest_minutes": "Minutes to it",
    "n_places": "Places",
    "n_running": "Running",
    "n_matched": "Matched now",
    "n_left": "Left",
    "n_over": "Above its places",
    "used_percent": "Used",
    "exception_reason": "Why over the limit",
    "from_minutes": "From (minutes)",
    "to_minutes": "to under (minutes)",
    "would_pass_if": "What would settle it",
    "urn": "URN",
    "need_weight": "Need points",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column's name, and whether it holds numbers, which stand to the right."""

    words: str
    is_numeric: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table ready to be shown: every cell is text; ``is_prose`` gives all columns equal room."""

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    is_prose: bool = False

    @property
    def is_wide(self) -> bool:
        """More columns, or more text, than a telephone can show side by side."""
        n_text = sum(not heading.is_numeric for heading in self.headings)
        return len(self.headings) > 5 or n_text > 2

    @property
    def may_scroll(self) -> bool:
        """Too broad for the narrowest telephone, so that it needs to be scrolled by keyboard."""
        return len(self.headings) > 3 and not self.is_wide


def sentence_case(text: str) -> str:
    """Begin with a capital, leaving the rest as it is.

    >>> sentence_case("need served by RISE")
    'Need served by RISE'
    """
    return text[:1].upper() + text[1:]


def capitalised(text: pl.Expr) -> pl.Expr:
    """Begin a text column with a capital, for a cell of a table."""
    return text.str.head(1).str.to_uppercase() + text.str.tail(-1)


def lay_out(frame: pl.DataFrame, caption: str, columns: Sequence[str] = ()) -> TableView:
    """Turn a frame into a table view.

    >>> view = lay_out(pl.DataFrame({"reached_percent": [81.6, None]}), "Reach")
    >>> view.headings[0].words, view.rows
    ('Reached', (('82%',), ('–',)))
    """
    shown = frame.select(columns or frame.columns)
    headings = tuple(
        Heading(words=HEADINGS.get(name, plain(name)), is_numeric=dtype.is_numeric())
        for name, dtype in shown.schema.items()
    )
    rows = tuple(
        tuple(_cell(name, value) for name, value in zip(shown.columns, row, strict=True))
        for row in shown.iter_rows()
    )
    return TableView(caption=caption, headings=headings, rows=rows)


def _cell(column: str, value: object) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        if column.endswith("_percent"):
            return f"{value:.0f}%"
        return f"{value:,.0f}" if "minutes" in column else f"{value:,.2f}"
    return str(value)
