"""However a definition is spoilt, the check answers: with problems, or with one that works."""

import datetime
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolhubs import programmes

FOLDER = programmes.load("rise-hubs-2025").folder
TEXTS = {path.name: path.read_text() for path in sorted(FOLDER.glob("*.yaml"))}
VALUES = ["null", "[]", "{}", "2025-02-30", "-1", "1.5", "true", "a word", "[[1]]", "{a: 1}", "&a"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=st.sampled_from(sorted(TEXTS)), line=st.floats(0, 0.999), value=st.sampled_from(VALUES))
def test_a_spoilt_definition_never_breaks_the_check(file: str, line: float, value: str) -> None:
    lines = TEXTS[file].splitlines()
    place = int(line * len(lines))
    before = lines[place].split("{20")[0]
    if "{20" in lines[place]:
        lines[place] = f"{before}{{2025-05-01: {value}}}"
    else:
        lines[place] = f"{before.split(':')[0]}: {value}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "spoilt"
        folder.mkdir()
        for other, text in TEXTS.items():
            whole = "\n".join(lines) if other == file else text
            (folder / other).write_text(whole, encoding="utf-8")
        problems = programmes.check(folder)
        assert all(problem.fault and problem.file for problem in problems)
        if not problems:
            programme = programmes.load(folder)
            for day in (datetime.date(2018, 1, 1), datetime.date(2026, 2, 1)):
                assert programme.as_at(day).pathways
                assert programmes.describe(programme, day)
