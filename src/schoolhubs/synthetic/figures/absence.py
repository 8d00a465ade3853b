"""How much school is missed: a rate for every school and year, and who misses it persistently."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from schoolhubs.synthetic.calibration import GROUPS, Calibration, Dynamics, level, profile
from schoolhubs.synthetic.figures.context import Columns
from schoolhubs.synthetic.figures.pupils import persistent_share
from schoolhubs.vocabulary.calendar import AcademicYear

Numbers = NDArray[np.float64]
_BLOCK = 100
_FEWEST_IN_A_REGION = 60
# Persistent absence by authority correlates 0.49 between primary and secondary schools (2018/19).
SHARED_BY_PHASES = 0.4
# No published school figure lies outside these, percent of possible sessions.
LEAST_PERCENT, MOST_PERCENT = 0.6, 65.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AbsencePanel:
    """Absence of n schools in t years.

    Parameters
    ----------
    years
        The t academic years.
    percent
        Shape (n, t): sessions missed, percent of possible; NaN for schools the series leaves out.
    persistent_percent
        Shape (n, t): enrolments missing a tenth or more, percent.
    enrolments
        Shape (n, t).
    school_effect
        Shape (n,): what is lasting about the school in the last year, log points.
    """

    years: tuple[AcademicYear, ...]
    percent: Numbers
    persistent_percent: Numbers
    enrolments: NDArray[np.int64]
    school_effect: Numbers


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What absence depends on, for n schools: phase group, authority, region, need, context."""

    group: NDArray[np.object_]
    area: NDArray[np.int64]
    subregion: NDArray[np.object_]
    is_semh: NDArray[np.bool_]
    context: Columns


def simulate(
    intake: Intake,
    years: tuple[AcademicYear, ...],
    constants: Calibration,
    rng: np.random.Generator,
) -> AbsencePanel:
    """Draw the absence of every school in every year.

    The log of a school's rate is the year's level, its region's offset, its authority, its
    context, a part that lasts, a part that fades (first-order memory) and the chance of one year,
    more of it in small schools. Persistent absentees follow from the rate through the two-part
    mixture of pupils.
    """
    n, t = len(intake.group), len(years)
    panel = AbsencePanel(
        years=years,
        percent=np.full((n, t), np.nan),
        persistent_percent=np.full((n, t), np.nan),
        enrolments=np.zeros((n, t), dtype=np.int64),
        school_effect=np.zeros(n),
    )
    shared = rng.standard_normal((int(intake.area.max()) + 1, t))
    for group in GROUPS:
        of = np.flatnonzero(intake.group == group)
        if len(of):
            _simulate_group(panel, intake, of, group, shared, constants, rng)
    return panel


def _simulate_group(
    panel: AbsencePanel,
    intake: Intake,
    of: NDArray[np.int64],
    group: str,
    shared: Numbers,
    constants: Calibration,
    rng: np.random.Generator,
) -> None:
    dynamics = constants.dynamics[group]
    pupils = intake.context["n_pupils"][of]
    panel.enrolments[of] = _enrolments(pupils, group, len(panel.years), rng)
    gaps = np.diff([year.first for year in panel.years], prepend=panel.years[0].first)
    steady = _context_effect(intake, of, dynamics, constants, group)
    areas = _area_effects(intake.area[of], shared, dynamics, gaps, rng)
    widening = np.where(intake.is_semh[of], constants.facts["semh"]["spread_factor"], 1.0)
    lasting, yearly = _school_effects(pupils, steady, widening, dynamics, gaps, rng)
    panel.school_effect[of] = steady + lasting[:, -1]
    shared_too = _levelled(areas, intake.subregion[of], pupils)
    own = _levelled(lasting + yearly, intake.subregion[of], pupils)
    fsm = intake.context["fsm_percent"][of] / 100
    for position, year in enumerate(panel.years):
        fitted = constants.fit[profile(year)][group]
        offsets = np.array([fitted["region_offsets"][name] for name in intake.subregion[of]])
        middle, _ = level(constants, group, year)
        wider = constants.facts["wider_schools"]["values"][profile(year)][group]
        apart_now = wider["shared"] * (steady + shared_too[:, position])
        apart_now += wider["own"] * own[:, position]
        rate = np.exp(apart_now + offsets) * middle * fitted["level_factor"]
        percent = np.clip(rate, LEAST_PERCENT, MOST_PERCENT)
        panel.percent[of, position] = percent
        expected = persistent_share(percent, fsm, group, profile(year), constants)
        enrolments = panel.enrolments[of, position]
        panel.persistent_percent[of, position] = _counted(expected, enrolments, dynamics, rng)


