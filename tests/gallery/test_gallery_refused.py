"""Every broken file is refused in words its owner can act on, by the reader and by the command."""

import gzip
import lzma
import random
import re
import tracemalloc
from pathlib import Path

import pytest

from gallery import broken_packing
from gallery.cases import BROKEN, OURS, PUBLISHED, each
from gallery.making import PUPIL_NAME, TODAY, UPN, Broken, absence, file, zipped
from schoolhubs import files
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, DataProblem
from schoolhubs.vocabulary.records.published import ReadingLimits


def refused(case: Broken, folder: Path) -> DataProblem:
    with pytest.raises(DataProblem) as caught:
        case.read(case.make(folder))
    return caught.value


def test_the_gallery_is_as_large_as_promised():
    print(f"gallery: {len(BROKEN)} broken files")  # so that a shrinking gallery is seen
    assert len(BROKEN) >= 100
    assert len({case.name for case in BROKEN}) == len(BROKEN)


@each(BROKEN)
def test_it_is_refused_for_what_is_wrong_and_where(case, tmp_path):
    first = refused(case, tmp_path).problems[0]

    assert (first.code, first.row, first.column) == (case.code, case.row, case.column)
    assert case.value in (None, first.value)


@each(BROKEN)
def test_the_message_is_help(case, tmp_path):
    path = case.make(tmp_path)
    with pytest.raises(DataProblem) as caught:
        case.read(path)
    message, problems = str(caught.value), caught.value.problems
    listed = [line for line in message.splitlines() if line.startswith(path.name)]

    for words in case.says:
        assert words in message
    assert message.startswith(path.name)
    assert case.row is None or f"row {case.row:,}" in message
    assert all(problem.file == path.name for problem in problems)
    assert all(re.fullmatch(r"[A-Z-].*\.", problem.remedy) for problem in problems), problems
    assert not OURS.search(message), message
    assert case.n_problems in (None, len(problems))
    assert len(listed) == min(len(problems), MOST_PROBLEMS_LISTED)
    assert len(message) < 10_000
    for told in (message, *(str(problem.as_dict()) for problem in problems)):
        assert UPN not in told
        assert PUPIL_NAME not in told


@each(PUBLISHED)
def test_inspecting_it_does_not_stop_and_tells_the_same(case, tmp_path):
    path = case.make(tmp_path)

    report = files.inspect(path, today=TODAY, limits=case.limits)

    if case.code == "no_rows":  # a file of a known kind, only not one to build from
        assert report.rows == 0
        return
    with pytest.raises(DataProblem) as caught:
        case.read(path)
    assert report.problems == caught.value.problems


def test_a_gigabyte_is_refused_unread(tmp_path):
    path = broken_packing.gigabyte(tmp_path)

    tracemalloc.start()
    try:
        with pytest.raises(DataProblem, match="1,000,000,000 bytes"):
            files.read(path)
        most_held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most_held < 1_000_000


def small_bomb() -> bytes:
    """Give a table of 3 MB that packs into a few kilobytes."""
    return zipped(("absence.csv", absence() + ("," * 19 + "\n") * 160_000))


def test_the_guard_is_what_stops_a_bomb(tmp_path):
    path = file(small_bomb, "bomb.zip")(tmp_path)
    guarded = ReadingLimits(unpacked_bytes=1_000_000)
    strict = ReadingLimits(ratio_from_bytes=1_000_000)

    with pytest.raises(DataProblem, match="unpacks to more than 1,000,000 bytes"):
        files.read(path, limits=guarded)
    with pytest.raises(DataProblem, match="more than 200 times its size"):
        files.read(path, limits=strict)
    unpacked = files.read(path)  # with the guard off it does unpack, all 3 MB

    assert path.stat().st_size < 20_000
    assert unpacked.n_rows == 1


def test_the_guard_lets_no_more_than_the_limit_be_held(tmp_path):
    path = file(lambda: zipped(("a.csv", bytes(60_000_000))), "bomb.zip")(tmp_path)

    tracemalloc.start()
    try:
        with pytest.raises(DataProblem, match="200 times"):
            files.read(path)
        most_held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most_held < 5_000_000


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "csv.xz", "zip", "xlsx"])
def test_whatever_byte_is_changed_only_help_comes_out(ending, tmp_path):
    text = absence({}, {"urn": "900002"}).encode()
    whole = {
        "csv": lambda: text,
        "csv.gz": lambda: gzip.compress(text, mtime=0),
        "csv.xz": lambda: lzma.compress(text),
        "zip": lambda: zipped(("absence.csv", text)),
        "xlsx": broken_packing.workbook,
    }[ending]()
    chance = random.Random(20260101)
    path = tmp_path / f"absence.{ending}"
    refused_n = 0
    for _ in range(150):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        path.write_bytes(
            changed[: chance.choice([len(changed)] * 3 + [chance.randrange(9, len(changed))])]
        )
        report = files.inspect(path, today=TODAY)  # anything but a problem would be raised here
        refused_n += bool(report.problems)
    assert refused_n > 0
