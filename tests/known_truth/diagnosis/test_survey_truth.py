"""Scoring gives back what was put in: reliability, shrinkage, weights, seasons (T19-T21, T23)."""

import math

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.multivariate.factor import Factor

from schoolhubs import diagnosis
from schoolhubs.diagnosis.scoring.statistics import reliability, shrinking, weighting
from schoolhubs.diagnosis.scoring.tables import comparing
from schoolhubs.vocabulary import frames
from surveying import answered

N_BOOTSTRAPS = 60


def one_factor(omega: float, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw four items of equal loadings with that omega; the benchmark has unequal ones."""
    loading = math.sqrt(omega / (4 - 3 * omega))
    return loading * rng.normal(size=(n, 1)) + math.sqrt(1 - loading**2) * rng.normal(size=(n, 4))


@pytest.mark.parametrize("omega", [0.6, 0.8, 0.9])
def test_omega_is_given_back_and_its_interval_holds_it(omega: float) -> None:
    rng = np.random.default_rng(19)
    found = [
        reliability.consistency(one_factor(omega, 500, rng), draws=150, share=0.95, seed=k)
        for k in range(N_BOOTSTRAPS)
    ]
    held = sum(each.omega_interval[0] <= omega <= each.omega_interval[1] for each in found)
    # 92 to 98 % of many; of these few, as far as chance may reach (1 in 1,000 at either end).
    assert stats.binom.ppf(0.001, N_BOOTSTRAPS, 0.92) <= held
    assert held <= stats.binom.ppf(0.999, N_BOOTSTRAPS, 0.98)
    assert abs(np.mean([each.omega for each in found]) - omega) < 0.01


def test_alpha_of_a_worked_matrix() -> None:
    # Variances 1, 2, 3; covariances 0.5, 0.6, 0.7: 3 / 2 * (1 - 6 / 9.6) = 0.5625.
    covariance = np.array([[1.0, 0.5, 0.6], [0.5, 2.0, 0.7], [0.6, 0.7, 3.0]])
    assert abs(float(reliability.alpha(covariance)) - 0.5625) < 1e-9


def test_omega_is_that_of_an_independent_library() -> None:
    rng = np.random.default_rng(5)
    answers = rng.normal(size=(400, 1)) * [0.4, 0.6, 0.8, 0.7] + rng.normal(size=(400, 4)) * 0.7
    covariance = np.cov(answers.T)
    spread = np.sqrt(np.diag(covariance))
    theirs = Factor(answers, n_factor=1, method="pa").fit(maxiter=2000, tol=1e-12)
    loading = theirs.loadings[:, 0] * spread
    expected = loading.sum() ** 2 / (loading.sum() ** 2 + (spread**2 - loading**2).sum())
    assert float(reliability.omega(covariance)) == pytest.approx(expected, abs=1e-6)


def nation(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draw 120 schools of six kinds: true score, score as found, its variance, kind."""
    kind = np.repeat(np.arange(6), 20)
    truth = 60 + 3 * kind + rng.normal(0, 6, 120)
    n = rng.integers(15, 120, 120)
    variance = 22.0**2 / n
    return truth, truth + rng.normal(0, np.sqrt(variance)), variance, kind


def test_shrunk_scores_are_nearer_and_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(20)
    nearer, held = 0, []
    for _ in range(20):
        truth, score, variance, kind = nation(rng)
        found = shrinking.shrink(score, variance, kind)
        nearer += ((found.mean - truth) ** 2).mean() < ((score - truth) ** 2).mean()
        low, high = found.interval(0.9)
        held.append(((low <= truth) & (truth <= high)).mean())
    assert nearer == 20
    assert 0.87 <= np.mean(held) <= 0.93


def test_with_no_spread_between_schools_scores_are_drawn_to_their_kind() -> None:
    rng = np.random.default_rng(4)
    score = 50 + rng.normal(0, 5, 100)
    found = shrinking.shrink(score, np.full(100, 25.0), np.zeros(100, np.int64))
    assert np.ptp(found.mean) < 0.5 * np.ptp(score)


def test_weights_take_away_bias_of_response() -> None:
    rng = np.random.default_rng(21)
    before, after = [], []
    for _ in range(40):
        fsm = rng.random(1000) < 0.3
        score = np.where(fsm, 45, 65) + rng.normal(0, 20, 1000)
        answers = rng.random(1000) < np.where(fsm, 0.4, 0.7)
        margin = weighting.Margin(
            label=fsm[answers].astype(np.int64), share=np.array([1 - fsm.mean(), fsm.mean()])
        )
        weight = weighting.rake(int(answers.sum()), [margin], limits=(0.33, 3.0))
        before.append(score[answers].mean() - score.mean())
        after.append(np.average(score[answers], weights=weight) - score.mean())
    assert np.mean(before) > 2, "there is a bias to take away"
    assert abs(np.mean(after)) <= 0.2 * abs(np.mean(before))


def waves(change: np.ndarray, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give scores of two waves of schools with 80 answers each, changed as said."""
    m, error = len(change), 22 / math.sqrt(80)
    first = 50 + rng.normal(0, 6, m)
    found = []
    for wave, truth in (("2026-03", first), ("2026-12", first + change)):
        rows = pl.DataFrame(
            {
                "urn": [f"{900000 + k}" for k in range(m)],
                "value": truth + rng.normal(0, error, m),
            }
        ).with_columns(
            wave=pl.lit(wave), respondents=pl.lit("pupils"), kind=pl.lit("scale"),
            measure=pl.lit("safety"), cut=pl.lit("all"), label=pl.lit("all"), said=pl.lit("x"),
            standard_error=pl.lit(error),
        )  # fmt: skip
        found.append(frames.SURVEY_SCORES.fill(rows))
    return found[0], found[1]


NATION = pl.DataFrame(
    {"measure": ["safety"] * 2, "wave": ["2026-03", "2026-12"], "value": [50.0, 62.0]}
)


def reliable(changes: pl.DataFrame) -> int:
    return changes.filter(pl.col("verdict").is_in([comparing.BETTER, comparing.WORSE])).height


def test_a_season_is_no_reliable_change_among_many_schools() -> None:
    before, after = waves(np.full(1000, 12.0), np.random.default_rng(23))
    assert reliable(comparing.changes(before, after, NATION)) <= 100


def test_a_season_is_no_reliable_change_of_schools_alone() -> None:
    before, after = waves(np.full(100, 12.0), np.random.default_rng(24))
    alone = [
        comparing.changes(before.filter(urn=urn), after.filter(urn=urn), NATION)
        for urn in before["urn"].to_list()
    ]
    assert sum(map(reliable, alone)) <= 10


def test_held_against_no_change_the_season_would_be_taken_for_one() -> None:
    before, after = waves(np.full(300, 12.0), np.random.default_rng(23))
    still = NATION.with_columns(value=pl.lit(50.0))
    assert reliable(comparing.changes(before, after, still)) > 150


def test_a_change_beyond_the_season_is_found() -> None:
    change = np.full(200, 12.0)
    change[:50] += 18
    before, after = waves(change, np.random.default_rng(25))
    found = comparing.changes(before, after, NATION).head(50)
    assert found.filter(verdict=comparing.BETTER).height > 40


def test_without_a_national_figure_of_both_months_nothing_is_said() -> None:
    before, after = waves(np.full(30, 12.0), np.random.default_rng(26))
    found = comparing.changes(before, after, NATION.head(1))
    assert set(found["verdict"]) == {comparing.CANNOT_TELL}
    assert set(found["reason"]) == {comparing.NO_NATIONAL}


def season_of_a_staff(*, is_narrowed: bool) -> int:
    """Count the changes called reliable where a whole staff of 40 moves with the season alone."""
    staff = diagnosis.instrument("staff-survey")
    rng, swing, found = np.random.default_rng(23), 0.45, 0
    many = rng.normal(size=20_000)
    nation = []
    for number, (wave, level) in enumerate((("2026-03", 0.0), ("2026-12", swing))):
        whole = answered(staff, many + level, seed=number, skipped=0.0, wave=wave)
        scores = diagnosis.score(whole, staff, by=[]).scores.filter(kind="scale")
        nation += [(m, wave, v) for m, v in scores.select("measure", "value").iter_rows()]
    national = pl.DataFrame(nation, schema=["measure", "wave", "value"], orient="row")
    asked = pl.DataFrame({"urn": ["900001"], "n_asked": [40]})
    for draw in range(15):
        own = rng.normal(size=40)
        waves = [
            answered(staff, own + level, seed=100 + 2 * draw + at, skipped=0.0, wave=wave)
            for at, (wave, level) in enumerate((("2026-03", 0.0), ("2026-12", swing)))
        ]
        found_ = diagnosis.score(
            pl.concat(waves), staff, population=asked, national=national, by=[]
        ).scores.filter(kind="scale")
        if is_narrowed:
            width = (found_["high"] - found_["low"]) / 2 / 1.685
            found_ = found_.with_columns(standard_error=width)
        first, second = (found_.filter(wave=wave) for wave in ("2026-03", "2026-12"))
        changes = comparing.changes(first, second, national)
        found += changes.filter(pl.col("verdict").is_in([comparing.BETTER, comparing.WORSE])).height
    return found


def test_a_season_is_no_reliable_change_of_a_whole_staff() -> None:
    """T23 of a staff that answered to the last: of 60 changes at most 6 may be called reliable."""
    assert season_of_a_staff(is_narrowed=False) <= 6


def test_by_the_interval_of_this_month_alone_the_season_would_be_taken_for_change() -> None:
    assert season_of_a_staff(is_narrowed=True) > 6
