"""What inspectors found: graded inspections of every school under the URN it had that day."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import norm

from schoolhubs.vocabulary import official
from schoolhubs.vocabulary.phases import Framework

_BEGINS = official.framework_begins()
NO_OVERALL_GRADE_FROM = np.datetime64(_BEGINS[Framework.NO_OVERALL_GRADE])
REPORT_CARD_FROM = np.datetime64(_BEGINS[Framework.REPORT_CARD])
EARLIEST = np.datetime64("2006-09-01")
INSPECTIONS_EACH = 5
AREAS = (
    "inclusion",
    "curriculum_and_teaching",
    "achievement",
    "attendance_and_behaviour",
    "personal_development",
    "leadership_and_governance",
)


def inspect(
    entries: pl.DataFrame,
    schools: pl.DataFrame,
    school_effect: NDArray[np.float64],
    on: np.datetime64,
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Inspect every state-funded school some five times, the last time before ``on``.

    Parameters
    ----------
    school_effect
        Shape (n,): what is lasting in the school's absence; the lower, the better the grades.
    facts
        ``inspections.yaml``.

    Returns
    -------
    Frame, oldest first: school, urn, inspected_on, published_on, framework, overall_grade (1-4,
    missing where none is given), behaviour_grade, quality_grade, personal_grade,
    leadership_grade, and the report card's areas as words.
    """
    state = np.flatnonzero(schools["kind"].to_numpy() != "independent")
    days, quality = _visits(state, schools, school_effect, on, facts, rng)
    group = schools["group"].to_numpy()[state]
    rows = []
    for turn in range(INSPECTIONS_EACH):
        visit = pl.DataFrame({"school": state, "inspected_on": days[:, turn]})
        visit = visit.with_columns(*_judged(quality[:, turn], group, days[:, turn], facts, rng))
        rows.append(visit)
    visits = pl.concat(rows)
    visits = visits.filter(visits["inspected_on"].to_numpy() >= EARLIEST)
    soonest, latest = facts["days_to_publication"]
    published = visits["inspected_on"].to_numpy() + rng.integers(soonest, latest, visits.height)
    visits = visits.with_columns(pl.Series("published_on", published))
    return _under_its_urn(visits, entries).sort("school", "inspected_on")


def _visits(
    state: NDArray[np.int64],
    schools: pl.DataFrame,
    school_effect: NDArray[np.float64],
    on: np.datetime64,
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Give days, and normal scores of quality (higher is better), shape (n, inspections)."""
    n = len(state)
    gone = schools["gone_on"].to_numpy().astype("datetime64[D]")[state]
    last = np.where(np.isnat(gone), on, gone) - rng.integers(75, 1700, n)
    shortest, longest = facts["days_between"]
    between = rng.integers(shortest, longest, (n, INSPECTIONS_EACH))
    back = np.cumsum(between, axis=1) - between
    days = last[:, None] - back
    memory = facts["memory"]
    steady = facts["weight_of_absence"] * _scaled(school_effect[state], schools, state)
    meals = schools["fsm_ever_percent"].to_numpy()[state]
    steady = steady + facts["weight_of_free_meals"] * _scaled(meals, schools, state)
    rest = np.sqrt(1 - facts["weight_of_absence"] ** 2 - facts["weight_of_free_meals"] ** 2)
    series = rng.standard_normal((n, INSPECTIONS_EACH))
    for turn in range(1, INSPECTIONS_EACH):
        series[:, turn] = memory * series[:, turn - 1] + np.sqrt(1 - memory**2) * series[:, turn]
    # Inspections fall in term time, on a Tuesday or Wednesday.
    weekday = (days.astype(np.int64) + 3) % 7
    days = days - weekday + 1
    august = days.astype("datetime64[M]").astype(np.int64) % 12 == 7
    return days - 56 * august, steady[:, None] + rest * series


def _scaled(
    values: NDArray[np.float64], schools: pl.DataFrame, state: NDArray[np.int64]
) -> NDArray[np.float64]:
    group = schools["group"].to_numpy()[state]
    out = np.zeros(len(values))
    for name in np.unique(group.astype(str)):
        of = group == name
        out[of] = (values[of] - values[of].mean()) / max(values[of].std(), 1e-9)
    return np.clip(out, -3, 3)


def _judged(
    quality: NDArray[np.float64],
    group: NDArray[np.object_],
    days: NDArray[np.datetime64],
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> list[pl.Series]:
    cuts = {name: norm.ppf(1 - np.cumsum(shares)[:-1]) for name, shares in facts["grades"].items()}
    thresholds = np.array([cuts[name] for name in group])
    card = days >= REPORT_CARD_FROM
    graded = days < NO_OVERALL_GRADE_FROM

    def grade(score: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.asarray(1 + (score[:, None] < thresholds).sum(axis=1))

    overall = grade(quality)
    framework = np.select(
        [graded, ~card],
        [Framework.OVERALL_GRADES, Framework.NO_OVERALL_GRADE],
        Framework.REPORT_CARD,
    )
    out = [
        pl.Series("framework", framework.astype(str)),
        _where(graded, overall, "overall_grade"),
        _where(~card, overall, "quality_grade"),
        # Behaviour is more often outstanding than the whole school is.
        _where(
            ~card,
            np.minimum(grade(quality + 0.25 + rng.normal(0, 0.4, len(quality))), 4),
            "behaviour_grade",
        ),
        _where(
            ~card,
            np.minimum(grade(quality + 0.2 + rng.normal(0, 0.4, len(quality))), 4),
            "personal_grade",
        ),
        _where(~card, grade(quality + rng.normal(0, 0.2, len(quality))), "leadership_grade"),
    ]
    return out + list(_areas(quality, card, facts, rng))


def _areas(
    quality: NDArray[np.float64],
    card: NDArray[np.bool_],
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> Iterator[pl.Series]:
    """Draw the words of each area of a report card; inspections before it have none."""
    words = np.array(facts["report_card_words"], dtype=object)
    limits = norm.ppf(1 - np.cumsum(facts["report_card_shares"])[:-1])
    for area in AREAS:
        score = quality + rng.normal(0, 0.5, len(quality))
        word = words[(score[:, None] < limits).sum(axis=1)]
        word[~card] = None
        yield pl.Series(area, word.tolist(), dtype=pl.String)


def _where(mask: NDArray[np.bool_], values: NDArray[np.int64], name: str) -> pl.Series:
    series = pl.Series(name, values)
    return series.to_frame().select(pl.when(pl.Series(mask)).then(pl.col(name)).otherwise(None))[
        name
    ]


def _under_its_urn(visits: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Give each inspection the URN its school had that day; some days fall before any."""
    opened = entries.select(
        "school", "urn", start=pl.col("opened_on").fill_null(pl.date(1900, 1, 1))
    ).sort("start")
    joined = visits.sort("inspected_on").join_asof(
        opened, left_on="inspected_on", right_on="start", by="school", check_sortedness=False
    )
    return joined.filter(pl.col("urn").is_not_null()).drop("start")
