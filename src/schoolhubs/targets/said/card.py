"""The model card and the transparency record, made from the fitted model: no number by hand."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.targets.model.record import PhaseModel, TargetModel

NOT_MEASURED = "not measured: run targets fit with --audit"
OWNER = "the organisation that runs this service; it names its responsible officer in the settings"


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


class _Figures:
    """Reads numbers of a model and remembers each, so that a test can hold the text to them."""

    def __init__(self, model: TargetModel) -> None:
        self.model = model
        self.read: dict[str, Any] = {}

    def constant(self, name: str) -> Any:
        entry = self.model.definition["constants"][name]
        return self.keep(f"definition.constants.{name}.value", entry["value"])

    def keep(self, where: str, value: Any) -> Any:
        self.read[where] = value
        return value


def card(model: TargetModel) -> Card:
    """Write both from the artefact."""
    figures = _Figures(model)
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
        transparency_record=_record(model, figures),
        figures=figures.read,
    )


def _purpose(model: TargetModel, figures: _Figures) -> list[str]:
    version = figures.keep("definition.version", model.definition["version"])
    dated = figures.keep("definition.dated", model.definition["dated"])
    years = figures.keep("training_years", model.training_years)
    return [
        f"# Model card: attendance targets, definition {version}",
        "",
        (
            f"Definition of {dated}. Learned from {years[0]} to {model.until}, school register of "
            f"{figures.keep('register_on', model.register_on)}."
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


def _method(model: TargetModel, figures: _Figures) -> list[str]:
    lags, share = figures.constant("lag_years"), figures.constant("interval_share")
    ask, least = figures.constant("ask_share"), figures.constant("least_ask_percent")
    most, frontier = figures.constant("most_ask_percent"), figures.constant("frontier_quantile")
    floor = figures.constant("floor_quantile")
    return [
        "## Method",
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
            "year to year, by how long ago and by roll. Contributions are linear and add up."
        ),
        "",
        (
            f"Target: what is expected with no change, less {ask:g} of the gap to the "
            f"frontier (the {100 * frontier:g}th percentile for the context), at least {least:g} "
            f"and at most {most:g} points, never past the {100 * floor:g}th percentile nor above "
            "last year without its chance. Interval: "
            f"{100 * share:g} %, conformal by phase, third by roll and top of free school meals."
        ),
        "",
        "Sources: " + "; ".join(model.sources or ("none named",)) + ".",
        "",
    ]


def _by_phase(model: TargetModel, figures: _Figures) -> Iterator[str]:
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


def _national(phases: Mapping[str, PhaseModel], figures: _Figures) -> Iterator[str]:
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


def _audit(model: TargetModel, figures: _Figures) -> Iterator[str]:
    yield "## Accuracy and fairness, on authorities the fit never saw"
    yield ""
    if not model.audit:
        yield f"{NOT_MEASURED[0].upper()}{NOT_MEASURED[1:]}."
        yield ""
        return
    yield f"One year ahead, to {figures.keep('audit.year', model.audit['year'])}."
    yield ""
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


COLUMNS = {
    "n_schools": "{:,}",
    "mean_error": "{:.3f}",
    "mean_residual": "{:+.3f}",
    "coverage": "{:.3f}",
    "chance_unaided": "{:.3f}",
    "met_unaided": "{:.3f}",
    "ask": "{:.3f}",
}


def _cells(row: Mapping[str, Any], where: str, figures: _Figures) -> Iterator[str]:
    if "absent" in row:
        yield str(row["absent"])
        return
    for name, form in COLUMNS.items():
        value = figures.keep(f"{where}.{name}", row[name])
        yield "not applicable" if value is None else form.format(value)


def _failures(figures: _Figures) -> list[str]:
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
        "- Context is of one census; where it is newer than the year, the past is seen by it.",
        "- Free school meals measure need with error, so some need is left in the residual.",
        "",
    ]


def _constants(model: TargetModel, figures: _Figures) -> Iterator[str]:
    yield "## Constants"
    yield ""
    yield "| constant | value | unit | status | source |"
    yield "| --- | --- | --- | --- | --- |"
    for name, entry in model.definition["constants"].items():
        value = figures.constant(name)
        rest = " | ".join(str(entry[each]) for each in ("unit", "status", "source"))
        yield f"| {entry['about']} | {value} | {rest} |"


def _record(model: TargetModel, figures: _Figures) -> dict[str, str]:
    """Give the fields of the standard, in its order."""
    version = figures.keep("definition.version", model.definition["version"])
    years = ", ".join(model.training_years)
    return {
        "1.1 Name": f"Attendance targets, definition {version}",
        "1.2 Description": "States what absence to expect of a school, a target and an interval, "
        "each with the reasons, so that support can be talked about.",
        "1.3 Website": "The page 'targets' of this service's documentation.",
        "1.4 Contact": OWNER,
        "2.1 Owner and responsibility": OWNER,
        "2.2 Description and rationale": "Last year's raw figure is partly chance; a school's "
        "context explains a minority of the differences. The tool weighs both and says how sure "
        "it is.",
        "2.3 Decision-making process": "A person offers, discusses and agrees a target; the tool "
        "decides nothing, and no sanction, rank or funding follows from it.",
        "2.4 Technical specification": "Constrained least squares and best linear prediction on "
        "log-odds, quantile regression, conformal intervals by group; deterministic.",
        "2.5 Appeals": "A school may challenge a figure, a comparator or a context value; an "
        "officer decides with a reason; the target is worked out again and both are kept.",
        "3.1 Data sources": "; ".join(model.sources or ("none named",)),
        "3.2 Training": f"Published school-level figures of {years}; no personal data.",
        "3.3 Refresh": f"Fitted again each year; this one up to {model.until}.",
        "4.1 Impact assessments": "Fairness table in the model card: "
        + ("measured." if model.audit else NOT_MEASURED + "."),
        "4.2 Risks and mitigation": "Chance taken for performance: interval, shrinkage, and small "
        "schools never judged on one year. Gaming: code mix, roll and fixed cohort beside every "
        "success. Inclusion: suspension and part-time sessions stay in headline and target.",
    }
