"""A file that names pupils is never readable on disk, and only whole."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brought import (
    URN,
    NoBox,
    brought,
    content,
    everything_held,
    head,
    leaked,
    own_folder,  # noqa: F401 - a fixture that every test here takes
    read,
    rows,
)
from invented import facts, register
from schoolhubs.service.imports import sealing
from schoolhubs.vocabulary.errors import Conflict

pytestmark = pytest.mark.django_db


def sealed(pieces: list[bytes]) -> list[bytes]:
    seal = sealing.Seal()
    return [*(seal(each) for each in pieces), seal(b"", is_last=True)]


def test_no_name_is_on_disk_between_bringing_and_reading() -> None:
    register(facts(URN))
    assert brought(head(), content(rows()[:20])).status_code == 302
    assert not leaked(everything_held())


def test_the_search_sees_a_file_that_is_not_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    register(facts(URN))
    monkeypatch.setattr(sealing.boxes, "AESGCM", NoBox)
    assert brought(head(), content(rows()[:20])).status_code == 302
    assert leaked(everything_held())


def test_a_sealed_file_is_read_as_it_was_brought() -> None:
    register(facts(URN))
    assert read(head(), content(rows()[:20])).report["n_rows"] == 20


@given(pieces=st.lists(st.binary(max_size=300), max_size=5))
@settings(max_examples=50, deadline=None)
def test_what_is_sealed_comes_back(tmp_path_factory: Any, pieces: list[bytes]) -> None:
    path: Path = tmp_path_factory.mktemp("sealed") / "file"
    path.write_bytes(b"".join(sealed(pieces)))
    with path.open("rb") as held:
        assert b"".join(sealing.unsealed(held)) == b"".join(pieces)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda boxes: boxes[:-1],
        lambda boxes: boxes[:1] + boxes[2:],
        lambda boxes: [boxes[1], boxes[0], *boxes[2:]],
        lambda boxes: [*boxes[:-1], boxes[-1][:-1]],
        lambda boxes: [boxes[0][:-1] + bytes([boxes[0][-1] ^ 1]), *boxes[1:]],
        lambda boxes: boxes[:0],
    ],
    ids=["cut", "left out", "exchanged", "cut in a piece", "changed", "empty"],
)
def test_what_was_changed_is_not_opened(tmp_path: Path, spoil: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"".join(spoil(sealed([b"one", b"two", b"three"]))))
    with path.open("rb") as held, pytest.raises(Conflict, match="Bring it again"):
        list(sealing.unsealed(held))


def test_another_secret_opens_nothing(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"".join(sealed([b"one"])))
    settings.SECRET_KEY = "x" * 60
    with path.open("rb") as held, pytest.raises(Conflict):
        list(sealing.unsealed(held))
