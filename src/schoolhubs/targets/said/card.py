"""The model card and the transparency record, made from the fitted model: no number by hand."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.targets.model.record import PhaseModel, TargetModel
from schoolhubs.targets.said.transparency import NOT_MEASURED, OWNER, Figures, record
from schoolhubs.vocabulary.words import in_words


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A model card and an Algorithmic Transparency Recording Standard record of one model.

    ``figures`` holds every number that the two texts show, by where in the model it stands.
    """

    model_card: str
    transparency_record: Mapping[str, str]
    figures: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


def card(model: TargetModel) -> Card:
    """Write both from the artefact."""
    figures = Figures(model)
    lines = [
        *_purpose(model, figures),
        *_method(model, figures),
        *_by_phase(model, figures),
        *_audit(model, figures),
        *_failures(figures),
        *_constants(model, figures),
    ]
    return Card(
        model_card="\n".join(lines) + "\n",
        transparency_record=record(model, figures),
        figures=figures.read,
    )


def _purpose(model: TargetModel, figures: Figures) -> list[str]:
    version = figures.keep("definition.version", model.definition["version"])
    dated = figures.keep("definition.dated", str(model.definition["dated"]))
    register_on = figures.keep("register_on", model.register_on)
    years = figures.keep("training_years", model.training_years)
    return [
        f"# Model card: attendance targets, definition {version}",
        "",
        (
            f"Definition of {in_words(dated)}. Learned from {years[0]} to {model.until}, school "
            f"register of {in_words(register_on)}."
        ),
        "",
        (
            "**Purpose.** What absence to expect of each state-funded school in a coming year, a "
            "target to talk about, and how sure both are. A start of a conversation about support; "
            "not for accountability, inspection, pay, ranking or sanctions."
        ),
        "",
        (
            f"**Owner.** {OWNER[0].upper()}{OWNER[1:]}. **Supplier.** None: it runs where the "
            "register is. **Not** the Department's expectation, whose formula is not published."
        ),
        "",
        (
            "**People.** A target is offered, talked about and agreed by people. A school can "
            "challenge a figure, a comparator or a context value; an officer decides and gives the "
            "reason; both versions are kept. Special schools and alternative provision get none."
        ),
        "",
    ]


def _method(model: TargetModel, figures: Figures) -> list[str]:
    lags, share = figures.constant("lag_years"), figures.constant("interval_share")
    ask, least = figures.constant("ask_share"), figures.constant("least_ask_percent")
    most, frontier = figures.constant("most_ask_percent"), figures.constant("frontier_quantile")
    floor, sizes = figures.constant("floor_quantile"), figures.constant("size_groups")
    top, years = figures.constant("top_fsm_share"), figures.constant("calibration_years")
    folds = figures.constant("calibration_folds")
    return [
        "## Method",
        "",
        _context_said(model, figures),
        "",
        (
            f"Inputs: published absence of up to {lags} earlier years, by the school's own line of "
            "predecessors; roll; free school meals; SEN support; EHC plans; English as an "
            "additional language; region. No pupil's data. A fit is made anew when "
            "a year is published."
        ),
        "",
        (
            "Log-odds of absence against the national figure of the phase and year. A quadratic "
            "context curve, with slopes of need held at zero or more; around it, what lasts from "
            "year to year, by how long ago and by roll, and how much of that is believed, fitted "
            "to least absolute error. Contributions add up."
        ),
        "",
        (
            f"Target: what is expected with no change, less {ask:g} of the gap to the "
            f"frontier (the {100 * frontier:g}th percentile of last year's levels for the context, "
            f"chance taken out, by quantile regression on roll), at least {least:g} "
            f"and at most {most:g} points, never past the {100 * floor:g}th percentile of those "
            "levels nor above last year without its chance. Interval: "
            f"{100 * share:g} %, conformal by phase, group by roll (of {sizes}) and the "
            f"{100 * top:g} % with most free school meals, from the newest {years} years, each "
            f"authority told by a fit without it (of {folds} parts)."
        ),
        "",
        "Sources: " + "; ".join(model.sources or ("none named",)) + ".",
        "",
    ]


def _context_said(model: TargetModel, figures: Figures) -> str:
    """Say of which census the context is, and whether it is newer than what was learned from."""
    counts = figures.keep("context_years", dict(model.context_years))
    said = "; ".join(f"{year} ({n:,} schools)" for year, n in sorted(counts.items()))
    later = sum(n for year, n in counts.items() if year > model.until)
    figures.keep("context_years newer than until", later)
    if not counts:
        return "Context: of no year that is known."
    note = f" Of {later:,} schools it is newer than {model.until}: the past is seen by it."
    return f"Context is of the school census of {said}.{note if later else ''}"


def _by_phase(model: TargetModel, figures: Figures) -> Iterator[str]:
    yield "## What was fitted"
    yield ""
    yield "| phase | context | school years | slope of each input (log-odds) |"
    yield "| --- | --- | --- | --- |"
    for phase, of in model.phases.items():
        for name, part in of.parts.items():
            where = f"phases.{phase}.parts.{name}"
            n = figures.keep(f"{where}.n_school_years", part.n_school_years)
            slopes = figures.keep(f"{where}.slopes", part.slopes)
            said = "; ".join(f"{i} {s:.3f}" for i, s in zip(part.inputs, slopes, strict=True))
            yield f"| {phase} | {name} | {n:,} | {said} |"
    yield ""
    yield from _national(model.phases, figures)


