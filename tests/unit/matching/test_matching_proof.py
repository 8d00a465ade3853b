"""The proof does not rest on the solver: a worse answer is noticed."""

import numpy as np
import pytest

from schoolhubs.matching.optimum import flow, solver
from schoolhubs.matching.optimum.network import Network


@pytest.fixture
def crossing() -> tuple[Network, np.ndarray]:
    """Give two partners and two places of one each; going straight costs 2, crossing 9."""
    network = Network(
        n_partners=2,
        arc_id=np.arange(4),
        partner=np.array([0, 0, 1, 1]),
        place=np.array([0, 1, 0, 1]),
        lower=np.zeros(2, np.int64),
        upper=np.ones(2, np.int64),
    )
    return network, np.array([1, 5, 4, 1])


def test_the_best_answer_meets_its_bound(crossing) -> None:
    solution = flow.solve(*crossing, None, None)
    assert (solution.value, solution.bound) == (2, 2)
    assert solution.chosen.tolist() == [0, 3]


def test_an_answer_that_could_be_bettered_is_refused(crossing, monkeypatch) -> None:
    worse = np.array([1, 2])
    monkeypatch.setattr(solver, "cheapest", lambda *_: worse)
    with pytest.raises(ArithmeticError, match="can be improved"):
        flow.solve(*crossing, None, None)


def test_a_known_answer_that_meets_the_bound_is_kept_without_asking(crossing, monkeypatch) -> None:
    network, _ = crossing
    monkeypatch.setattr(solver, "cheapest", None)
    solution = flow.solve(network, np.zeros(4, np.int64), np.array([1, 2]), None)
    assert solution.chosen.tolist() == [1, 2]
    assert len(solution.face.arc_id) == 4, "every answer is as good"


def test_arcs_left_out_at_first_are_let_in_if_they_are_cheaper() -> None:
    """One place near many, who are needed elsewhere: the likely arcs alone are not enough."""
    rng = np.random.default_rng(3)
    n, places = 300, 4
    cost = rng.integers(0, 1_000, (n, places + 1))
    cost[:, places] = 5_000
    cost[:20, :places] = 1
    network = Network(
        n_partners=n,
        arc_id=np.arange(n * (places + 1)),
        partner=np.repeat(np.arange(n), places + 1),
        place=np.tile(np.arange(places + 1), n),
        lower=np.zeros(places + 1, np.int64),
        upper=np.array([8] * places + [n]),
    )
    all_at_once = solver.cheapest(network, cost.ravel(), None)
    solution = flow.solve(network, cost.ravel(), None, None)
    assert solver.likely(network, cost.ravel()).sum() < 0.5 * n * places
    assert solution.value == solution.bound == cost.ravel()[all_at_once].sum()


def test_a_solver_without_an_answer_is_a_fault() -> None:
    network = Network(
        n_partners=2,
        arc_id=np.arange(3),
        partner=np.array([0, 0, 1]),
        place=np.array([0, 1, 0]),
        lower=np.array([0, 2]),
        upper=np.array([2, 2]),
    )
    with pytest.raises(ArithmeticError, match=r"INFEASIBLE|UNBALANCED"):
        flow.solve(network, np.zeros(3, np.int64), None, None)
