"""The transparency record of one model: fields of the Algorithmic Transparency Recording Standard.

Numbered as the standard's template: tier 1 in short, tier 2 in full. What the organisation that
runs the service alone can know, it says so.
"""

from typing import Any

from schoolhubs.targets.model.record import TargetModel
from schoolhubs.vocabulary.words import in_words

NOT_MEASURED = "not measured: run targets fit with --audit"
OWNER = "the organisation that runs this service; it names its responsible officer in the settings"
THEIRS = "For the organisation that runs this service to fill in."


class Figures:
    """Reads numbers of a model and remembers each, so that a test can hold the text to them."""

    def __init__(self, model: TargetModel) -> None:
        self.model = model
        self.read: dict[str, Any] = {}

    def constant(self, name: str) -> Any:
        """Read a constant as it stood when the model was fitted."""
        entry = self.model.definition["constants"][name]
        return self.keep(f"definition.constants.{name}.value", entry["value"])

    def keep(self, where: str, value: Any) -> Any:
        """Remember a number by where in the model it stands."""
        self.read[where] = value
        return value


def record(model: TargetModel, figures: Figures) -> dict[str, str]:
    """Give the fields of the standard, in its order and with its numbers."""
    return {
        **_tier_one(model, figures),
        **_owner(),
        **_rationale(),
        **_decisions(figures),
        **_tool(model, figures),
        **_data(model, figures),
        **_risks(model),
    }


def _tier_one(model: TargetModel, figures: Figures) -> dict[str, str]:
    version = figures.keep("definition.version", model.definition["version"])
    return {
        "1.1 Name": f"Attendance targets, definition {version}",
        "1.2 Description": "States what absence to expect of a school, a target and an interval, "
        "each with the reasons, so that support can be talked about.",
        "1.3 Website URL": "The page 'targets' of this service's documentation.",
        "1.4 Contact email": THEIRS,
    }


def _owner() -> dict[str, str]:
    return {
        "2.1.1 Organisation or department": f"{OWNER[0].upper()}{OWNER[1:]}.",
        "2.1.2 Team": THEIRS,
        "2.1.3 Senior responsible owner": THEIRS,
        "2.1.4 External supplier involvement": "None: it runs where the school register is.",
    }


def _rationale() -> dict[str, str]:
    return {
        "2.2.1 Detailed description": "Last year's raw figure is partly chance, and a school's "
        "context explains a minority of the differences. The tool weighs both, says what to expect "
        "with no change in practice, and asks for a share of the way to what a part of schools of "
        "like context reach.",
        "2.2.2 Scope": "Mainstream schools. Special schools and alternative provision get trend, "
        "interval and needs, and no automatic target. Not for inspection, pay, ranking, funding or "
        "sanctions. It is not the Department's expectation, whose formula is not published.",
        "2.2.3 Benefit": "A target that explains itself, says how unsure it is and can be "
        "challenged; schools of like context and schools worth visiting beside it.",
        "2.2.4 Previous process": "Last year's figure, or the average of a school's kind.",
        "2.2.5 Alternatives considered": "Last year raw and shrunk, the mean of the phase, a "
        "regression on three years, the nearest schools by the weights of the Department's finance "
        "benchmarking, boosted trees: measured side by side in the documentation.",
    }


def _decisions(figures: Figures) -> dict[str, str]:
    least = figures.constant("least_comparators")
    return {
        "2.3.1 Process integration": "A person offers, discusses and agrees a target; the tool "
        "decides nothing.",
        "2.3.2 Provided information": "Expectation, target, interval, chance of meeting it with no "
        "change in practice, at most six contributions in points that add up, schools of like "
        f"context with why each is in (fewer than {least} are said to be too few), and notes.",
        "2.3.3 Frequency and scale of usage": "Once a year, all schools of the register.",
        "2.3.4 Human decisions and review": "People agree a target, judge a year with its result "
        "beside it, and set any goal of a special school.",
        "2.3.5 Required training": "None beyond reading the page, which is written for governors.",
        "2.3.6 Appeals and review": "A school may challenge a figure, a comparator or a context "
        "value; an officer decides with a reason; the target is worked out again, both are kept.",
    }