def _national(phases: Mapping[str, PhaseModel], figures: Figures) -> Iterator[str]:
    yield (
        "| phase | schools in the newest year | national figure of it, % | "
        "usual yearly move, log-odds |"
    )
    yield "| --- | --- | --- | --- |"
    for phase, of in phases.items():
        n = figures.keep(f"phases.{phase}.n_schools", of.n_schools)
        year = max(of.national)
        level = figures.keep(f"phases.{phase}.national.{year}", of.national[year])
        move = figures.keep(f"phases.{phase}.shift_log_odds", of.shift_log_odds)
        yield f"| {phase} | {n:,} | {level:.2f} ({year}) | {move:.3f} |"
    yield ""


def _audit(model: TargetModel, figures: Figures) -> Iterator[str]:
    yield "## Accuracy and fairness, on authorities the fit never saw"
    yield ""
    if not model.audit:
        yield f"{NOT_MEASURED[0].upper()}{NOT_MEASURED[1:]}."
        yield ""
        return
    yield f"One year ahead, to {figures.keep('audit.year', model.audit['year'])}."
    yield ""
    yield from _summary(model, figures)
    for phase, groups in model.audit["phases"].items():
        yield f"### {phase}"
        yield ""
        yield (
            "| group | schools | mean error, points | mean residual | held by interval | "
            "chance unaided | did meet it | ask |"
        )
        yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
        for group, row in groups.items():
            where = f"audit.phases.{phase}.{group}"
            yield f"| {group} | " + " | ".join(_cells(row, where, figures)) + " |"
        yield ""


SUMMARY = {
    "r_squared": ("R², national move taken out", "{:.3f}"),
    "gap_in_chance_unaided": ("largest gap in chance unaided", "{:.3f}"),
    "gap_in_coverage": ("largest gap in coverage", "{:.3f}"),
    "gap_in_met_unaided": ("largest gap in those that did meet it", "{:.3f}"),
    "stated_from_met": ("largest distance of stated from met", "{:.3f}"),
}


def _summary(model: TargetModel, figures: Figures) -> Iterator[str]:
    least, sds = figures.constant("least_audited"), figures.constant("audit_fsm_sds")
    yield f"Gaps are between groups of {least} schools or more."
    yield ""
    yield "| phase | " + " | ".join(title for title, _ in SUMMARY.values()) + " |"
    yield "| --- |" + " --- |" * len(SUMMARY)
    for phase, row in model.audit["summary"].items():
        cells = []
        for name, (_, form) in SUMMARY.items():
            value = figures.keep(f"audit.summary.{phase}.{name}", row.get(name))
            cells.append("not applicable" if value is None else form.format(value))
        yield f"| {phase} | " + " | ".join(cells) + " |"
    yield ""
    for phase, row in model.audit["more_fsm"].items():
        if row:
            n, grows, most, mean = (
                figures.keep(f"audit.more_fsm.{phase}.{name}", row[name])
                for name in ("n_schools", "n_ask_grows", "most_it_grows", "mean_change")
            )
            yield (
                f"Free school meals up by {sds:g} sd, {phase}: what is asked below last year "
                f"without its chance changes by {mean:+.3f} points on average, and grows in "
                f"{grows:,} of {n:,} schools, by at most {most:.3f}."
            )
            yield ""


COLUMNS = {
    "n_schools": "{:,}",
    "mean_error": "{:.3f}",
    "mean_residual": "{:+.3f}",
    "coverage": "{:.3f}",
    "chance_unaided": "{:.3f}",
    "met_unaided": "{:.3f}",
    "ask": "{:.3f}",
}


def _cells(row: Mapping[str, Any], where: str, figures: Figures) -> Iterator[str]:
    if "absent" in row:
        yield str(row["absent"])
        return
    for name, form in COLUMNS.items():
        value = figures.keep(f"{where}.{name}", row[name])
        yield "not applicable" if value is None else form.format(value)


def _failures(figures: Figures) -> list[str]:
    small = figures.constant("one_year_chance_percent")
    return [
        "## Known to fail",
        "",
        (
            f"- Small schools: where chance moves a year by more than {small:g} points, the "
            "interval is wide and one year decides nothing."
        ),
        "- Special schools: errors several times those of primary schools; hence no target.",
        "- New and merged schools: only context speaks, or the sum of what was merged.",
        (
            "- A shock to one place (a flu season, a closed building) is in last year's figure and "
            "fades only as fast as the ordinary."
        ),
        "- Context is of one census a school, whichever year is told.",
        "- Free school meals measure need with error, so some need is left in the residual.",
        "",
    ]


def _constants(model: TargetModel, figures: Figures) -> Iterator[str]:
    yield "## Constants"
    yield ""
    yield "| constant | value | unit | status | source |"
    yield "| --- | --- | --- | --- | --- |"
    for name, entry in model.definition["constants"].items():
        value = figures.constant(name)
        rest = " | ".join(str(entry[each]) for each in ("unit", "status", "source"))
        yield f"| {entry['about']} | {value} | {rest} |"