def _enrolments(pupils: Numbers, group: str, t: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Give pupils aged 5 to 15 by year: fewer than the roll, drifting by some per cent a year."""
    mean, sd = {"primary": (0.85, 0.04), "secondary": (0.90, 0.08), "special": (0.83, 0.1)}[group]
    share = np.clip(rng.normal(mean, sd, len(pupils)), 0.5, 1.0)
    drift = np.cumsum(rng.normal(0, 0.03, (len(pupils), t)), axis=1)
    drift -= drift[:, -1:]
    return np.maximum(np.round((pupils * share)[:, None] * np.exp(drift)), 5).astype(np.int64)


def _context_effect(
    intake: Intake, of: NDArray[np.int64], dynamics: Dynamics, constants: Calibration, group: str
) -> Numbers:
    effect = np.zeros(len(of))
    for name, slope in dynamics.context.items():
        values = (
            np.log(intake.context["n_pupils"][of])
            if name == "log_pupils"
            else intake.context[name][of]
        )
        effect += slope * (values - values.mean())
    if group == "special":
        effect += constants.facts["semh"]["log_absence"] * intake.is_semh[of]
    return effect


def _area_effects(
    area: NDArray[np.int64],
    shared: Numbers,
    dynamics: Dynamics,
    gaps: NDArray[np.int64],
    rng: np.random.Generator,
) -> Numbers:
    """Give what an authority's schools share, shape (n, t); some of it is shared by its phases."""
    own = rng.standard_normal(shared.shape)
    drawn = np.sqrt(SHARED_BY_PHASES) * shared + np.sqrt(1 - SHARED_BY_PHASES) * own
    return dynamics.area_sd * _memory(_whitened(drawn), dynamics.area_memory, gaps)[area]


def _levelled(apart: Numbers, subregion: NDArray[np.object_], pupils: Numbers) -> Numbers:
    """Take off what the pupils of a whole region happen to share by chance.

    Regions with few schools are left as they are: there the chance is the schools' own.
    """
    _, region = np.unique(subregion.astype(str), return_inverse=True)
    sums = np.zeros((region.max() + 1, apart.shape[1]))
    np.add.at(sums, region, apart * pupils[:, None])
    means = sums / np.bincount(region, pupils)[:, None]
    means[np.bincount(region) < _FEWEST_IN_A_REGION] = 0
    return np.asarray(apart - means[region])


def _school_effects(
    pupils: Numbers,
    steady: Numbers,
    widening: Numbers,
    dynamics: Dynamics,
    gaps: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[Numbers, Numbers]:
    """Give what lasts or fades, and what is new each year, both of shape (n, t).

    ``widening`` multiplies both.
    """
    t = len(gaps)
    # Schools that are lastingly unlike the rest: one heavy-tailed scale each, and a longer memory.
    wild = np.sqrt((dynamics.tail - 2) / rng.chisquare(dynamics.tail, len(pupils)))
    memory = dynamics.memory ** (1 / np.maximum(wild, 0.5))
    drawn = rng.standard_normal((len(pupils), 2 * t + 1))
    drawn[:, : t + 1] *= wild[:, None]
    drawn = _balanced(drawn, pupils, steady, rng)
    chance = dynamics.spread_per_pupil / pupils
    fresh = dynamics.fresh_of_level * dynamics.spread_level + dynamics.fresh_of_chance * chance
    new = np.sqrt(fresh) * widening
    old = np.sqrt(dynamics.spread_level + chance - fresh) * widening
    fading = _memory(drawn[:, 1 : t + 1], memory, gaps)
    kept, faded = np.sqrt(dynamics.permanent_share), np.sqrt(1 - dynamics.permanent_share)
    # Widely spread schools would miss more on average, by half the variance of the log.
    middle = -((old**2 + new**2) / 2)[:, None]
    apart = old[:, None] * (kept * drawn[:, :1] + faded * fading)
    lasting = middle + np.clip(apart, -dynamics.most, dynamics.most)
    return lasting, new[:, None] * drawn[:, t + 1 :]


def _balanced(
    drawn: Numbers, pupils: Numbers, steady: Numbers, rng: np.random.Generator
) -> Numbers:
    """Balance k draws for each school, shape (n, k), among schools of a size.

    Within some hundred schools of like size the draws get mean 0, spread 1 and no correlation
    with one another or with ``steady``: then one England is as near the published figures as
    another.
    """
    n, k = drawn.shape
    out = drawn.copy()
    block = max(_BLOCK, 4 * (k + 1))
    order = rng.permutation(n)
    order = order[np.argsort(pupils[order], kind="stable")]
    edges = np.arange(0, n, block)
    if len(edges) > 1 and n - edges[-1] < block:
        edges = edges[:-1]
    for part in np.split(order, edges[1:]):
        out[part] = _whitened(np.column_stack([steady[part], drawn[part]]))[:, 1:]
    return out


def _whitened(drawn: Numbers) -> Numbers:
    """Give columns mean 0, spread 1 and no correlation, each made free of those before it."""
    n, k = drawn.shape
    if n < 4 * k:
        return drawn
    centred = drawn - drawn.mean(axis=0)
    covariance = centred.T @ centred / n + 1e-12 * np.eye(k)
    return np.asarray(np.linalg.solve(np.linalg.cholesky(covariance), centred.T).T)


def _memory(fresh: Numbers, memory: float | Numbers, gaps: NDArray[np.int64]) -> Numbers:
    """Turn fresh draws of unit spread into a first-order series of unit spread, by years gone by.

    ``memory`` is one number, or one for each row.
    """
    out = fresh.copy()
    for position in range(1, fresh.shape[1]):
        kept = memory ** gaps[position]
        out[:, position] = kept * out[:, position - 1] + np.sqrt(1 - kept**2) * fresh[:, position]
    return out


def _counted(
    expected: Numbers, enrolments: NDArray[np.int64], dynamics: Dynamics, rng: np.random.Generator
) -> Numbers:
    """Give percent of a whole number of pupils around an expected share."""
    sd = np.sqrt(enrolments * expected * (1 - expected)) * dynamics.persistent_noise
    count = np.round(enrolments * expected + sd * rng.standard_normal(len(expected)))
    return np.asarray(100 * np.clip(count, 0, enrolments) / enrolments)
