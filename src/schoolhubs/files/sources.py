"""Bytes out of a file, with a guard at every door: size, archive bombs, encodings, binary files."""

import dataclasses
import gzip
import hashlib
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.published import ReadingLimits

LIMITS = ReadingLimits()
CHUNK = 1 << 20
_ARCHIVES = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\x00": "xz", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip"}
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"BZh": "a bzip2 archive",
}
_PACK = "Unpack it, and give the table that is inside"


# What unpacking raises where an archive is damaged; a name in no encoding is a ValueError.
DAMAGED = (
    EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
    lzma.LZMAError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


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


def fault(path: Path, code: str, text: str, remedy: str, **place: object) -> DataProblem:
    """Make the error of one fault in a file."""
    return DataProblem(
        [Problem(code=code, file=path.name, fault=text, remedy=remedy, **place)]  # type: ignore[arg-type]
    )


def damaged(path: Path, packing: str, error: Exception) -> DataProblem:
    """Make the error of an archive that cannot be unpacked."""
    text = f"the {packing} archive is damaged or cut short ({error})"
    return fault(path, "damaged_archive", text, "Fetch it again from its publisher.")


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
    packing = _packing(raw)
    if not packing:
        return Contents(data=raw, sha256=sha256)
    try:
        if packing == "zip":
            data, members = _from_zip(path, raw, limits)
        else:
            data, members = _from_stream(path, raw, packing, limits), ()
    except DAMAGED as error:
        raise damaged(path, packing, error) from error
    if not members:
        _refuse_nested(path, data)
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


def _packing(raw: bytes) -> str:
    return next((name for magic, name in _ARCHIVES.items() if raw.startswith(magic)), "")


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


def _refuse_nested(path: Path, data: bytes) -> None:
    inner = "tar" if data[257:262] == b"ustar" else _packing(data)
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


def _from_stream(path: Path, raw: bytes, packing: str, limits: ReadingLimits) -> bytes:
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


def _from_zip(path: Path, raw: bytes, limits: ReadingLimits) -> tuple[bytes, tuple[str, ...]]:
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


def decoded(path: Path, data: bytes) -> tuple[str, str]:
    """Turn bytes into text and name the encoding: ascii, utf-8, utf-8-sig or windows-1252.

    Raises
    ------
    DataProblem
        If it is not text, or text in another encoding (UTF-16 among them).
    """
    foreign = next((name for magic, name in _FOREIGN.items() if data.startswith(magic)), "")
    if data.lstrip()[:1] == b"<":
        foreign = "a web page or XML"
    if foreign:
        remedy = "Give the table as CSV, as its publisher offers it."
        raise fault(path, "not_text", f"this is {foreign}, not a table", remedy)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(0) > len(data[:200]) // 4:
        remedy = "Save it as CSV UTF-8, or fetch the CSV from its publisher."
        raise fault(path, "utf_16", "the text is UTF-16, which no published file is", remedy)
    if (at := data.find(0)) >= 0:
        raise fault(
            path,
            "nul_byte",
            "there is a NUL byte in the text",
            "The file is damaged or not a text file. Fetch it again from its publisher.",
            row=data.count(b"\n", 0, at) + 1,
        )
    text, encoding = _text_of(path, data)
    if "\n" not in text and "\r" in text:
        text = text.replace("\r", "\n")  # line ends of an old Mac
    return text, encoding


def row_of_other_encoding(data: bytes) -> int | None:
    r"""Find the first line of a Windows-1252 file that is UTF-8, as in files put together.

    Its names come out garbled; that is no fault of the figures, so it is told and not refused.

    >>> row_of_other_encoding("a\né\n".encode() + "é".encode("cp1252"))
    2
    """
    # A capital letter with an accent, then a sign: two characters no name has, one of UTF-8.
    found = re.search(rb"[\xc3-\xc5][\x80-\xbf]|\xe2\x80[\x90-\xbf]", data)
    return None if found is None else data.count(b"\n", 0, found.start()) + 1


def _text_of(path: Path, data: bytes) -> tuple[str, str]:
    if data.isascii():
        return data.decode("ascii"), "ascii"
    is_marked = data.startswith(b"\xef\xbb\xbf")
    for encoding in ("utf-8-sig",) if is_marked else ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), "windows-1252" if encoding == "cp1252" else encoding
        except UnicodeDecodeError as error:
            # The position counts from behind the mark.
            at = error.start + (3 if is_marked else 0)
    if is_marked:
        text = f"the file is marked as UTF-8 but byte 0x{data[at]:02X} does not belong to it"
    else:
        text = f"byte 0x{data[at]:02X} belongs to neither UTF-8 nor Windows-1252"
    raise fault(
        path,
        "mixed_encoding" if is_marked else "unknown_encoding",
        text,
        "Save the file as CSV UTF-8, or fetch it again from its publisher.",
        row=data.count(b"\n", 0, at) + 1,
    )
