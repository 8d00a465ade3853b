"""Fixtures that more than one kind of test needs."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import together

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


class SharedData:
    """The folder of real public data beside the project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Give one file; where CI is true its absence is a failure, elsewhere a skip."""
        found = self.folder / name
        if not found.exists():
            reason = f"real data: shared/data/{name} is not beside the project"
            if os.environ.get("CI", "").lower() == "true" and self.folder.exists():
                pytest.fail(reason)
            pytest.skip(reason)
        return found


@pytest.fixture(scope="session")
def shared_data() -> SharedData:
    """Give the real public data, or skip saying why."""
    if not SHARED_DATA.exists():
        pytest.skip("real data: there is no folder shared/data beside the project")
    return SharedData(SHARED_DATA)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep tests that must not run side by side on one worker."""
    return together.scheduler(config, log)


PROJECT = Path(__file__).resolve().parents[1]
# What the synthetic England is made by: a change to any of it makes a new one.
MAKERS = ("synthetic", "travel", "files", "vocabulary", "programmes")


def _made_by() -> str:
    digest = hashlib.sha256()
    for name in MAKERS:
        for path in sorted((PROJECT / "src" / "schoolhubs" / name).rglob("*")):
            if path.is_file() and path.suffix in {".py", ".yaml", ".csv", ".npz"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def invented(n_schools: int) -> Path:
    """Give a synthetic England of a size, made once and kept in .cache until its makers change."""
    folder = PROJECT / ".cache" / "england" / f"{_made_by()}-{n_schools}"
    if not (folder / "leads.csv").exists():
        # Slow to import, and of no use to most: each session would wait for it before it starts.
        from schoolhubs import synthetic
        from schoolhubs.vocabulary.calendar import AcademicYear

        beside = folder.with_name(f"{folder.name}.{os.getpid()}")
        synthetic.england(beside, seed=11, n_schools=n_schools, year=AcademicYear("2024/25"))
        try:
            beside.rename(folder)
        except OSError:  # another worker was quicker; theirs is the same to the byte
            shutil.rmtree(beside)
    return folder


@pytest.fixture(scope="session")
def small_england() -> Path:
    """Give a synthetic England of 1,500 schools in the official file formats."""
    return invented(1_500)


@pytest.fixture(scope="session")
def whole_england() -> Path:
    """Give the full synthetic England; for tests marked ``national`` only."""
    return invented(22_000)