def _tool(model: TargetModel, figures: Figures) -> dict[str, str]:
    version = figures.keep("definition.version", model.definition["version"])
    lags = figures.constant("lag_years")
    return {
        "2.4.1.1 System architecture": "One file, fitted and read by a program without network; "
        "the same register gives the same bytes.",
        "2.4.1.2 Phase": THEIRS,
        "2.4.1.3 Maintenance": f"Fitted again each year; this one up to {model.until}.",
        "2.4.2.1 Model name": "Attendance targets",
        "2.4.2.2 Model version": f"Definition {version}, up to {model.until}",
        "2.4.2.3 Model task": "The absence of a school in a coming year, with no change in "
        "practice, and how unsure that is.",
        "2.4.2.4 Model input": f"Published absence of up to {lags} earlier years, roll, free "
        "school meals, SEN support, EHC plans, English as an additional language, region.",
        "2.4.2.5 Model output": "Percent of sessions: expectation, target, interval; a chance.",
        "2.4.2.6 Model architecture": "Constrained least squares and best linear prediction on "
        "log-odds, quantile regression, conformal intervals by group; deterministic.",
        "2.4.2.7 Model performance": _performance(model, figures),
        "2.4.2.8 Datasets": "; ".join(model.sources or ("none named",)),
        "2.4.2.9 Dataset purposes": "Fitting, calibration of the interval on authorities left out "
        "of the fit, and the audit.",
    }


def _performance(model: TargetModel, figures: Figures) -> str:
    if not model.audit:
        return f"{NOT_MEASURED[0].upper()}{NOT_MEASURED[1:]}."
    year = figures.keep("audit.year", model.audit["year"])
    said = []
    for phase, groups in model.audit["phases"].items():
        n, error, held = (
            figures.keep(f"audit.phases.{phase}.all.{name}", groups["all"][name])
            for name in ("n_schools", "mean_error", "coverage")
        )
        if error is not None:
            said.append(
                f"{phase}: {n:,} schools, mean error {error:.3f} points with the national move "
                f"taken out, {held:.3f} within the interval"
            )
    return f"One year ahead to {year}, on authorities left out. {'; '.join(said)}."


def _data(model: TargetModel, figures: Figures) -> dict[str, str]:
    years = ", ".join(figures.keep("training_years", model.training_years))
    census = ", ".join(figures.keep("context_years", dict(model.context_years)))
    counts = ", ".join(
        f"{figures.keep(f'phases.{phase}.n_schools', of.n_schools):,} {phase}"
        for phase, of in model.phases.items()
    )
    return {
        "2.4.3.1 Source data name": "; ".join(model.sources or ("none named",)),
        "2.4.3.2 Data modality": "Tables.",
        "2.4.3.3 Data description": f"Published school-level absence of {years}; context of the "
        f"school census of {census or 'no known year'}; links between schools.",
        "2.4.3.4 Data quantities": f"Schools in the newest year: {counts}.",
        "2.4.3.5 Sensitive attributes": "No personal data: shares of a school's pupils only.",
        "2.4.3.6 Data completeness and representativeness": "All state-funded schools that the "
        "register has a figure of. What is not published of a school is left out, never taken as "
        "zero or as the usual figure.",
        "2.4.3.7 Source data URL": THEIRS,
        "2.4.3.8 Data collection": "By the Department, from schools' own returns.",
        "2.4.3.9 Data cleaning": "Years before a conversion or merger count under the newer "
        "school; the data quality report of the register names what was put right.",
        "2.4.3.10 Data sharing agreements": "None: published data.",
        "2.4.3.11 Data access and storage": "School register of "
        f"{in_words(model.register_on)}, kept with the model.",
    }


def _risks(model: TargetModel) -> dict[str, str]:
    return {
        "2.5.1 Impact assessments": "Fairness table in the model card: "
        + ("measured." if model.audit else NOT_MEASURED + "."),
        "2.5.2 Risks and mitigations": "Chance taken for performance: interval, shrinkage, and "
        "small schools never judged on one year. Gaming: code mix, roll and fixed cohort beside "
        "every success. Inclusion: suspension and part-time sessions stay in headline and target. "
        "Context newer than the years learned from: said in the card and on the page.",
    }
