"""Bytes out of a file, with a guard at the door: what is no file, what is too large."""

import dataclasses
import hashlib
from pathlib import Path

from schoolhubs.files.opening.faults import damaged, fault
from schoolhubs.files.opening.unpacking import (
    DAMAGED,
    from_stream,
    from_zip,
    packing_of,
    refuse_nested,
)
from schoolhubs.vocabulary.records.published import ReadingLimits

LIMITS = ReadingLimits()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file holds once it is unpacked.

    ``members`` names the files of a zip that is not one packed table (a workbook, a shapefile),
    whose ``data`` is then the zip itself.
    """

    data: bytes
    sha256: str
    packing: str = ""
    members: tuple[str, ...] = ()

    @property
    def is_workbook(self) -> bool:
        """Tell whether it is an Excel workbook (.xlsx)."""
        return "[Content_Types].xml" in self.members


def contents(path: Path, limits: ReadingLimits = LIMITS) -> Contents:
    """Read a file, unpacked if it is gzip, xz or a zip with one table in it.

    Raises
    ------
    DataProblem
        If it is absent, a folder, empty, larger than the limits or damaged.
    """
    raw = _raw(path, limits)
    if not raw:
        raise fault(path, "empty_file", "the file is empty", "Fetch it again from its publisher.")
    sha256 = hashlib.sha256(raw).hexdigest()
    packing = packing_of(raw)
    if not packing:
        return Contents(data=raw, sha256=sha256)
    try:
        if packing == "zip":
            data, members = from_zip(path, raw, limits)
        else:
            data, members = from_stream(path, raw, packing, limits), ()
    except DAMAGED as error:
        raise damaged(path, packing, error) from error
    if not members:
        refuse_nested(path, data)
        if not data:
            text = "there is nothing inside the archive"
            raise fault(path, "empty_file", text, "Fetch it again from its publisher.")
    return Contents(data=data, sha256=sha256, packing=packing, members=members)


def _raw(path: Path, limits: ReadingLimits) -> bytes:
    try:
        _refuse_what_is_no_file(path, limits)
        return path.read_bytes()
    except OSError as error:
        text = f"the file cannot be read ({(error.strerror or 'unknown reason').lower()})"
        remedy = "Check that you have permission to read it, and that its disk is there."
        raise fault(path, "unreadable", text, remedy) from error


def _refuse_what_is_no_file(path: Path, limits: ReadingLimits) -> None:
    if path.is_dir():
        raise fault(path, "is_a_folder", "this is a folder", "Name a file inside it.")
    if not path.exists():
        text = f"there is no file {path}"
        raise fault(path, "no_such_file", text, "Check how the path is spelt.")
    if not path.is_file():
        raise fault(path, "not_a_file", "this is not an ordinary file", "Copy it into a file.")
    size = path.stat().st_size
    if size > limits.plain_bytes:
        text = f"the file has {size:,} bytes; {limits.plain_bytes:,} are read at most"
        raise fault(path, "file_too_large", text, "Check that it is the file you meant.")
