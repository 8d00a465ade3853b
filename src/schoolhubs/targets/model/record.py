"""The fitted model as a record, and as one JSON file with the same bytes each time."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schoolhubs.vocabulary.errors import DataProblem, Problem

LAYOUT_VERSION = 3
READABLE = (2, LAYOUT_VERSION)  # layout 2 had no spread of schools whose last year is not known
# Which figures each part needs, fullest first, and what it is made of.
PARTS: Mapping[str, tuple[str, ...]] = {
    "full": ("fsm_ever_percent", "sen_support_percent", "ehc_plan_percent", "eal_percent"),
    "fsm": ("fsm_percent",),
    "bare": (),
}
# Probabilities at which a spread is kept.
SPREAD_AT = (0.005, 0.01, 0.02, *(k / 40 for k in range(1, 40)), 0.98, 0.99, 0.995)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was fitted for schools whose context is known so far.

    Parameters
    ----------
    inputs
        Columns of the design, in order.
    centre, slopes
        Mean of each column over the fit, and its slope in log-odds. ``intercept`` is the mean
        school's place against the national figure.
    fsm_span, ehc_span
        Share of pupils (0-1) up to which the free-school-meals curve bends and the line of EHC
        plans rises.
    lasting, chance
        Amount of each persistence in a school's variance, alike for all and for 100 pupils.
    memory_share, last_year_share, far_share
        What of the distance that memory expects is taken; what of last year's own is taken in its
        stead; and what more of memory's beyond the far limit.
    offset
        Added to log-odds so that points are right on average.
    frontier, floor
        Intercept and slopes on log roll, its square, of those quantiles around the context.
    spread
        For each calibration group, quantiles of (actual - expected) / sd at ``SPREAD_AT``.
    spread_without_last
        The same where the year before was hidden, as it is two years ahead.
    n_school_years
        Rows it was fitted to.
    """

    inputs: tuple[str, ...]
    centre: tuple[float, ...]
    slopes: tuple[float, ...]
    intercept: float
    fsm_span: float
    ehc_span: float
    lasting: tuple[float, ...]
    chance: tuple[float, ...]
    memory_share: float
    last_year_share: float
    far_share: float
    offset: float
    frontier: tuple[float, ...]
    floor: tuple[float, ...]
    spread: Mapping[str, tuple[float, ...]]
    n_school_years: int
    spread_without_last: Mapping[str, tuple[float, ...]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PhaseModel:
    """The parts of one phase, full context first; and what its schools are set beside.

    ``national`` holds percent by year. ``roll_limits`` and ``fsm_limit`` part the calibration
    groups; ``shift_log_odds`` is a usual move of the national figure in a year, and
    ``shift_in_two_log_odds`` in two.
    """

    parts: Mapping[str, Part]
    national: Mapping[str, float]
    roll_limits: tuple[float, ...]
    fsm_limits: Mapping[str, float]
    shift_log_odds: float
    n_schools: int
    shift_in_two_log_odds: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TargetModel:
    """A fitted model of attendance targets.

    Parameters
    ----------
    until
        Newest year it learned from.
    training_years
        All of them.
    definition
        The constants as they stood, with unit, status and source.
    phases
        By phase.
    sources
        Files it was fitted to.
    register_on
        Date of the school register.
    context_years
        Schools learned from, by the academic year of the census their context is of.
    audit
        Measured on authorities left out of a fit, by phase and group; empty if never run.
    """

    until: str
    training_years: tuple[str, ...]
    definition: Mapping[str, Any]
    phases: Mapping[str, PhaseModel]
    sources: tuple[str, ...]
    register_on: str
    context_years: Mapping[str, int]
    audit: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def lag_years(self) -> int:
        """How many years before the one it is asked for it reads."""
        return int(self.definition["constants"]["lag_years"]["value"])

    def context_read(self, phase: str) -> dict[str, tuple[str, ...]]:
        """Give the columns of context that each part of a phase reads, fullest first."""
        return {name: PARTS[name] for name in PARTS if name in self.phases[phase].parts}

    def as_json(self) -> str:
        """Write it as JSON: sorted keys, numbers to ten digits, the same bytes each time."""
        told = {"layout_version": LAYOUT_VERSION, **_plain(dataclasses.asdict(self))}
        return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def model_from(text: str, name: str = "") -> TargetModel:
    """Read a model from JSON.

    Raises
    ------
    DataProblem
        If the text is no model, or one of another layout.
    """
    try:
        held = json.loads(text)
        version = held.pop("layout_version")
        if version not in READABLE:
            raise _unusable(name, f"it has layout {version}, this version reads {LAYOUT_VERSION}")
        phases = {phase: _phase(of) for phase, of in held.pop("phases").items()}
        lists: dict[str, Any] = {k: tuple(held.pop(k)) for k in ("training_years", "sources")}
        return TargetModel(phases=phases, **lists, **held)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(name, "it is no model of attendance targets") from error


def read_model(path: Path) -> TargetModel:
    """Read a model from its file.

    Raises
    ------
    DataProblem
        As :func:`model_from`; also where the file is no text.
    """
    try:
        return model_from(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise _unusable(path.name, "it is no text") from error


def _phase(of: dict[str, Any]) -> PhaseModel:
    parts = {}
    for name, part in of.pop("parts").items():
        spreads: dict[str, Any] = {
            each: {group: tuple(values) for group, values in part.pop(each, {}).items()}
            for each in ("spread", "spread_without_last")
        }
        lists: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in part.items()}
        parts[name] = Part(**spreads, **lists)
    return PhaseModel(parts=parts, roll_limits=tuple(of.pop("roll_limits")), **of)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _unusable(name: str, fault: str) -> DataProblem:
    return DataProblem(
        [
            Problem(
                code="unusable_model",
                file=name,
                fault=fault,
                remedy="Fit it again with schoolhubs targets fit.",
            )
        ]
    )
