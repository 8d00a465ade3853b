"""Survey scoring at full size: what intervals hold, and what bias weights take away.

``python -m benchmarks.surveys [--json]``; about two minutes of one core.
"""

import argparse
import json
import math

import numpy as np

from schoolhubs.diagnosis.scoring.statistics import reliability, shrinking, weighting

N_SETS, N_PEOPLE, DRAWS = 400, 500, 400
N_NATIONS, N_SCHOOLS = 200, 120


def omegas(truth: float, rng: np.random.Generator) -> dict[str, float]:
    """Draw sets of answers with a known omega, unequal loadings; how near, and how often held."""
    shape = np.array([0.8, 0.95, 1.05, 1.2])
    shape = shape * math.sqrt(16 / shape.sum() ** 2)
    # Common variance c (4 shape)^2 over it and the rest (4 - c sum shape^2) is omega.
    squares = (shape**2).sum()
    scale = truth * 4 / (16 * (1 - truth) + truth * squares)
    loading = shape * math.sqrt(scale)
    found, held = [], 0
    for number in range(N_SETS):
        noise = rng.normal(size=(N_PEOPLE, 4)) * np.sqrt(1 - loading**2)
        answers = rng.normal(size=(N_PEOPLE, 1)) * loading + noise
        each = reliability.consistency(answers, draws=DRAWS, share=0.95, seed=number)
        found.append(each.omega)
        held += each.omega_interval[0] <= truth <= each.omega_interval[1]
    off = np.abs(np.array(found) - truth)
    return {
        "omega": truth, "mean": float(np.mean(found)), "held_percent": 100 * held / N_SETS,
        "within_0.03_percent": float(100 * (off <= 0.03).mean()),
    }  # fmt: skip


def nations(rng: np.random.Generator) -> dict[str, float]:
    """Draw nations of schools of six kinds: how often shrunk is nearer, and intervals hold."""
    nearer, held = 0, []
    kind = np.repeat(np.arange(6), N_SCHOOLS // 6)
    for _ in range(N_NATIONS):
        truth = 60 + 3 * kind + rng.normal(0, 6, N_SCHOOLS)
        variance = 22.0**2 / rng.integers(15, 120, N_SCHOOLS)
        score = truth + rng.normal(0, np.sqrt(variance))
        found = shrinking.shrink(score, variance, kind)
        nearer += ((found.mean - truth) ** 2).mean() < ((score - truth) ** 2).mean()
        low, high = found.interval(0.9)
        held.append(((low <= truth) & (truth <= high)).mean())
    return {"nations": N_NATIONS, "nearer": int(nearer), "held_percent": float(100 * np.mean(held))}


def response(rng: np.random.Generator) -> dict[str, float]:
    """Let pupils with FSM answer less often; give the bias that weights take away."""
    raw, weighted = [], []
    for _ in range(1000):
        fsm = rng.random(1000) < 0.3
        score = np.where(fsm, 45, 65) + rng.normal(0, 20, 1000)
        answers = rng.random(1000) < np.where(fsm, 0.4, 0.7)
        share = np.array([1 - fsm.mean(), fsm.mean()])
        margin = weighting.Margin(label=fsm[answers].astype(np.int64), share=share)
        weight = weighting.rake(int(answers.sum()), [margin], limits=(0.33, 3.0))
        raw.append(score[answers].mean() - score.mean())
        weighted.append(np.average(score[answers], weights=weight) - score.mean())
    before, after = float(np.mean(raw)), float(np.mean(weighted))
    return {"bias": before, "left": after, "removed_percent": 100 * (1 - abs(after / before))}


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    rng = np.random.default_rng(4)
    found = {
        "omega": [omegas(truth, rng) for truth in (0.6, 0.8, 0.9)],
        "shrinkage": nations(rng),
        "response": response(rng),
    }
    if as_json:
        print(json.dumps(found, indent=2))
        return
    for name, rows in found.items():
        for row in rows if isinstance(rows, list) else [rows]:
            print(name, *(f"{key} {value:.4g}" for key, value in row.items()), sep="  ")


if __name__ == "__main__":
    main()
