"""Three hundred exports, each damaged in its own way, are read or refused; none ends in a fault."""

import contextlib
import io
import random
import sys
from pathlib import Path

import pytest

import exporting as x
from schoolhubs.attendance import reading
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.frames import MARKS

SEED, FILES = 20241, 300
HOSTILE = (
    b"\0", b"\xff\xfe", b'"', b"\r", b"\n", b",", b",,,,", b";", b"\t", b"\xc3", b"'", b"=A0",
    b"9" * 20, b"-1", b"1e309", b"NaN", b"\xe2\x80\xae", b"\xd9\xa0", b"31/02/2024", b"0000-00-00",
    b"9999-12-31", b"x" * 5000, b"<", b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"../../x",
)  # fmt: skip
MARKERS = [word.encode() for word in (*x.UPNS, *x.SURNAMES, *x.FORENAMES)]
LAYOUTS = (
    (x.SESSION_MAPPING, x.SESSION_HEADINGS, x.session_rows),
    (x.WEEK_MAPPING, x.WEEK_HEADINGS, x.week_rows),
    (x.DAYS_MAPPING, x.DAYS_HEADINGS, x.days_rows),
)
WRITERS = (x.as_csv, x.as_csv, x.as_xlsx, x.as_parquet)


def mutated(content: bytes, draw: random.Random) -> bytes:
    """Damage a file: bytes put in, taken out, doubled, swapped, cut off, or a pupil moved about."""
    for _ in range(draw.randint(1, 4)):
        at, until = sorted(draw.choices(range(len(content) + 1), k=2))
        until = min(until, at + draw.choice([1, 4, 40, 4000]))
        piece = content[at:until]
        content = draw.choice(
            [
                content[:at] + draw.choice(HOSTILE) + content[at:],
                content[:at] + draw.choice(HOSTILE) + content[until:],
                content[:at] + draw.choice(MARKERS) + content[until:],
                content[:at] + content[until:],
                content[:until] + piece + content[until:],
                content[:at] + bytes(draw.randrange(256) for _ in piece[:64]) + content[until:],
                content[: max(at, 1)],
            ]
        )
    return content


def drawn(n: int) -> tuple[bytes, str]:
    """Give the export number ``n``, damaged, and its mapping."""
    draw = random.Random(f"{SEED} {n}")
    mapping, headings, rows = draw.choice(LAYOUTS)
    return mutated(draw.choice(WRITERS)(headings, rows()), draw), mapping


def test_no_damaged_export_ends_in_a_traceback_or_repeats_a_pupil(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    terms = reading.read_terms(x.saved(tmp_path, "terms.yaml", x.TERMS))
    maps = {
        text: reading.read_mapping(x.saved(tmp_path, "mapping.yaml", text)) for text, *_ in LAYOUTS
    }
    answers: dict[str, int] = {}
    for n in range(FILES):
        content, mapping = drawn(n)
        path = x.saved(tmp_path, "export", content)
        try:
            found = reading.read_export(
                path, maps[mapping], urn=x.URN, terms=terms, key=x.KEY, keep_good=n % 2 == 0
            )
            MARKS.check(found.marks)
            text, problems = repr(found), found.problems
        except DataProblem as error:
            text, problems = f"{error} {error.problems!r}", error.problems
            assert problems, f"file {n} is refused without a word"
        assert len(problems) <= 20
        assert all(each.fault and each.remedy for each in problems), f"file {n}: {problems}"
        assert not [word for word in MARKERS if word.decode() in text], f"file {n}: {text}"
        kind = problems[0].code if problems else "read"
        answers[kind] = answers.get(kind, 0) + 1
    printed = "".join(capfd.readouterr())
    assert not [word for word in MARKERS if word.decode() in printed]
    assert "panicked" not in printed, "a library told the terminal for itself"
    assert len(answers) > 8, answers
    assert max(answers.values()) < FILES / 2, answers


def test_a_reader_that_fails_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: a fault of ours is no DataProblem, and ends the test above."""
    from schoolhubs.attendance.reading import exports

    def fails(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(exports, "_weeks", fails)
    with pytest.raises(KeyError), contextlib.redirect_stderr(io.StringIO()):
        test_no_damaged_export_ends_in_a_traceback_or_repeats_a_pupil(tmp_path, sys)  # type: ignore[arg-type]
