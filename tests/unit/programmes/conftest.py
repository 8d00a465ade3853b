"""A copy of a definition that a test may spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schoolhubs import programmes

Spoil = Callable[[str, str, str], Path]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a writable copy of the RISE definition."""
    folder = tmp_path / "rise-hubs-2025"
    shutil.copytree(programmes.load("rise-hubs-2025").folder, folder)
    return folder


@pytest.fixture
def spoil(copy: Path) -> Spoil:
    """Give a function that replaces text, once, in a file of the copy."""

    def replace(file: str, old: str, new: str) -> Path:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return copy

    return replace
