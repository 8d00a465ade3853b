"""Nothing that prompts holds a protected session or pupil: 100,000 random registers at a time.

What is protected is written out here once more, by hand, so that a slip in a table shows. The
negative controls take one guard off each, and the count sees it.
"""

import datetime
import functools

import numpy as np
import polars as pl
import pytest

from schoolhubs.attendance import patterns
from schoolhubs.attendance.patterns import prompting
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.frames import MARKS

N_REGISTERS, PUPILS = 100_000, 2
LETTERS = "/\\LVPWBDCSMRTIEGNOUXZ#KcpjQ1234567."
UNAUTHORISED = "GNOU"  # of the codes; every other is protected: I, M, C, C2, R, E, X, Y1 to Y7 …
SURE = datetime.date(2025, 1, 6)


@functools.cache
def registers() -> pl.DataFrame:
    """Give a week of two pupils of each of 100,000 schools, flags and letters at random."""
    chance = np.random.default_rng(8)
    n = N_REGISTERS * PUPILS
    letters = np.frombuffer(LETTERS.encode(), np.uint8)[chance.integers(0, len(LETTERS), (n, 10))]

    def flag(no: float, missing: float) -> pl.Series:
        drawn = chance.random(n)
        known = pl.Series(drawn >= no + missing, dtype=pl.Boolean)
        return known.set(pl.Series((drawn >= no) & (drawn < no + missing)), None)

    return MARKS.fill(
        pl.DataFrame(
            {
                "urn": np.repeat(np.arange(100_000, 200_000), PUPILS).astype(str),
                "pupil": np.arange(n),
                "week_on": [SURE] * n,
                "marks": np.ascontiguousarray(letters).view("S10").ravel().astype(str),
                "year": ["2024/25"] * n, "term": ["spring"] * n, "half_term": [3] * n,
                "year_group": chance.integers(1, 12, n),
                "sen": flag(0.6, 0.1), "ehc": flag(0.8, 0.1), "has_reason": flag(0.8, 0.1),
            }
        )
    )  # fmt: skip


def violations(held: pl.DataFrame) -> int:
    """Count sessions that no prompt may be made of, among those that one would be made of."""
    protected = (
        ~pl.col("letter").is_in(list(UNAUTHORISED))
        | (pl.col("sen").is_null() | pl.col("sen"))
        | pl.col("ehc").fill_null(value=False)
        | pl.col("has_reason").fill_null(value=False)
    )
    return held.filter(protected).height


def test_no_protected_session_or_pupil_prompts_anything() -> None:
    held = prompting.may_prompt(registers())
    assert held["urn"].n_unique() > N_REGISTERS / 4
    assert violations(held) == 0
    # And nothing that may prompt was lost: counted letter by letter, another way.
    free = registers().filter(
        pl.col("sen").eq_missing(pl.lit(value=False)),
        pl.col("ehc").fill_null(value=False).not_(),
        pl.col("has_reason").fill_null(value=False).not_(),
    )
    n = sum(int(free["marks"].str.count_matches(each).sum()) for each in UNAUTHORISED)
    assert held.height == n


@pytest.mark.parametrize("guard", ["unauthorised", "is_flagged"])
def test_a_guard_that_is_off_is_seen(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without either guard, protected sessions or pupils come through."""
    off = pl.lit(guard == "unauthorised")
    monkeypatch.setattr(prompting, guard, lambda: off)
    assert violations(prompting.may_prompt(registers().head(2_000))) > 100


def test_what_is_prompted_is_made_of_what_may_prompt_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protected marks and pupils change no prompt; with the guard off they do."""
    one = registers().head(4_000).with_columns(urn=pl.lit("900001"))
    bare = one.with_columns(
        pl.col("marks").str.replace_all(r"[^GNOU./\\]", "I"),
    )
    said = patterns.prompts(bare, least_pupils=10)
    recoded = bare.with_columns(pl.col("marks").str.replace_all("I", "p", literal=True))
    free = pl.col("sen").eq_missing(pl.lit(value=False))
    unflagged = bare.filter(
        free,
        ~pl.col("ehc").fill_null(value=False),
        ~pl.col("has_reason").fill_null(value=False),
    )
    assert said
    assert patterns.prompts(recoded, least_pupils=10) == said
    assert patterns.prompts(unflagged, least_pupils=10) == said
    monkeypatch.setattr(prompting, "is_flagged", lambda: pl.lit(value=False))
    louder = bare.with_columns(
        marks=pl.when(free).then("marks").otherwise(pl.lit("GGGGGGGGGG")),
    )
    assert patterns.prompts(louder, least_pupils=10) != said


def test_a_flag_in_one_week_protects_every_week() -> None:
    weeks = [{"week_on": SURE + datetime.timedelta(7 * k), "has_reason": k == 1} for k in range(3)]
    usual = {
        "urn": "900001", "pupil": 1, "year": "2024/25", "term": "spring", "half_term": 3,
        "marks": "OOOOOOOOOO", "sen": False,
    }  # fmt: skip
    assert prompting.may_prompt(
        MARKS.fill(pl.DataFrame([{**usual, **each} for each in weeks]))
    ).is_empty()


def test_only_a_named_person_with_a_reason_lets_a_protected_pupil_prompt() -> None:
    week = {
        "urn": "900001", "pupil": 1, "week_on": SURE, "year": "2024/25", "term": "spring",
        "half_term": 3, "marks": "OIM.......", "sen": True,
    }  # fmt: skip
    marks = MARKS.fill(pl.DataFrame([week, {**week, "pupil": 2}]))
    told = {"urn": "900001", "pupil": 1, "given_on": SURE}
    for lacking in ({"by": " ", "reason": "Agreed"}, {"by": "A. Head", "reason": ""}):
        with pytest.raises(UsageError, match="named person"):
            prompting.Clearance(**told, **lacking)
    cleared = prompting.Clearance(**told, by="A. Head", reason="Agreed with the family")
    held = prompting.may_prompt(marks, cleared=[cleared])
    assert held["pupil", "letter"].rows() == [(1, "O")]
    more = prompting.Clearance(**told, by="A. Head", reason="Agreed with the family", letters="I")
    assert prompting.may_prompt(marks, cleared=[cleared, more])["letter"].to_list() == ["O", "I"]
