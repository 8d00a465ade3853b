"""Fixtures that more than one kind of test needs."""

import os
from pathlib import Path

import pytest

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
