"""What is inside gzip, xz and zip, with a guard against archives that are no table."""

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

from schoolhubs.files.opening.faults import fault
from schoolhubs.vocabulary.records.published import ReadingLimits

CHUNK = 1 << 20
_ARCHIVES = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\x00": "xz", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip"}
_PACK = "Unpack it, and give the table that is inside"
# What unpacking raises where an archive is damaged; a name in no encoding is a ValueError.
DAMAGED = (
    EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
    lzma.LZMAError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


def packing_of(raw: bytes) -> str:
    """Tell gzip, xz and zip by their first bytes; nothing for anything else."""
    return next((name for magic, name in _ARCHIVES.items() if raw.startswith(magic)), "")


def refuse_nested(path: Path, data: bytes) -> None:
    """Refuse an archive inside an archive."""
    inner = "tar" if data[257:262] == b"ustar" else packing_of(data)
    if inner:
        text = f"there is another archive ({inner}) inside the archive"
        raise fault(path, "nested_archive", text, f"{_PACK}.")


class _Meter:
    """Counts what comes out of an archive and stops it when it is too much."""

    def __init__(self, path: Path, packed_bytes: int, limits: ReadingLimits) -> None:
        self.path, self.packed_bytes, self.limits = path, max(packed_bytes, 1), limits

    def check(self, unpacked_bytes: int) -> None:
        """Refuse a size that is over the limit, or out of proportion to the archive."""
        limits = self.limits
        if unpacked_bytes > limits.unpacked_bytes:
            text = f"it unpacks to more than {limits.unpacked_bytes:,} bytes, the most that is read"
            raise fault(self.path, "unpacks_too_large", text, f"{_PACK} if you trust it.")
        too_dense = unpacked_bytes > limits.unpacked_ratio * self.packed_bytes
        if too_dense and unpacked_bytes > limits.ratio_from_bytes:
            text = f"it unpacks to more than {limits.unpacked_ratio} times its size"
            remedy = f"No published table does that. {_PACK} if you trust it."
            raise fault(self.path, "archive_bomb", text, remedy)

    def drain(self, read: Callable[[int], bytes]) -> bytes:
        """Read to the end, checking on the way."""
        out = io.BytesIO()
        while chunk := read(CHUNK):
            out.write(chunk)
            self.check(out.tell())
        return out.getvalue()


def from_stream(path: Path, raw: bytes, packing: str, limits: ReadingLimits) -> bytes:
    """Unpack gzip or xz, as far as the limits go."""
    meter = _Meter(path, len(raw), limits)
    if packing == "xz":
        return meter.drain(_Xz(raw, limits.unpacking_memory_bytes).read)
    with gzip.open(io.BytesIO(raw)) as stream:
        return meter.drain(stream.read)


class _Xz:
    """Reads xz in pieces within a limit of memory, which ``lzma.open`` does not know."""

    def __init__(self, raw: bytes, memory_bytes: int) -> None:
        self.left, self.memory_bytes = raw, memory_bytes
        self.stream = lzma.LZMADecompressor(memlimit=memory_bytes)

    def read(self, most: int) -> bytes:
        """Give up to ``most`` bytes; nothing at the end."""
        while True:
            if self.stream.eof:
                self.left = self.stream.unused_data.lstrip(b"\0")
                if not self.left:
                    return b""
                self.stream = lzma.LZMADecompressor(memlimit=self.memory_bytes)
            if self.stream.needs_input and not self.left:
                raise EOFError("it ends before its end mark")
            piece = self.stream.decompress(self.left, max_length=most)
            self.left = b""
            if piece:
                return piece


def from_zip(path: Path, raw: bytes, limits: ReadingLimits) -> tuple[bytes, tuple[str, ...]]:
    """Give the one table of a zip; of a workbook or shapefile the zip itself, and its names."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > limits.archive_entries:
            text = f"the zip holds {len(entries):,} files; {limits.archive_entries:,} at most"
            raise fault(path, "too_many_entries", text, f"{_PACK}.")
        entries = [entry for entry in entries if not entry.filename.startswith("__MACOSX/")]
        _Meter(path, len(raw), limits).check(sum(entry.file_size for entry in entries))
        names = tuple(entry.filename for entry in entries)
        _refuse_names_outside(path, names)
        if "[Content_Types].xml" in names or any(name.lower().endswith(".shp") for name in names):
            return raw, names
        return _only_table(path, archive, entries, limits), ()


def _refuse_names_outside(path: Path, names: tuple[str, ...]) -> None:
    # Nothing is written when we unpack, but what somebody else unpacks next may be.
    for name in names:
        place = PureWindowsPath(name)
        if ".." in place.parts or place.anchor:
            text = f"the zip holds {name}, a place outside the archive"
            remedy = f"No publisher makes such a zip. {_PACK} if you trust it."
            raise fault(path, "unsafe_name", text, remedy, value=name)


def _only_table(
    path: Path,
    archive: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    limits: ReadingLimits,
) -> bytes:
    if not entries:
        raise fault(path, "empty_file", "the zip holds no file", "Fetch it again.")
    tables = [entry for entry in entries if entry.filename.lower().endswith((".csv", ".json"))]
    if len(tables) > 1:
        named = ", ".join(entry.filename for entry in tables[:5])
        text = f"the zip holds {len(tables)} tables ({named})"
        raise fault(path, "several_tables", text, "Unpack it, and give each table by itself.")
    chosen = (tables or entries)[0]
    if not tables and len(entries) > 1:
        text = f"none of the {len(entries)} files in the zip is a table (.csv)"
        raise fault(path, "no_table", text, f"{_PACK}.")
    if chosen.flag_bits & 0x1:
        text = f"{chosen.filename} in the zip is locked with a password"
        raise fault(path, "locked_archive", text, f"{_PACK}.")
    with archive.open(chosen) as stream:
        return _Meter(path, chosen.compress_size, limits).drain(stream.read)
