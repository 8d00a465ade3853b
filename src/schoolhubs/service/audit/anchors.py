"""Anchors: number and digest of each entry, kept in a file outside the database."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from schoolhubs.service.audit.chain import Anchor


def keep(path: Path, anchor: Anchor) -> None:
    """Add one anchor; lines of several processes never mix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"number": anchor.number, "hash": anchor.hash}) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def read(path: Path) -> Iterator[Anchor]:
    """Give the anchors of a file; none where there is no file."""
    if not path.is_file():
        return
    with path.open() as lines:
        for line in lines:
            said = json.loads(line)
            yield Anchor(number=said["number"], hash=said["hash"])
