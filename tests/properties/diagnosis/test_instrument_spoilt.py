"""Whatever a file holds, checking it lists faults or finds none, and never falls over."""

import copy
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolhubs import diagnosis
from schoolhubs.diagnosis.instruments.loading import DEFINITIONS

WRITTEN = yaml.safe_load((DEFINITIONS / "staff-survey" / "1.0.yaml").read_text())
ODD = st.sampled_from([None, 5, -1.5, True, [], {}, "x", "", ["x"], {"x": 1}, "shared"])


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = node.keys() if isinstance(node, dict) else range(len(node))
    found = [(*path, key) for key in keys]
    below = [(each, node[each[-1]]) for each in found]
    return found + [p for each, n in below if isinstance(n, dict | list) for p in places(n, each)]


def checked(written: Any) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "1.0.yaml"
        path.write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False))
        return tuple(each.code for each in diagnosis.check_instrument(path))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(places(WRITTEN)), ODD)
def test_a_spoilt_value_is_told_or_harmless(place: tuple[Any, ...], odd: Any) -> None:
    spoilt = copy.deepcopy(WRITTEN)
    node = spoilt
    for key in place[:-1]:
        node = node[key]
    before = node[place[-1]]
    node[place[-1]] = odd
    codes = checked(spoilt)
    if not isinstance(odd, type(before)):
        assert codes, f"{'.'.join(map(str, place))} took {odd!r} for {before!r}"


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([place for place in places(WRITTEN) if len(place) == 1]))
def test_a_missing_key_is_told_or_may_be_missing(place: tuple[Any, ...]) -> None:
    spoilt = {key: value for key, value in WRITTEN.items() if key != place[0]}
    may_be_missing = {"notice", "help"}
    assert bool(checked(spoilt)) == (place[0] not in may_be_missing)


@pytest.mark.parametrize("text", ["", "- 1\n", "5\n", "\x00", "a: &a 1\nb: *a\n", "{" * 2000])
def test_what_is_no_instrument_at_all_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "1.0.yaml"
    path.write_text(text)
    assert diagnosis.check_instrument(path)


def test_the_instrument_itself_is_in_order() -> None:
    """The control: written out and read again unspoilt, nothing is told."""
    assert checked(WRITTEN) == ()
