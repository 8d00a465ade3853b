"""T8 for the diagnosis: what may stand near a penalty never rests on a protected session or pupil.

Findings that lead to words with families about absence without leave are read from prompts alone.
100,000 random registers are put through the same guard; the control takes it off.
"""

import numpy as np
import polars as pl
import pytest

import finding
from schoolhubs import diagnosis
from schoolhubs.attendance.patterns import prompting
from schoolhubs.diagnosis.finding import Inputs, stored
from schoolhubs.vocabulary.frames import MARKS

N_REGISTERS, PUPILS = 100_000, 2
PROTECTED = "ICMREpcjSTX"
NEAR_PENALTY = set(stored()["marks"]["prompts"].values())


def near_penalty(held: pl.DataFrame) -> set[str]:
    """Name the findings from marks that may stand near a penalty."""
    told = finding.told(held)
    draft = diagnosis.diagnose(Inputs(urn=finding.URN, setting="mainstream", marks=told))
    return {each.root_cause for each in draft.findings} & NEAR_PENALTY


def registers(seed: int) -> pl.DataFrame:
    """Draw 100,000 registers of two pupils, as one school: every pupil flagged, or no mark free."""
    rng = np.random.default_rng(seed)
    n = N_REGISTERS * PUPILS
    flagged = rng.random(n) < 0.5
    free = np.frombuffer(("GNOU/\\" + PROTECTED).encode(), np.uint8)
    kept = np.frombuffer(("/\\" + PROTECTED).encode(), np.uint8)
    letters = np.where(flagged[:, None], rng.choice(free, (n, 10)), rng.choice(kept, (n, 10)))
    return MARKS.fill(
        pl.DataFrame(
            {
                "urn": [finding.URN] * n, "pupil": np.arange(n),
                "week_on": [prompting.datetime.date(2025, 1, 6)] * n,
                "marks": np.ascontiguousarray(letters).view("S10").ravel().astype(str),
                "year": ["2024/25"] * n, "term": ["spring"] * n, "half_term": [3] * n,
                "year_group": rng.integers(7, 12, n), "sen": flagged,
                "ehc": flagged & (rng.random(n) < 0.3), "has_reason": [False] * n,
            }
        )
    )  # fmt: skip


def test_nothing_near_a_penalty_rests_on_protected_sessions_or_pupils() -> None:
    held = registers(8)
    assert held.height == N_REGISTERS * PUPILS
    assert near_penalty(held) == set()


def test_it_would_without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: pupils with a flag come through once nobody asks for it."""
    held = (
        registers(8)
        .head(4_000)
        .with_columns(marks=pl.when("sen").then(pl.lit("NNNNN/\\/\\/")).otherwise("marks"))
    )
    assert near_penalty(held) == set()
    monkeypatch.setattr(prompting, "is_flagged", lambda: pl.lit(value=False))
    assert near_penalty(held) == {"first_day_late"}


def test_recoding_protected_sessions_changes_no_such_finding() -> None:
    plain = finding.marks(no_reason=0.03, pupils=120, weeks=4)
    recoded = plain.with_columns(pl.col("marks").str.replace_all("I", "M", literal=True))
    assert near_penalty(plain) == near_penalty(recoded) == {"first_day_late"}


def test_no_pupil_is_in_a_draft() -> None:
    held = finding.marks(pupils=60, weeks=2, no_reason=0.05).with_columns(
        pupil=pl.col("pupil") + 770_000_000
    )
    draft = diagnosis.diagnose(
        Inputs(urn=finding.URN, setting="mainstream", marks=finding.told(held))
    )
    assert "7700" not in str(draft.as_dict())
