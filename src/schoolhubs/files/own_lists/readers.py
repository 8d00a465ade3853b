"""The programme's own lists: applications, leads, partnerships, overrides, rulings, places."""

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from schoolhubs.files.cells import sayings
from schoolhubs.files.opening.faults import fault
from schoolhubs.files.opening.sources import LIMITS
from schoolhubs.files.own_lists.listing import Listing
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.published import ListKind, ReadingLimits

# Headings of the lead schools compiled from the press, and the names they have here.
COMPILED = {"programme": "reported_for", "school_name_as_reported": "school_name"}
OVERRIDE_KINDS = ("pin", "ban", "conflict")
VERDICTS = ("yes", "no")


def _ignore(problem: Problem) -> None:
    """Hear of a row that was left out, and say nothing."""


def _applications(path: Path, limits: ReadingLimits) -> pl.DataFrame:
    """Read applications: ``urn`` is needed; programme_id, pathway and applied_on are known.

    Further columns, such as answers to a programme's questions, are kept as text.
    """
    listing = Listing(path, frames.APPLICATIONS, limits)
    if listing.table.is_empty() and not listing.problems:
        text, remedy = "there is a header and no application below it", "Add a row for each school."
        raise fault(path, "no_rows", text, remedy)
    return listing.finished(unique=("urn", "programme_id", "pathway"))


def _leads(
    path: Path, limits: ReadingLimits, tell: Callable[[Problem], None] = _ignore
) -> pl.DataFrame:
    """Read lead schools: ``urn`` is needed; also the list compiled from the press.

    Rows without a URN are left out and told one by one: of some schools in the compiled list
    none is known. There the programme is kept as ``reported_for`` and not as ``programme_id``:
    what the press says of one programme does not keep a school out of another.
    Columns ``capacity_<pathway>`` must hold whole numbers or nothing, and are kept as text.
    """
    listing = Listing(path, frames.LEADS, limits, renamed=COMPILED)
    listing.leave_out_blank_urns(tell)
    for name in listing.table.columns:
        if name.startswith("capacity_"):
            listing.check(
                ~pl.col(name).str.contains(r"^\d{1,4}$"),
                name,
                code="bad_capacity",
                fault=f"{name} is {{value}}",
                remedy="Write the number of places as a whole number, or leave the cell blank.",
            )
    listing.check_read(
        pl.col("leads_until") <= pl.col("leads_from"),
        "leads_until",
        code="finished_before_started",
        fault="leads_until is {value}, not after leads_from",
        remedy="It is the first day on which the school leads no more. Check both dates.",
    )
    return listing.finished(unique=("urn", "programme_id"))


def _partnerships(path: Path, limits: ReadingLimits) -> pl.DataFrame:
    """Read partnerships that stand: partner_urn, lead_urn, pathway and started_on are needed."""
    listing = Listing(path, frames.PARTNERSHIPS, limits)
    listing.check(
        pl.col("partner_urn") == pl.col("lead_urn"),
        "lead_urn",
        code="own_partner",
        fault="the school {value} is its own partner",
        remedy="Partner and lead are two schools. Check both URNs.",
    )
    listing.check_read(
        pl.col("finished_on") <= pl.col("started_on"),
        "finished_on",
        code="finished_before_started",
        fault="finished_on is {value}, not after started_on",
        remedy="It is the first day after the partnership. Check both dates.",
    )
    return listing.finished(unique=("partner_urn", "lead_urn", "pathway", "started_on"))


def _overrides(path: Path, limits: ReadingLimits) -> pl.DataFrame:
    """Read what the office has fixed: kind (pin, ban or conflict), partner_urn and lead_urn."""
    listing = Listing(path, frames.OVERRIDES, limits)
    listing.table = listing.table.with_columns(pl.col("kind").str.to_lowercase())
    listing.check(
        ~pl.col("kind").is_in(OVERRIDE_KINDS),
        "kind",
        code="unknown_kind",
        fault="the kind is {value}",
        remedy=f"It is one of {', '.join(OVERRIDE_KINDS)}.",
    )
    return listing.finished(unique=("kind", "partner_urn", "lead_urn"))


def _rulings(path: Path, limits: ReadingLimits) -> pl.DataFrame:
    """Read what people decided: urn, pathway, verdict (yes or no), reason and decided_by."""
    listing = Listing(path, frames.RULINGS, limits)
    listing.table = listing.table.with_columns(pl.col("verdict").str.to_lowercase())
    listing.check(
        ~pl.col("verdict").is_in(VERDICTS),
        "verdict",
        code="unknown_verdict",
        fault="the verdict is {value}",
        remedy=f"It is one of {', '.join(VERDICTS)}.",
    )
    return listing.finished(unique=("urn", "pathway"))


def _points(path: Path, limits: ReadingLimits) -> pl.DataFrame:
    """Read places: id, lat and lon are needed, and the place lies in England.

    The outline is rough: a few miles over the border with Wales or Scotland pass.
    """
    listing = Listing(path, frames.POINTS, limits)
    boxes = sayings()
    inside = [pl.col(name).is_between(*boxes["england"][name]) for name in ("lat", "lon")]
    near = [pl.col(name).is_between(*boxes["british_isles"][name]) for name in ("lat", "lon")]
    not_ours = [
        pl.all_horizontal(pl.col(name).is_between(*box[name]) for name in ("lat", "lon"))
        for box in boxes["not_england"].values()
    ]
    listing.check_read(
        # Further away it is no place at all, which was told already.
        pl.all_horizontal(near) & (~pl.all_horizontal(inside) | pl.any_horizontal(not_ours)),
        "lat",
        code="place_outside_england",
        fault="the place at latitude {value} is not in England",
        remedy="Journeys are estimated for England only. Check both coordinates.",
    )
    return listing.finished(unique=("id",))


_READERS: Mapping[ListKind, Callable[[Path, ReadingLimits], pl.DataFrame]] = {
    "applications": _applications,
    "leads": _leads,
    "overrides": _overrides,
    "partnerships": _partnerships,
    "points": _points,
    "rulings": _rulings,
}


def read_list(
    path: Path,
    kind: ListKind,
    *,
    limits: ReadingLimits = LIMITS,
    tell: Callable[[Problem], None] = _ignore,
) -> pl.DataFrame:
    """Read one of the programme's own lists, whose columns are known by their names.

    Parameters
    ----------
    kind
        What the list holds. Needed are: of ``applications`` and ``leads`` urn; of
        ``partnerships`` partner_urn, lead_urn, pathway and started_on; of ``overrides`` kind,
        partner_urn and lead_urn; of ``rulings`` urn, pathway, verdict, reason and decided_by;
        of ``points`` id, lat and lon.
    tell
        Hears of each row that is left out: a lead without a URN; the other kinds leave none out.

    Returns
    -------
    polars.DataFrame
        The frame of ``vocabulary.frames`` of that name; further columns are kept as text.

    Raises
    ------
    DataProblem
        With every row that cannot be used.
    """
    if kind == "leads":
        return _leads(path, limits, tell)
    return _READERS[kind](path, limits)
