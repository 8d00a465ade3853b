"""A statement of 5,500 partnerships, and ten thousand sequences of retries and corrections.

    python -m benchmarks.funding [--json] [--partnerships N] [--sequences N]

The partnerships are drawn with a fixed seed and none is real. Beside the statement, which gives
each award line by line with its reasons, stands the same sum of pence by a few polars expressions
that give no reason: they must agree to the penny. The sequences are those of the tests: every one
ends with books that balance, and nothing paid twice. Last stand the goals; a miss ends with exit
code 1.
"""

import argparse
import datetime
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.goals import Goal, judged
from schoolhubs import funding, programmes
from schoolhubs.funding.folder import FundingRecords
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import Declaration, PaymentState

SEED, N_PARTNERSHIPS, N_SEQUENCES = 20261123, 5_500, 10_000
STARTS_ON, PERIOD = datetime.date(2022, 9, 1), "2022/23"
BEHAVIOUR = programmes.load("behaviour-hubs-2021")
MOST_SECONDS = {"statement": 10.0, "read": 20.0, "sequences": 1_800.0}


def drawn(n: int) -> FundingRecords:
    """Draw partnerships of two streams with about thirty days each, nine in ten declared."""
    rng = np.random.default_rng(SEED)
    records = [_record(at, rng) for at in range(n)]
    declarations = [
        Declaration(
            declaration_id=f"d{each.partnership_id}", partnership_id=each.partnership_id,
            state=PaymentState.CHECKED,
        )
        for each in records
        if rng.random() < 0.9
    ]  # fmt: skip
    return FundingRecords(records=tuple(records), declarations=tuple(declarations))


def _record(at: int, rng: np.random.Generator) -> DeliveryRecord:
    days = sorted(int(each) for each in rng.integers(0, 364, int(rng.integers(5, 55))))
    return DeliveryRecord(
        partnership_id=str(at), programme_id=BEHAVIOUR.programme_id, cohort_id="2022-23-autumn",
        pathway=("core", "extended")[at % 2], urn=f"{900_000 + at}", lead_urn=f"8{at // 5:05d}",
        starts_on=STARTS_ON, finishes_on=datetime.date(2023, 9, 1),
        days=tuple(
            DaySpent(
                kind=DayKind.TRAINING, on=STARTS_ON + datetime.timedelta(days=day),
                partner_half_days=1, evidence=f"training:{at}-{number}",
                is_agreed=bool(rng.random() < 0.95),
            )
            for number, day in enumerate(days)
        ),
    )  # fmt: skip


def plain_sum(records: FundingRecords) -> int:
    """Work the pence due out in a few expressions, without a reason for any of them."""
    money = BEHAVIOUR.money(STARTS_ON)
    days = pl.DataFrame(
        [(r.partnership_id, d.partner_half_days) for r in records.records for d in r.days
         if d.is_agreed],
        schema={"partnership_id": pl.String, "half_days": pl.Int64}, orient="row",
    )  # fmt: skip
    streams = pl.DataFrame(
        [(s.pathway, float(s.expected_days)) for s in money.streams],
        schema={"pathway": pl.String, "expected": pl.Float64}, orient="row",
    )  # fmt: skip
    partnerships = pl.DataFrame(
        [(r.partnership_id, r.pathway) for r in records.records],
        schema={"partnership_id": pl.String, "pathway": pl.String}, orient="row",
    )  # fmt: skip
    declared = pl.DataFrame({"partnership_id": [d.partnership_id for d in records.declarations]})
    full = money.maximum_grant_pence * pl.col("expected") / money.full_at_days
    enough = 2 * pl.col("expected") * money.participation_full_from_share
    part = (pl.col("half_days").fill_null(0) / enough).clip(0, 1)
    found = (
        partnerships.join(declared, on="partnership_id")
        .join(days.group_by("partnership_id").sum(), on="partnership_id", how="left")
        .join(streams, on="pathway")
        .select(((full * part) + 0.5).floor().cast(pl.Int64).sum())
    )
    return int(found.item())


def measured(n: int) -> dict[str, Any]:
    """Time reading records, the statement, its check, and the plain sum beside it."""
    records = drawn(n)
    with tempfile.TemporaryDirectory() as folder:
        funding.folder.write_records(Path(folder), records)
        start = time.perf_counter()
        read = funding.folder.read_records(Path(folder))
        read_seconds = time.perf_counter() - start
    start = time.perf_counter()
    made = funding.statement(read.records, BEHAVIOUR, PERIOD, declarations=read.declarations)
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    plainly = plain_sum(records)
    plain_seconds = time.perf_counter() - start
    if plainly != made.due_pence:
        raise SystemExit(f"The statement says {made.due_pence} pence, the plain sum {plainly}.")
    return {
        "partnerships": n, "days": sum(len(r.days) for r in records.records),
        "lines": len(made.lines), "due_pence": made.due_pence, "read_seconds": read_seconds,
        "statement_seconds": seconds, "plain_seconds": plain_seconds,
        "times_slower": seconds / plain_seconds,
    }  # fmt: skip


def sequences(n: int) -> float:
    """Run so many sequences; gives the seconds. One that pays twice ends the program."""
    tests = Path(__file__).resolve().parents[1] / "tests"
    sys.path[:0] = [str(tests), str(tests / "properties" / "funding")]
    from test_funding_payment_sequences import PaymentSequences, tried

    start = time.perf_counter()
    run_state_machine_as_test(PaymentSequences, settings=tried(n))
    return time.perf_counter() - start


def goals(found: dict[str, Any]) -> list[Goal]:
    """Hold the full size against its goals."""
    if (found["partnerships"], found["sequences"]) != (N_PARTNERSHIPS, N_SEQUENCES):
        return []
    of = {"statement": "statement_seconds", "read": "read_seconds", "sequences": "sequence_seconds"}
    return [
        Goal(name=f"payments, {name}", measured=found[of[name]], limit=limit, unit="s")
        for name, limit in MOST_SECONDS.items()
    ]


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--partnerships", type=int, default=N_PARTNERSHIPS)
    parser.add_argument("--sequences", type=int, default=N_SEQUENCES)
    given = parser.parse_args()
    found = measured(given.partnerships)
    found |= {"sequences": given.sequences, "sequence_seconds": sequences(given.sequences)}
    lines, code = judged(goals(found))
    if given.json:
        print(json.dumps({**found, "goals": [each.as_dict() for each in goals(found)]}, indent=2))
    else:
        print(
            f"{found['partnerships']:,} partnerships with {found['days']:,} days: read in "
            f"{found['read_seconds']:.2f} s, statement in {found['statement_seconds']:.2f} s "
            f"({found['lines']:,} lines with reasons); the plain sum, which agrees to the penny, "
            f"in {found['plain_seconds']:.2f} s ({found['times_slower']:.1f} times faster).\n"
            f"{found['sequences']:,} sequences in {found['sequence_seconds']:.0f} s: no "
            f"difference, no payment made twice.\n{lines}"
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
