"""Gives a folder of records, from a folder or from a zip whose names and sizes are watched."""

import contextlib
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from schoolhubs.funding.folder.layout import FILES
from schoolhubs.vocabulary.errors import DataProblem, Problem

MOST_BYTES = 200_000_000
# What unpacking raises where an archive is damaged, locked or packed in a way that is not known.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError,
    NotImplementedError, ValueError,
)  # fmt: skip
AGAIN = "Export the records again, or give the folder they were unpacked to."


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Give a folder that holds the files of ``path``, for as long as they are read.

    With it come the names of files that stand there and that no records have.

    Of a zip only the files that records have are unpacked, wherever they stand in it, and no
    more bytes than a programme's records can have.

    Raises
    ------
    DataProblem
        If it is neither a folder nor such a zip.
    """
    if path.is_dir():
        held = [each.name for each in path.iterdir() if each.is_file()]
        yield path, _others(held)
        return
    if not zipfile.is_zipfile(path):
        raise _refused(path, "not_records", "it is no folder and no zip of records")
    with tempfile.TemporaryDirectory(prefix="records-") as folder:
        try:
            with zipfile.ZipFile(path) as packed:
                _unpack(path, packed, Path(folder))
                held = [each.filename for each in packed.infolist() if not each.is_dir()]
        except DAMAGED as error:
            raise _refused(path, "damaged_archive", "it cannot be unpacked") from error
        yield Path(folder), _others(held)


def _others(held: Iterable[str]) -> tuple[str, ...]:
    """Name what is no file of records; what a system hides is nobody's."""
    names = {each.rpartition("/")[2] for each in held if not each.startswith("__MACOSX/")}
    return tuple(sorted(name for name in names if name not in FILES and not name.startswith(".")))


def _unpack(path: Path, packed: zipfile.ZipFile, folder: Path) -> None:
    left = MOST_BYTES
    for member in packed.infolist():
        name = member.filename.rpartition("/")[2]
        if name not in FILES or member.is_dir():
            continue
        if (folder / name).exists():
            raise _refused(path, "twice", f"it holds {name} twice")
        with packed.open(member) as source:
            data = source.read(left + 1)
        left -= len(data)
        if left < 0:
            raise _refused(path, "too_large", f"its files are larger than {MOST_BYTES:,} bytes")
        (folder / name).write_bytes(data)


def _refused(path: Path, code: str, fault: str) -> DataProblem:
    return DataProblem([Problem(code=code, file=path.name, fault=fault, remedy=AGAIN)])
