"""``report.html``: one file that opens anywhere, needs no network and runs no script."""

import dataclasses
from collections.abc import Iterator, Mapping
from importlib import resources

import jinja2
import polars as pl
from markupsafe import Markup

from schoolhubs import pictures
from schoolhubs.packs import figures, shortlists
from schoolhubs.packs.reach import unmet
from schoolhubs.packs.said import caveats, effects, findings
from schoolhubs.packs.tables import PackTables
from schoolhubs.packs.words import Heading, TableView, day, lay_out, minutes, percent
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.records.settings import RuleChange
from schoolhubs.vocabulary.records.sourced import Assumption
from schoolhubs.vocabulary.words import counted, plain

REACH = ("eligible", "matched", "unmatched", "need_met_percent")
_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("schoolhubs.packs"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """A picture ready to be shown.

    ``is_long`` folds its table away; ``beside`` is a short table that then stands next to it.
    """

    key: str
    title: str
    sentence: str
    source: str
    svg: Markup
    table: TableView
    is_long: bool
    is_synthetic: bool
    beside: TableView | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A number large enough to be read across a table."""

    value: str
    label: str
    note: str


def render(held: Round, tables: PackTables) -> str:
    """Write the report of a round. The same round gives the same bytes."""
    style = resources.files("schoolhubs.packs").joinpath("templates/style.css")
    return _TEMPLATES.get_template("report.html.j2").render(
        held=held,
        day=day,
        style=Markup(style.read_text(encoding="utf-8")),  # noqa: S704 - our own file
        key_figures=key_figures(held),
        in_brief=findings.in_brief(held),
        read_with_care=caveats.read_with_care(held),
        **_matching(held, tables),
        **_lists(held, tables),
        **_standing(held),
    )


def key_figures(held: Round) -> tuple[KeyFigure, ...]:
    """Choose the four numbers that a meeting opens with."""
    total = held.summary()
    travel = total["travel_minutes"]
    over, limit = total["exceptions_over_limit"], held.rules.preferred_maximum_minutes
    who = "open state school" if findings.is_everyone_taken(held) else "applicant"
    return (
        KeyFigure(
            value=f"{total['eligible']:,}",
            label="may join",
            note=f"of {counted(total['applicants'], who)}"
            if total["applicants"]
            else "nobody applied",
        ),
        KeyFigure(
            value=f"{total['matched']:,}",
            label="matched to a hub",
            note=f"{percent(total['matched'], total['eligible'])} of those who may join"
            if total["eligible"]
            else "nobody may join",
        ),
        KeyFigure(
            value="–" if travel["median"] is None else f"{travel['median']:.0f}",
            label="minutes, median journey",
            note=f"longest {minutes(travel['maximum'])}" if total["matched"] else "no journeys",
        ),
        KeyFigure(
            value=f"{over:,}",
            label=f"{'journey' if over == 1 else 'journeys'} over {limit:g} minutes",
            note="each with its reason" if over else "none to explain",
        ),
    )


def view(
    picture: pictures.Picture,
    caption: str,
    columns: tuple[str, ...] = (),
    beside: TableView | None = None,
) -> FigureView:
    """Lay a picture out; its drawing is our own SVG, in which all text is escaped already."""
    table = lay_out(picture.table, caption, columns)
    return FigureView(
        key=picture.key,
        title=picture.title,
        sentence=picture.sentence,
        source=picture.source,
        svg=Markup(picture.svg),  # noqa: S704
        table=table,
        is_long=beside is not None or len(table.rows) > 12,
        beside=beside,
        is_synthetic=picture.is_synthetic,
    )


def _matching(held: Round, tables: PackTables) -> Mapping[str, object]:
    by_region, by_phase = figures.reached(held, "region"), figures.reached(held, "phase")
    england = figures.england(held, tables, by_region.table)
    return {
        "map": view(
            england,
            "Matched and left without, by region",
            ("region", "matched", "unmatched", "median_minutes"),
        ),
        "verdicts": findings.pathways_table(held),
        "funnel": view(figures.funnel(held), "From applicants to matched schools"),
        "ruled_out": view(figures.ruled_out(held), "Applicants refused, by first rule"),
        "by_region": view(by_region, "Reach by region", ("region", *REACH)),
        "by_phase": view(by_phase, "Reach by phase", ("phase", *REACH)),
        "unmet": lay_out(unmet(held), "Eligible schools without a hub, by region and phase"),
        "travel": view(
            figures.journeys(held, tables),
            "Journeys by length",
            beside=findings.travel_table(held),
        ),
        "loads": [_load(held, tables, pathway) for pathway in figures.pathways(held)],
        "goals": findings.goals_table(held.result.goals),
        "floors": findings.floors_table(held.result.floors) if held.result.floors else None,
        "floor_notes": effects.floor_notes([each.as_dict() for each in held.result.floors]),
    }


def _load(held: Round, tables: PackTables, pathway: str) -> FigureView:
    name = figures.pathway_name(held, pathway)
    hubs = tables.hubs.filter(pl.col("pathway") == pathway)
    over = ("n_over",) if hubs["n_over"].sum() else ()
    return view(
        figures.loads(held, tables, pathway),
        f"{name}: places by hub",
        ("lead_name", "region", "n_places", "n_running", "n_matched", "n_left", *over),
        findings.load_table(hubs, name),
    )


def _lists(held: Round, tables: PackTables) -> Mapping[str, object]:
    return {
        "exceptions": shortlists.exceptions(tables),
        "straddling": shortlists.straddling(tables, held.rules.preferred_maximum_minutes),
        "left_out": shortlists.left_out(tables),
        "unsettled": shortlists.unsettled(held),
        "missing": shortlists.missing_facts(held),
        "n_applicants": held.decisions["urn"].n_unique(),
        "n_put": tables.matches.height + tables.unmatched.height,
        "n_leads": held.leads["urn"].n_unique(),
        "n_stand_ins": figures.n_topped_up(held),
        "n_ferries": int(tables.matches["is_ferry"].sum()),
    }


def _standing(held: Round) -> Mapping[str, object]:
    """What the round stands on: money, assumptions, files."""
    budget = held.budget
    return {
        "budget_table": findings.budget_table(budget) if budget else None,
        "budget_said": findings.budget_sentences(budget) if budget else (),
        "budget_assumed": caveats.money_assumed(held),
        "rematch": _text_table(
            "Schools whose place is not that of the plan before",
            ("School", "What", "Why"),
            list(_rematched(held)),
        ),
        "changes": _text_table(
            "Values changed for this round",
            ("What", "In force", "In this round"),
            [_turned(change) for change in held.changes],
        ),
        "assumptions": _text_table(
            "Assumptions this round stands on",
            ("What", "Value", "Why"),
            [(_what(one), one.said or _assumed(one), one.why) for one in held.assumptions],
        ),
        "sources": _text_table(
            "Files read",
            ("File", "Kind", "Series and year", "SHA-256, first 12 digits"),
            [
                (
                    file.name,
                    file.kind.replace("_", " "),
                    f"{file.series.replace('_', ' ')} {file.year}".strip() or "–",
                    file.sha256[:12],
                )
                for file in held.sources
            ],
        ),
        "versions": ", ".join(f"{name} {version}" for name, version in held.versions.items()),
        "timings": ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in held.timings.items()),
    }


def _rematched(held: Round) -> Iterator[tuple[str, str, str]]:
    if held.rematch is None:
        return
    names = held.schools.select("urn", "school_name")
    for row in held.rematch.changes.join(names, on="urn", how="left").iter_rows(named=True):
        yield (
            f"{row['school_name'] or ''} ({row['urn']})".strip(),
            plain(row["kind"]),
            row["reason"],
        )


def _turned(change: RuleChange) -> tuple[str, str, str]:
    """Write a changed value beside the one in force, its place in the definition small."""
    told = Markup('{} <span class="path">{}</span>')
    what = told.format(
        plain(change.field.replace(".", ", ")), Markup(".<wbr>").join(change.path.split("."))
    )
    before, after = (
        _assumed(Assumption(where="", value=str(value), unit=change.unit))
        for value in (change.before, change.after)
    )
    return what, before, after


def _what(one: Assumption) -> str:
    """Say what is assumed, with its place in the definition small beside it."""
    told = Markup('{} <span class="path">{}</span>')
    named = one.description or plain(one.where.replace(".", ", "))
    return told.format(named, Markup(".<wbr>").join(one.where.split(".")))


def _assumed(one: Assumption) -> str:
    """Write an assumed value with its unit, where the unit is a measure."""
    unit = "" if one.unit in ("words", "flag", "phase") else one.unit
    value = {"True": "yes", "False": "no"}.get(one.value, one.value)
    return f"{value} {unit}".strip().replace("_", " ")


def _text_table(caption: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> TableView:
    headings = tuple(Heading(words=head, is_numeric=False) for head in heads)
    return TableView(caption=caption, headings=headings, rows=tuple(rows), is_prose=True)
