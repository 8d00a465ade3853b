"""Targets beside what anyone would try first, on invented schools (T2)."""

import numpy as np

import panelling
from benchmarks.targets import NEAREST, PEERS, THREE, laid_out
from schoolhubs import targets
from schoolhubs.vocabulary.calendar import AcademicYear

MADE = panelling.make()
BEFORE, LAST = MADE.years[-2:]


def test_the_expectation_is_nearer_than_what_anyone_would_try_first() -> None:
    found = targets.expect(targets.fit(MADE.panel, until=BEFORE), MADE.panel, year=LAST)
    before, now = (laid_out(MADE.panel, AcademicYear(year), "primary") for year in (BEFORE, LAST))
    came = now.select("urn", "y").join(found.select("urn", "expected_percent"), on="urn")
    ours = (came["expected_percent"] - came["y"]).abs().mean()
    for name in ("last year, raw", "last year, shrunk", "phase mean", NEAREST, THREE):
        theirs = np.abs(PEERS[name](before, now) - now["y"].to_numpy()).mean()
        assert ours < theirs, name
