"""What is blurred cannot be worked out from all that is shown, by whoever subtracts."""

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from schoolhubs import diagnosis, disclosure
from schoolhubs.diagnosis.scoring.tables import blurring, releasing
from surveying import answered

PUPILS = diagnosis.instrument("pupil-survey")
CUTS = [("fsm",), ("year_group", "fsm")]


def alike(seed: int) -> pl.DataFrame:
    """Give a school some groups of which answer nearly alike."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 160))
    years = rng.choice(["7", "8", "9"], n, p=[0.5, 0.3, 0.2])
    fsm = rng.choice(["yes", "no"], n, p=[0.3, 0.7])
    feeling = rng.normal(size=n)
    for year in ("7", "8", "9"):
        for says in ("yes", "no"):
            if rng.random() < 0.4:
                feeling[(years == year) & (fsm == says)] = rng.choice([-6.0, 6.0])
    return answered(PUPILS, feeling, seed=seed, skipped=0.0, year_group=years, fsm=fsm)


def narrowed(scores: pl.DataFrame) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Give what an attacker knows of each blurred value, from every figure that is shown."""
    found = {}
    for (measure,), rows in scores.group_by("measure", maintain_order=True):
        cells = {
            (row["cut"], row["label"]): row
            for row in rows.iter_rows(named=True)
            if row["n_answered"] is not None
        }
        where = {key: number for number, key in enumerate(cells)}
        lines, sums = [], []
        for total, parts in _lines(cells):
            line, is_known = np.zeros(len(cells)), True
            for key, sign in [(total, -1.0), *((part, 1.0) for part in parts)]:
                is_known &= key in cells
                if key in cells:
                    line[where[key]] += sign
            if (
                is_known
                and sum(cells[x]["n_answered"] for x in parts) == cells[total]["n_answered"]
            ):
                lines.append(line)
                sums.append(0.0)
        if not lines:
            continue
        bounds = [_bounds(row) for row in cells.values()]
        for key, row in cells.items():
            if row["value_mark"] not in {"ge95", "le5"}:
                continue
            ends = []
            for sign in (1.0, -1.0):
                goal = np.zeros(len(cells))
                goal[where[key]] = sign
                solved = linprog(goal, A_eq=np.array(lines), b_eq=sums, bounds=bounds)
                assert solved.x is not None, (measure, key)
                ends.append(solved.x[where[key]] / row["n_answered"])
            found[str(measure), *key] = (ends[0], ends[1])
    return found


def _lines(cells):  # type: ignore[no-untyped-def]
    """A whole and its parts: everybody by FSM and by year, each group by both."""
    labels = {cut: [label for c, label in cells if c == cut] for cut, _ in cells}
    for cut, names in labels.items():
        if ";" not in cut and cut != "all":
            yield ("all", "all"), [(cut, name) for name in names]
    for both in (cut for cut in labels if ";" in cut):
        for place, single in enumerate(both.split(";")):
            for name in labels.get(single, []):
                parts = [(both, x) for x in labels[both] if x.split(";")[place] == name]
                yield (single, name), parts


def _bounds(row):  # type: ignore[no-untyped-def]
    n, slack = row["n_answered"], 1e-4
    low, high = {
        "ge95": (95.0, 100.0), "le5": (0.0, 5.0), "w": (5.0, 95.0),
    }.get(row["value_mark"], (row["value"], row["value"]))  # fmt: skip
    return low * n - slack, high * n + slack


def told(found: dict[tuple[str, str, str], tuple[float, float]]) -> list[object]:
    """Name blurred values of which more is known than that all but a few answered alike."""
    return [key for key, (low, high) in found.items() if low > 97.6 or high < 2.4]


@pytest.mark.parametrize("seed", range(6))
def test_a_blurred_value_stays_blurred(seed: int) -> None:
    scores = diagnosis.score(alike(seed), PUPILS, by=CUTS).scores
    assert scores["value_mark"].is_in(["ge95", "le5"]).any()
    assert told(narrowed(scores)) == []


def test_with_nothing_withheld_the_attacker_tells_what_all_of_a_group_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        blurring, "withheld", lambda rows, *_: rows.with_columns(is_withheld=pl.lit(value=False))
    )
    assert any(told(narrowed(diagnosis.score(alike(s), PUPILS, by=CUTS).scores)) for s in range(6))


