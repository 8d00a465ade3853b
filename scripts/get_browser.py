"""Find a Chromium for the browser tests, or get one; print where it is.

Looks for one that is installed; else installs Debian's where we are root and apt is there; else
Playwright's own. Where none of it works it says so and ends well: the tests themselves then skip,
saying why, and fail where CI is true. ``--find`` only looks.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_SECONDS = 600
WHY_NOT = (
    "no Chromium was found or could be installed; install one (Debian: apt-get install chromium; "
    "elsewhere: python -m playwright install chromium), or name it in SCHOOLHUBS_BROWSER"
)


def find() -> Path | None:
    """Give the Chromium of this machine: the one named, else installed, else Playwright's own."""
    named = os.environ.get("SCHOOLHUBS_BROWSER", "")
    for name in (named, *NAMES):
        if name and (path := shutil.which(name)):
            return Path(path)
    return _playwrights()


def get() -> Path | None:
    """Give a Chromium, installing one where there is none; None if nothing helped."""
    if found := find():
        return found
    for command in _ways():
        print(f"No Chromium here: {' '.join(command)}", file=sys.stderr, flush=True)
        if _run(command) and (found := find()):
            return found
    return None


def _ways() -> Iterator[list[str]]:
    if os.geteuid() == 0 and (apt := shutil.which("apt-get")):
        yield [apt, "update", "-qq"]
        yield [apt, "install", "-y", "-qq", "chromium"]
    if _has_playwright():
        yield [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]


def _run(command: list[str]) -> bool:
    """Run a command, keeping what it says for when it fails."""
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            env=environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {error}", file=sys.stderr)
        return False
    if done.returncode:
        print(f"  it failed: {(done.stderr or done.stdout).strip()[-500:]}", file=sys.stderr)
    return done.returncode == 0


def _has_playwright() -> bool:
    from importlib.util import find_spec

    return find_spec("playwright") is not None


def _playwrights() -> Path | None:
    if not _has_playwright():
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        path = Path(started.chromium.executable_path)
    return path if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Print where the browser is, and how long it took if it had to be fetched."""
    began = time.perf_counter()
    found = find() if "--find" in arguments else get()
    seconds = time.perf_counter() - began
    print(
        f"{found} ({seconds:.1f} seconds)" if found else f"The browser tests will skip: {WHY_NOT}."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