def test_waves_and_the_waves_pooled_do_not_tell_a_blurred_one() -> None:
    """All of the second wave answer alike; the pool less the first would say so."""
    rng = np.random.default_rng(5)
    first = answered(PUPILS, rng.normal(size=30), seed=1, skipped=0.0, wave="2026-06")
    second = answered(PUPILS, np.full(12, 9.0), seed=2, skipped=0.0, wave="2026-11")
    scores = diagnosis.score(pl.concat([first, second]), PUPILS, by=[], is_pooled=True).scores
    calm = {
        row["wave"]: row["value_mark"] for row in scores.filter(measure="school_calm").to_dicts()
    }
    assert calm["2026-11"] == releasing.TOP
    assert releasing.WITHHELD in {calm["2026-06"], calm["2026-06+2026-11"]}


def test_how_far_answers_were_weighted_does_not_tell_how_many_of_a_group_answered() -> None:
    def response(n_fsm: int) -> dict[str, object]:
        fsm = ["yes"] * n_fsm + ["no"] * 90
        given = answered(
            PUPILS, np.random.default_rng(1).normal(size=len(fsm)), seed=1, skipped=0.0, fsm=fsm
        )
        asked = pl.DataFrame({"urn": ["900001"] * 2, "fsm": ["yes", "no"], "n_asked": [20, 180]})
        return diagnosis.score(given, PUPILS, population=asked).response.row(0, named=True)

    hidden, shown = response(4), response(14)
    names = ("weight_low", "weight_high", "design_effect", "n_trimmed")
    assert [hidden[name] for name in names] == [None] * 4
    assert hidden["weighted_to"] == "fsm"
    # The guard off is what larger groups show: the greatest weight tells their number.
    assert (
        round(0.1 * 104 / shown["weight_high"]) == 14
        or round(0.1 * 104 / shown["weight_low"]) == 14
    )  # type: ignore[operator]


@pytest.mark.parametrize(("n", "is_told"), [(9, False), (10, True)])
def test_the_number_that_answered_is_told_from_ten_on(n: int, is_told: bool) -> None:
    given = answered(PUPILS, np.random.default_rng(n).normal(size=n), seed=n, skipped=0.0)
    asked = pl.DataFrame({"urn": ["900001"], "n_asked": [12]})
    found = diagnosis.score(given, PUPILS, population=asked)
    row = found.response.row(0, named=True)
    assert (row["n_answered"] == n) is is_told
    assert (row["response_percent"] is not None) is is_told
    assert (found.reliability["n_complete"].null_count() == 0) is is_told


def test_a_wave_hidden_beside_its_pool_has_no_number_either() -> None:
    waves = [
        answered(PUPILS, np.random.default_rng(n).normal(size=n), seed=n, skipped=0.0, wave=wave)
        for n, wave in ((14, "2026-06"), (6, "2026-11"))
    ]
    found = diagnosis.score(pl.concat(waves), PUPILS, by=[], is_pooled=True).response
    assert found["n_answered"].null_count() >= 2, "two of the three would give the third"


def test_more_answers_than_people_narrow_nothing_and_are_said() -> None:
    staff = diagnosis.instrument("staff-survey")
    given = answered(staff, np.random.default_rng(1).normal(size=12), seed=1, skipped=0.0)

    def scored(n_asked: int):  # type: ignore[no-untyped-def]
        asked = pl.DataFrame({"urn": ["900001"], "n_asked": [n_asked]})
        return diagnosis.score(given, staff, population=asked)

    many, whole, some = scored(10), scored(12), scored(40)
    width = [
        (x.scores.filter(kind="scale")["high"] - x.scores.filter(kind="scale")["low"]).to_list()
        for x in (many, whole, some)
    ]
    assert all(a > c > b > 0 for a, b, c in zip(*width, strict=True))
    assert many.response["response_percent"].to_list() == [None]
    assert any("12 answers of 10 people" in each for each in many.warnings)
    assert not any("answers of" in each for each in whole.warnings)


@pytest.mark.parametrize("n", [12, 20])
def test_a_small_school_is_told_what_everybody_said_and_nothing_of_its_groups(n: int) -> None:
    rng = np.random.default_rng(n)
    groups = {"year_group": rng.choice(["7", "8", "9"], n), "fsm": rng.choice(["yes", "no"], n)}
    given = answered(PUPILS, rng.normal(size=n), seed=n, skipped=0.0, **groups)
    found = diagnosis.score(given, PUPILS)
    assert set(found.scores.filter(kind="scale", cut="all")["n_answered"]) == {n}
    assert found.scores.filter(pl.col("cut") != "all", pl.col("n_answered") < 10).is_empty()
    assert disclosure.audit(found.releases) == ()
